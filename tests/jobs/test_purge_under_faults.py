"""Purge and deletion under each fault: nothing left that expired, nothing gone that did not.

A table of faults over the adapters of storage. Audio of clients is compared byte by byte.
"""

import errno
import os
import resource
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from benchmarks.purge import (
    FOLDER,
    NOW,
    azure_batch,
    folder_batch,
    s3_batch,
    write_finished_jobs,
)
from shared.errors import AccessDenied, ConfigurationError, StorageError, StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.purge import RETRIED_AFTER, purge
from shared.jobs.queries import delete_job
from shared.jobs.removal import remove_late_outputs
from shared.jobs.store import JobStore
from shared.storage.full_container import Disk, FullContainer

N_EXPIRED, N_OTHERS = 4, 4  # half of each are dropped files


def listed(container, prefix=""):
    return {entry.name for entry in container.list(prefix)}


class World:
    """A batch, the ids of its jobs, and all blobs there were before the fault."""

    def __init__(self, batch: BatchServices) -> None:
        self.batch = batch
        self.audio = batch.drop_folders[FOLDER].input
        self.output = batch.drop_folders[FOLDER].output
        self.jobs = batch.store.container
        for number in range(N_EXPIRED + N_OTHERS):
            self.audio.put(f"{number:05}.wav", b"RIFF%d" % number)
        self.expired = write_finished_jobs(batch, range(N_EXPIRED), NOW - timedelta(minutes=30))
        # Relative to the clock of the machine as well: a deletion reads that one.
        self.in_a_month = datetime.now(UTC) + timedelta(days=31)
        numbers = range(N_EXPIRED, N_EXPIRED + N_OTHERS)
        self.others = write_finished_jobs(batch, numbers, self.in_a_month)
        self.before = self._blobs()

    def _blobs(self):
        found = {}
        for kind in ("jobs", "output", "audio"):
            container = getattr(self, kind)
            for name in listed(container):
                found[kind, name] = container.read(name, 10_000_000).data
        return found

    def left_of(self, job_ids, *, number_from, number_to):
        """Blobs of these jobs, without tombstones and expiry entries; the outputs by number."""
        ids = set(job_ids)
        records = {
            name
            for kind, name in self._blobs()
            if kind == "jobs"
            and not ids.isdisjoint(name.split("/"))
            and not name.startswith(("gone/", "expires/"))
        }
        outputs = {
            name
            for kind, name in self._blobs()
            if kind == "output" and number_from <= int(name[:5]) < number_to
        }
        return records | outputs

    def left_that_expired(self):
        """Blobs and outputs of the expired jobs."""
        return self.left_of(self.expired, number_from=0, number_to=N_EXPIRED)

    def gone_that_did_not(self, deleted=()):
        """Blobs of other jobs, and audio, that are missing or have other bytes."""
        now, ids = self._blobs(), {*self.expired, *deleted}
        return {
            (kind, name)
            for (kind, name), data in self.before.items()
            if (
                kind == "audio"
                or (kind == "jobs" and ids.isdisjoint(name.split("/")))
                or (kind == "output" and int(name[:5]) >= N_EXPIRED)
            )
            and now.get((kind, name)) != data
        }


class FaultyContainer:
    """A container of which some operations on some names raise an error.

    raises: gets the operation and the name, and raises or returns.
    """

    def __init__(self, inner, raises):
        self._inner, self._raises = inner, raises

    def __getattr__(self, operation):
        method = getattr(self._inner, operation)

        def call(*arguments, **options):
            self._raises(operation, arguments[0] if arguments else "")
            return method(*arguments, **options)

        return call


def on_disk(world, disk):
    """The batch of a world on a full disk."""
    folder = world.batch.drop_folders[FOLDER]
    output = FullContainer(folder.output, disk)
    store = JobStore(FullContainer(world.jobs, disk))
    return BatchServices(store, world.batch.queue, {FOLDER: replace(folder, output=output)})


def full(world):
    return on_disk(world, Disk(0))


def full_for_ever(world):
    return on_disk(world, Disk(0, returns_room=False))


class _NoQueue:
    """A queue on the full disk."""

    def send(self, _message, _delay_s=0):
        raise StorageUnavailable("The file of the queue cannot be used: SQLITE_FULL.")


def no_queue(world):
    return BatchServices(world.batch.store, _NoQueue(), world.batch.drop_folders)


def damaged(record, world):
    """One job of each kind has an unreadable record, one of them expired and one not."""
    for job_id in (world.expired[0], world.expired[1]):
        world.jobs.put(f"jobs/{job_id}/{record}", b'{"v":1,')
    return world.batch


