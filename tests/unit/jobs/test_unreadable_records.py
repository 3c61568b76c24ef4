"""A record that cannot be read hides no other job, and its own job can still be deleted."""

import itertools
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from lives import BatchInMemory, wav, work_to_the_end
from structlog.testing import capture_logs

from shared.errors import MalformedJob, UnstorableRecord
from shared.jobs.attempt import Attempt
from shared.jobs.blob_names import expiry_name, new_job_id
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.outcome import MAX_RECORD_BYTES, JobStatus
from shared.jobs.purge import purge, remove_job
from shared.jobs.queries import (
    change_labels,
    delete_job,
    find_job,
    job_states,
    latest_jobs,
    page_of_jobs,
)
from shared.jobs.store import JobStore
from shared.jobs.submission import submit, submit_dropped
from shared.jobs.tombstone import TOMBSTONE_LIFETIME
from shared.jobs.worker import JobWorker
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage
from shared.storage.work_queue import DeadLetter
from shared.transcription.scripted_transcriber import ScriptedTranscriber

TIME_TO_LIVE = timedelta(hours=1)
DAMAGES = {
    "empty": b"",
    "truncated": b'{"v":1,"id":"0b0e9f5e',
    "not UTF-8": b'{"v":1,"id":"\xff"}',
    "another version": b'{"v":2}',
    "another type": b'[{"v":1}]',
    "another field": b'{"v":1,"marzipan":1}',
    "nested": 5000 * b"[",
}
damages = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)


