"""Queries of the batch API: the order of jobs, their pages, and jobs that are gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import Changed, JobNotFound
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import REPORT_NAME, created_name, job_name, new_job_id, transcript_name
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, RestTarget
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import FileOutcome, FileStatus, JobStatus, summarise_job
from shared.jobs.purge import purge
from shared.jobs.queries import (
    change_labels,
    delete_job,
    find_job,
    find_result,
    job_states,
    page_of_jobs,
    read_result,
    result_files,
)
from shared.jobs.store import JobStore
from shared.jobs.tombstone import Tombstone
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue

NOW = datetime.now(UTC)


@pytest.fixture
def batch(tmp_path):
    (tmp_path / "jobs").mkdir()
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue)
    queue.close()


def create(batch, age=timedelta(), **changes):
    """Store a job that came in some time ago; its id."""
    created_at = NOW - age
    job = Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=(JobFile("https://store.example/a.wav", "contenturl_0.json"),),
        options=JobOptions(locales=("en-US",)),
        time_to_live=timedelta(hours=6),
    )
    job = replace(job, **changes)
    batch.store.create(job)
    return job.id


def close(batch, job_id, ended_at=NOW):
    """End a job, as its worker does."""
    job = batch.store.job(job_id)
    outcomes = [
        FileOutcome(
            file_index=index, status=FileStatus.SUCCEEDED, finished_at=ended_at, audio_s=2.5
        )
        for index in range(len(job.files))
    ]
    for outcome in outcomes:
        batch.store.write_result(job_id, transcript_name(outcome.file_index), b"{}")
        batch.store.finish(job_id, outcome)
    batch.store.write_result(job_id, REPORT_NAME, b'{"report":1}')
    batch.store.close(job_id, summarise_job(job, outcomes))


def ids(states):
    return [state.job.id for state in states]


def pages(batch, top):
    """All pages, by where the next one begins."""
    skip, found = 0, []
    while skip is not None:
        page = page_of_jobs(batch, skip, top)
        found.append(ids(page.states))
        skip = page.next_skip
    return found


def test_jobs_are_in_the_order_of_their_creation_not_of_their_writes(batch):
    minutes = [3, 1, 4, 5, 9, 2, 6, 40]
    made = {age: create(batch, timedelta(minutes=age)) for age in minutes}
    assert ids(job_states(batch)) == [made[age] for age in sorted(minutes, reverse=True)]


@pytest.mark.parametrize("top", [1, 3, 7, 20, 21, 100])
def test_pages_have_each_job_once(batch, top):
    made = [create(batch, timedelta(seconds=100 - n)) for n in range(21)]
    found = pages(batch, top)
    assert [job_id for page in found for job_id in page] == made
    assert all(len(page) == top for page in found[:-1])


def test_jobs_that_expire_between_two_pages_hide_no_others(batch):
    """The query that finds them removes them, so the others move up."""
    made = [create(batch, timedelta(hours=30, seconds=100 - n)) for n in range(12)]
    for job_id in made[::3]:
        close(batch, job_id, NOW - timedelta(hours=7))
    left = [job_id for n, job_id in enumerate(made) if n % 3]
    assert [job_id for page in pages(batch, 2) for job_id in page] == left
    assert ids(job_states(batch)) == left
    assert [e.name for e in batch.store.container.list("created/")] == list(map(created_name, left))


def test_an_entry_whose_job_is_not_written_yet_shifts_no_page(batch):
    made = [create(batch, timedelta(seconds=100 - n)) for n in range(6)]
    for n in (99, 97):
        entry = created_name(new_job_id(NOW - timedelta(seconds=n, microseconds=1)))
        batch.store.container.create(entry, b"")
    assert [job_id for page in pages(batch, 2) for job_id in page] == made


def test_a_job_waits_runs_and_ends(batch):
    job_id = create(batch, timedelta(minutes=1))
    state = find_job(batch, job_id)
    assert (state.status, state.last_action_at) == (
        JobStatus.NOT_STARTED,
        NOW - timedelta(minutes=1),
    )
    batch.store.start(job_id)
    state = find_job(batch, job_id)
    assert state.status is JobStatus.RUNNING
    assert state.last_action_at >= NOW - timedelta(seconds=2)
    batch.store.start(job_id)
    assert find_job(batch, job_id) == state
    close(batch, job_id)
    state = find_job(batch, job_id)
    assert (state.status, state.last_action_at) == (JobStatus.SUCCEEDED, NOW)
    assert state.summary.audio_s == 2.5


def test_a_job_whose_time_is_over_is_removed_by_who_looks_at_it(batch):
    job_id = create(batch, timedelta(days=1))
    close(batch, job_id, NOW - timedelta(hours=6))
    with pytest.raises(JobNotFound):
        find_job(batch, job_id)
    left = [entry.name for entry in batch.store.container.list()]
    assert [name.partition("/")[0] for name in left] == ["expires", "gone"]


@pytest.mark.parametrize("job_id", ["", "1", "../jobs", "0B0E9F5E-6C1D-4D53-9C1A-3F2F7F4F8A11"])
def test_an_id_that_is_none_is_no_job(batch, job_id):
    with pytest.raises(JobNotFound):
        find_job(batch, job_id)
    delete_job(batch, job_id)


def test_jobs_of_drop_folders_are_neither_found_nor_deleted(batch):
    job_id = create(batch, target=DropTarget("audio"))
    with pytest.raises(JobNotFound):
        find_job(batch, job_id)
    assert ids(job_states(batch)) == []
    delete_job(batch, job_id)
    assert batch.store.has_job(job_id)


def test_a_change_is_made_of_what_is_there_then(batch):
    """Another caller changes the job between reading and writing it; both changes hold."""
    job_id = create(batch)
    for name in ("ours", "ours again"):  # labels are created, then replaced
        meanwhile = iter([True])

        def change(labels, meanwhile=meanwhile, name=name):
            if next(meanwhile, False):
                change_labels(batch, job_id, lambda o: replace(o, description=f"not {name}"))
            return replace(labels, display_name=name)

        state = change_labels(batch, job_id, change)
        assert state.labels == JobLabels(display_name=name, description=f"not {name}")
        assert find_job(batch, job_id) == state


def test_a_change_leaves_the_record_of_the_job_as_it_was(batch):
    job_id = create(batch, labels=JobLabels(display_name="first"))
    before = batch.store.container.read(job_name(job_id), 10_000)
    change_labels(batch, job_id, lambda labels: replace(labels, display_name="second"))
    assert find_job(batch, job_id).labels.display_name == "second"
    assert batch.store.container.read(job_name(job_id), 10_000) == before


def test_a_change_that_never_comes_through_gives_up(batch):
    job_id = create(batch)
    numbers = iter(range(1000))

    def change(labels):
        _, etag = batch.store.labels(job_id) or (None, None)
        batch.store.change_labels(job_id, JobLabels(description=str(next(numbers))), etag)
        return replace(labels, display_name="ours")

    with pytest.raises(Changed):
        change_labels(batch, job_id, change)


def test_a_job_that_is_deleted_while_it_is_changed_stays_deleted(batch):
    job_id = create(batch)

    def change(labels):
        delete_job(batch, job_id)
        return labels

    with pytest.raises(JobNotFound):
        change_labels(batch, job_id, change)
    left = [entry.name for entry in batch.store.container.list()]
    assert [name.partition("/")[0] for name in left] == ["expires", "gone"]


def test_labels_whose_writer_died_go_with_the_tombstone(batch, monkeypatch):
    """The writer is killed between its write and its look for a tombstone."""
    job_id = create(batch)
    delete_job(batch, job_id)
    with monkeypatch.context() as patch:
        patch.setattr(batch.store, "is_deleted", lambda _id: False)
        batch.store.change_labels(job_id, JobLabels(display_name="private"), None)
    purge(batch, datetime.now(UTC) + timedelta(days=16))
    assert list(batch.store.container.list()) == []


def test_the_entry_of_a_tombstone_that_finds_its_job_takes_both_away(batch):
    """A deletion was killed weeks ago, and its two entries are purged at the same time."""
    job_id = create(batch, age=timedelta(days=20))
    until = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
    batch.store.write_tombstone(job_id, Tombstone(until=until))
    purge(batch, datetime.now(UTC))
    assert list(batch.store.container.list()) == []


def test_results_are_those_of_the_files_then_the_report(batch):
    files = tuple(JobFile(f"https://h/{n}.wav", f"contenturl_{n}.json") for n in range(3))
    job_id = create(
        batch, files=files, target=RestTarget(destination="https://a.example/out/?sig=secret")
    )
    assert list(result_files(batch, find_job(batch, job_id))) == []
    close(batch, job_id)
    state = find_job(batch, job_id)
    found = list(result_files(batch, state))
    assert [file.name for file in found] == [*(file.result_name for file in files), "report.json"]
    assert [file.is_report for file in found] == [False, False, False, True]
    assert len({file.id for file in found}) == 4
    assert found[0].address == f"https://a.example/out/{job_id}/contenturl_0.json"
    assert found[3].address is None  # its delivery is not recorded
    assert find_result(batch, state, found[3].id) == found[3]
    assert read_result(batch, job_id, found[3].id) == b'{"report":1}'


def test_a_file_that_failed_has_no_result_though_an_id_for_one(batch):
    job_id = create(batch)
    close(batch, job_id)
    state = find_job(batch, job_id)
    (transcript, _) = result_files(batch, state)
    batch.store.remove_result(job_id, transcript.stored_name)
    for ask in (
        lambda: find_result(batch, state, transcript.id),
        lambda: read_result(batch, job_id, transcript.id),
    ):
        with pytest.raises(JobNotFound):
            ask()
