"""Files of jobs: their list, their signed addresses, and where those lead."""

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from batch_api import DATED, JOBS, KEY, definition

from functions.api.batch_jobs.files import DEFAULT_LIFETIME_S
from functions.api.batch_jobs.signed_urls import SignedUrls
from shared.jobs.job import Job


@pytest.fixture
def job(api):
    """Three files, one of them no audio, done."""
    urls = [api.drop("a.wav"), api.drop("b.txt", b"buy milk"), api.drop("c.wav")]
    job = api.submit(definition(*urls)).json()
    api.work()
    return job


def files_of(api, job, **params):
    address = job["links"]["files"]
    return api.client.get(address, params={**DATED, **params} if params else None)


def without_key(api, address):
    return api.another_client().get(address, headers={"Ocp-Apim-Subscription-Key": ""})


def test_a_file_is_shown_as_the_contract_writes_it(api, job):
    transcript, *_, report = files_of(api, job).json()["values"]
    base = re.escape(job["self"].partition("?")[0])
    assert re.fullmatch(
        rf"{base}/files/[0-9a-f-]{{36}}\?api-version=2024-11-15", transcript["self"]
    )
    content = without_key(api, transcript["links"]["contentUrl"])
    assert transcript == {
        "self": transcript["self"],
        "name": "contenturl_0.json",
        "kind": "Transcription",
        "links": {"contentUrl": transcript["links"]["contentUrl"]},
        "properties": {"size": len(content.content)},
        "createdDateTime": transcript["createdDateTime"],
    }
    assert report["kind"] == "TranscriptionReport"
    assert api.client.get(transcript["self"]).json()["name"] == "contenturl_0.json"


def test_before_the_end_there_are_no_files(api):
    job = api.submit(definition(api.drop("a.wav"))).json()
    assert files_of(api, job).json() == {"values": []}


def test_a_signed_address_is_read_without_a_key_at_any_instance(api, job):
    for file in files_of(api, job).json()["values"]:
        content = without_key(api, file["links"]["contentUrl"])
        assert content.status_code == 200
        assert content.headers["content-type"] == "application/json"
        assert content.headers["cache-control"] == "no-store"
        assert isinstance(content.json(), dict)


@pytest.mark.parametrize(
    ("version", "params", "lifetime_s"),
    [
        ("", {}, DEFAULT_LIFETIME_S),
        ("", {"sasLifetimeMinutes": "5"}, 300),
        ("", {"SASLIFETIMEMINUTES": "44640"}, 31 * 86_400),
        ("v3.2/", {"sasValidityInSeconds": "90"}, 90),
    ],
)
def test_an_address_is_good_as_long_as_was_asked(api, job, version, params, lifetime_s):
    job_id = job["self"].rpartition("/")[2][:36]
    path = f"/speechtotext/{version}transcriptions/{job_id}/files"
    asked_s = int(time.time())
    listed = api.client.get(path, params=params if version else DATED | params)
    address = listed.json()["values"][0]["links"]["contentUrl"]
    end_s = int(parse_qs(urlsplit(address).query)["se"][0])
    assert asked_s <= end_s - lifetime_s <= time.time()
    assert without_key(api, address).status_code == 200


def test_an_address_that_has_expired_is_403(api, job):
    address = files_of(api, job).json()["values"][0]["links"]["contentUrl"].partition("?")[0]
    *_, job_id, _, file_id, _ = address.split("/")
    signed = SignedUrls([KEY], now=lambda: time.time() - 61).sign(f"{job_id}/{file_id}", 60)
    expired = without_key(api, f"{address}?{urlencode(signed)}")
    assert (expired.status_code, expired.json()["code"]) == (403, "Forbidden")


@pytest.mark.parametrize("lifetime", ["0", "-5", "44641", "1.5", "x", "9" * 100])
def test_invalid_lifetimes_are_refused(api, job, lifetime):
    answer = files_of(api, job, sasLifetimeMinutes=lifetime)
    assert answer.status_code == 400
    assert answer.json()["innerError"]["code"] == "InvalidSasValidityDuration"


def test_an_address_that_was_changed_opens_nothing(api, job):
    first, second = (f["links"]["contentUrl"] for f in files_of(api, job).json()["values"][:2])
    query = first.partition("?")[2]
    other = job["self"].partition("?")[0].rpartition("/")[2]
    changed = [
        first.partition("?")[0],
        second.partition("?")[0] + "?" + query,
        first.replace("se=", "se=9"),
        first[:-1] + ("A" if first[-1] != "A" else "B"),
        first.replace(other, other[:-1] + ("0" if other[-1] != "0" else "1")),
        first + "&sig=x",
    ]
    for address in changed:
        answer = without_key(api, address)
        assert (answer.status_code, answer.json()["code"]) == (403, "Forbidden"), address


