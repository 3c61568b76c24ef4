import math
from dataclasses import astuple

import numpy as np
import pytest

from shared.pronunciation.prosody.intonation import Intonation
from shared.pronunciation.prosody.pitch import FRAME_S, PitchTrack
from shared.pronunciation.prosody.prosody import judge_prosody


@pytest.fixture(scope="module")
def words(make_words):
    return make_words([0.0, 0.1, 0.0, 0.3, 0.0, 0.0], breaks={4})


@pytest.fixture(scope="module")
def samples(words, make_samples):
    return make_samples(words)


def melody(samples, semitones, period_s=0.7, jumps=0):
    """A pitch around 150 Hz that swings by so many semitones to each side."""
    times_s = np.arange(len(samples) // 256) * FRAME_S
    f0_hz = 150 * 2 ** (semitones * np.sin(2 * np.pi * times_s / period_s) / 12)
    f0_hz[:jumps] *= 2
    return PitchTrack(f0_hz, np.ones(len(f0_hz), bool))


def unvoiced(samples):
    n_frames = len(samples) // 256
    return PitchTrack(np.zeros(n_frames), np.zeros(n_frames, bool))


def values(prosody):
    return [prosody.score, *(value for word in prosody.words for value in astuple(word))]


def test_a_lively_pitch_is_not_monotone_and_scores_higher_than_a_flat_one(words, samples):
    lively = judge_prosody(samples, melody(samples, 4), 0.0, words)
    flat = judge_prosody(samples, melody(samples, 0.1), 0.0, words)
    assert lively.words[0].monotone < 0.25
    assert flat.words[0].monotone > 0.75
    assert flat.score < lively.score - 15


def test_monotone_is_of_the_utterance_and_the_same_for_every_word(words, samples):
    prosody = judge_prosody(samples, melody(samples, 1), 0.0, words)
    assert len({word.monotone for word in prosody.words}) == 1
    assert len(prosody.words) == len(words)


def test_a_flat_word_has_no_slope_and_its_syllables_one_pitch(words, samples):
    flat = judge_prosody(samples, melody(samples, 0.05), 0.0, words)
    lively = judge_prosody(samples, melody(samples, 4), 0.0, words)
    for name in ("is_flat_word", "is_flat_syllables"):
        of_flat = np.mean([getattr(word, name) for word in flat.words])
        of_lively = np.mean([getattr(word, name) for word in lively.words])
        assert of_flat > 0.6
        assert of_lively < 0.4


def test_an_error_of_an_octave_does_not_widen_the_pitch(words, samples):
    steady = Intonation(melody(samples, 0.1), 0.0, words)
    jumping = Intonation(melody(samples, 0.1, jumps=40), 0.0, words)
    assert jumping.spread_semitones() == pytest.approx(steady.spread_semitones(), abs=0.1)


def test_an_unexpected_break_lowers_the_score(make_words, make_samples):
    smooth, broken = make_words([0.0] * 5), make_words([0.0, 0.0, 0.9, 0.0, 0.0])
    scores = []
    for words in (smooth, broken):
        samples = make_samples(words)
        scores.append(judge_prosody(samples, melody(samples, 4), 0.0, words).score)
    assert scores[1] < scores[0] - 5


def test_a_whisper_is_not_monotone_and_has_a_score_without_pitch(words, samples):
    whisper = judge_prosody(samples, unvoiced(samples), 0.0, words)
    assert all(word.monotone == word.is_flat_word == 0 for word in whisper.words)
    assert 0 < whisper.score <= 100


def test_one_word_has_sane_values(make_words, make_samples):
    word = make_words([])
    samples = make_samples(word)
    for track in (melody(samples, 2), melody(samples, 0), unvoiced(samples)):
        prosody = judge_prosody(samples, track, 0.0, word)
        assert 40 < prosody.score <= 100
        assert prosody.words[0].unexpected_break == prosody.words[0].missing_break == 0


def test_one_word_is_less_surely_monotone_than_a_sentence(words, samples):
    sentence = judge_prosody(samples, melody(samples, 0), 0.0, words).words[0].monotone
    word = judge_prosody(samples, melody(samples, 0), 0.0, words[:1]).words[0].monotone
    assert word < sentence


def test_silence_scores_nothing(words, samples):
    prosody = judge_prosody(np.zeros_like(samples), unvoiced(samples), 0.0, words)
    assert prosody.score == 0
    assert len(prosody.words) == len(words)


def test_no_words_have_no_prosody(samples):
    prosody = judge_prosody(samples, melody(samples, 4), 0.0, ())
    assert (prosody.score, prosody.words) == (0, ())


@pytest.mark.parametrize("kind", ["clipped", "noise", "not a number", "short", "empty", "constant"])
def test_any_audio_gives_finite_values_in_range(words, samples, kind):
    audio = {
        "clipped": np.clip(50 * samples, -1, 1),
        "noise": np.random.default_rng(2).standard_normal(len(samples)).astype(np.float32),
        "not a number": np.where(np.arange(len(samples)) % 99, samples, np.float32("nan")),
        "short": samples[:4_000],
        "empty": samples[:0],
        "constant": np.full_like(samples, 0.5),
    }[kind]
    prosody = judge_prosody(audio, melody(audio, 3), 0.0, words)
    assert all(math.isfinite(value) for value in values(prosody))
    assert 0 <= prosody.score <= 100
    for word in prosody.words:
        assert all(0 <= confidence <= 1 for confidence in astuple(word)[1:])
