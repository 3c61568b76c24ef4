"""Units of a text that follow each other, and how often they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recognition.repetition import (
    Repetition,
    count_steps,
    find_repetition,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No, no, no!", Repetition(0, 1, 3)),
        ("Order, he said. Please hold. Please hold. Please hold.", Repetition(3, 2, 6)),
        ("Please hold, please hold.", None),
        ("The cat sat on the mat.", None),
        ("", None),
    ],
)
def test_a_unit_is_found_that_is_written_three_times(text, found):
    assert find_repetition(words_of(text, "en"), "en") == found


def test_a_sentence_counts_from_the_second_time_on():
    twice = words_of("He said: hold on to it, hold on to it.", "en")
    assert find_repetition(twice, "en") == Repetition(2, 4, 8)
    assert find_repetition(words_of("Thou also, thou also.", "en"), "en") is None


def test_two_equal_characters_of_a_word_are_no_repetition():
    assert find_repetition(words_of("みみみ", "ja"), "ja") is None
    assert find_repetition(words_of("ははははははは", "ja"), "ja") == Repetition(0, 1, 7)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4, unique=True), st.integers(3, 20))
def test_any_unit_is_counted_as_often_as_it_is_written(unit, n_times):
    found = find_repetition(unit * n_times, "en")
    assert found == Repetition(0, len(unit), len(unit) * n_times)
    assert found.n_times == n_times


@given(st.integers(2, 20), st.integers(1, 12), st.floats(0.3, 3))
def test_a_unit_is_said_once_for_each_step_of_the_alignment(n_times, n_surplus, step_s):
    end_s = step_s * n_times
    onsets_s = [min(step_s * place, end_s) for place in range(n_times + n_surplus)]
    assert count_steps(onsets_s, end_s) == n_times


def test_a_repetition_that_the_alignment_passes_over_is_counted():
    onsets_s = [0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 3.0, 3.0]
    assert count_steps(onsets_s, 3.0) == 6


def test_surplus_repetitions_that_crowd_the_last_ones_are_not_counted():
    """Steps of an aligned text with 24 repetitions of a unit that is said nine times."""
    onsets_s = [0.0, 0.7, 1.1, 1.5, 1.88, 2.66, 3.04, 3.06, 3.44, *[3.45] * 15]
    assert count_steps(onsets_s, 3.5) == pytest.approx(9, abs=1)
