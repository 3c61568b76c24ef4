"""Batch jobs over REST, from the request to the end of the job, in both generations."""

import re

import pytest
from batch_api import DATED, JOBS, OLD_JOBS, definition, make_api, old_definition, wav

from functions.api.speech_models.base_model import base_model_id
from shared.errors import StorageUnavailable
from shared.jobs.submission import submit_dropped

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_a_job_is_shown_as_the_contract_writes_it(api):
    url = api.drop("a.wav")
    answer = api.submit(
        definition(url, wordLevelTimestampsEnabled=True)
        | {"description": "all of them", "customProperties": {"team": "blue"}}
    )
    job = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == job["self"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    address = re.fullmatch(
        rf"(http://testserver{JOBS}/{UUID})\?api-version=2024-11-15", job["self"]
    )[1]
    assert re.fullmatch(TIME, job["createdDateTime"])
    assert job == {
        "self": job["self"],
        "displayName": "calls of monday",
        "description": "all of them",
        "locale": "en-US",
        "createdDateTime": job["createdDateTime"],
        "lastActionDateTime": job["createdDateTime"],
        "links": {"files": f"{address}/files?api-version=2024-11-15"},
        "properties": {
            "wordLevelTimestampsEnabled": True,
            "displayFormWordLevelTimestampsEnabled": False,
            "channels": [0, 1],
            "punctuationMode": "DictatedAndAutomatic",
            "profanityFilterMode": "Masked",
            "timeToLiveHours": 48,
        },
        "customProperties": {"team": "blue"},
        "status": "NotStarted",
    }
    assert url not in api.client.get(job["self"]).text


def test_the_first_generation_has_words_of_its_own(api):
    url = api.drop("a.wav")
    answer = api.client.post(OLD_JOBS, json=old_definition(url, timeToLive="PT12H"))
    job = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch(rf"http://testserver{OLD_JOBS}/{UUID}", job["self"])
    assert job["links"] == {"files": f"{job['self']}/files"}
    model = base_model_id("base", "en-US")
    assert job["model"] == {"self": f"http://testserver/speechtotext/v3.2/models/base/{model}"}
    assert job["properties"] == {
        "wordLevelTimestampsEnabled": False,
        "displayFormWordLevelTimestampsEnabled": False,
        "channels": [0, 1],
        "punctuationMode": "DictatedAndAutomatic",
        "profanityFilterMode": "Masked",
        "timeToLive": "PT12H",
        "diarizationEnabled": False,
    }
    api.work()
    assert api.client.get(job["self"]).json()["properties"]["duration"] == "PT1S"


@pytest.mark.parametrize("version", ["v3.0", "v3.1", "v3.2"])
def test_a_job_of_one_version_is_read_in_any(api, version):
    job_id = api.submit(definition(api.drop("a.wav"))).json()["self"].rpartition("/")[2][:36]
    path = f"/speechtotext/{version}/transcriptions/{job_id}"
    job = api.client.get(path).json()
    assert job["self"] == f"http://testserver{path}"
    assert job["properties"]["timeToLive"] == "P2D"
    assert "timeToLiveHours" not in job["properties"]
    newest = api.client.get(f"{JOBS}/{job_id}", params={"api-version": "2025-10-15"}).json()
    assert newest["self"] == f"http://testserver{JOBS}/{job_id}?api-version=2025-10-15"
    assert newest["properties"]["timeToLiveHours"] == 48


def test_a_job_without_a_time_to_live_is_kept_and_has_none_to_show(api):
    """In the first generation none, and zero, keep a job until it is deleted."""
    for properties in ({}, {"timeToLive": "PT0S"}):
        job = api.client.post(OLD_JOBS, json=old_definition(api.drop("a.wav"), **properties)).json()
        assert "timeToLive" not in job["properties"]
        api.work()
        job_id = job["self"].rpartition("/")[2]
        assert api.batch.store.summary(job_id).expires_at is None


def test_half_hours_of_the_first_generation_are_whole_ones_in_the_second(api):
    job = api.client.post(OLD_JOBS, json=old_definition(api.drop("a.wav"), timeToLive="PT90M"))
    job_id = job.json()["self"].rpartition("/")[2]
    shown = api.client.get(f"{JOBS}/{job_id}", params=DATED).json()
    assert shown["properties"]["timeToLiveHours"] == 2


def test_the_status_goes_forward_and_says_when(api):
    job = api.submit(definition(api.drop("a.wav"), api.drop("b.wav"))).json()
    waiting = api.client.get(job["self"])
    assert waiting.json()["status"] == "NotStarted"
    assert waiting.headers["retry-after"] == "5"
    api.transcriber._results = [StorageUnavailable("busy")]
    with pytest.raises(StorageUnavailable):
        api.work()
    running = api.client.get(job["self"])
    assert running.json()["status"] == "Running"
    assert running.headers["retry-after"] == "5"
    assert "durationMilliseconds" not in running.json()["properties"]
    assert running.json()["lastActionDateTime"] >= job["createdDateTime"]


def test_every_answer_about_an_open_job_says_when_to_ask_again(api):
    job = api.submit(definition(api.drop("a.wav"))).json()
    jobs = f"{JOBS}?api-version=2024-11-15"

    def headers():
        answers = [
            api.client.get(address) for address in (job["self"], jobs, job["links"]["files"])
        ]
        answers.append(api.client.patch(job["self"], json={"displayName": "new"}))
        return [answer.headers.get("retry-after") for answer in answers]

    assert headers() == ["5"] * 4
    api.work()
    assert headers() == [None] * 4


def test_a_job_succeeds_if_one_file_does_and_its_report_names_the_others(api):
    urls = [api.drop("a.wav"), api.drop("b.txt", b"buy milk"), api.drop("c.wav", wav(2))]
    job = api.submit(definition(*urls)).json()
    api.work()
    ended = api.client.get(job["self"])
    assert ended.json()["status"] == "Succeeded"
    assert "retry-after" not in ended.headers
    assert ended.json()["properties"]["durationMilliseconds"] == 3000
    assert "error" not in ended.json()["properties"]
    files = api.client.get(ended.json()["links"]["files"]).json()["values"]
    assert [(file["name"], file["kind"]) for file in files] == [
        ("contenturl_0.json", "Transcription"),
        ("contenturl_2.json", "Transcription"),
        ("report.json", "TranscriptionReport"),
    ]
    report = api.client.get(files[-1]["links"]["contentUrl"]).json()
    assert (report["successfulTranscriptionsCount"], report["failedTranscriptionsCount"]) == (2, 1)
    assert report["details"][1] == {
        "source": urls[1],
        "status": "Failed",
        "errorMessage": report["details"][1]["errorMessage"],
        "errorKind": "InvalidAudio",
    }


def test_a_job_fails_as_a_whole_where_every_file_does(api):
    job = api.submit(definition(api.drop("b.txt", b"buy milk"))).json()
    api.work()
    ended = api.client.get(job["self"]).json()
    assert ended["status"] == "Failed"
    assert ended["properties"]["error"]["code"] == "InvalidData"
    (report,) = api.client.get(ended["links"]["files"]).json()["values"]
    assert report["kind"] == "TranscriptionReport"


def test_addresses_follow_the_caller_and_the_operator(tmp_path):
    api = make_api(tmp_path, tls_terminated=True)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "speech.example"}
    body = definition(api.drop("a.wav"))
    body["contentUrls"] = [
        body["contentUrls"][0].replace("http://testserver", "https://speech.example")
    ]
    job = api.client.post(f"{JOBS}:submit", params=DATED, json=body, headers=headers)
    assert job.headers["location"].startswith("https://speech.example/speechtotext/")
    api.batch.queue.close()


