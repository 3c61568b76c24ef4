"""Batch jobs against the running container host, over plain HTTP as people use them."""

import base64
import hashlib
import hmac
import json
import re
import time

import pytest
import requests
from batch_client import DATED, KEY, ended, files_of, serving_files
from test_drop_folder import encode

JOBS = "/speechtotext/transcriptions"
LOOPBACK = "127.0.0.0/8"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DURATION = re.compile(r"PT(\d+H)?(\d+M)?(\d+(\.\d{1,7})?S)?")


def definition(*urls, **properties):
    return {
        "displayName": "j",
        "locale": "en-US",
        "contentUrls": urls,
        "properties": {"timeToLiveHours": 6, **properties},
    }


def test_the_check_of_the_contract(start, tmp_path):
    """Section 11, line for line: with this host's address, and an end to the waiting."""
    host = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_KEYS="k")
    B, H, V = host.url, {"Ocp-Apim-Subscription-Key": "k"}, {"api-version": "2024-11-15"}  # noqa: N806
    r = requests.post(
        B + "/speechtotext/transcriptions:submit",
        params=V,
        headers=H,
        json={
            "displayName": "j",
            "locale": "en-US",
            "contentUrls": ["https://example.invalid/a.wav"],
            "properties": {"timeToLiveHours": 6},
        },
        timeout=30,
    )
    assert r.status_code == 201
    assert r.headers["Location"] == r.json()["self"]
    u = r.json()["self"]
    until = time.monotonic() + 120
    while (s := requests.get(u, headers=H, timeout=30).json())["status"] not in (
        "Succeeded",
        "Failed",
    ):
        assert time.monotonic() < until
        time.sleep(0.2)
    kinds = []
    for f in requests.get(s["links"]["files"], headers=H, timeout=30).json()["values"]:
        kinds.append(f["kind"])
        assert requests.get(f["links"]["contentUrl"], timeout=30).status_code == 200
    assert kinds == ["TranscriptionReport"]
    assert requests.delete(u, headers=H, timeout=30).status_code == 204
    assert requests.get(u, headers=H, timeout=30).status_code == 404
    assert requests.delete(u, headers=H, timeout=30).status_code == 204

    def signature(secret, body):
        return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()

    assert (
        signature("s3", b'{"self":"x"}')
        == base64.b64encode(hmac.digest(b"s3", b'{"self":"x"}', "sha256")).decode()
    )


# The members of a result in section 5, as data: name, shape, whether it is required.

EXTENT = {
    "offset": DURATION,
    "duration": DURATION,
    "offsetInTicks": int,
    "durationInTicks": int,
    "offsetMilliseconds": int,
    "durationMilliseconds": int,
}
FORMS = {"lexical": str, "itn": str, "maskedITN": str, "display": str}
RESULT = {
    "source": str,
    "timestamp": TIME,
    "durationInTicks": int,
    "durationMilliseconds": int,
    "duration": DURATION,
    "combinedRecognizedPhrases": [{"channel": int} | FORMS],
    "recognizedPhrases": [
        {
            "recognitionStatus": re.compile("Success"),
            "channel": int,
            **EXTENT,
            "nBest": [
                {
                    "confidence": float,
                    **FORMS,
                    "words": [{"word": str, **EXTENT, "confidence": float}],
                    "displayWords": [{"displayText": str, **EXTENT}],
                }
            ],
        }
    ],
}
REPORT = {
    "successfulTranscriptionsCount": int,
    "failedTranscriptionsCount": int,
    "details": [{"source": str, "status": re.compile("Succeeded|Failed")}],
}