@pytest.fixture(autouse=True)
def lasting_power(monkeypatch):
    """The power does not fail here: nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "transcripts"):
        (tmp_path / name).mkdir()
    folder = DropFolder(
        "audio",
        FolderContainer(tmp_path / "audio"),
        FolderContainer(tmp_path / "transcripts"),
        TIME_TO_LIVE,
    )
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    yield BatchInMemory(JobStore(FolderContainer(tmp_path / "jobs")), queue, {"audio": folder})
    queue.close()


def submitted(batch, n_files=1):
    created_at = datetime.now(UTC)
    job = Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=tuple(
            JobFile(f"https://store.example/{n}.wav", f"contenturl_{n}.json")
            for n in range(n_files)
        ),
        options=JobOptions(locales=("en-US",)),
        time_to_live=TIME_TO_LIVE,
    )
    submit(job, batch)
    return job.id


def finished(batch, n_files=1):
    job_id = submitted(batch, n_files)
    work_to_the_end(batch)
    return job_id


def dropped(batch):
    batch.drop_folders["audio"].input.put("a.wav", wav())
    job_id = submit_dropped(batch.drop_folders["audio"], "a.wav", batch)
    work_to_the_end(batch)
    return job_id


def stored(batch, job_id):
    """Names of all blobs of a job but its tombstone and the expiry entry of that."""
    names = [entry.name for entry in batch.store.container.list()]
    return [n for n in names if job_id in n and not n.startswith(("gone/", "expires/"))]


def outputs(batch):
    return [entry.name for entry in batch.drop_folders["audio"].output.list()]


def expired():
    return datetime.now(UTC) + TIME_TO_LIVE + timedelta(minutes=1)


RECORDS = ("job.json", "closed")


@damages
@pytest.mark.parametrize("record", RECORDS)
def test_a_job_with_an_unreadable_record_is_left_out_of_lists(batch, record, damage):
    damaged, whole = finished(batch), finished(batch)
    batch.store.container.put(f"jobs/{damaged}/{record}", damage)
    with capture_logs() as lines:
        for _ in range(2):
            assert [state.job.id for state in job_states(batch)] == [whole]
            assert [state.job.id for state in page_of_jobs(batch, 0, 10).states] == [whole]
    assert [(line["event"], line["job_id"]) for line in lines] == [("job_unreadable", damaged)]
    with pytest.raises(MalformedJob):
        find_job(batch, damaged)
    assert latest_jobs(batch, [HookEvent.TRANSCRIPTION_COMPLETION])


@damages
@pytest.mark.parametrize("record", [*RECORDS, "labels.json", "finished/00000.json"])
def test_a_deletion_needs_no_readable_record(batch, record, damage):
    damaged, whole = finished(batch), finished(batch)
    batch.store.container.put(f"jobs/{damaged}/{record}", damage)
    before = stored(batch, whole)
    delete_job(batch, damaged)
    assert stored(batch, damaged) == []
    assert batch.store.is_deleted(damaged)
    assert stored(batch, whole) == before


@damages
@pytest.mark.parametrize("record", [*RECORDS, "labels.json", "finished/00000.json"])
def test_a_purge_needs_no_readable_record(batch, record, damage):
    for job_id in (finished(batch), dropped(batch)):
        batch.store.container.put(f"jobs/{job_id}/{record}", damage)
        assert purge(batch, datetime.now(UTC)).n_jobs == 0
        assert stored(batch, job_id)
    done = purge(batch, expired())
    assert (done.n_jobs, done.failures) == (2, [])
    assert stored(batch, "") == []
    assert outputs(batch) == []


def test_all_records_of_a_job_may_be_unreadable(batch):
    job_id, other = finished(batch), submitted(batch)
    for record in (*RECORDS, "finished/00000.json"):
        batch.store.container.put(f"jobs/{job_id}/{record}", bytes(2 * MAX_RECORD_BYTES))
    assert purge(batch, datetime.now(UTC)).n_jobs == 0
    assert purge(batch, expired()).n_jobs == 1
    assert stored(batch, job_id) == []
    assert stored(batch, other)


def test_a_job_without_an_end_is_not_purged_for_its_unreadable_summary(batch):
    """Its outcomes say that it is kept until it is deleted; the entry is of a deletion."""
    job_id = finished(batch)
    kept = json.loads(batch.store.container.read(f"jobs/{job_id}/job.json", 10_000).data)
    del kept["timeToLive"]
    batch.store.container.put(f"jobs/{job_id}/job.json", json.dumps(kept).encode())
    batch.store.container.put(f"jobs/{job_id}/closed", b"{")
    purge(batch, expired())
    assert batch.store.has_job(job_id)


@damages
def test_unreadable_labels_leave_those_of_the_creation(batch, damage):
    job_id = finished(batch)
    batch.store.container.put(f"jobs/{job_id}/labels.json", damage)
    assert find_job(batch, job_id).labels == batch.store.job(job_id).labels
    changed = change_labels(batch, job_id, lambda labels: labels)
    assert find_job(batch, job_id).labels == changed.labels
    assert batch.store.labels(job_id)[0] == changed.labels


@damages
def test_a_file_with_an_unreadable_outcome_is_transcribed_again(batch, damage):
    job_id = submitted(batch, 3)
    batch.store.container.put(f"jobs/{job_id}/finished/00001.json", damage)
    work_to_the_end(batch)
    state = find_job(batch, job_id)
    assert (state.status, state.summary.n_succeeded) == (JobStatus.SUCCEEDED, 3)


def test_an_outcome_that_is_damaged_after_its_file_was_done_is_made_again(batch):
    job_id = submitted(batch, 3)
    work = JobWorker(batch, ScriptedTranscriber())
    for n_done in itertools.count(1):
        lease = batch.queue.lease(60)
        if lease is None:
            break
        work.handle(lease.message, Attempt(lease.delivery_count))
        batch.queue.acknowledge(lease)
        if n_done == 1:
            batch.store.container.put(f"jobs/{job_id}/finished/00000.json", b"{")
    assert find_job(batch, job_id).summary.n_succeeded == 3


@damages
def test_a_message_of_an_unreadable_job_is_done_with(batch, damage):
    """No attempt could read it; the messages behind it are handled."""
    job_id, whole = submitted(batch), submitted(batch)
    batch.store.container.put(f"jobs/{job_id}/job.json", damage)
    work_to_the_end(batch)
    assert batch.store.summary(whole) is not None
    letter = DeadLetter(WorkMessage(WorkKind.TRANSCRIBE, job_id, 0))
    JobWorker(batch, ScriptedTranscriber()).fail_dead_letter(letter)


@damages
def test_an_unreadable_tombstone_lasts_as_long_as_others(batch, damage):
    job_id = finished(batch)
    delete_job(batch, job_id)
    batch.store.container.put(f"gone/{job_id}", damage)
    now = datetime.now(UTC)
    assert purge(batch, now + timedelta(days=14)).failures == []
    assert batch.store.is_deleted(job_id)
    assert purge(batch, now + TOMBSTONE_LIFETIME + timedelta(minutes=1)).failures == []
    assert list(batch.store.container.list()) == []


def test_expiry_entries_that_are_none_are_passed_over(batch):
    job_id = finished(batch)
    for name in ("00000000T0000Z/x", "20260231T0000Z/" + job_id, "20260101T0000Z/not-an-id", "1"):
        batch.store.container.put(f"expires/{name}", b"")
    done = purge(batch, expired())
    assert (done.n_jobs, done.n_foreign, done.failures) == (1, 4, [])


@pytest.mark.parametrize("year", [1, 999, 1970, 9999])
def test_entries_of_every_year_are_found_again(year):
    name = expiry_name(datetime(year, 3, 1, tzinfo=UTC), new_job_id(datetime.now(UTC)))
    assert name.startswith(f"expires/{year:04}0301T0000Z/")


def test_a_time_to_live_past_the_last_year_ends_then(batch):
    """The clock of the machine that closed the job was far ahead."""
    job_id = submitted(batch)
    record = json.loads(batch.store.container.read(f"jobs/{job_id}/job.json", 10_000).data)
    record["timeToLive"] = "P999999W"
    batch.store.container.put(f"jobs/{job_id}/job.json", json.dumps(record).encode())
    work_to_the_end(batch)
    assert batch.store.summary(job_id).expires_at == datetime.max.replace(tzinfo=UTC)
    assert purge(batch, expired()).failures == []
    remove_job(batch, batch.store.job(job_id), batch.store.summary(job_id))
    assert stored(batch, job_id) == []


def test_a_job_that_is_too_large_for_its_record_leaves_no_message_and_no_blob(batch):
    created_at = datetime.now(UTC)
    files = (JobFile(11_000 * "a", "contenturl_0.json"),)
    with pytest.raises(UnstorableRecord):
        submit(Job(id=new_job_id(created_at), created_at=created_at, files=files), batch)
    assert list(batch.store.container.list()) == []
    assert batch.queue.lease(60) is None
