"""Order of slots, and the resource of each."""

import contextlib
import threading

import pytest

from shared.scheduling import Priority, Scheduler

PATIENCE_S = 10  # a test that waits this long has failed


class Job(threading.Thread):
    """Takes one slot and holds it until `leave` is set."""

    def __init__(self, scheduler, priority, order, n_served=0):
        super().__init__(daemon=True)
        self._n_served = n_served
        self._scheduler, self._priority, self._order = scheduler, priority, order
        self.inside, self.leave = threading.Event(), threading.Event()
        self.resource = None

    def run(self):
        """Wait for the slot, hold it, leave."""
        with self._scheduler.slot(self._priority, self._n_served) as slot:
            self.resource = slot.resource
            self._order.append(self)
            self.inside.set()
            assert self.leave.wait(PATIENCE_S)


@pytest.fixture
def start():
    """Start jobs; each holds its slot, or waits for it, when the call returns."""
    jobs = []

    def start_job(scheduler, priority, order, n_served=0):
        job = Job(scheduler, priority, order, n_served)
        jobs.append(job)
        n_waiting = scheduler.n_waiting
        job.start()
        while not job.inside.wait(0.01):
            if scheduler.n_waiting > n_waiting:
                break
        return job

    yield start_job
    for job in jobs:
        job.leave.set()
    for job in jobs:
        job.join(PATIENCE_S)
        assert not job.is_alive()


def served(jobs, order):
    """Let every job through, one after the other; return the order in which they had a slot."""
    for job in jobs:
        job.leave.set()
    for job in jobs:
        job.join(PATIENCE_S)
    return [jobs.index(job) for job in order]


def test_interactive_work_goes_before_files_and_files_before_batches(start):
    scheduler, order = Scheduler(["engine"]), []
    holder = start(scheduler, Priority.BATCH, order)
    batch = start(scheduler, Priority.BATCH, order)
    file = start(scheduler, Priority.FILE, order)
    interactive = start(scheduler, Priority.INTERACTIVE, order)
    assert served([holder, interactive, file, batch], order) == [0, 1, 2, 3]


@pytest.mark.parametrize("priority", list(Priority))
def test_of_equals_the_first_to_come_is_the_first_served(start, priority):
    scheduler, order = Scheduler(["engine"]), []
    jobs = [start(scheduler, priority, order) for _ in range(5)]
    assert served(jobs, order) == [0, 1, 2, 3, 4]


def test_within_a_priority_the_job_that_has_had_least_goes_first(start):
    scheduler, order = Scheduler(["engine"]), []
    holder = start(scheduler, Priority.FILE, order)
    long = start(scheduler, Priority.FILE, order, n_served=40)
    short = start(scheduler, Priority.FILE, order, n_served=0)
    assert served([holder, short, long], order) == [0, 1, 2]


def test_a_slot_has_one_holder_at_a_time(start):
    scheduler, order = Scheduler(["engine"]), []
    first = start(scheduler, Priority.FILE, order)
    assert first.inside.wait(PATIENCE_S)
    second = start(scheduler, Priority.INTERACTIVE, order)
    assert not second.inside.is_set()
    first.leave.set()
    assert second.inside.wait(PATIENCE_S)


def test_each_slot_hands_out_its_own_resource(start):
    scheduler, order = Scheduler(["replica 1", "replica 2"]), []
    first, second = (start(scheduler, Priority.FILE, order) for _ in range(2))
    assert first.inside.wait(PATIENCE_S)
    assert second.inside.wait(PATIENCE_S)
    assert {first.resource, second.resource} == {"replica 1", "replica 2"}
    third = start(scheduler, Priority.INTERACTIVE, order)
    assert not third.inside.is_set()
    second.leave.set()
    assert third.inside.wait(PATIENCE_S)
    assert third.resource == second.resource
    assert not first.leave.is_set()


def test_a_free_slot_is_taken_at_once():
    with Scheduler(["engine"]).slot(Priority.BATCH) as slot:
        assert slot.resource == "engine"
        assert slot.waited_s >= 0


def test_work_that_fails_gives_its_slot_back():
    scheduler = Scheduler(["engine"])
    with contextlib.suppress(ZeroDivisionError), scheduler.slot(Priority.FILE):
        raise ZeroDivisionError
    with scheduler.slot(Priority.FILE):
        pass


def test_cancelled_work_leaves_the_queue_and_the_next_is_served(start):
    scheduler, order = Scheduler(["engine"]), []
    holder = start(scheduler, Priority.FILE, order)
    cancelled, outcome = threading.Event(), []

    class Left(Exception):
        pass

    def check():
        if cancelled.is_set():
            raise Left

    def wait_for_a_slot():
        try:
            with scheduler.slot(Priority.INTERACTIVE, check_cancelled=check):
                outcome.append("served")
        except Left:
            outcome.append("left")

    thread = threading.Thread(target=wait_for_a_slot, daemon=True)
    thread.start()
    while scheduler.n_waiting == 0:
        thread.join(0.01)
    batch = start(scheduler, Priority.BATCH, order)
    cancelled.set()
    thread.join(PATIENCE_S)
    assert outcome == ["left"]
    assert scheduler.n_waiting == 1
    assert served([holder, batch], order) == [0, 1]


def test_cancelled_work_takes_no_free_slot():
    scheduler = Scheduler(["engine"])

    def cancelled():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), scheduler.slot(Priority.BATCH, 0, cancelled):
        pytest.fail("it has the slot")
    assert scheduler.n_waiting == 0
    with scheduler.slot(Priority.BATCH):
        pass