def assert_shape(value, shape, place="it"):
    """Every member that is named, no other, each of its kind."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), place
        assert set(value) == set(shape), place
        for name, inner in shape.items():
            assert_shape(value[name], inner, f"{place}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), place
        for index, item in enumerate(value):
            assert_shape(item, shape[0], f"{place}[{index}]")
    elif isinstance(shape, re.Pattern):
        assert shape.fullmatch(value), (place, value)
    else:
        assert type(value) is shape, (place, value)


@pytest.fixture(scope="module")
def mixed(spoken):
    """Speech in the formats of section 10, and what is no audio."""
    return {
        "a.wav": spoken,
        "b.mp3": encode(spoken, "mp3", "libmp3lame"),
        "c d.m4a": encode(spoken, "ipod", "aac"),
        "e.flac": encode(spoken, "flac", "flac"),
        "broken.wav": b"RIFF\x24\x00\x00\x00WAVEfmt nothing of the kind",
        "ü.aac": encode(spoken, "adts", "aac"),
    }


@pytest.mark.parametrize("version", ["2024-11-15", "v3.2"])
def test_mixed_formats_with_a_broken_one_are_reported_field_by_field(
    start, tmp_path, http, mixed, version
):
    host = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_ALLOWED_NETWORKS=LOOPBACK)
    with serving_files(mixed) as (address, asked):
        urls = [f"{address}/{requests.utils.quote(name)}?sig=CANARY" for name in mixed]
        body = definition(
            *urls,
            f"{address}/none.wav",
            wordLevelTimestampsEnabled=True,
            displayFormWordLevelTimestampsEnabled=True,
        )
        if version == "v3.2":
            del body["properties"]["timeToLiveHours"]
            answer = http.post(
                f"{host.url}/speechtotext/v3.2/transcriptions", json=body, timeout=30
            )
        else:
            answer = http.post(f"{host.url}{JOBS}:submit", params=DATED, json=body, timeout=30)
        assert answer.status_code == 201
        job = ended(http, answer.headers["Location"])
    assert job["status"] == "Succeeded"
    assert len({path.partition("?")[0] for path in asked}) == 7
    properties = job["properties"]
    if version == "v3.2":
        assert DURATION.fullmatch(properties["duration"])
    else:
        assert properties["durationMilliseconds"] > 5 * 3000
    *transcripts, report_file = files_of(http, job)
    assert [file["name"] for file in transcripts] == [
        f"contenturl_{n}.json" for n in (0, 1, 2, 3, 5)
    ]
    for file in transcripts:
        content = requests.get(file["links"]["contentUrl"], timeout=30)
        result = content.json()
        assert_shape(result, RESULT)
        assert len(content.content) == file["properties"]["size"]
        assert "milk" in result["combinedRecognizedPhrases"][0]["display"]
        for phrase in result["recognizedPhrases"]:
            assert phrase["offsetInTicks"] == phrase["offsetMilliseconds"] * 10_000
        assert "CANARY" not in content.text
    report = requests.get(report_file["links"]["contentUrl"], timeout=30).json()
    failed = {"errorMessage": str, "errorKind": re.compile("InvalidAudio|InvalidRecordingsUri")}
    details = report.pop("details")
    assert report == {"successfulTranscriptionsCount": 5, "failedTranscriptionsCount": 2}
    for index, detail in enumerate(details):
        is_failed = index in {4, 6}
        assert_shape(detail, REPORT["details"][0] | (failed if is_failed else {}))
        assert detail["status"] == ("Failed" if is_failed else "Succeeded")
    assert [details[n]["errorKind"] for n in (4, 6)] == ["InvalidAudio", "InvalidRecordingsUri"]
    assert "CANARY" not in json.dumps(details) + json.dumps(host.log)


def test_a_private_address_is_never_fetched(start, tmp_path, http, spoken):
    """The guard judges the resolved address when the job runs: here no network is allowed."""
    host = start(SOTTO_DATA_FOLDER=str(tmp_path))
    with serving_files({"a.wav": spoken}) as (address, asked):
        refused = http.post(
            f"{host.url}{JOBS}:submit",
            params=DATED,
            json=definition(f"{address}/a.wav"),
            timeout=30,
        )
    assert refused.json()["innerError"]["code"] == "InvalidRecordingsUri"
    assert asked == []


def test_a_file_of_the_hosts_own_folder_is_read_in_the_process(start, tmp_path, http, spoken):
    host = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_DROP_FOLDERS="")
    audio = tmp_path / "containers" / "audio"
    (audio / "calls").mkdir(parents=True, exist_ok=True)
    (audio / "calls" / "monday 1.wav").write_bytes(spoken)
    own = f"{host.url}/containers/audio/calls/monday%201.wav"
    submitted = http.post(
        f"{host.url}{JOBS}:submit", params=DATED, json=definition(own), timeout=30
    )
    job = ended(http, submitted.headers["Location"])
    transcript, _ = files_of(http, job)
    result = requests.get(transcript["links"]["contentUrl"], timeout=30).json()
    assert "milk" in result["combinedRecognizedPhrases"][0]["display"]
    assert result["source"] == own
    assert (audio / "calls" / "monday 1.wav").read_bytes() == spoken


def test_a_signed_address_is_good_at_another_instance_and_after_a_restart(
    start, tmp_path, http, spoken
):
    """Two hosts on one folder of data, and a third with another key."""
    first = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_KEYS=KEY)
    with_audio = tmp_path / "containers" / "audio"
    with_audio.mkdir(parents=True, exist_ok=True)
    (with_audio / "a.wav").write_bytes(spoken)
    own = f"{first.url}/containers/audio/a.wav"
    submitted = http.post(
        f"{first.url}{JOBS}:submit", params=DATED, json=definition(own), timeout=30
    )
    job = ended(http, submitted.headers["Location"])
    address = files_of(http, job)[0]["links"]["contentUrl"]
    content = requests.get(address, timeout=30).content
    first.process.terminate()
    assert first.process.wait(60) == 0
    second = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_KEYS=f"new,{KEY}")
    elsewhere = address.replace(first.url, second.url)
    assert requests.get(elsewhere, timeout=30).content == content
    assert requests.get(elsewhere.replace("sig=", "sig=A"), timeout=30).status_code == 403
    stranger = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_KEYS="other", SOTTO_WORKERS="0")
    assert requests.get(address.replace(first.url, stranger.url), timeout=30).status_code == 403
    job_id = job["self"].partition("?")[0].rpartition("/")[2]
    deleted = http.delete(f"{second.url}{JOBS}/{job_id}", params=DATED, timeout=30)
    assert deleted.status_code == 204
    assert requests.get(elsewhere, timeout=30).status_code == 404
