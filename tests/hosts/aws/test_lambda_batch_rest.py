"""Batch jobs over REST on Lambda: one function answers, another one works."""

import pytest
from aws_places import INPUT, JOBS, Places
from http_events import FunctionSession
from runtime_api import run_function

KEY = "k7-of-the-function"
PATH = "/speechtotext/transcriptions"
DATED = "api-version=2024-11-15"


@pytest.fixture(scope="module")
def places(aws_url):
    return Places(aws_url)


@pytest.fixture(scope="module")
def settings(places, model_folder):
    return places.settings | {
        "SOTTO_KEYS": KEY,
        "SOTTO_MODEL_FOLDER": str(model_folder),
        "SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8",  # moto's
        "SOTTO_PUBLIC_URL": "https://speech.example/prod",
    }


@pytest.fixture(scope="module")
def session(settings):
    with run_function(settings) as function:
        yield FunctionSession(function, headers={"Ocp-Apim-Subscription-Key": KEY})


@pytest.fixture(scope="module")
def working(settings):
    with run_function(settings, handler="functions.aws_lambda.sqs_work.handler") as function:
        yield function


def own(address):
    """Return the path below the outside address of the service."""
    assert address.startswith("https://speech.example/prod/")
    return address.removeprefix("https://speech.example/prod")


def test_a_presigned_object_becomes_a_transcript_and_is_gone_with_its_job(
    places, session, working, spoken_clip
):
    places.drop("calls/a.wav", spoken_clip.wav)
    presigned = places.s3.generate_presigned_url(
        "get_object", Params={"Bucket": INPUT, "Key": "calls/a.wav"}, ExpiresIn=600
    )
    answer = session.post(
        f"{PATH}:submit?{DATED}",
        json={
            "displayName": "calls",
            "locale": "en-US",
            "contentUrls": [presigned],
            "properties": {"timeToLiveHours": 6},
        },
    )
    assert answer.status_code == 201
    address = own(answer.json()["self"])
    assert session.send("GET", address).json()["status"] == "NotStarted"
    assert places.poll(places.work, working) == {"batchItemFailures": []}
    job = session.send("GET", address).json()
    assert job["status"] == "Succeeded"
    transcript, _ = session.send("GET", own(job["links"]["files"])).json()["values"]
    content = session.send("GET", own(transcript["links"]["contentUrl"]))
    (combined,) = content.json()["combinedRecognizedPhrases"]
    assert combined["display"] == spoken_clip.text
    assert "Signature" not in content.text
    assert session.send("DELETE", address).status_code == 204
    assert session.send("GET", own(transcript["links"]["contentUrl"])).status_code == 404
    job_id = address.partition("?")[0].rpartition("/")[2]
    left = {key.partition("/")[0] for key in places.keys(JOBS) if job_id in key}
    assert left == {"expires", "gone"}  # that it is not to come back
    assert "calls/a.wav" in places.keys(INPUT)


def test_unusable_addresses_are_named_and_nothing_is_served(settings):
    broken = settings | {"SOTTO_JOBS": "/srv/jobs"}
    with run_function(broken) as function:
        answer = FunctionSession(function).send("GET", f"{PATH}?{DATED}")
        assert answer.status_code == 503
        assert "SOTTO_JOBS" in function.log
