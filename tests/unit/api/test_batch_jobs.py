"""Batch jobs over REST, from the request to the end of the job, in both generations."""

import json
import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from batch_api import DATED, definition, make_api, wav

from functions.api.speech_models.base_model import base_model_id
from shared.errors import StorageUnavailable
from shared.jobs.job import Job, JobFile, JobOptions, JobOrigin
from shared.jobs.names import new_job_id
from shared.jobs.outcome import FileOutcome, FileStatus, close_job
from shared.jobs.submission import submit, submit_dropped
from shared.recognition.options import ProfanityMode

JOBS = "/speechtotext/transcriptions"
OLD_JOBS = "/speechtotext/v3.2/transcriptions"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.fixture
def api(tmp_path, monkeypatch):
    # Nothing has to reach the disk, and here it takes longer than all else.
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    made = make_api(tmp_path)
    yield made
    made.batch.queue.close()


def old_definition(url, **properties):
    return {"displayName": "d", "locale": "en-US", "contentUrls": [url], "properties": properties}


def id_of(job):
    return job["self"].partition("?")[0].rpartition("/")[2]


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
        assert api.batch.store.closing(job_id).expires_at is None


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
    api.recogniser._results = [StorageUnavailable("busy")]
    with pytest.raises(StorageUnavailable):
        api.work()
    running = api.client.get(job["self"])
    assert running.json()["status"] == "Running"
    assert running.headers["retry-after"] == "5"
    assert "durationMilliseconds" not in running.json()["properties"]
    assert running.json()["lastActionDateTime"] >= job["createdDateTime"]


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


def test_recognition_is_asked_for_what_the_properties_say(api):
    job = api.submit(
        definition(
            api.drop("a.wav"),
            channels=[0],
            punctuationMode="none",
            profanityFilterMode="TAGS",
            displayFormWordLevelTimestampsEnabled=True,
        )
    ).json()
    assert job["properties"]["punctuationMode"] == "None"
    assert job["properties"]["profanityFilterMode"] == "Tags"
    api.work()
    (options,) = api.recogniser.asked
    assert options.profanity is ProfanityMode.TAGS
    assert options.word_timestamps
    assert options.locales == ("en-US",)
    files = api.client.get(job["links"]["files"]).json()["values"]
    result = api.client.get(files[0]["links"]["contentUrl"]).json()
    best = result["recognizedPhrases"][0]["nBest"][0]
    assert best["display"] == "Hello world"
    assert "displayWords" in best
    assert "words" not in best


def test_speakers_are_asked_for_in_the_words_of_each_generation(api):
    url = api.drop("a.wav")
    wanted = {"enabled": True, "maxSpeakers": 4}
    job = api.submit(definition(url, diarization=wanted)).json()
    assert job["properties"]["diarization"] == wanted
    old = api.client.get(f"{OLD_JOBS}/{id_of(job)}").json()["properties"]
    assert old["diarizationEnabled"] is True
    assert old["diarization"] == {"speakers": {"minCount": 1, "maxCount": 4}}
    off = api.submit(definition(url, diarization={"enabled": False, "maxSpeakers": 4})).json()
    assert "diarization" not in off["properties"]


@pytest.mark.parametrize(
    ("properties", "limits"),
    [
        ({"diarizationEnabled": True}, (1, 2)),
        (
            {
                "diarizationEnabled": True,
                "diarization": {"speakers": {"minCount": 2, "maxCount": 5}},
            },
            (2, 5),
        ),
        ({"diarizationEnabled": True, "diarization": {"maxSpeakers": 3}}, (1, 3)),
        ({"diarization": {"speakers": {"maxCount": 5}}}, None),
    ],
)
def test_the_first_generation_tells_two_speakers_apart_unless_it_says_how_many(
    api, properties, limits
):
    answer = api.client.post(OLD_JOBS, json=old_definition(api.drop("a.wav"), **properties))
    stored = api.batch.store.job(id_of(answer.json()))
    speakers = stored.options.recognition_options().speakers
    assert (speakers and (speakers.least, speakers.most)) == limits


def test_a_language_is_identified_among_the_candidates(api):
    wanted = {
        "candidateLocales": ["de-de", "en-US", "fr-FR"],
        "mode": "single",
        "speechModelMapping": {"de-DE": {"self": "https://h/speechtotext/models/base/base"}},
    }
    job = api.submit(definition(api.drop("a.wav"), languageIdentification=wanted)).json()
    shown = job["properties"]["languageIdentification"]
    assert shown["candidateLocales"] == ["de-DE", "en-US", "fr-FR"]
    assert shown["mode"] == "Single"
    model = base_model_id("base", "de-DE")
    assert model in shown["speechModelMapping"]["de-DE"]["self"]
    api.work()
    (options,) = api.recogniser.asked
    assert options.locales == ("en-US", "de-DE", "fr-FR")
    assert not options.language_per_phrase
    files = api.client.get(job["links"]["files"]).json()["values"]
    result = api.client.get(files[0]["links"]["contentUrl"]).json()
    assert result["recognizedPhrases"][0]["locale"] == "en-US"