def test_the_public_address_is_in_every_answer_whatever_host_is_asked(tmp_path):
    api = make_api(tmp_path, public_url="https://speech.example/stt")
    url = api.drop("a.wav").replace("http://testserver", "https://speech.example/stt")
    job = api.client.post(
        f"{JOBS}:submit", params=DATED, json=definition(url), headers={"Host": "evil.example"}
    ).json()
    api.work()
    path = job["links"]["files"].removeprefix("https://speech.example/stt")
    files = api.client.get(path, headers={"Host": "evil.example"})
    assert files.json()["values"][0]["name"] == "contenturl_0.json"
    assert "evil" not in job["self"] + files.text
    api.batch.queue.close()


def test_jobs_of_drop_folders_are_not_the_apis(api):
    api.drop("a.wav")
    job_id = submit_dropped(api.batch.drop_folders["audio"], "a.wav", api.batch)
    assert api.client.get(f"{JOBS}/{job_id}", params=DATED).status_code == 404
    assert api.client.get(JOBS, params=DATED).json() == {"values": []}
    assert api.client.delete(f"{JOBS}/{job_id}", params=DATED).status_code == 204
    assert api.batch.store.has_job(job_id)


@pytest.mark.parametrize("job_id", ["1", "x" * 200, "0B0E9F5E-6C1D-4D53-9C1A-3F2F7F4F8A11", "%00"])
def test_an_id_that_is_no_uuid_is_no_job(api, job_id):
    assert api.client.get(f"{JOBS}/{job_id}", params=DATED).status_code == 404
    assert api.client.get(f"{JOBS}/{job_id}/files", params=DATED).status_code == 404
    assert api.client.delete(f"{JOBS}/{job_id}", params=DATED).status_code == 204


def test_more_than_a_hundred_requests_in_ten_seconds_are_throttled(api):
    for _ in range(100):
        assert api.client.get(JOBS, params=DATED).status_code == 200
    refused = api.client.get(JOBS, params=DATED)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert refused.json()["code"] == "TooManyRequests"


@pytest.mark.parametrize("path", [f"{JOBS}:submit", OLD_JOBS])
def test_without_a_place_for_jobs_the_routes_say_what_is_missing(make_client, path):
    answer = make_client().post(path, params=DATED, json={})
    assert answer.status_code == 501
    assert "SOTTO_JOBS" in answer.json()["message"]
    assert answer.json()["innerError"]["code"] == "FeatureUnavailable"


def test_keys_are_asked_for_before_anything_else(api):
    for method, path in (("GET", JOBS), ("POST", f"{JOBS}:submit"), ("DELETE", f"{JOBS}/1")):
        answer = api.client.request(method, path, headers={"Ocp-Apim-Subscription-Key": "no"})
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "401"
