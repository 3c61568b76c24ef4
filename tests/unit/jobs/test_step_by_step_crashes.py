"""Killed before and after every single write of a job's life, the end is the same."""

import itertools
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from crashing import Killed, Life
from lives import (
    CANARY,
    REST_JOB,
    Dropped,
    Messages,
    Submitted,
    World,
    delete_all,
    delete_by,
    live_to_the_end,
    work_to_the_end,
)

from shared.jobs.purge import purge

NO_AUDIO = Dropped(audio=b"buy milk")


@pytest.fixture(autouse=True)
def lasting_power(monkeypatch):
    """Processes die here, the power does not fail: nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.fixture
def worlds(tmp_path):
    """Give a new world for each death."""
    numbers, messages = itertools.count(), Messages(tmp_path)

    def new(life):
        return World(tmp_path / str(next(numbers)), messages, life)

    yield new
    messages.close()


def all_deaths(worlds, work):
    """Ends of all lives in which the process died once, by the write it was killed before."""
    undisturbed = Life()
    yield None, live_to_the_end(worlds(undisturbed), work)
    for number in range(len(undisturbed.done)):
        yield number, live_to_the_end(worlds(Life(number)), work)


@pytest.mark.parametrize(
    "work",
    [Dropped(), NO_AUDIO, Submitted(0), Submitted(3), Submitted(12)],
    ids=["a dropped file", "a dropped file that is no audio", "no file", "3 files", "12 files"],
)
def test_a_process_that_is_killed_at_any_write_changes_nothing(worlds, work):
    (_, expected), *others = all_deaths(worlds, work)
    assert expected.n_closed == 1
    assert expected.n_messages == 0
    assert expected.forgotten["jobs"] == expected.forgotten["transcripts"] == {}
    assert len(others) > 10
    for number, end in others:
        assert end == expected, f"killed before write {number}"


@pytest.mark.parametrize("n_files", [0, 3, 12])
def test_a_job_whose_submission_is_not_tried_again_ends_or_never_was(worlds, n_files):
    """The client was never answered; whatever it made its mind up to, no job stays open."""
    work = Submitted(n_files)
    undisturbed = worlds(Life())
    undisturbed.live(work.submit)
    ends = []
    for number in range(len(undisturbed.life.done)):
        world = worlds(Life(number))
        with suppress(Killed):
            work.submit(world.process(world.life))
        world.life = world.life.next()
        world.live(work_to_the_end)
        store = world.process(world.life).store
        assert world.messages.count() == 0
        assert store.has_job(REST_JOB) == (store.summary(REST_JOB) is not None)
        ends.append(store.has_job(REST_JOB))
    assert not ends[0]


def end_of_a_deleted_job(world, work, step):
    """Go on after a deletion: work, purge when the leases are over, and remember nothing."""
    work.prepare(world)
    world.live(work.submit)
    world.live(step)
    world.live(work_to_the_end)
    world.live(lambda batch: purge(batch, datetime.now(UTC)))
    world.live(work_to_the_end)
    left = {name.split("/")[0] for name in world.listing()["jobs"]}
    has_texts = CANARY in repr(world.listing())
    world.live(lambda batch: purge(batch, datetime.now(UTC) + timedelta(days=17)))
    world.live(work_to_the_end)
    return left, has_texts, world.listing()["transcripts"], world.listing()["jobs"]


@pytest.mark.parametrize(
    "work", [Dropped(), NO_AUDIO, Submitted(2)], ids=["dropped", "no audio", "2 files"]
)
def test_a_deletion_amid_the_work_leaves_nothing_though_the_worker_dies(worlds, work):
    """The job is deleted right before any write of its worker, who dies at any write after."""
    undisturbed = Life()
    live_to_the_end(worlds(undisturbed), work)
    writes = [operation for operation, _ in undisturbed.done]
    for deleted_at in range(writes.index("take"), first_of(undisturbed, "gone/")):
        for later in (None, *range(6)):
            life = Life(None if later is None else deleted_at + later)
            world = worlds(life)
            life.meanwhile[deleted_at] = delete_by(world)
            end = end_of_a_deleted_job(world, work, work_to_the_end)
            case = f"deleted before write {deleted_at}, died {later} writes later"
            assert end == ({"expires", "gone"}, False, {}, {}), case


def first_of(life, prefix):
    """Give the number of the first write of a blob that is called so."""
    return next(i for i, (_, name) in enumerate(life.done) if name.startswith(prefix))


@pytest.mark.parametrize(
    ("work", "is_done"),
    [(Dropped(), True), (Dropped(), False), (Submitted(3), True), (Submitted(3), False)],
    ids=["dropped, done", "dropped, waiting", "3 files, done", "3 files, waiting"],
)
def test_a_deletion_that_is_killed_at_any_write_is_finished_by_the_next_purge(
    worlds, work, is_done
):
    def delete(batch):
        if is_done:
            work_to_the_end(batch)
        delete_all(batch)

    undisturbed = Life()
    expected = end_of_a_deleted_job(worlds(undisturbed), work, delete)
    assert expected == ({"expires", "gone"}, False, {}, {})
    # Before this write nothing is deleted yet.
    for number in range(first_of(undisturbed, "gone/") + 1, len(undisturbed.done)):
        world = worlds(Life(number))
        end = end_of_a_deleted_job_not_tried_again(world, work, delete)
        assert end == expected, f"killed before write {number}"


def end_of_a_deleted_job_not_tried_again(world, work, delete):
    """Go the same way, but the caller does not repeat the deletion."""

    def once(batch):
        with suppress(Killed):
            delete(batch)

    return end_of_a_deleted_job(world, work, once)
