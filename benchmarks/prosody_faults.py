"""Cases of prosody: read clips with one fault put in, aligned again, beside the clip as it was.

The fault is in the audio only: the text stays. Where the reader paused for a quarter of a second,
the text counts as punctuated, since most of the texts have no punctuation.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.changed_pauses import with_silence, without
from benchmarks.read_speech import Align, ReadClip, Samples, aligned
from benchmarks.resynthesis import at_speed, with_pitch_range
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody.breaks import silent_spans_s

SEED = 20_261_129
INSERTED_S = 0.8
SLOW = 0.6
CASES_PER_CLIP = 2
_OWN_PAUSE_S = 0.25  # of the reader
_NO_PAUSE_S = 0.05
_WORDS_PER_PAUSE = 4  # of slow speech

Words = tuple[AlignedWord, ...]


@dataclass(frozen=True, slots=True)
class BreakCase:
    """A break before one word that was put in or cut out.

    index: of the word.
    words, samples: with the fault.
    """

    clip: ReadClip
    index: int
    samples: Samples
    words: Words


def punctuated(words: Words, indices: Iterable[int]) -> Words:
    """Words with a break expected before those of the indices, and before no other."""
    expected = set(indices)
    return tuple(replace(word, expects_break=index in expected) for index, word in enumerate(words))


def own_pauses(clip: ReadClip) -> list[int]:
    """Indices of the words before which the reader paused."""
    return [
        index
        for index, length_s in enumerate(break_lengths_s(clip), start=1)
        if length_s >= _OWN_PAUSE_S
    ]


def break_lengths_s(clip: ReadClip) -> list[float]:
    """Silence between each two words."""
    return [end_s - start_s for start_s, end_s in silent_spans_s(clip.samples, 0.0, clip.words)]


def inserted_breaks(
    clips: Sequence[ReadClip], align: Align, lengths_s: Sequence[float] = (INSERTED_S,)
) -> Iterator[BreakCase]:
    """Put a silence between two words that follow each other without a pause."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    for clip in clips:
        lengths = break_lengths_s(clip)
        joined = [index for index, length in enumerate(lengths, start=1) if length < _NO_PAUSE_S]
        for index in chance.sample(joined, min(CASES_PER_CLIP, len(joined))):
            at_s = (clip.words[index - 1].end_s + clip.words[index].start_s) / 2
            samples = with_silence(clip.samples, at_s, chance.choice(lengths_s), seed=index)
            words = aligned(align, samples, clip.text)
            if len(words) == len(clip.words):
                yield BreakCase(clip, index, samples, punctuated(words, own_pauses(clip)))


def removed_breaks(clips: Sequence[ReadClip], align: Align) -> Iterator[tuple[BreakCase, Words]]:
    """Cut the longest pause of each reader out; with it, the words of the clip as it was.

    Both expect a break there.
    """
    for clip in clips:
        spans = silent_spans_s(clip.samples, 0.0, clip.words)
        if not spans:
            continue
        start_s, end_s = max(spans, key=lambda span: span[1] - span[0])
        index = spans.index((start_s, end_s)) + 1
        if end_s - start_s < _OWN_PAUSE_S:
            continue
        samples = without(clip.samples, start_s, end_s)
        words = aligned(align, samples, clip.text)
        if len(words) == len(clip.words):
            pauses = own_pauses(clip)
            case = BreakCase(clip, index, samples, punctuated(words, pauses))
            yield case, punctuated(clip.words, pauses)


def with_pitch(clip: ReadClip, align: Align, share: float) -> ReadClip | None:
    """The clip with a share of its pitch range; None where it has no pitch."""
    samples = with_pitch_range(clip.samples, share)
    return None if samples is None else _changed(clip, align, samples)


def slowed(clip: ReadClip, align: Align) -> ReadClip | None:
    """The clip at 0.6 times its speed, with a pause of half a second after each fourth word."""
    samples = clip.samples
    ends_s = [before.end_s for before, _ in clip.gaps]
    for end_s in reversed(ends_s[_WORDS_PER_PAUSE - 1 :: _WORDS_PER_PAUSE]):
        samples = with_silence(samples, end_s, SLOW * 0.5)
    return _changed(clip, align, at_speed(samples, SLOW))


def _changed(clip: ReadClip, align: Align, samples: Samples) -> ReadClip | None:
    words = aligned(align, samples, clip.text)
    if len(words) != len(clip.words):
        return None
    return replace(clip, samples=samples, words=words)
