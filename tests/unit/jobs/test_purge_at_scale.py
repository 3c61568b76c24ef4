"""A purge of many jobs, a tenth of which is over: what goes, what it costs, what a kill leaves.

`make bench` does the same with 10,000 jobs, which take a minute to write.
"""

import os
import threading
from datetime import timedelta

import pytest
from crashing import Killed, Life, MortalContainer

from benchmarks.purge import (
    FOLDER,
    NOW,
    CountedContainer,
    folder_batch,
    purge_counted,
    write_finished_jobs,
)
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.purge import has_expired, purge
from shared.jobs.store import JobStore

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def lasting_power(monkeypatch):
    """Processes die here, the power does not fail: nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.fixture
def new_batch(tmp_path):
    """Give a batch with so many jobs that are over and so many that are not; ids of the first."""
    opened = []

    def new(n_expired, n_others, gap=SECOND):
        root = tmp_path / str(len(opened))
        root.mkdir()
        batch = folder_batch(root)
        opened.append(batch)
        batch.drop_folders[FOLDER].input.put("00000.wav", b"RIFF")
        # The last of them is over at this very second, the first of the others after the gap.
        expired = write_finished_jobs(batch, range(n_expired), NOW - (n_expired - 1) * SECOND)
        write_finished_jobs(batch, range(n_expired, n_expired + n_others), NOW + gap)
        return batch, expired

    yield new
    for batch in opened:
        batch.queue.close()


def names(batch):
    """Names of all blobs but the tombstones of deleted jobs and their entries."""
    folder = batch.drop_folders[FOLDER]
    marked = {name.removeprefix("gone/") for name in listed(batch.store.container, "gone/")}
    records = {name for name in listed(batch.store.container) if name.split("/")[-1] not in marked}
    return records, listed(folder.output), listed(folder.input)


def listed(container, prefix=""):
    return {entry.name for entry in container.list(prefix)}


def test_of_two_thousand_jobs_the_expired_tenth_goes_and_nothing_else(new_batch):
    batch, expired = new_batch(200, 1800)
    records, outputs, audio = names(batch)
    done = purge_counted(batch, NOW).done
    assert (done.n_jobs, done.n_outputs, done.failures) == (200, 100, [])
    assert done.latest == 199 * SECOND
    ids = set(expired)
    assert names(batch) == (
        {name for name in records if ids.isdisjoint(name.split("/"))},
        {name for name in outputs if int(name[:5]) >= 200},
        audio,
    )
    assert listed(batch.store.container, "gone/") == {f"gone/{job_id}" for job_id in expired}


def test_a_purge_costs_by_what_is_over_and_not_by_the_rest(new_batch):
    few, many, twice = (
        purge_counted(new_batch(*numbers, gap=60 * SECOND)[0], NOW)
        for numbers in ((40, 60), (40, 600), (80, 60))
    )
    print(  # noqa: T201 - a figure to report
        f"Calls: {few.n_calls} for 40 jobs beside 60 others, {many.n_calls} for 40 beside 600, "
        f"{twice.n_calls} for 80"
    )
    assert few.done.n_jobs == many.done.n_jobs == 40
    assert abs(few.n_calls - many.n_calls) <= 3
    assert 1.9 < twice.n_calls / few.n_calls < 2.1


def test_an_expired_job_costs_twelve_calls(new_batch):
    """Of the batch API as of a dropped file.

    The rest is for the listing, for leftovers, and for the web hooks, read once a second.
    """
    counted = purge_counted(new_batch(60, 0)[0], NOW)
    assert counted.done.n_jobs == 60
    assert counted.n_calls <= 12 * 60 + 4 + counted.took_s


def test_jobs_do_not_wait_for_one_another(new_batch):
    """The storage holds one deletion back until another job has come as far."""
    batch, _ = new_batch(2, 0)
    meeting = threading.Barrier(2, timeout=10)

    class Meeting(CountedContainer):
        def delete(self, name, etag=None):
            if name.endswith("/closed"):
                meeting.wait()
            return batch.store.container.delete(name, etag)

    store = JobStore(Meeting(batch.store.container))
    assert purge(BatchServices(store, batch.queue, batch.drop_folders), NOW).n_jobs == 2


def killed_purge(batch, life):
    """Purge in a process that dies."""
    folder = batch.drop_folders[FOLDER]
    output = MortalContainer(folder.output, life)
    store = JobStore(MortalContainer(batch.store.container, life))
    drop_folder = DropFolder(FOLDER, folder.input, output, folder.time_to_live)
    with pytest.raises(Killed):
        purge(BatchServices(store, batch.queue, {FOLDER: drop_folder}), NOW)


@pytest.mark.parametrize("at_write", [1, 57, 84, 107])
def test_a_purge_that_is_killed_and_run_again_ends_in_the_same_state(new_batch, at_write):
    """Twice over: the second is killed as well. Thirty jobs take more than 220 writes."""
    whole, _ = new_batch(30, 30)
    purge(whole, NOW)
    batch, _ = new_batch(30, 30)
    for _ in range(2):
        killed_purge(batch, Life(at_write))
    purge(batch, NOW)
    assert names(batch) == names(whole)
    assert listed(batch.store.container) == listed(whole.store.container)


def test_a_purge_that_is_stopped_says_so_and_is_taken_up(new_batch):
    batch, _ = new_batch(30, 5)
    stops = iter([False] * 12 + [True] * 30)
    first = purge(batch, NOW, lambda: next(stops))
    assert (first.n_jobs, first.is_complete) == (12, False)
    second = purge(batch, NOW)
    assert (second.n_jobs, second.is_complete) == (18, True)


def test_a_job_counts_as_gone_from_the_second_it_expires_purged_or_not(new_batch):
    batch, (job_id,) = new_batch(1, 0)
    summary = batch.store.summary(job_id)
    assert not has_expired(summary, summary.expires_at - SECOND)
    assert has_expired(summary, summary.expires_at)
    assert has_expired(summary, summary.expires_at + SECOND)
