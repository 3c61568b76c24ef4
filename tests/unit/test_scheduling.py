"""Who may use the engine next."""

import contextlib
import threading

import pytest

from shared.scheduling import Priority, Turnstile

PATIENCE_S = 10  # a test that waits this long has failed


class Visitor(threading.Thread):
    """Takes one turn and holds it until it is told to leave."""

    def __init__(self, turnstile, priority, order, n_served=0):
        super().__init__(daemon=True)
        self._n_served = n_served
        self._turnstile, self._priority, self._order = turnstile, priority, order
        self.inside, self.leave = threading.Event(), threading.Event()

    def run(self):
        """Wait for the turn, hold it, leave."""
        with self._turnstile.turn(self._priority, self._n_served):
            self._order.append(self)
            self.inside.set()
            assert self.leave.wait(PATIENCE_S)


@pytest.fixture
def visit():
    """Start visitors; each is in the queue when the call returns."""
    visitors = []

    def start(turnstile, priority, order, n_served=0):
        visitor = Visitor(turnstile, priority, order, n_served)
        visitors.append(visitor)
        with turnstile._changed:
            n_tickets = len(turnstile._waiting)
        visitor.start()
        while not visitor.inside.is_set():
            with turnstile._changed:
                if len(turnstile._waiting) > n_tickets:
                    break
        return visitor

    yield start
    for visitor in visitors:
        visitor.leave.set()
    for visitor in visitors:
        visitor.join(PATIENCE_S)
        assert not visitor.is_alive()


def served(visitors, order):
    """Let everybody through, one after the other; return who came when."""
    for visitor in visitors:
        visitor.leave.set()
    for visitor in visitors:
        visitor.join(PATIENCE_S)
    return [visitors.index(visitor) for visitor in order]


def test_interactive_work_goes_before_files_and_files_before_batches(visit):
    turnstile, order = Turnstile(1), []
    holder = visit(turnstile, Priority.BATCH, order)
    batch = visit(turnstile, Priority.BATCH, order)
    file = visit(turnstile, Priority.FILE, order)
    interactive = visit(turnstile, Priority.INTERACTIVE, order)
    assert served([holder, interactive, file, batch], order) == [0, 1, 2, 3]


@pytest.mark.parametrize("priority", list(Priority))
def test_of_equals_the_first_to_come_is_the_first_served(visit, priority):
    turnstile, order = Turnstile(1), []
    visitors = [visit(turnstile, priority, order) for _ in range(5)]
    assert served(visitors, order) == [0, 1, 2, 3, 4]


def test_within_a_priority_whoever_has_had_least_goes_first(visit):
    turnstile, order = Turnstile(1), []
    holder = visit(turnstile, Priority.FILE, order)
    long = visit(turnstile, Priority.FILE, order, n_served=40)
    short = visit(turnstile, Priority.FILE, order, n_served=0)
    assert served([holder, short, long], order) == [0, 1, 2]


def test_nobody_else_is_inside_while_a_turn_lasts(visit):
    turnstile, order = Turnstile(1), []
    first = visit(turnstile, Priority.FILE, order)
    assert first.inside.wait(PATIENCE_S)
    second = visit(turnstile, Priority.INTERACTIVE, order)
    assert not second.inside.is_set()
    first.leave.set()
    assert second.inside.wait(PATIENCE_S)


def test_as_many_as_there_are_places_are_inside_together(visit):
    turnstile, order = Turnstile(2), []
    first, second = (visit(turnstile, Priority.FILE, order) for _ in range(2))
    assert first.inside.wait(PATIENCE_S)
    assert second.inside.wait(PATIENCE_S)
    third = visit(turnstile, Priority.INTERACTIVE, order)
    assert not third.inside.is_set()
    second.leave.set()
    assert third.inside.wait(PATIENCE_S)
    assert not first.leave.is_set()


def test_a_free_place_is_taken_at_once():
    with Turnstile(1).turn(Priority.BATCH) as waited_s:
        assert 0 <= waited_s < 1


def test_work_that_fails_gives_its_place_back():
    turnstile = Turnstile(1)
    with contextlib.suppress(ZeroDivisionError), turnstile.turn(Priority.FILE):
        raise ZeroDivisionError
    with turnstile.turn(Priority.FILE):
        pass
