"""Intonation: changes of pitch in an utterance, a word and between syllables, in semitones."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody.pitch import PitchTrack
from shared.pronunciation.prosody.rhythm import is_vowel

Doubles = npt.NDArray[np.float64]

# Less is too short to have a melody.
_LEAST_VOICED_S = 0.1
# A pitch further from the median is an error of an octave.
_OCTAVE_ERROR_SEMITONES = 10.5
_LEAST_FRAMES = 2
_LEAST_SEMITONES = 0.02


class Intonation:
    """Pitch of the voiced frames within words, in semitones from their median.

    Parameters
    ----------
    track: of samples whose first is at `offset_s`.
    """

    def __init__(self, track: PitchTrack, offset_s: float, words: Sequence[AlignedWord]) -> None:
        self._words, self._offset_s, self._frame_s = words, offset_s, track.frame_s
        self._semitones = semitones = np.full(len(track.voiced), np.nan)
        spoken = np.zeros(len(track.voiced), bool)
        for word in words:
            spoken[self._within(word.start_s, word.end_s)] = True
        usable = track.voiced & spoken
        if usable.any():
            of_voice = 12.0 * np.log2(track.f0_hz[usable])
            semitones[usable] = of_voice - np.median(of_voice)
            semitones[np.abs(semitones) > _OCTAVE_ERROR_SEMITONES] = np.nan
        self.voiced_s = float(np.isfinite(semitones).sum()) * track.frame_s

    @property
    def is_voiced(self) -> bool:
        """Whether there is enough voice for a melody; not so in a whisper."""
        return self.voiced_s >= _LEAST_VOICED_S

    def spread_semitones(self) -> float:
        """From the 10th to the 90th percentile of pitch; 0 without voice."""
        voiced = self._semitones[np.isfinite(self._semitones)]
        if not len(voiced):
            return 0.0
        low, high = np.percentile(voiced, (10, 90))
        return max(float(high - low), _LEAST_SEMITONES)

    def movement_semitones(self) -> float | None:
        """Mean change of pitch from a voiced vowel to the next; None without two."""
        return _mean_change([pitch for word in self._words for pitch in self._vowel_pitches(word)])

    def word_slope_semitones(self, word: AlignedWord) -> float | None:
        """Rise or fall of a line through the pitch of a word, without its sign; None if short."""
        of_word = self._semitones[self._within(word.start_s, word.end_s)]
        frames = np.flatnonzero(np.isfinite(of_word))
        if len(frames) <= _LEAST_FRAMES:
            return None
        centred = frames - frames.mean()
        slope = float((centred * of_word[frames]).sum() / np.square(centred).sum())
        return abs(slope) * float(frames[-1] - frames[0])

    def syllable_change_semitones(self, word: AlignedWord) -> float | None:
        """Mean change of pitch between the vowels of a word; None if fewer than two are voiced."""
        return _mean_change(self._vowel_pitches(word))

    def _vowel_pitches(self, word: AlignedWord) -> list[float]:
        """Median pitch of each voiced vowel."""
        pitches = []
        for phone in filter(is_vowel, word.phones):
            of_phone = self._semitones[self._within(phone.start_s, phone.end_s)]
            voiced = of_phone[np.isfinite(of_phone)]
            if len(voiced) >= _LEAST_FRAMES:
                pitches.append(float(np.median(voiced)))
        return pitches

    def _within(self, start_s: float, end_s: float) -> slice:
        """Frames whose centres are within a stretch of audio."""
        first, last = (
            min(max(math.ceil((time_s - self._offset_s) / self._frame_s), 0), len(self._semitones))
            for time_s in (start_s, end_s)
        )
        return slice(first, last)


def _mean_change(pitches: Sequence[float]) -> float | None:
    if len(pitches) < _LEAST_FRAMES:
        return None
    return max(float(np.abs(np.diff(pitches)).mean()), _LEAST_SEMITONES)


def log_semitones(semitones: float | None) -> float | None:
    """Logarithm of an interval, None of None."""
    return None if semitones is None else math.log(max(semitones, _LEAST_SEMITONES))
