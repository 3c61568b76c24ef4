"""A storage without room: what is written fails, what is deleted goes, and nothing comes back."""

import os
from dataclasses import replace

import pytest
from crashing import Life
from lives import CANARY, REST_JOB, SPOKEN, Dropped, Messages, Submitted, World, work_to_the_end

from shared.errors import StorageFull
from shared.jobs.attempt import Attempt
from shared.jobs.purge import remove_job
from shared.jobs.store import JobStore
from shared.jobs.worker import JobWorker
from shared.storage.full_container import Disk, FullContainer
from shared.transcription.scripted_transcriber import ScriptedTranscriber


@pytest.fixture(autouse=True)
def lasting_power(monkeypatch):
    """The power does not fail here: nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.fixture
def world(tmp_path):
    messages = Messages(tmp_path)
    yield World(tmp_path / "world", messages, Life())
    messages.close()


def full(batch, disk):
    """The same storage without room."""
    folder = batch.drop_folders["audio"]
    output = FullContainer(folder.output, disk)
    return replace(
        batch,
        store=JobStore(FullContainer(batch.store.container, disk)),
        drop_folders={"audio": replace(folder, output=output)},
    )


@pytest.mark.parametrize("work", [Submitted(1), Submitted(3), Dropped()], ids=["1", "3", "dropped"])
@pytest.mark.parametrize("returns_room", [True, False])
def test_a_worker_leaves_nothing_of_a_job_that_was_deleted_without_room(world, work, returns_room):
    """There is no tombstone, or a late one; the worker had begun before, and ends after."""
    batch = world.process(world.life)
    work.prepare(world)
    work.submit(batch)
    (job_id,) = {entry.name.split("/")[1] for entry in world.jobs.list("jobs/")}
    cached = JobWorker(batch, transcriber_that(lambda: delete(batch, job_id, returns_room)))
    lease = batch.queue.lease(60)
    cached.handle(lease.message, Attempt(1))
    batch.queue.acknowledge(lease)
    work_to_the_end(batch)
    left = [entry.name for entry in world.jobs.list() if entry.name.startswith("jobs/")]
    assert left == []
    assert CANARY not in repr(world.listing())
    assert list(world.transcripts.list()) == []


def delete(batch, job_id, returns_room):
    disk = Disk(0, returns_room=returns_room)
    job = batch.store.job(job_id)
    remove_job(full(batch, disk), job, None)
    assert batch.store.is_deleted(job_id) == returns_room


def transcriber_that(act):
    """Transcriber that does something while it transcribes."""

    class Acting(ScriptedTranscriber):
        def recognise(self, *arguments, **options):
            act()
            return super().recognise(*arguments, **options)

    return Acting([SPOKEN])


def test_a_job_is_not_accepted_without_room(world):
    batch = full(world.process(world.life), Disk(0))
    with pytest.raises(StorageFull):
        Submitted(1).submit(batch)
    assert not batch.store.has_job(REST_JOB)
