"""Omissions, insertions and repetitions: words cut out of, spliced into and doubled in readings.

A case is one clip of a native reader with one change, made where its words were aligned. The
reference is the text that the reader read. Words of less than a fifth of a second are left alone: a
cut within the flow of speech leaves half of them.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.clips import Clip
from benchmarks.phone_alignment import align_words
from benchmarks.read_speech import Samples, samples_of
from shared.assessment import AssessedWord, ErrorType
from shared.pronunciation.aligned_word import AlignedWord

SEED = 16
CHANGED_WORDS = 2  # of a clip and kind, in a clip each
_LEAST_WORD_S = 0.2
_FADE_SAMPLES = 80  # 5 ms
_RATE = 16_000


class Change(StrEnum):
    """Kind of a change."""

    NONE = "none"
    OMISSION = "omission"
    INSERTION = "insertion"
    REPETITION = "repetition"


@dataclass(frozen=True, slots=True)
class MiscueCase:
    """A changed clip.

    place: index in the reference of the word that was cut out, or of the one that the added word
        stands behind; -1 without a change.
    added: the text of the added word.
    """

    clip: Clip
    change: Change
    samples: Samples
    reference: tuple[str, ...]
    place: int = -1
    added: str = ""


@dataclass(frozen=True, slots=True)
class MiscueCounts:
    """Words that are a miscue and were reported, were reported only, and were missed."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    def __add__(self, other: "MiscueCounts") -> "MiscueCounts":
        return MiscueCounts(
            self.hits + other.hits,
            self.false_alarms + other.false_alarms,
            self.misses + other.misses,
        )

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        wrong = self.false_alarms + self.misses
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits + wrong else 1.0


def miscue_cases(clips: Sequence[Clip]) -> Iterator[MiscueCase]:
    """Yield the unchanged clip and the changed ones, by seed, for each clip that can be aligned."""
    spoken: dict[str, list[tuple[str, Samples]]] = {}
    for clip in clips:
        samples = samples_of(clip)
        words = align_words(samples, clip.text)
        long_words = [
            index
            for index, word in enumerate(words[1:-1], 1)
            if word.end_s - word.start_s >= _LEAST_WORD_S
        ]
        if len(long_words) < CHANGED_WORDS:
            continue
        chance = random.Random(f"{SEED} {clip.name}")  # noqa: S311 - no secret
        reference = tuple(word.text for word in words)
        yield MiscueCase(clip, Change.NONE, samples, reference)
        for index in chance.sample(long_words, CHANGED_WORDS):
            yield _without(clip, samples, words, index)
        for index in chance.sample(long_words, CHANGED_WORDS):
            own = _cut(samples, words[index])
            added = _with(samples, words, index, own)
            text = words[index].text
            yield MiscueCase(clip, Change.REPETITION, added, reference, index, text)
        others = spoken.setdefault(clip.speaker, [])
        for index in chance.sample(long_words, CHANGED_WORDS):
            near = {word.text for word in words[index - 1 : index + 3]}
            strange = [(text, sound) for text, sound in others if text not in near]
            if strange:
                text, sound = chance.choice(strange)
                added = _with(samples, words, index, sound)
                yield MiscueCase(clip, Change.INSERTION, added, reference, index, text)
        others.extend((words[index].text, _cut(samples, words[index])) for index in long_words)


def count_miscues(case: MiscueCase, words: Sequence[AssessedWord]) -> MiscueCounts:
    """Compare the reported miscues of a case with its change.

    An added word counts as found at its place, or beside its equal; whatever its text, since a
    recogniser may hear another word in a splice.
    """
    hits = false_alarms = 0
    place = -1  # index in the reference of the last word of it
    for word in words:
        if word.error is not ErrorType.INSERTION:
            place += 1
        is_change = abs(place - case.place) <= (case.change is not Change.OMISSION)
        if word.error is ErrorType.OMISSION:
            is_hit = case.change is Change.OMISSION and is_change
        elif word.error is ErrorType.INSERTION:
            is_hit = case.change in {Change.INSERTION, Change.REPETITION} and is_change
        else:
            continue
        hits, false_alarms = hits + is_hit, false_alarms + (not is_hit)
    is_expected = case.change is not Change.NONE
    return MiscueCounts(min(hits, 1), false_alarms, int(is_expected and not hits))


def _without(clip: Clip, samples: Samples, words: Sequence[AlignedWord], index: int) -> MiscueCase:
    start, end = _samples_of(words[index])
    left = _faded(samples[:start], is_end=True)
    right = _faded(samples[end:], is_end=False)
    reference = tuple(word.text for word in words)
    return MiscueCase(clip, Change.OMISSION, np.concatenate([left, right]), reference, index)


def _with(samples: Samples, words: Sequence[AlignedWord], index: int, sound: Samples) -> Samples:
    """Return the samples with a sound behind a word."""
    end = _samples_of(words[index])[1]
    left = _faded(samples[:end], is_end=True)
    return np.concatenate([left, sound, _faded(samples[end:], is_end=False)])


def _cut(samples: Samples, word: AlignedWord) -> Samples:
    start, end = _samples_of(word)
    return _faded(_faded(samples[start:end], is_end=True), is_end=False)


def _samples_of(word: AlignedWord) -> tuple[int, int]:
    return int(word.start_s * _RATE), int(word.end_s * _RATE)


def _faded(samples: Samples, *, is_end: bool) -> Samples:
    faded = samples.copy()
    n = min(_FADE_SAMPLES, len(faded))
    ramp = np.linspace(0.0, 1.0, n, dtype=np.float32)
    if is_end and n:
        faded[-n:] *= ramp[::-1]
    elif n:
        faded[:n] *= ramp
    return faded
