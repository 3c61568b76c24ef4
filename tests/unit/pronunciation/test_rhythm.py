import math

import pytest

from shared.pronunciation.prosody import rhythm


def test_the_rate_counts_phones_by_the_time_with_and_without_pauses(make_words):
    """Three words of four phones in 1.02 s, and a pause of 0.98 s."""
    words = make_words([0.98, 0.0])
    assert math.exp(rhythm.log_phone_rate(words)) == pytest.approx(12 / 2.0)
    assert math.exp(rhythm.log_articulation_rate(words)) == pytest.approx(12 / 1.02)
    assert rhythm.silence_share(words) == pytest.approx(0.49)


def test_a_gap_of_a_stop_is_no_pause(make_words):
    assert rhythm.pauses_s(make_words([0.06, 0.3])) == pytest.approx([0.0, 0.3])


def test_stress_is_the_ratio_of_stressed_to_unstressed_vowels(make_words):
    assert math.exp(rhythm.log_stress(make_words([0.0]))) == pytest.approx(0.12 / 0.06)


def test_too_few_vowels_have_no_stress_and_no_rhythm(make_words):
    words = make_words([])
    assert rhythm.log_stress(words) is None
    assert rhythm.log_variability(words) is None


def test_vowels_of_equal_length_have_the_least_variability(make_words):
    even = make_words([0.0] * 3, phones=(("B", 0.1), ("AA1", 0.1), ("D", 0.1), ("AH0", 0.1)))
    assert math.exp(rhythm.log_variability(even)) == pytest.approx(1.0)
    assert math.exp(rhythm.log_variability(make_words([0.0] * 3))) == pytest.approx(100 * 2 / 3)
