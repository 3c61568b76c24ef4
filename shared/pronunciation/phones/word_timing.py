"""Times of words and phones from the centres of their phones, and pauses from the level.

A boundary between two phones is the middle between their centres: against the durations of a
neural voice the median error is 13 ms, and 95 % are within 50 ms (`make bench ARGS="--only
pronunciation"`); a search for the largest change of the spectrum between the centres was no better.
Between words a stretch of silence is a pause, which belongs to neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shared.pronunciation.aligned_word import AlignedPhone, AlignedWord
from shared.pronunciation.phones.phone_engine import FRAME_S, Floats

_SAMPLE_RATE = 16_000
_STEP = 160  # samples, 10 ms
_STEP_S = _STEP / _SAMPLE_RATE
# Shorter silence is the closure of a plosive.
_LEAST_PAUSE_S = 0.12
# Level that is silence, from that of the quiet (0) to that of the loud (1) parts, in decibels.
_SILENCE_LEVEL = 0.4
_LEAST_RANGE_DB = 6.0  # with less there is no silence to be seen
# Longest stretch of the first phone before its centre, and of the last one behind it.
_EDGE_S = 0.15


@dataclass(frozen=True, slots=True)
class CentredWord:
    """A spoken word and the frame at the centre of each of its phonemes; see `AlignedWord`."""

    text: str
    phonemes: tuple[str, ...]
    centres: tuple[float, ...]
    expects_break: bool = False


def time_words(
    samples: Floats, offset_s: float, words: Sequence[CentredWord]
) -> tuple[AlignedWord, ...]:
    """Return the words with times.

    samples: mono at 16 kHz; the audio that the frames are of.
    offset_s: of the first sample.
    """
    silence = _silent_steps(samples)
    centres = [[(frame + 0.5) * FRAME_S for frame in word.centres] for word in words]
    starts, ends = [], []
    for index, own in enumerate(centres):
        if index == 0:
            starts.append(_edge(silence, own[0], own[0] - _EDGE_S))
        if index + 1 < len(centres):
            end, start = _gap(silence, own[-1], centres[index + 1][0])
            ends.append(end)
            starts.append(start)
        else:
            last_s = min(len(samples) / _SAMPLE_RATE, own[-1] + _EDGE_S)
            ends.append(_edge(silence, own[-1], last_s))
    return tuple(
        _timed(word, own, offset_s, start, end)
        for word, own, start, end in zip(words, centres, starts, ends, strict=True)
    )


def _timed(
    word: CentredWord, centres: Sequence[float], offset_s: float, start: float, end: float
) -> AlignedWord:
    middles = [(one + other) / 2 for one, other in pairwise(centres)]
    bounds = [offset_s + time for time in (start, *middles, max(end, centres[-1]))]
    phones = tuple(
        AlignedPhone(phoneme, first, last)
        for phoneme, (first, last) in zip(word.phonemes, pairwise(bounds), strict=True)
    )
    return AlignedWord(word.text, phones, word.expects_break)


def _silent_steps(samples: Floats) -> npt.NDArray[np.bool_]:
    """Return whether each step of 10 ms is silent."""
    n_steps = len(samples) // _STEP
    if n_steps == 0:
        return np.zeros(1, np.bool_)
    steps = samples[: n_steps * _STEP].reshape(n_steps, _STEP).astype(np.float64)
    levels = 10 * np.log10((steps**2).mean(axis=1) + 1e-10)
    quiet, loud = np.percentile(levels, [5, 90])
    if loud - quiet < _LEAST_RANGE_DB:
        return np.zeros(n_steps, np.bool_)
    silent: npt.NDArray[np.bool_] = levels < quiet + _SILENCE_LEVEL * (loud - quiet)
    return silent


def _gap(silence: npt.NDArray[np.bool_], one_s: float, other_s: float) -> tuple[float, float]:
    """Return the end of a word and the start of the next: both ends of a pause, or the middle."""
    first, last = int(one_s / _STEP_S) + 1, int(other_s / _STEP_S)
    longest = (0, 0)
    start = first
    for step in range(first, min(last, len(silence)) + 1):
        if step == min(last, len(silence)) or not silence[step]:
            if step - start > longest[1] - longest[0]:
                longest = (start, step)
            start = step + 1
    if (longest[1] - longest[0]) * _STEP_S < _LEAST_PAUSE_S:
        middle = (one_s + other_s) / 2
        return middle, middle
    return longest[0] * _STEP_S, longest[1] * _STEP_S


def _edge(silence: npt.NDArray[np.bool_], centre_s: float, limit_s: float) -> float:
    """Return the time of the first silence on the way from a centre to a limit."""
    step = 1 if limit_s > centre_s else -1
    at, last = int(centre_s / _STEP_S), int(max(0.0, limit_s) / _STEP_S)
    while at != last and 0 <= at + step < len(silence) and not silence[at + step]:
        at += step
    edge_s = (at + (step > 0)) * _STEP_S
    bounded = min(edge_s, limit_s) if step > 0 else max(edge_s, limit_s, 0.0)
    return max(bounded, centre_s) if step > 0 else min(bounded, centre_s)