def damaged_hook(world):
    world.jobs.put("hooks/5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11/hook.json", bytes(100_000))
    return world.batch


def unlistable_audio(world):
    """A tree so deep that a listing of it fails."""

    def raises(operation, _name):
        if operation == "list":
            raise RecursionError

    folder = world.batch.drop_folders[FOLDER]
    audio = FaultyContainer(folder.input, raises)
    watched = replace(folder, input=audio, is_watched=True)
    return BatchServices(world.batch.store, world.batch.queue, {FOLDER: watched})


def failing_jobs(error, world):
    """Two of the expired jobs fail with an error at their first deletion, then no more."""
    failing = {world.expired[0]: 1, world.expired[1]: 1}

    def raises(operation, name):
        job_id = name.split("/")[1] if name.startswith("jobs/") else ""
        if operation == "delete" and failing.get(job_id):
            failing[job_id] -= 1
            raise error

    store = JobStore(FaultyContainer(world.jobs, raises))
    return BatchServices(store, world.batch.queue, world.batch.drop_folders)


def failing_leftovers(world):
    def raises(operation, _name):
        if operation == "remove_leftovers":
            raise AccessDenied("No.")

    folder = world.batch.drop_folders[FOLDER]
    faulty = replace(folder, output=FaultyContainer(folder.output, raises))
    return BatchServices(world.batch.store, world.batch.queue, {FOLDER: faulty})


def renamed_folder(world):
    """The settings have the same containers under another name."""
    folder = world.batch.drop_folders[FOLDER]
    _tell_addresses(world)
    renamed = replace(folder, name="other", output_address="/srv/transcripts")
    return BatchServices(world.batch.store, world.batch.queue, {"other": renamed})


def _tell_addresses(world):
    """Records as they are written where the address of the outputs is known."""
    for job_id in (*world.expired, *world.others):
        job = world.batch.store.job(job_id)
        if job.drop_folder is not None:
            told = replace(job, target=replace(job.target, output="/srv/transcripts"))
            world.jobs.put(f"jobs/{job_id}/job.json", told.to_json())
            if job_id in world.others:
                world.before["jobs", f"jobs/{job_id}/job.json"] = told.to_json()


def no_fault(world):
    return world.batch


@dataclass(frozen=True)
class Fault:
    """A fault, and by which purge all is gone: 1 at once, 2 an hour later."""

    begin: Callable[[World], BatchServices]
    n_purges: int = 1


FAULTS = {
    "none": Fault(no_fault),
    "a full disk": Fault(full),
    "a disk that stays full": Fault(full_for_ever),
    "a queue on a full disk": Fault(no_queue),
    "an unreadable job": Fault(partial(damaged, "job.json")),
    "an unreadable end": Fault(partial(damaged, "closed")),
    "an unreadable outcome": Fault(partial(damaged, "finished/00000.json")),
    "an unreadable hook": Fault(damaged_hook),
    "a deep tree of audio": Fault(unlistable_audio),
    "leftovers that stay": Fault(failing_leftovers),
    "a renamed folder": Fault(renamed_folder),
    "an error of storage": Fault(partial(failing_jobs, StorageError("No.")), 2),
    "a denied blob": Fault(partial(failing_jobs, AccessDenied("No.")), 2),
    "a busy blob": Fault(partial(failing_jobs, StorageUnavailable("Leased.")), 2),
    "an error of the system": Fault(partial(failing_jobs, OSError(errno.EIO, "No.")), 2),
    "an error of the code": Fault(partial(failing_jobs, ValueError("year 300000")), 2),
    "a deep recursion": Fault(partial(failing_jobs, RecursionError()), 2),
}


@pytest.fixture
def new_world(request, tmp_path, monkeypatch):
    """Make a world in storage of a kind."""
    opened = []

    def new(adapter):
        if adapter == "azure":
            account = request.getfixturevalue("azure_storage")
            opened.append(azure_batch(account.connection_string, tmp_path))
        elif adapter == "s3":
            opened.append(s3_batch(request.getfixturevalue("aws_url"), tmp_path))
        else:
            monkeypatch.setattr(os, "fsync", lambda _file: None)
            opened.append(folder_batch(tmp_path))
        return World(opened[-1])

    yield new
    for batch in opened:
        batch.queue.close()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_purge_leaves_nothing_that_expired_and_takes_nothing_that_did_not(new_world, fault):
    world = new_world("folder")
    batch = fault.begin(world)
    with capture_logs():
        purge(batch, NOW - timedelta(days=365))  # the clock is set back
        assert world.gone_that_did_not() == set()
        assert world.left_that_expired()
        done = purge(batch, NOW)
        if fault.n_purges > 1:
            assert len(done.failures) == 2
            done = purge(batch, NOW + RETRIED_AFTER + timedelta(minutes=1))
    assert done.failures == []
    assert done.is_complete
    assert world.left_that_expired() == set()
    assert world.gone_that_did_not() == set()


