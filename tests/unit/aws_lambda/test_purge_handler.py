"""A schedule handles dead letters, and ends before the invocation does."""

import json
from pathlib import Path

import pytest

from functions.aws_lambda.purge_handler import PurgeHandler
from shared.errors import (
    FeatureUnavailable,
    JobNotFound,
    MalformedJob,
    StorageError,
    StorageUnavailable,
)
from shared.jobs.batch_services import BatchServices
from shared.jobs.store import JobStore
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_message import WorkKind, WorkMessage

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"
JOB = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"


class Context:
    """Says these remaining times, in milliseconds, the last one again and again."""

    def __init__(self, *remaining_ms):
        self.remaining_ms = list(remaining_ms)

    def get_remaining_time_in_millis(self):
        """Time until the function is killed."""
        return self.remaining_ms.pop(0) if len(self.remaining_ms) > 1 else self.remaining_ms[0]


class Burying:
    """Keeps the letters it was given; an error in its script is raised for that letter."""

    def __init__(self, *script):
        self.script, self.letters = list(script), []

    def fail_dead_letter(self, letter):
        """Put a letter into the report of its job."""
        self.letters.append(letter)
        if self.script and (error := self.script.pop(0)) is not None:
            raise error


@pytest.fixture
def batch(tmp_path):
    (tmp_path / "jobs").mkdir()
    queue = open_sqlite_queue(tmp_path / "queue.sqlite", max_deliveries=1)
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue)
    queue.close()


def kill(batch, n_messages):
    """Let that many messages die, each after its only delivery."""
    for index in range(n_messages):
        batch.queue.send(WorkMessage(WorkKind.TRANSCRIBE, JOB, index))
        batch.queue.release(batch.queue.lease(60))
        assert batch.queue.lease(60) is None


def purge(batch, work, context=None):
    event = json.loads((EVENTS / "schedule.json").read_text())
    return PurgeHandler(batch, work)(event, context or Context(60_000))


def test_dead_letters_are_reported_and_deleted(batch):
    kill(batch, 2)
    work = Burying()
    assert purge(batch, work)["n_dead_letters"] == 2
    assert sorted(letter.message.file_index for letter in work.letters) == [0, 1]
    assert purge(batch, Burying())["n_dead_letters"] == 0


@pytest.mark.parametrize("error", [MalformedJob("of another version"), JobNotFound("gone")])
def test_a_dead_letter_that_cannot_be_reported_does_not_block_others(batch, error):
    kill(batch, 2)
    assert purge(batch, Burying(error))["n_dead_letters"] == 2


def test_letters_wait_for_storage_that_is_busy_but_purging_does_not(batch, monkeypatch):
    """The schedule's invocation fails in the end, so that an alarm may tell."""
    kill(batch, 1)
    looked = []
    expiries = JobStore.expiries
    monkeypatch.setattr(JobStore, "expiries", lambda store: looked.append(1) or expiries(store))
    with pytest.raises(StorageError, match="dead letters"):
        purge(batch, Burying(StorageUnavailable("busy")))
    assert looked == [1]


def test_it_ends_before_the_invocation_does(batch):
    """With ten seconds left at the start and four now, half of a short invocation is over."""
    kill(batch, 3)
    answer = purge(batch, Burying(), Context(10_000, 4_000))
    assert answer["n_dead_letters"] == 1


def test_a_purge_returns_its_counts(batch):
    assert purge(batch, Burying()) == {
        "n_jobs": 0,
        "n_outputs": 0,
        "n_records": 0,
        "n_leftovers": 0,
        "n_failures": 0,
        "n_dead_letters": 0,
        "late_s": 0.0,
        "is_complete": True,
    }


@pytest.mark.parametrize("name", ["s3_event_bridge", "sqs", "s3_test", "function_url"])
def test_an_event_that_is_no_schedule_is_not_taken_for_one(batch, name):
    event = json.loads((EVENTS / f"{name}.json").read_text())
    with pytest.raises(FeatureUnavailable):
        PurgeHandler(batch, Burying())(event, Context(60_000))
