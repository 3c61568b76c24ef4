"""Admission of requests: a limit, a wait that grows with it, and room again at every end."""

import contextlib

import pytest

from functions.api.admission import LEAST_TRANSFERS, Admission
from shared.errors import AudioTooLarge, QueueFull


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


def test_slow_uploads_take_no_place_of_work():
    """A hundred bodies are under way, and one that is whole is worked for."""
    admission = Admission(10)
    with contextlib.ExitStack() as under_way:
        for _ in range(100):
            under_way.enter_context(admission.enter())
        with admission.admit():
            pass


def test_uploads_are_bounded_by_a_larger_number():
    admission = Admission(10)
    with contextlib.ExitStack() as under_way:
        for _ in range(LEAST_TRANSFERS):
            under_way.enter_context(admission.receive())
        with pytest.raises(QueueFull), admission.receive():
            pass


def test_an_upload_is_refused_at_once_while_all_places_of_work_are_taken():
    """It could not begin to work; a management request, which takes none, is received."""
    admission = Admission(1)
    with admission.admit():
        with pytest.raises(QueueFull), admission.enter():
            pass
        with admission.receive():
            pass


def test_one_of_several_keys_has_half_of_the_places():
    admission = Admission(4, n_keys=2)
    with contextlib.ExitStack() as under_way:
        for _ in range(2):
            under_way.enter_context(admission.admit("a"))
        with pytest.raises(QueueFull), admission.admit("a"):
            pass
        for _ in range(2):
            under_way.enter_context(admission.admit("b"))


def test_one_of_several_keys_has_half_of_the_transfers_and_of_the_memory():
    admission = Admission(4, n_keys=2, memory_bytes=1000)
    with contextlib.ExitStack() as under_way:
        held = under_way.enter_context(admission.receive("a"))
        held.hold_bytes(500)
        for _ in range(LEAST_TRANSFERS // 2 - 1):
            under_way.enter_context(admission.receive("a"))
        with pytest.raises(QueueFull), admission.receive("a"):
            pass
        other = under_way.enter_context(admission.receive("b"))
        other.hold_bytes(500)


@pytest.mark.parametrize("n_keys", [0, 1])
def test_the_only_key_has_all_places(n_keys):
    """No other key could use the rest."""
    admission = Admission(2, n_keys=n_keys)
    with admission.admit("a"), admission.admit("a"):
        pass


def test_a_key_has_one_place_at_least():
    with Admission(1, n_keys=3).admit("a"):
        pass


def test_bodies_that_arrive_while_they_are_decoded_take_half_of_the_places():
    """The others are received first, and one that has ended makes room."""
    admission = Admission(4)
    with contextlib.ExitStack() as under_way:
        arriving = [under_way.enter_context(admission.enter()) for _ in range(3)]
        assert [request.begin_work_on_arriving() for request in arriving] == [True, True, False]
        arriving[0].body_ended()
        assert arriving[2].begin_work_on_arriving()


def test_a_slow_reader_gives_its_place_to_others_and_goes_on():
    admission = Admission(1)
    with admission.admit() as reader:
        with reader.waiting_for_client(), admission.admit():
            pass
        with pytest.raises(QueueFull), admission.admit():
            pass
    with admission.admit():
        pass


def test_a_reader_that_leaves_while_it_is_waited_for_gives_back_one_place():
    admission = Admission(1)
    with admission.admit() as reader, reader.waiting_for_client():
        reader.end()
    with admission.admit(), pytest.raises(QueueFull), admission.admit():
        pass


@pytest.mark.parametrize("end", ["returns", "fails", "is refused", "ends early"])
def test_the_memory_of_a_body_is_given_back(end):
    admission = Admission(10, memory_bytes=1000)
    for _ in range(3):
        with contextlib.suppress(ZeroDivisionError, AudioTooLarge), admission.enter() as request:
            request.hold_bytes(600)
            if end == "fails":
                raise ZeroDivisionError
            if end == "is refused":
                request.hold_bytes(600)
            if end == "ends early":
                request.end()


def test_memory_that_others_hold_is_a_matter_of_time_and_too_much_for_one_is_not():
    """The one is answered 429, the other 413."""
    admission = Admission(10, memory_bytes=1000)
    with admission.enter() as first, admission.enter() as second:
        first.hold_bytes(600)
        for refuse in (second.hold_bytes, second.expect_bytes):
            with pytest.raises(QueueFull):
                refuse(401)
            with pytest.raises(AudioTooLarge):
                refuse(1001)
        second.hold_bytes(400)