@pytest.mark.parametrize("adapter", ["azure", "s3"])
def test_all_faults_at_once_stop_nothing_in_the_services(new_world, adapter):
    """A storage that stays full, two jobs of unreadable records, and an unreadable hook."""
    world = new_world(adapter)
    damaged_hook(world)
    damaged("job.json", world)
    damaged("closed", world)
    batch = full_for_ever(world)
    with capture_logs():
        done = purge(batch, NOW)
        delete_job(batch, world.others[1])
    assert done.failures == []
    assert world.left_that_expired() == set()
    assert world.left_of([world.others[1]], number_from=0, number_to=0) == set()
    assert world.gone_that_did_not([world.others[1]]) == set()


DELETIONS = {name: fault for name, fault in FAULTS.items() if fault.n_purges == 1}


@pytest.mark.parametrize("fault", DELETIONS.values(), ids=DELETIONS)
def test_a_deletion_removes_its_job_and_nothing_else(new_world, fault):
    """Of the batch API: the others are dropped files, whose expired ones a purge removes."""
    world = new_world("folder")
    batch = fault.begin(world)
    deleted = world.expired[1], world.others[1]
    with capture_logs():
        for job_id in deleted:
            delete_job(batch, job_id)
    assert world.left_of(deleted, number_from=0, number_to=0) == set()
    assert world.gone_that_did_not(deleted) == set()


def test_a_clock_that_was_ahead_for_a_purge_takes_what_it_finds_and_goes_on(new_world):
    world = new_world("folder")
    purge(world.batch, NOW)
    assert world.gone_that_did_not() == set()
    assert purge(world.batch, world.in_a_month + timedelta(days=1)).failures == []
    assert listed(world.output) == set()
    # Set right again, nothing that is left is in the way of jobs to come.
    numbers = range(20, 24)
    again = write_finished_jobs(world.batch, numbers, NOW - timedelta(minutes=10))
    assert purge(world.batch, NOW).n_jobs == len(again)


@pytest.fixture
def tiny_files():
    """Let this process write no bytes to any file, as on a full disk: a real refusal (EFBIG)."""

    @contextmanager
    def limited():
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    return limited


def test_a_system_that_writes_no_more_bytes_stops_no_purge_and_no_deletion(new_world, tiny_files):
    """Of folders and the queue in a file as they are; logs go to no file meanwhile."""
    world = new_world("folder")
    with capture_logs(), tiny_files():
        done = purge(world.batch, NOW)
        delete_job(world.batch, world.others[1])
    assert (done.n_jobs, done.failures) == (N_EXPIRED, [])
    assert world.left_that_expired() == set()
    assert world.left_of([world.others[1]], number_from=0, number_to=0) == set()
    assert world.gone_that_did_not([world.others[1]]) == set()


def removed_folder(world):
    """A batch whose settings have no drop folder any more."""
    return BatchServices(world.batch.store, world.batch.queue, {})


def test_without_its_folder_the_records_of_a_job_go_and_its_outputs_when_it_is_back(new_world):
    """The address of the outputs is unknown: the tombstone has their names until then."""
    world = new_world("folder")
    without = removed_folder(world)
    for number in range(3):  # on a later day
        done = purge(without, NOW + number * timedelta(days=10))
        assert done.failures == []
        assert done.unreachable == {FOLDER: set(world.expired[::2])}
        assert world.left_that_expired() == {"00000.wav.json", "00002.wav.json"}
    again = NOW + timedelta(days=20) + RETRIED_AFTER
    assert purge(world.batch, again).unreachable == {}
    assert world.left_that_expired() == set()
    assert world.gone_that_did_not() == set()
    purge(world.batch, again + timedelta(days=20))
    gone = {name.removeprefix("gone/") for name in listed(world.jobs, "gone/")}
    assert gone.isdisjoint(world.expired)


