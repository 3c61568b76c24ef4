"""A thousand files in one job, on a host that is killed while it hands them out."""

import collections
import re
import sqlite3
import time
from contextlib import closing, suppress

import requests
from batch_client import DATED, ended, files_of

N_FILES = 1000
JOBS = "/speechtotext/transcriptions"


def n_messages(queue):
    """Count the messages that wait or are leased."""
    connection = sqlite3.connect(f"file:{queue}?mode=ro", uri=True, timeout=10)
    with closing(connection), suppress(sqlite3.OperationalError):  # it is being made
        ((count,),) = connection.execute("SELECT count(*) FROM messages")
        return count
    return 0


def silence():
    """A tenth of a second that nothing is said in: whatever is slow here is the work around it."""
    header = b"RIFF\xa4\x0c\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
    return (
        header
        + b"\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x80\x0c\x00\x00"
        + bytes(3200)
    )


def stored_of(job_folder):
    """Count what lies under a job, numbers of files left out."""
    return collections.Counter(
        re.sub(r"\d{5}", "n", path.name)
        for path in job_folder.rglob("*")
        if path.is_file() and ".sotto" not in path.parts
    )


def test_none_is_missing_and_none_is_there_twice_after_a_kill_in_the_fan_out(start, tmp_path, http):
    settings = {
        "SOTTO_DATA_FOLDER": str(tmp_path),
        "SOTTO_WORKERS": "3",
        "SOTTO_LEASE_S": "5",
    }
    audio, queue = tmp_path / "containers" / "audio", tmp_path / "queue.sqlite"
    audio.mkdir(parents=True)
    (audio / ".a.wav").write_bytes(silence())  # hidden, so that the drop folder ignores it
    host = start(**settings)
    own = f"{host.url}/containers/audio/.a.wav"
    body = {
        "displayName": "thousand",
        "locale": "en-US",
        "contentUrls": [f"{own}?n={n}&sig={'s' * 200}" for n in range(N_FILES)],
        "properties": {"timeToLiveHours": 6},
    }
    submitted = http.post(f"{host.url}{JOBS}:submit", params=DATED, json=body, timeout=30)
    assert submitted.status_code == 201
    assert submitted.elapsed.total_seconds() < 2
    until = time.monotonic() + 60
    while not 200 < n_messages(queue) < 900:
        assert time.monotonic() < until, "the fan-out was not seen"
    host.process.kill()
    host.process.wait(30)
    assert 200 < n_messages(queue) < N_FILES, "the fan-out was over before the kill"

    again = start(**settings)
    job_id = submitted.json()["self"].partition("?")[0].rpartition("/")[2]
    job = ended(http, f"{again.url}{JOBS}/{job_id}?api-version=2024-11-15", within_s=120)
    assert job["status"] == "Succeeded"
    files = files_of(http, job, top=300, **DATED)
    assert [file["name"] for file in files] == [
        *(f"contenturl_{n}.json" for n in range(N_FILES)),
        "report.json",
    ]
    report = requests.get(files[-1]["links"]["contentUrl"], timeout=30).json()
    assert report["successfulTranscriptionsCount"] == len(report["details"]) == N_FILES
    listed = http.get(f"{again.url}{JOBS}", params=DATED, timeout=30).json()["values"]
    assert [listed_job["self"] for listed_job in listed] == [job["self"]]
    assert stored_of(tmp_path / "containers" / "jobs" / "jobs" / job_id) == {
        "job.json": 1,
        "started": 1,
        "closed": 1,
        "report.json": 1,
        "n.json": 2 * N_FILES,  # a marker and a transcript for each
    }
    assert http.delete(job["self"], timeout=60).status_code == 204
    assert http.get(job["self"], timeout=30).status_code == 404
