"""Work in threads, with results in order."""

import threading

import pytest

from shared.recognition.ordered_work import OrderedWork
from shared.scheduling import never_cancelled

PATIENCE_S = 10


def nothing():
    """Start a thread as it is."""


@pytest.fixture
def work():
    """Two threads."""
    made = OrderedWork(2, nothing, never_cancelled)
    yield made
    made.close()


def test_results_come_in_order_whatever_ends_first(work):
    second_has_ended = threading.Event()

    def first():
        assert second_has_ended.wait(PATIENCE_S)
        return 1

    def second():
        second_has_ended.set()
        return 2

    work.submit([first])
    work.submit([second])
    assert list(work.rest()) == [[1], [2]]


def test_a_look_at_what_is_finished_does_not_wait(work):
    may_end = threading.Event()
    work.submit([lambda: may_end.wait(PATIENCE_S)])
    assert list(work.finished()) == []
    may_end.set()
    assert list(work.rest()) == [[True]]


def test_no_more_is_under_way_than_the_threads_and_one(work):
    """The fourth task is submitted, so the reader waits until one of them has ended."""
    may_end = threading.Event()
    for _ in range(4):
        work.submit([lambda: may_end.wait(PATIENCE_S)])
    threading.Timer(0.05, may_end.set).start()
    list(work.finished())
    assert may_end.is_set()


def test_an_exception_of_a_task_is_raised_in_its_place(work):
    work.submit([lambda: 1])
    work.submit([lambda: 1 // 0])
    results = work.rest()
    assert next(results) == [1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_thread_is_left_and_nothing_begins_after_closing():
    begun, may_end = [], threading.Event()

    def task():
        begun.append(threading.current_thread())
        return may_end.wait(PATIENCE_S)

    work = OrderedWork(1, nothing, never_cancelled)
    work.submit([task, task, task])
    while not begun:
        threading.Event().wait(0.001)
    threading.Timer(0.01, may_end.set).start()
    work.close()
    assert len(begun) == 1
    assert not begun[0].is_alive()


def test_waiting_ends_where_the_work_is_cancelled():
    def cancelled():
        raise ZeroDivisionError

    may_end = threading.Event()
    work = OrderedWork(1, nothing, cancelled)
    work.submit([lambda: may_end.wait(PATIENCE_S)])
    with pytest.raises(ZeroDivisionError):
        list(work.rest())
    may_end.set()
    work.close()
