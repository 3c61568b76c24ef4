"""Each phone is compared with every other one in its place, and with none."""

import tracemalloc

import numpy as np
import pytest
from phone_posteriors import columns, log_posteriors, targets

from shared.pronunciation.phones.forced_alignment import ExpectedWord, align
from shared.pronunciation.phones.goodness import assess_goodness
from shared.pronunciation.phones.phone_engine import PHONES

SPOKEN = {3: "HH", 6: "AH", 9: "L", 12: "OW"}


def goodness_of(phones, posteriors):
    sequence = targets(phones)
    (word,) = align(posteriors, [ExpectedWord((sequence,))])
    return columns(phones), assess_goodness(posteriors, sequence, word.centres)


def ratios(phones, spoken, n_frames=20):
    sequence, goodness = goodness_of(phones, log_posteriors(n_frames, spoken))
    return goodness.log_ratios()[np.arange(len(sequence)), sequence]


def test_phones_that_were_spoken_are_likelier_than_all_others():
    assert (ratios("HH AH L OW", SPOKEN) > 2).all()


def test_a_phone_that_was_not_spoken_is_unlikely_and_its_neighbours_are_not():
    first, second, third, fourth = ratios("HH AH R OW", SPOKEN)
    assert third < -4
    assert min(first, second, fourth) > 2


def test_the_phone_that_was_spoken_instead_is_the_likeliest():
    _, goodness = goodness_of("HH AH R OW", log_posteriors(20, SPOKEN))
    best = goodness.log_ratios()[2].argmax()
    assert PHONES[best] == "L"


def test_a_phone_that_was_left_out_is_unlikely():
    _, _, _, fourth, _ = ratios("HH AH L P OW", SPOKEN)
    assert fourth < -4


@pytest.mark.parametrize(("phones", "place"), [("S HH AH L OW", 0), ("HH AH L OW S", 4)])
def test_a_phone_that_was_left_out_at_the_edge_is_unlikely(phones, place):
    found = ratios(phones, SPOKEN)
    assert found[place] < -3
    assert np.delete(found, place).min() > 0


def test_two_phones_that_are_equally_likely_are_undecided():
    third = ratios("HH AH L OW", SPOKEN | {9: "L R"})[2]
    assert third == pytest.approx(0.0, abs=0.2)


def test_all_substitutes_sum_to_the_likelihood_of_the_sequence():
    posteriors = log_posteriors(20, SPOKEN)
    sequence, goodness = goodness_of("HH AH L OW", posteriors)
    own = goodness.substituted[np.arange(4), sequence]
    # With its own phone in each place it is the same sequence: one likelihood, but for the reach.
    assert np.ptp(own) == pytest.approx(0.0, abs=1e-3)


def test_a_sequence_of_one_phone_has_a_goodness():
    assert ratios("OW", {5: "OW"}, n_frames=10)[0] > 2


def test_a_repeated_phone_needs_both_of_its_peaks():
    assert (ratios("D D", {3: "D", 8: "D"}, n_frames=12) > 2).all()
    assert ratios("D D", {3: "D"}, n_frames=12).min() < 0


def test_far_phones_do_not_change_the_goodness():
    near = ratios("HH AH L OW S IH T", SPOKEN | {60: "S", 63: "IH", 66: "T"}, n_frames=80)
    far = ratios("HH AH L OW Z OY B", SPOKEN | {60: "S", 63: "IH", 66: "T"}, n_frames=80)
    assert near[:4] == pytest.approx(far[:4], abs=0.1)


def long_speech(n_words):
    """Targets, posteriors and centres of one word that is said again and again."""
    phones = "HH AH L OW"
    peaks = {12 * word + frame: phone for word in range(n_words) for frame, phone in SPOKEN.items()}
    return targets(" ".join([phones] * n_words)), log_posteriors(12 * n_words + 8, peaks), [*peaks]


def test_long_speech_has_the_goodness_of_short_speech():
    sequence, posteriors, centres = long_speech(300)
    found = assess_goodness(posteriors, sequence, centres).log_ratios()
    assert found.shape == (1200, len(PHONES))
    words = found.reshape(300, -1)[1:-1]
    assert np.abs(words - words[0]).max() < 0.1


def peak_bytes(n_words):
    """Most memory that the goodness of a long speech takes."""
    sequence, posteriors, centres = long_speech(n_words)
    tracemalloc.start()
    assess_goodness(posteriors, sequence, centres)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_the_memory_of_long_speech_does_not_grow_with_its_square():
    assert peak_bytes(400) < 1.5 * peak_bytes(200)
