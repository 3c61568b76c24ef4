"""Parts of a segment, cut where it is quietest.

The decoder may end a text long before its speech ends. Such a segment is read in parts
(`decoding.py`).
"""

from itertools import pairwise

import numpy as np

from shared.audio.segmenter import Segment, Utterance
from shared.audio.speech_detector import SAMPLE_RATE

PART_S = 5.0  # longest part
_LEAST_SHARE = 0.4  # of the longest part, before which no part ends
_HOP_SAMPLES = SAMPLE_RATE // 100
_SMOOTHED_SAMPLES = round(0.06 * SAMPLE_RATE)


def part_of(segment: Segment, start_s: float, end_s: float) -> Segment:
    """The part of a segment between two times of the audio."""
    first = max(0, round((start_s - segment.offset_s) * SAMPLE_RATE))
    last = max(first + 1, round((end_s - segment.offset_s) * SAMPLE_RATE))
    samples = segment.samples[first:last]
    offset_s = segment.offset_s + first / SAMPLE_RATE
    part_end_s = offset_s + len(samples) / SAMPLE_RATE
    utterances = tuple(
        Utterance(max(u.start_s, offset_s), min(u.end_s, part_end_s))
        for u in segment.utterances
        if u.start_s < part_end_s and u.end_s > offset_s
    )
    return Segment(samples, offset_s, utterances)


def split_into_parts(segment: Segment) -> list[Segment]:
    """Parts of at most `PART_S` with speech, in order of time; the segment itself if it is one.

    A part ends at the quietest 60 ms of the stretch in which it may end. A part without speech is
    left out.
    """
    edges = [0, *_cuts(segment), len(segment.samples)]
    parts = [
        part_of(
            segment,
            segment.offset_s + first / SAMPLE_RATE,
            segment.offset_s + last / SAMPLE_RATE,
        )
        for first, last in pairwise(edges)
    ]
    return [part for part in parts if part.utterances]


def _cuts(segment: Segment) -> list[int]:
    """Samples at which the segment is cut."""
    if segment.duration_s <= PART_S:
        return []
    smoothing = np.ones(_SMOOTHED_SAMPLES, np.float32) / _SMOOTHED_SAMPLES
    power = np.convolve(np.square(segment.samples), smoothing, "same")[::_HOP_SAMPLES]
    longest = round(PART_S * SAMPLE_RATE / _HOP_SAMPLES)
    cuts, start = [], 0
    while len(power) - start > longest:
        first = start + round(_LEAST_SHARE * longest)
        start = first + int(np.argmin(power[first : start + longest]))
        cuts.append(start * _HOP_SAMPLES)
    return cuts
