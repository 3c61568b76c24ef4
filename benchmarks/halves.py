"""Halves of the speech set: what is chosen on one is reported on the other.

Speakers are halved, not clips, since two clips of one reader are not independent. Sets with few
readers are not halved; a choice there must hold with each speaker left out.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.clips import Clip

HALVES_SEED = 20_261_128


class Halves(NamedTuple):
    """Clips of half A, for choosing, and of half B, for reporting. No speaker is in both."""

    a: tuple[Clip, ...]
    b: tuple[Clip, ...]


def halves_of(clips: Sequence[Clip]) -> Halves:
    """Halve the speakers of clips by `HALVES_SEED`, whatever the order of the clips."""
    speakers = sorted({clip.speaker for clip in clips})
    random.Random(HALVES_SEED).shuffle(speakers)  # noqa: S311 - no secret
    chosen = set(speakers[: len(speakers) // 2])
    return Halves(
        tuple(clip for clip in clips if clip.speaker in chosen),
        tuple(clip for clip in clips if clip.speaker not in chosen),
    )


def without_each_speaker(clips: Sequence[Clip]) -> dict[str, tuple[Clip, ...]]:
    """Clips of all other speakers, by the speaker that is left out."""
    return {
        speaker: tuple(clip for clip in clips if clip.speaker != speaker)
        for speaker in sorted({clip.speaker for clip in clips})
    }
