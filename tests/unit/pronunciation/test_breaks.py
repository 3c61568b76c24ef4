from dataclasses import replace

import numpy as np
import pytest

from shared.pronunciation.aligned_word import AlignedPhone
from shared.pronunciation.prosody.breaks import find_breaks, judge_break, silent_spans_s


def shifted(word, start_s=0.0, end_s=0.0):
    """The word with its ends moved."""
    phones = list(word.phones)
    first, last = phones[0], phones[-1]
    phones[0] = AlignedPhone(first.phoneme, first.start_s + start_s, first.end_s)
    phones[-1] = AlignedPhone(last.phoneme, last.start_s, last.end_s + end_s)
    return replace(word, phones=tuple(phones))


def test_a_pause_of_0_8_s_within_a_phrase_is_unexpected_there_only(make_words, make_samples):
    words = make_words([0.0, 0.0, 0.8, 0.1])
    breaks = find_breaks(make_samples(words), 0.0, words)
    assert [one.unexpected > 0.75 for one in breaks] == [False, False, False, True, False]
    assert breaks[3].length_s == pytest.approx(0.8, abs=0.03)
    assert all(one.missing == 0 for one in breaks)


def test_a_pause_at_punctuation_is_neither_unexpected_nor_missing(make_words, make_samples):
    words = make_words([0.0, 0.6], breaks={2})
    at_comma = find_breaks(make_samples(words), 0.0, words)[2]
    assert at_comma.unexpected == 0
    assert at_comma.missing < 0.25


def test_no_pause_at_punctuation_is_missing(make_words, make_samples):
    words = make_words([0.0, 0.0], breaks={2})
    breaks = find_breaks(make_samples(words), 0.0, words)
    assert breaks[2].missing > 0.75
    assert breaks[1].missing == 0


def test_the_first_word_has_no_break_before_it(make_words, make_samples):
    words = make_words([], offset_s=3.0)
    (only,) = find_breaks(make_samples(words), 0.0, words)
    assert (only.length_s, only.unexpected, only.missing) == (0, 0, 0)


@pytest.mark.parametrize("absorbed_s", [0.05, -0.1])
def test_a_break_is_measured_where_words_absorb_silence_or_end_early(
    make_words, make_samples, absorbed_s
):
    words = make_words([0.5])
    samples = make_samples(words)
    inexact = (shifted(words[0], end_s=absorbed_s), shifted(words[1], start_s=-absorbed_s))
    ((start_s, end_s),) = silent_spans_s(samples, 0.0, inexact)
    assert end_s - start_s == pytest.approx(0.5, abs=0.04)


def test_the_gap_as_aligned_counts_where_noise_hides_silence(make_words):
    words = make_words([0.4])
    noise = 0.1 * np.random.default_rng(1).standard_normal(32_000).astype(np.float32)
    ((start_s, end_s),) = silent_spans_s(noise, 0.0, words)
    assert end_s - start_s == pytest.approx(0.4, abs=0.001)


def test_a_break_is_found_wherever_the_audio_begins(make_words, make_samples):
    words = make_words([0.0, 0.8], offset_s=7.0)
    breaks = find_breaks(make_samples(words, offset_s=7.0), 7.0, words)
    assert [one.unexpected > 0.75 for one in breaks] == [False, False, True]


def test_confidence_grows_with_the_length():
    lengths_s = (0.0, 0.1, 0.3, 0.6, 0.8, 3.0)
    unexpected = [judge_break(one, expected=False).unexpected for one in lengths_s]
    missing = [judge_break(one, expected=True).missing for one in lengths_s]
    assert unexpected == sorted(unexpected)
    assert missing == sorted(missing, reverse=True)


def test_no_words_have_no_breaks():
    assert find_breaks(np.zeros(16_000, np.float32), 0.0, ()) == []


def test_a_break_goes_on_where_a_word_takes_half_of_it(make_words, make_samples):
    """As after a short breath, which an aligner takes for the start of the word."""
    words = make_words([1.0])
    samples = make_samples(words)
    breath = round((words[0].end_s + 0.5) * 16_000)
    samples[breath : breath + 640] += 0.1
    inexact = (words[0], shifted(words[1], start_s=-0.5))
    ((start_s, end_s),) = silent_spans_s(samples, 0.0, inexact)
    assert end_s - start_s == pytest.approx(1.0, abs=0.04)


def test_a_word_without_any_sound_is_not_all_silence(make_words, make_samples):
    """It was not spoken; the breaks before and after it are as aligned."""
    words = make_words([0.3, 0.3])
    samples = make_samples((words[0], words[2]))
    spans_s = silent_spans_s(samples, 0.0, words)
    assert [end_s - start_s for start_s, end_s in spans_s] == pytest.approx([0.36, 0.36], abs=0.04)