def test_what_the_operator_has_switched_off_is_said_and_nothing_is_stored(tmp_path):
    api = make_api(tmp_path, diarization=False)
    wanted = {"enabled": True, "maxSpeakers": 2}
    answer = api.submit(definition(api.drop("a.wav"), diarization=wanted))
    api.batch.queue.close()
    assert answer.status_code == 501
    assert answer.json()["innerError"]["code"] == "FeatureUnavailable"
    assert api.stored() == []


def test_the_language_is_told_for_each_phrase_where_it_is_asked_for(api):
    wanted = {"candidateLocales": ["de-DE", "en-US"], "mode": "Continuous"}
    job = api.submit(definition(api.drop("a.wav"), languageIdentification=wanted)).json()
    assert job["properties"]["languageIdentification"]["mode"] == "Continuous"
    api.work()
    (options,) = api.recogniser.asked
    assert options.language_per_phrase
    assert options.locales == ("en-US", "de-DE")


def test_a_model_that_was_listed_may_be_named_by_its_address(api):
    address = f"https://elsewhere/speechtotext/models/base/{base_model_id('base', 'en-US')}"
    job = api.submit(definition(api.drop("a.wav")) | {"model": {"self": address}}).json()
    assert job["model"]["self"].startswith("http://testserver/speechtotext/models/base/")
    assert job["model"]["self"].endswith("?api-version=2024-11-15")


def test_addresses_follow_the_caller_and_the_operator(tmp_path):
    api = make_api(tmp_path)
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


# Lists


def submit_many(api, n_jobs, **changes):
    return [
        api.submit(definition(api.drop("a.wav")) | {"displayName": f"job {n}"} | changes).json()
        for n in range(n_jobs)
    ]


def follow(api, address, **params):
    """All pages of a list, by their next links as they stand."""
    pages = []
    answer = api.client.get(address, params=params or None)
    while True:
        pages.append(answer.json()["values"])
        if "@nextLink" not in answer.json():
            return pages
        answer = api.client.get(answer.json()["@nextLink"])


def test_a_list_is_in_the_order_of_creation_and_goes_on_page_by_page(api):
    jobs = submit_many(api, 7)
    pages = follow(api, JOBS, **DATED, top=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [job["self"] for page in pages for job in page] == [job["self"] for job in jobs]
    assert [len(page) for page in follow(api, OLD_JOBS, skip=2, top=5)] == [5]
    assert follow(api, JOBS, **DATED, skip=50) == [[]]


def test_deleted_jobs_are_in_no_list(api):
    jobs = submit_many(api, 5)
    for job in (jobs[0], jobs[3]):
        assert api.client.delete(job["self"]).status_code == 204
    listed = follow(api, JOBS, **DATED, top=2)
    assert [job["displayName"] for page in listed for job in page] == ["job 1", "job 2", "job 4"]


def test_a_filter_goes_along_to_the_next_page(api):
    jobs = submit_many(api, 6)
    for job in jobs[::2]:
        api.client.patch(job["self"], json={"description": "odd & even"})
    text = "description eq 'odd & even' and not (displayName eq 'job 4')"
    pages = follow(api, JOBS, **DATED, top=1, filter=text)
    names = [job["displayName"] for page in pages for job in page]
    assert names == ["job 0", "job 2"]


def test_jobs_are_filtered_by_how_they_stand(api):
    (first,) = submit_many(api, 1)
    api.work()
    submit_many(api, 1)
    succeeded = follow(api, OLD_JOBS, filter="status eq 'Succeeded' and locale eq 'en-US'")
    assert [[job["displayName"] for job in page] for page in succeeded] == [["job 0"]]
    at = api.client.get(first["self"]).json()["lastActionDateTime"]
    same = follow(api, OLD_JOBS, filter=f"status eq 'Succeeded' and lastActionDateTime eq {at}")
    assert len(same[0]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"skip": "-1"},
        {"top": "0"},
        {"top": "1001"},
        {"skip": "x"},
        {"skip": "9" * 500},
        {"top": "1.5"},
    ],
)
def test_pages_that_can_not_be(api, query):
    answer = api.client.get(JOBS, params=DATED | query)
    assert answer.status_code == 400
    assert answer.json()["innerError"]["code"] == "UnsupportedPagination"


# Changes


