"""Prosody: stress, intonation, rate, rhythm and breaks of an utterance, and of each word."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.assessment import WordProsody
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody import rhythm
from shared.pronunciation.prosody.breaks import Break, find_breaks
from shared.pronunciation.prosody.intonation import Intonation, log_semitones
from shared.pronunciation.prosody.loudness import (
    Samples,
    frame_levels_db,
    log_level_spread,
    spoken_frames,
)
from shared.pronunciation.prosody.native_norms import NATIVE, SCALES, Norm
from shared.pronunciation.prosody.pitch import PitchTrack, track_pitch

# Speech below it is no speech: the quantisation noise of 16 bits is at -98 dB.
_AUDIBLE_DB = -80.0
# A flat pitch is certain to 63 % after so much voice, to 95 % after three times as much.
_CERTAIN_VOICED_S = 0.25
# Marks of breaks fall to 37 % with one wrong break in so many.
_GAPS_PER_FAULT = 5.0
# A feature of few vowels is drawn towards the mean of natives: half of the way for this number.
_UNRELIABLE_VOWELS = 4
_UNRELIABLE_PHONES = 6


@dataclass(frozen=True, slots=True)
class Prosody:
    """The score of an utterance, 0..100, and the prosody of its words, in their order."""

    score: float
    words: tuple[WordProsody, ...]


@dataclass(frozen=True, slots=True)
class _Marks:
    """Marks of one aspect, 0..1, and their weight."""

    weight: float
    marks: float


def assess_prosody(samples: Samples, offset_s: float, words: Sequence[AlignedWord]) -> Prosody:
    """Assess the prosody of aligned words.

    samples: float32, mono, 16 kHz, shape `(n_samples,)`; the first is at `offset_s`. Any content:
        an aspect that cannot be heard, as the pitch of a whisper, has no part in the score.
        Without audible words the score is 0.
    """
    return judge_prosody(samples, track_pitch(samples), offset_s, words)


def judge_prosody(
    samples: Samples, track: PitchTrack, offset_s: float, words: Sequence[AlignedWord]
) -> Prosody:
    """Assess the prosody of aligned words by the pitch of the samples."""
    breaks = find_breaks(samples, offset_s, words)
    intonation = Intonation(track, offset_s, words)
    monotone = _monotone(intonation)
    of_words = tuple(
        WordProsody(
            break_s=one.length_s,
            unexpected_break=one.unexpected,
            missing_break=one.missing,
            monotone=monotone,
            is_flat_word=_flat_word(intonation, word),
            is_flat_syllables=_flat_syllables(intonation, word),
        )
        for one, word in zip(breaks, words, strict=True)
    )
    if not _is_audible(samples, offset_s, words):
        return Prosody(0.0, of_words)
    n_vowels = len(rhythm.vowels(words))
    aspects = [
        *_intonation_marks(intonation, words),
        *_duration_marks(words),
        *_marks(0.1, NATIVE.level_spread, log_level_spread(samples, offset_s, words), n_vowels),
        *_break_marks(breaks),
    ]
    weight = sum(one.weight for one in aspects)
    return Prosody(100.0 * sum(one.weight * one.marks for one in aspects) / weight, of_words)


def _monotone(intonation: Intonation) -> float:
    """Confidence of a flat pitch; low where there is little voice to judge by."""
    if not intonation.is_voiced:
        return 0.0
    certainty = 1.0 - math.exp(-intonation.voiced_s / _CERTAIN_VOICED_S)
    return certainty * (1.0 - SCALES.varied_pitch.confidence(intonation.spread_semitones()))


def _flat_word(intonation: Intonation, word: AlignedWord) -> float:
    slope = intonation.word_slope_semitones(word)
    return 0.0 if slope is None else 1.0 - SCALES.sloped_word.confidence(slope)


def _flat_syllables(intonation: Intonation, word: AlignedWord) -> float:
    change = intonation.syllable_change_semitones(word)
    return 0.0 if change is None else 1.0 - SCALES.moved_syllables.confidence(change)


def _is_audible(samples: Samples, offset_s: float, words: Sequence[AlignedWord]) -> bool:
    levels_db = frame_levels_db(samples)
    spoken = spoken_frames(len(levels_db), offset_s, words)
    return bool(spoken.any()) and float(levels_db[spoken].max()) > _AUDIBLE_DB


def _intonation_marks(intonation: Intonation, words: Sequence[AlignedWord]) -> Iterator[_Marks]:
    if not intonation.is_voiced:
        return
    spread = log_semitones(intonation.spread_semitones())
    movement = log_semitones(intonation.movement_semitones())
    n_vowels = len(rhythm.vowels(words))
    yield from _marks(0.3, NATIVE.pitch_spread, spread, n_vowels)
    yield from _marks(0.1, NATIVE.pitch_movement, movement, n_vowels)


def _duration_marks(words: Sequence[AlignedWord]) -> Iterator[_Marks]:
    n_vowels, n_phones = len(rhythm.vowels(words)), rhythm.n_phones(words)
    yield from _marks(0.1, NATIVE.stress, rhythm.log_stress(words), n_vowels)
    yield from _marks(0.1, NATIVE.rhythm, rhythm.log_variability(words), n_vowels)
    rate = rhythm.log_articulation_rate(words)
    yield _Marks(
        0.1, NATIVE.articulation_rate.marks(rate, n_phones / (n_phones + _UNRELIABLE_PHONES))
    )


def _break_marks(breaks: Sequence[Break]) -> Iterator[_Marks]:
    if len(breaks) > 1:
        faults = sum(max(one.unexpected, one.missing) for one in breaks[1:])
        yield _Marks(0.2, math.exp(-_GAPS_PER_FAULT * faults / (len(breaks) - 1)))


def _marks(weight: float, norm: Norm, value: float | None, n_vowels: int) -> Iterator[_Marks]:
    """Marks of a value that may be missing."""
    if value is not None:
        yield _Marks(weight, norm.marks(value, n_vowels / (n_vowels + _UNRELIABLE_VOWELS)))
