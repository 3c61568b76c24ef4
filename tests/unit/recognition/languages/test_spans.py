"""Positions of a span with silence behind it."""

from shared.recognition.languages.spans import positions_with_silence


def test_a_span_is_filled_up_with_silence():
    assert positions_with_silence((3, 6), (8, 12), 6).tolist() == [3, 4, 5, 8, 9, 10]


def test_silence_is_repeated_as_often_as_it_takes():
    assert positions_with_silence((3, 5), (8, 10), 7).tolist() == [3, 4, 8, 9, 8, 9, 8]


def test_a_longer_span_is_cut():
    assert positions_with_silence((3, 9), (8, 12), 4).tolist() == [3, 4, 5, 6]
