"""Boundaries lie between the centres of phones; silence between words belongs to neither."""

from itertools import pairwise

import numpy as np
import pytest

from shared.pronunciation.phones.word_timing import CentredWord, time_words

RATE = 16_000


def sound(*stretches):
    """Samples of (seconds, amplitude)."""
    chance = np.random.default_rng(1)
    parts = [
        amplitude * chance.standard_normal(int(seconds * RATE)) for seconds, amplitude in stretches
    ]
    return np.concatenate(parts).astype(np.float32)


def test_a_boundary_is_the_middle_between_two_centres():
    # Frames of 20 ms: centres at 0.21, 0.31 and 0.41 s.
    (word,) = time_words(
        sound((1.0, 0.1)), 0.0, [CentredWord("cat", ("K", "AE1", "T"), (10, 15, 20))]
    )
    assert word.phones[0].end_s == pytest.approx(0.26, abs=0.001)
    assert word.phones[1].end_s == pytest.approx(0.36, abs=0.001)


def test_phones_of_a_word_have_no_gaps():
    (word,) = time_words(
        sound((1.0, 0.1)), 0.0, [CentredWord("cat", ("K", "AE1", "T"), (10, 15, 20))]
    )
    assert all(one.end_s == other.start_s for one, other in pairwise(word.phones))


def test_words_without_a_pause_touch():
    words = [CentredWord("a", ("AH0",), (10,)), CentredWord("b", ("B",), (15,))]
    one, other = time_words(sound((1.0, 0.1)), 0.0, words)
    assert one.end_s == other.start_s == pytest.approx(0.26, abs=0.001)


def test_silence_between_words_belongs_to_neither():
    samples = sound((0.5, 0.1), (0.4, 1e-4), (0.6, 0.1))
    words = [CentredWord("a", ("AH0",), (15,)), CentredWord("b", ("B",), (50,))]
    one, other = time_words(samples, 0.0, words)
    assert one.end_s == pytest.approx(0.5, abs=0.03)
    assert other.start_s == pytest.approx(0.9, abs=0.03)


def test_a_closure_of_a_plosive_is_no_pause():
    samples = sound((0.5, 0.1), (0.08, 1e-4), (0.6, 0.1))
    words = [CentredWord("a", ("AH0",), (22,)), CentredWord("b", ("B",), (31,))]
    one, other = time_words(samples, 0.0, words)
    assert one.end_s == other.start_s


def test_the_first_word_starts_and_the_last_one_ends_at_the_silence():
    samples = sound((0.3, 1e-4), (0.4, 0.1), (0.4, 1e-4))
    (word,) = time_words(samples, 0.0, [CentredWord("a", ("AH0", "B"), (19, 30))])
    assert word.start_s == pytest.approx(0.3, abs=0.03)
    assert word.end_s == pytest.approx(0.7, abs=0.03)


def test_times_count_from_the_start_of_the_audio():
    words = [CentredWord("a", ("AH0",), (10,))]
    (here,) = time_words(sound((1.0, 0.1)), 0.0, words)
    (later,) = time_words(sound((1.0, 0.1)), 7.5, words)
    assert later.start_s == pytest.approx(here.start_s + 7.5)
    assert later.end_s == pytest.approx(here.end_s + 7.5)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(16_000, np.float32)])
def test_no_sound_at_all_gives_ordered_times(samples):
    (word,) = time_words(samples, 0.0, [CentredWord("a", ("AH0", "B"), (0, 1))])
    assert 0 <= word.start_s <= word.phones[0].end_s <= word.end_s


def test_no_word_has_no_times():
    assert time_words(sound((0.2, 0.1)), 0.0, []) == ()
