"""Pronunciation assessment on real readers: swapped phones, a replaced word, other people.

Bounds are far from what is measured (`make bench ARGS="--only pronunciation"`).
"""

import numpy as np
import pytest

from benchmarks.clips import clips_of, read_manifest
from benchmarks.phone_alignment import align_text
from benchmarks.pronunciation import area_under_curve, assess, recognise, swapped_phones
from benchmarks.read_speech import samples_of
from shared.assessment import AssessmentOptions, ErrorType
from shared.pronunciation.phones.calibration import load_calibration

pytestmark = pytest.mark.speech

_N_CLIPS = 12


@pytest.fixture(scope="module")
def clips(speech_data):
    return read_manifest(speech_data)


def test_swapped_phones_of_native_readers_score_below_spoken_ones(clips):
    chosen = clips_of(clips, "en_read", _N_CLIPS)
    accuracies, swapped = swapped_phones(chosen, np.random.default_rng(1))
    assert area_under_curve(-accuracies, swapped) > 0.93


def test_native_readers_are_more_accurate_than_learners(clips):
    def mean_accuracy(folder):
        means = []
        for clip in clips_of(clips, folder, _N_CLIPS):
            aligned = align_text(samples_of(clip), clip.text)
            ratios = aligned.log_ratios()[np.arange(len(aligned.phones)), list(aligned.phones)]
            means.append(load_calibration().accuracy(ratios, aligned.phones).mean())
        return np.mean(means)

    assert mean_accuracy("en_read") > mean_accuracy("l2_english") + 3


def test_another_word_in_the_reference_is_mispronounced_and_the_others_are_not(clips, transcriber):
    clip = next(clip for clip in clips_of(clips, "en_read") if 8 <= len(clip.text.split()) <= 14)
    samples = samples_of(clip)
    words = clip.text.lower().split()
    words[4] = "zebra"
    phrases = recognise(transcriber, samples)
    result = assess(
        transcriber, samples, phrases, AssessmentOptions(reference_text=" ".join(words))
    )
    assert result.words[4].error is ErrorType.MISPRONUNCIATION
    others = [word.accuracy for index, word in enumerate(result.words) if index != 4]
    assert np.median(others) > 80


def test_a_text_read_backwards_has_a_low_score(clips, transcriber):
    clip = next(clip for clip in clips_of(clips, "en_read") if len(clip.text.split()) > 12)
    samples = samples_of(clip)
    phrases = recognise(transcriber, samples)
    backwards = " ".join(reversed(clip.text.split()))
    forwards, reversed_ = (
        assess(transcriber, samples, phrases, AssessmentOptions(reference_text=text))
        for text in (clip.text, backwards)
    )
    assert reversed_.pronunciation < forwards.pronunciation - 20
