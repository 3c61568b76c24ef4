"""Questions to many jobs: what is read of each, and how many at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import dropped_job_id, job_moment, new_job_id
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import FileOutcome, FileStatus, JobStatus, summarise_job
from shared.jobs.queries import job_states
from shared.jobs.store import JobStore
from shared.storage.counted import CountedContainer
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue

NOW = datetime.now(UTC)
N_JOBS, N_CLOSED = 12, 9


@pytest.fixture
def batch(tmp_path):
    """Twelve jobs, a minute from one to the next; nine have ended, the first three badly."""
    (tmp_path / "jobs").mkdir()
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    opened = BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue)
    for number in range(N_JOBS):
        created_at = NOW - timedelta(minutes=N_JOBS - number)
        job = Job(
            id=new_job_id(created_at),
            created_at=created_at,
            files=(JobFile("https://store.example/a.wav", "contenturl_0.json"),),
            options=JobOptions(locales=("en-US",)),
            labels=JobLabels(display_name=f"number {number}"),
        )
        opened.store.create(job)
        if number < N_CLOSED:
            status = FileStatus.FAILED if number < 3 else FileStatus.SUCCEEDED
            outcome = FileOutcome(file_index=0, status=status, finished_at=NOW)
            opened.store.close(job.id, summarise_job(job, [outcome]))
    yield opened
    queue.close()


def found(batch, is_meant):
    """Names of the jobs that are meant, and the calls that took."""
    counted = CountedContainer(batch.store.container)
    states = list(job_states(BatchServices(JobStore(counted), batch.queue), is_meant))
    return [state.labels.display_name for state in states], dict(counted.calls)


def test_of_jobs_that_came_at_another_time_nothing_is_read(batch):
    since = NOW - timedelta(minutes=2, seconds=30)
    names, calls = found(batch, lambda view: view.created_at > since)
    assert names == ["number 10", "number 11"]
    # The listing; of each of the two its record, labels, missing summary, and missing start.
    assert calls == {"list": 1, "read": 2 * 3, "properties": 2}


def test_of_jobs_of_another_status_the_record_is_not_read(batch):
    names, calls = found(batch, lambda view: view.status is JobStatus.FAILED)
    assert names == ["number 0", "number 1", "number 2"]
    assert calls == {"list": 1, "read": N_JOBS + 2 * 3, "properties": N_JOBS - N_CLOSED}


def test_of_jobs_of_another_name_only_the_record_and_its_labels_are_read(batch):
    names, calls = found(batch, lambda view: view.labels.display_name == "number 4")
    assert names == ["number 4"]
    assert calls == {"list": 1, "read": 2 * N_JOBS + 1}


def test_jobs_are_read_at_the_same_time(batch):
    """Each waits until all the others have come as far."""
    meeting = threading.Barrier(N_JOBS, timeout=10)

    def is_meant(_view):
        meeting.wait()
        return True

    assert len(list(job_states(batch, is_meant))) == N_JOBS


@given(st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_the_id_of_a_job_says_when_it_was_accepted(moment):
    assert job_moment(new_job_id(moment)) == moment


def test_the_id_of_a_dropped_file_says_no_time():
    assert job_moment(dropped_job_id("calls", "a.wav", "1")) is None