def test_a_job_is_renamed_and_nothing_else(api):
    job = api.submit(
        definition(api.drop("a.wav")) | {"customProperties": {"a": "1", "b": "2"}}
    ).json()
    answer = api.client.patch(
        job["self"],
        content=json.dumps(
            {"displayName": "new", "description": "d", "customProperties": {"a": None, "c": "3"}}
        ),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200
    expected = {"displayName": "new", "description": "d", "customProperties": {"b": "2", "c": "3"}}
    assert answer.json() == job | expected
    assert api.client.get(job["self"]).json() == job | expected


def test_plain_json_replaces_custom_properties_and_null_takes_away(api):
    job = api.submit(
        definition(api.drop("a.wav")) | {"customProperties": {"a": "1"}, "description": "d"}
    ).json()
    job = api.client.patch(job["self"], json={"customProperties": {"c": "3"}}).json()
    assert job["customProperties"] == {"c": "3"}
    job = api.client.patch(job["self"], json={"customProperties": None, "description": None}).json()
    assert "customProperties" not in job
    assert "description" not in job


@pytest.mark.parametrize(
    ("body", "inner_code"),
    [
        ({"locale": "de-DE"}, "UnsupportedDelta"),
        ({"properties": {"timeToLiveHours": 700}}, "UnsupportedDelta"),
        ({"status": "Succeeded"}, "UnsupportedDelta"),
        ({"contentUrls": []}, "UnsupportedDelta"),
        ({"project": None}, "UnsupportedDelta"),
        ({"displayName": None}, "InvalidPayload"),
        ({"displayName": " "}, "InvalidPayload"),
        ({"displayName": "n" * 10_000}, "InvalidPayload"),
        ({"description": 5}, "InvalidPayload"),
        ({"customProperties": {"k": 5}}, "InvalidPayload"),
        ({"customProperties": {"k": None}}, "InvalidPayload"),
        ({"customProperties": {str(n): "v" for n in range(11)}}, "InvalidPayload"),
    ],
)
def test_what_can_not_be_changed(api, body, inner_code):
    job = api.submit(definition(api.drop("a.wav"))).json()
    answer = api.client.patch(job["self"], json=body)
    assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, inner_code)
    assert api.client.get(job["self"]).json() == job


def test_the_first_generation_may_say_that_there_is_no_project(api):
    job = api.client.post(
        OLD_JOBS, json=old_definition(api.drop("a.wav")) | {"project": None}
    ).json()
    assert api.client.patch(job["self"], json={"project": None}).status_code == 200


# The end


def test_deleting_removes_all_at_once_and_may_be_done_again(api):
    job = api.submit(definition(api.drop("a.wav"), api.drop("b.wav"))).json()
    api.work()
    file = api.client.get(job["links"]["files"]).json()["values"][0]
    assert api.client.get(file["links"]["contentUrl"]).status_code == 200
    assert api.client.delete(job["self"]).status_code == 204
    for address in (job["self"], job["links"]["files"], file["self"], file["links"]["contentUrl"]):
        assert api.client.get(address).status_code == 404
    assert api.client.delete(job["self"]).status_code == 204
    assert api.client.patch(job["self"], json={"displayName": "n"}).status_code == 404
    assert not [name for name in api.stored() if name.startswith(("jobs/", "created/"))]


def test_deleting_cancels_what_has_not_been_done(api):
    job = api.submit(definition(*[api.drop("a.wav")] * 12)).json()
    assert api.client.delete(job["self"]).status_code == 204
    api.work()
    assert api.recogniser.asked == []
    assert not [name for name in api.stored() if name.startswith(("jobs/", "created/"))]


def test_a_job_whose_time_is_over_is_gone_though_no_purge_has_run(api):
    created_at = datetime.now(UTC) - timedelta(hours=9)
    job = Job(
        id=new_job_id(created_at),
        origin=JobOrigin.REST,
        created_at=created_at,
        files=(JobFile("https://store.example/a.wav?sig=x", "contenturl_0.json"),),
        options=JobOptions(locales=("en-US",)),
        time_to_live=timedelta(seconds=0.01),
    )
    submit(job, api.batch.store, api.batch.queue)
    listed = submit_many(api, 1)
    outcome = FileOutcome(file_index=0, status=FileStatus.FAILED, finished_at=created_at)
    api.batch.store.finish(job.id, outcome)
    api.batch.store.close(job.id, close_job(job, [outcome]))
    page = api.client.get(JOBS, params=DATED).json()
    assert [job["self"] for job in page["values"]] == [listed[0]["self"]]
    assert api.client.get(f"{JOBS}/{job.id}", params=DATED).status_code == 404
    assert not [name for name in api.stored() if name.startswith(f"jobs/{job.id}")]


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


def test_more_than_a_hundred_requests_in_ten_seconds_are_told_to_wait(api):
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
