"""Pieces of speech. A frame lasts 16.875 ms; classes 1 to 3 are one voice, 4 to 6 two at once."""

import numpy as np
import pytest

from shared.diarization.speech_pieces import Window, cut_pieces, runs


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("", []),
        ("000", []),
        ("111", [(0, 3)]),
        ("0110100", [(1, 3), (4, 5)]),
        ("1001", [(0, 1), (3, 4)]),
    ],
)
def test_runs_are_named_by_their_ends(flags, expected):
    starts, ends = runs(np.array([flag == "1" for flag in flags]))
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected


def window(first_frame, *parts):
    """Parts are (class, number of frames); silence follows."""
    classes = [name for name, n_frames in parts for _ in range(n_frames)]
    classes += [0] * (589 - len(classes))
    return Window(first_frame, np.eye(7, dtype=np.float32)[classes])


def bounds(windows, first=0, last=589):
    return [(piece.first, piece.last) for piece in cut_pieces(windows, first, last)]


def test_a_piece_ends_at_a_pause_but_not_at_a_breath():
    assert bounds([window(0, (1, 50), (0, 8), (1, 40), (0, 20), (1, 60))]) == [(0, 98), (118, 178)]


def test_a_piece_ends_where_another_voice_begins():
    assert bounds([window(0, (0, 10), (1, 60), (2, 50))]) == [(10, 70), (70, 120)]


def test_two_at_once_are_in_no_piece():
    assert bounds([window(0, (1, 60), (4, 40), (2, 50))]) == [(0, 60), (100, 150)]


def test_voices_that_one_window_tells_apart_are_in_two_pieces():
    """The other two take both for one voice."""
    same = window(0, (1, 110))
    assert bounds([same, window(0, (1, 60), (2, 50)), same]) == [(0, 60), (60, 110)]


def test_a_long_turn_is_cut_into_equal_pieces_of_at_most_two_seconds():
    assert bounds([window(0, (1, 300))]) == [(0, 100), (100, 200), (200, 300)]


def test_frames_are_counted_from_the_start_of_the_audio():
    (piece,) = cut_pieces([window(192, (0, 8), (3, 50))], 192, 250)
    assert (piece.first, piece.last) == (200, 250)
    assert piece.is_clean.all()


def test_silence_has_no_piece():
    assert bounds([window(0)]) == []