def test_addresses_end_with_their_job(api, job):
    address = files_of(api, job).json()["values"][0]["links"]["contentUrl"]
    assert api.client.delete(job["self"]).status_code == 204
    gone = without_key(api, address)
    assert (gone.status_code, gone.json()["code"]) == (404, "NotFound")


def test_files_are_paged_and_filtered(api, job):
    page = files_of(api, job, top=2).json()
    assert [file["name"] for file in page["values"]] == ["contenturl_0.json", "contenturl_2.json"]
    rest = api.client.get(page["@nextLink"]).json()
    assert [file["name"] for file in rest["values"]] == ["report.json"]
    assert "@nextLink" not in rest
    kinds = files_of(api, job, filter="kind eq 'TranscriptionReport'").json()["values"]
    assert [file["name"] for file in kinds] == ["report.json"]
    at = page["values"][0]["createdDateTime"]
    text = f"name ne 'report.json' and createdDateTime ge {at}"
    follows = files_of(api, job, filter=text, top=1, sasLifetimeMinutes=5).json()
    assert "sasLifetimeMinutes=5" in follows["@nextLink"]
    assert len(api.client.get(follows["@nextLink"]).json()["values"]) == 1


def test_a_file_that_is_not_there_is_404(api, job):
    other = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
    files = job["links"]["files"].partition("?")[0]
    for file_id in (other, "report.json", "0"):
        assert api.client.get(f"{files}/{file_id}", params=DATED).status_code == 404
    assert api.client.get(f"{JOBS}/{other}/files", params=DATED).status_code == 404


def test_a_container_of_this_service_gives_a_file_for_each_audio_in_it(api):
    for name in ("a.wav", "calls/b ü.wav", "report"):
        api.drop(name)
    api.drop("sotto.json", b"{}")
    api.drop(".hidden", b"")
    body = definition() | {
        "contentUrls": None,
        "contentContainerUrl": "http://testserver/containers/audio",
    }
    job = api.submit(body).json()
    api.work()
    files = files_of(api, job).json()["values"]
    assert [(file["name"], file["kind"]) for file in files] == [
        ("a.wav.json", "Transcription"),
        ("calls/b ü.wav.json", "Transcription"),
        ("report.json", "Transcription"),
        ("report.json", "TranscriptionReport"),
    ]
    result = without_key(api, files[1]["links"]["contentUrl"]).json()
    assert result["source"] == "http://testserver/containers/audio/calls/b%20%C3%BC.wav"


def test_a_name_that_is_too_long_for_one_more_ending_is_no_trouble(api):
    """Results lie under the number of their input."""
    name = "n" * 251 + ".wav"
    job = api.submit(definition(api.drop(name))).json()
    api.work()
    assert api.client.get(job["self"]).json()["status"] == "Succeeded"


def test_the_address_of_this_host_is_its_own_without_a_request_to_it(api):
    api.drop("a b.wav")
    job = api.submit(definition("http://127.0.0.1:5000/containers/audio/a%20b.wav")).json()
    api.work()
    assert api.client.get(job["self"]).json()["status"] == "Succeeded"


def test_a_file_of_a_drop_folder_that_is_not_there_is_in_the_report(api):
    job = api.submit(definition("http://testserver/containers/audio/none.wav")).json()
    api.work()
    (report,) = files_of(api, job).json()["values"]
    details = without_key(api, report["links"]["contentUrl"]).json()["details"]
    assert details[0]["errorKind"] == "SourceNotFound"


def test_the_largest_job_is_submitted_at_once(api, monkeypatch):
    """1,000 signed addresses: 10 messages, one record, and none of the addresses in a message."""
    sent = []
    monkeypatch.setattr(api.batch.queue, "send", lambda message, *_: sent.append(message))
    urls = [f"https://store.example/{n}.wav?sig={'s' * 300}" for n in range(1000)]
    answer = api.submit(definition(*urls))
    assert answer.status_code == 201
    assert answer.elapsed < timedelta(seconds=2)
    assert len(sent) == 10
    job_id = answer.json()["self"].rpartition("/")[2][:36]
    stored: Job = api.batch.store.job(job_id)
    assert [file.source for file in stored.files] == urls
    assert [file.result_name for file in stored.files[::999]] == [
        "contenturl_0.json",
        "contenturl_999.json",
    ]
