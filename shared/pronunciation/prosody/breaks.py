"""Breaks between words: how long each is, and whether it is missing or unexpected.

The ends of aligned words are uncertain by some frames, and a recogniser of phones may leave its
last one early. So a break is measured as the silence in and around the gap between two words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody.loudness import (
    FRAME_S,
    Flags,
    Samples,
    frame_levels_db,
    frames_of,
    silent_frames,
    spoken_frames,
)
from shared.pronunciation.prosody.native_norms import SCALES

# So far from a gap a break may begin: words absorb silence. It goes on to the first sound, since a
# breath in the middle of a break makes an aligner give half of the break to a word.
_ABSORBED_S = 0.06
_CLICK_FRAMES = 5  # a sound of 50 ms, as of lips


@dataclass(frozen=True, slots=True)
class Break:
    """The pause before a word; confidences are 0..1.

    length_s: of silence; a breath or a filler in it counts as well.
    unexpected: of a pause that the text does not ask for; 0 at punctuation.
    missing: of no pause at punctuation; 0 elsewhere.
    """

    length_s: float
    unexpected: float = 0.0
    missing: float = 0.0


def find_breaks(samples: Samples, offset_s: float, words: Sequence[AlignedWord]) -> list[Break]:
    """Judge the break before each word; before the first there is none."""
    spans_s = silent_spans_s(samples, offset_s, words)
    judged = [
        judge_break(end_s - start_s, expected=word.expects_break)
        for (start_s, end_s), word in zip(spans_s, words[1:], strict=True)
    ]
    return [Break(0.0), *judged] if words else []


def judge_break(length_s: float, *, expected: bool) -> Break:
    """Confidences of a break between two words."""
    if expected:
        return Break(length_s, missing=1.0 - SCALES.expected_break.confidence(length_s))
    return Break(length_s, unexpected=SCALES.unexpected_break.confidence(length_s))


def silent_spans_s(
    samples: Samples, offset_s: float, words: Sequence[AlignedWord]
) -> list[tuple[float, float]]:
    """Start and end of the silence between each two words; equal where there is none.

    From the first silent frame to the last. Gaps as aligned where noise hides silence.
    """
    levels_db = frame_levels_db(samples)
    n_frames = len(levels_db)
    silent = silent_frames(levels_db, spoken_frames(n_frames, offset_s, words))
    spans = []
    for before, after in pairwise(words):
        if silent is None:
            spans.append((before.end_s, max(before.end_s, after.start_s)))
            continue
        window = frames_of(
            max(before.end_s - _ABSORBED_S, _middle_s(before)),
            min(after.start_s + _ABSORBED_S, _middle_s(after)),
            offset_s,
            n_frames,
        )
        found = window.start + np.flatnonzero(silent[window])
        first, last = (found[0], found[-1] + 1) if len(found) else (window.start, window.start)
        if len(found):
            both = frames_of(before.start_s, after.end_s, offset_s, n_frames)
            first -= _until_sound(silent[both.start : first][::-1])
            last += _until_sound(silent[last : both.stop])
        spans.append((offset_s + first * FRAME_S, offset_s + last * FRAME_S))
    return spans


def _middle_s(word: AlignedWord) -> float:
    return (word.start_s + word.end_s) / 2


def _until_sound(silent: Flags) -> int:
    """Number of frames before the first sound that is no click; all of a word are not silence."""
    if len(silent) <= _CLICK_FRAMES:
        return 0
    heard = np.convolve(~silent, np.ones(_CLICK_FRAMES + 1), mode="valid") > _CLICK_FRAMES
    return int(np.argmax(heard)) if heard.any() else 0
