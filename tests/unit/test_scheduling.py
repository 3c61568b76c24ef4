"""Order of slots, and the resource of each."""

import contextlib
import threading

import pytest

from shared.scheduling import LEAST_SHARE, PRECEDENCE_S, Job, Priority, Scheduler

PATIENCE_S = 10  # a test that waits this long has failed


class Clock:
    """Stands still until it is set."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        """Seconds."""
        return self.now_s


class Worker(threading.Thread):
    """Takes one slot for a job and holds it until `leave` is set."""

    def __init__(self, scheduler, job, order):
        super().__init__(daemon=True)
        self._scheduler, self._job, self._order = scheduler, job, order
        self.inside, self.leave = threading.Event(), threading.Event()
        self.resource = None

    def run(self):
        """Wait for the slot, hold it, leave."""
        with self._scheduler.slot(self._job) as slot:
            self.resource = slot.resource
            self._order.append(self)
            self.inside.set()
            assert self.leave.wait(PATIENCE_S)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def job(clock):
    """Make jobs of a priority that begin now."""
    return lambda priority: Job(priority, clock=clock)


@pytest.fixture
def start(job):
    """Start workers; each holds its slot, or waits for it, when the call returns.

    A worker gets its job, or a new one of a priority.
    """
    workers = []

    def start_worker(scheduler, work, order):
        worker = Worker(scheduler, job(work) if isinstance(work, Priority) else work, order)
        workers.append(worker)
        n_waiting = scheduler.n_waiting
        worker.start()
        while not worker.inside.wait(0.01):
            if scheduler.n_waiting > n_waiting:
                break
        return worker

    yield start_worker
    for worker in workers:
        worker.leave.set()
    for worker in workers:
        worker.join(PATIENCE_S)
        assert not worker.is_alive()


def served(workers, order):
    """Let every worker through, one after the other; the order in which they had a slot."""
    for worker in workers:
        worker.leave.set()
    for worker in workers:
        worker.join(PATIENCE_S)
    return [workers.index(worker) for worker in order]


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


def test_within_a_priority_the_job_that_has_had_least_goes_first(start, job, clock):
    scheduler, order = Scheduler(["engine"]), []
    long, short = job(Priority.FILE), job(Priority.FILE)
    with scheduler.slot(long):
        clock.now_s = 5.0
    holder = start(scheduler, Priority.FILE, order)
    waiting = [start(scheduler, one, order) for one in (long, short)]
    assert served([holder, *reversed(waiting)], order) == [0, 1, 2]


def test_a_long_job_gets_its_share_however_many_short_ones_come(job, clock):
    """One short job after the other begins, each with a second of work, and all slots are taken."""
    scheduler = Scheduler(["engine"])
    long, n_served = job(Priority.FILE), 0
    for _ in range(1000):
        short = job(Priority.FILE)
        is_behind = long.rank < short.rank
        with scheduler.slot(long if is_behind else short):
            clock.now_s += 1.0
        n_served += is_behind
    assert n_served == pytest.approx(1000 * LEAST_SHARE, rel=0.1)


def test_work_of_the_lowest_priority_is_served_in_the_end(job, clock):
    batch = job(Priority.BATCH)
    clock.now_s = 3 * PRECEDENCE_S / LEAST_SHARE
    assert batch.rank < job(Priority.FILE).rank
    assert batch.rank > job(Priority.INTERACTIVE).rank
    clock.now_s = 5 * PRECEDENCE_S / LEAST_SHARE
    assert batch.rank < job(Priority.INTERACTIVE).rank


def test_the_order_of_two_jobs_does_not_change_while_both_wait(job, clock):
    first = job(Priority.FILE)
    clock.now_s = 50.0
    second = job(Priority.INTERACTIVE)
    before = (first.rank, second.rank)
    clock.now_s = 5000.0
    assert (first.rank, second.rank) == before


def test_the_service_of_a_job_is_the_time_of_its_slots(job, clock):
    scheduler, one = Scheduler(["engine"]), job(Priority.FILE)
    before = one.rank
    for seconds in (2.0, 3.0):
        with scheduler.slot(one):
            clock.now_s += seconds
        clock.now_s += 100.0  # without a slot
    assert one.rank - before == pytest.approx(5.0)


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
    with Scheduler(["engine"]).slot(Job(Priority.BATCH)) as slot:
        assert slot.resource == "engine"
        assert slot.waited_s >= 0


def test_work_that_fails_gives_its_slot_back():
    scheduler = Scheduler(["engine"])
    with contextlib.suppress(ZeroDivisionError), scheduler.slot(Job(Priority.FILE)):
        raise ZeroDivisionError
    with scheduler.slot(Job(Priority.FILE)):
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
            with scheduler.slot(Job(Priority.INTERACTIVE, check)):
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

    with pytest.raises(ZeroDivisionError), scheduler.slot(Job(Priority.BATCH, cancelled)):
        pytest.fail("it has the slot")
    assert scheduler.n_waiting == 0
    with scheduler.slot(Job(Priority.BATCH)):
        pass