@pytest.mark.parametrize("settings", ["removed", "moved"])
def test_outputs_of_a_folder_that_was_removed_or_moved_are_deleted_where_they_lie(
    new_world, tmp_path, settings
):
    """The record has the address of the container: this process may still open it."""
    world = new_world("folder")
    address = str(tmp_path / "transcripts")
    for job_id in world.expired:
        job = world.batch.store.job(job_id)
        if job.drop_folder is not None:
            told = replace(job, target=replace(job.target, output=address))
            world.jobs.put(f"jobs/{job_id}/job.json", told.to_json())
    folders = {}
    if settings == "moved":
        folders = {FOLDER: DropFolder(FOLDER, world.audio, world.audio, output_address="/else")}
    done = purge(BatchServices(world.batch.store, world.batch.queue, folders), NOW)
    assert (done.n_jobs, done.failures, done.unreachable) == (N_EXPIRED, [], {})
    assert done.n_outputs == N_EXPIRED // 2
    assert world.left_that_expired() == set()
    assert world.gone_that_did_not() == set()


def test_thirty_jobs_that_cannot_be_removed_let_those_behind_them_go(new_world):
    """The folder is there, its output container is not: the oldest jobs fail at every try."""
    world = new_world("folder")
    older = write_finished_jobs(world.batch, range(100, 160), NOW - timedelta(hours=2))
    folder = world.batch.drop_folders[FOLDER]

    def raises(_operation, _name):
        raise ConfigurationError("No.")

    broken = replace(folder, output=FaultyContainer(folder.output, raises))
    batch = BatchServices(world.batch.store, world.batch.queue, {FOLDER: broken})
    done = purge(batch, NOW)
    assert len(done.failures) == 30 + N_EXPIRED // 2
    assert done.n_jobs == 30 + N_EXPIRED // 2
    assert done.is_complete
    assert purge(batch, NOW + timedelta(minutes=1)).failures == []  # not at every round
    assert len(purge(batch, NOW + RETRIED_AFTER).failures) == 30 + N_EXPIRED // 2
    done = purge(world.batch, NOW + 2 * RETRIED_AFTER)
    assert done.failures == []
    assert world.left_that_expired() == set()
    assert world.left_of(older, number_from=100, number_to=160) == set()
    assert world.gone_that_did_not() == set()


def test_a_storage_that_is_down_ends_the_purge_and_one_busy_job_after_the_other_does_not(
    new_world,
):
    """Of 60 jobs of a busy container 24 are tried; a later round begins behind them."""
    world = new_world("folder")
    busy = set(write_finished_jobs(world.batch, range(100, 160), NOW - timedelta(hours=2)))

    def raises(operation, name):
        if operation == "delete" and name.startswith("jobs/") and name.split("/")[1] in busy:
            raise StorageUnavailable("Another client holds a lease on the blob.")

    store = JobStore(FaultyContainer(world.jobs, raises))
    batch = BatchServices(store, world.batch.queue, world.batch.drop_folders)
    done = purge(batch, NOW)
    assert (done.is_complete, len(done.failures), done.n_jobs) == (False, 24, 0)
    rounds = [purge(batch, NOW + timedelta(minutes=minute)) for minute in range(1, 6)]
    assert sum(done.n_jobs for done in rounds) == N_EXPIRED
    assert world.left_that_expired() == set()
    assert world.gone_that_did_not(busy) == set()
    purge(world.batch, NOW + RETRIED_AFTER)
    assert world.left_of(busy, number_from=100, number_to=160) == set()


def test_late_outputs_of_a_removed_folder_stop_no_worker(new_world):
    world = new_world("folder")
    without = removed_folder(world)
    purge(without, NOW)
    job_id = world.expired[0]
    tombstone = without.store.tombstone(job_id)
    assert not remove_late_outputs(without, job_id, tombstone)
    assert remove_late_outputs(world.batch, job_id, tombstone)
    assert listed(world.output) >= {"00002.wav.json"}
    assert "00000.wav.json" not in listed(world.output)


def test_tombstones_stay_while_a_watched_folder_cannot_be_listed(new_world):
    """Their files might lie in it, and would be transcribed again."""
    world = new_world("folder")
    purge(world.batch, NOW)
    tombstones = listed(world.jobs, "gone/")
    over = NOW + timedelta(days=16)
    done = purge(unlistable_audio(world), over)
    assert (done.failures, [type(error) for error in done.troubles]) == ([], [RecursionError])
    assert listed(world.jobs, "gone/") == tombstones
    assert world.gone_that_did_not() == set()
    purge(world.batch, over + timedelta(days=16))
    assert listed(world.jobs, "gone/").isdisjoint(tombstones)
