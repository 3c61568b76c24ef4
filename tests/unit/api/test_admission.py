"""Admission of requests: a limit, a wait that grows with it, and room again at every end."""

import contextlib

import pytest

from functions.api.admission import Admission
from shared.errors import QueueFull


def refused(limit):
    """The refusal of one request more than the limit."""
    admission = Admission(limit)
    with contextlib.ExitStack() as under_way:
        for _ in range(limit):
            under_way.enter_context(admission.admit())
        with pytest.raises(QueueFull) as caught:
            under_way.enter_context(admission.admit())
    return caught.value


def test_one_request_more_than_the_limit_is_refused():
    assert refused(2).retry_after_s == 1


def test_a_longer_queue_gives_a_longer_wait():
    assert refused(1).retry_after_s < refused(100).retry_after_s <= 60


@pytest.mark.parametrize("end", ["returns", "fails"])
def test_a_request_that_ends_makes_room(end):
    admission = Admission(1)
    for _ in range(3):
        with contextlib.suppress(ZeroDivisionError), admission.admit():
            if end == "fails":
                raise ZeroDivisionError
