"""The worker thread of the container host: it keeps its lease, gives back, stops."""

import threading
import time
import uuid
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from functions.container.scheduler import Scheduler
from functions.container.worker import HeldLease, Worker
from shared.errors import LeaseLost, StorageUnavailable, WorkStopped
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import Lane

LEASE_S = 1


def message():
    return WorkMessage(WorkKind.TRANSCRIBE, str(uuid.uuid4()), 0)


@pytest.fixture
def queue(tmp_path):
    opened = open_sqlite_queue(tmp_path / "queue.sqlite")
    yield opened
    opened.close()


class ScriptedWork:
    """Does what it was told for each message; keeps what it was asked."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.attempts = []
        self.asked = threading.Semaphore(0)

    def handle(self, _message, attempt):
        """Do the next step."""
        self.attempts.append(attempt)
        self.asked.release()
        step = self.steps.pop(0) if self.steps else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            step(attempt)


@pytest.fixture
def working(queue):
    """Start a worker on scripted work; it is stopped afterwards."""
    workers = []

    def start(work, grace_s=0.0):
        worker = Worker(queue, work, LEASE_S, grace_s)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()
    queue.close()
    for worker in workers:
        worker.join(10)
        assert not worker.is_alive()


def empty(queue, within_s=5):
    """Whether nothing waits and nothing is held, seen within the time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if queue._lanes[Lane.FILES]._read("SELECT COUNT(*) FROM messages", ())[0][0] == 0:
            return True
        time.sleep(0.02)
    return False


def test_work_that_is_done_is_acknowledged(queue, working):
    queue.send(message())
    work = ScriptedWork()
    working(work)
    assert work.asked.acquire(timeout=5)
    assert empty(queue)


def test_work_that_takes_longer_than_the_lease_keeps_it(queue, working):
    """The lease is renewed meanwhile, so no other worker gets the message."""
    queue.send(message())
    done = threading.Event()

    def long(attempt):
        until = time.monotonic() + 2.5 * LEASE_S
        while time.monotonic() < until:
            attempt.check_cancelled()
            time.sleep(0.05)
        done.set()

    work = ScriptedWork(long)
    working(work)
    assert work.asked.acquire(timeout=5)
    while not done.is_set():
        held_by_other = queue.lease(LEASE_S, 0.2)
        assert held_by_other is None
    assert empty(queue)


def test_a_failed_try_comes_again_and_counts(queue, working, monkeypatch):
    monkeypatch.setattr("functions.container.worker._RETRY_S", 0)
    queue.send(message())
    work = ScriptedWork(StorageUnavailable("busy"), ValueError("a bug"))
    working(work)
    for _ in range(3):
        assert work.asked.acquire(timeout=10)
    assert [attempt.number for attempt in work.attempts] == [1, 2, 3]
    assert empty(queue)


def test_a_worker_that_is_stopped_gives_its_message_back_at_once(queue, working):
    queue.send(message())
    begun = threading.Event()

    def endless(attempt):
        begun.set()
        while True:
            attempt.check_cancelled()
            time.sleep(0.01)

    worker = working(ScriptedWork(endless))
    assert begun.wait(5)
    worker.stop()
    worker.join(5)
    assert not worker.is_alive()
    assert queue.lease(LEASE_S, 0).delivery_count == 2


def test_work_under_way_has_its_grace(queue):
    queue.send(message())
    stopping = threading.Event()
    with HeldLease(queue, queue.lease(60), 60, stopping, grace_s=0.3) as held:
        held.check_cancelled()
        stopping.set()
        held.check_cancelled()
        time.sleep(0.35)
        with pytest.raises(WorkStopped):
            held.check_cancelled()


def test_a_lease_that_another_worker_has_ends_the_work(queue):
    queue.send(message())
    lease = queue.lease(LEASE_S)
    time.sleep(LEASE_S)
    assert queue.lease(60) is not None
    with HeldLease(queue, lease, LEASE_S, threading.Event(), 0) as held, pytest.raises(LeaseLost):
        held.check_cancelled()


@pytest.mark.parametrize(
    "body", [b"canaryname", b'{"v":1,"kind":"canaryname"}', b'{"v":1,"kind":"transcribe"}']
)
def test_a_message_that_is_not_ours_lies_among_the_dead_letters_and_stays(queue, working, body):
    """Not JSON, another kind of work, fields missing: logged, and for a person to look at."""
    queue._lanes[Lane.FILES].put(body, 0)
    queue.send(message())
    work = ScriptedWork()
    with capture_logs() as logs:
        working(work)
        assert work.asked.acquire(timeout=5)
        scheduler = Scheduler(
            SimpleNamespace(queue=queue), SimpleNamespace(fail_dead_letter=lambda _: 0), 60
        )
        scheduler._report_letters()
    assert [line["event"] for line in logs] == ["malformed_message", "malformed_dead_letter"]
    assert "canaryname" not in str(logs)
    assert queue._dead._read("SELECT body FROM messages WHERE place = 'dead'", ()) == [(body,)]


def test_a_round_that_fails_is_logged_and_the_next_one_comes(monkeypatch):
    """No error ends the scheduler, which would leave transcripts beyond their time."""
    rounds = threading.Semaphore(0)

    def broken(*_arguments):
        rounds.release()
        raise ValueError("a bug")

    monkeypatch.setattr("functions.container.scheduler.purge", broken)
    batch = SimpleNamespace(queue=SimpleNamespace(dead_letters=lambda: iter(())))
    scheduler = Scheduler(batch, work=None, every_s=0.01)
    scheduler.start()
    assert rounds.acquire(timeout=5)
    assert rounds.acquire(timeout=5)
    scheduler.stop()
    scheduler.join(5)
    assert not scheduler.is_alive()
