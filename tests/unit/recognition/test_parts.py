"""Parts of a segment: short enough, cut where it is quiet, and nothing of its speech left out."""

import numpy as np
import pytest

from shared.audio.segmenter import Segment, Utterance
from shared.recognition.parts import PART_S, split_into_parts

RATE = 16_000


def bursts(n_bursts, burst_s, pause_s, offset_s=7.0):
    rng = np.random.default_rng(20_261_128)
    samples, utterances, at_s = [], [], offset_s
    for _ in range(n_bursts):
        samples += [rng.normal(0, 0.1, round(burst_s * RATE)), np.zeros(round(pause_s * RATE))]
        utterances.append(Utterance(at_s, at_s + burst_s))
        at_s += burst_s + pause_s
    return Segment(np.concatenate(samples).astype(np.float32), offset_s, tuple(utterances))


@pytest.mark.parametrize(("n_bursts", "burst_s"), [(12, 1.0), (4, 3.0), (20, 0.4)])
def test_parts_are_short_and_end_in_pauses(n_bursts, burst_s):
    segment = bursts(n_bursts, burst_s, 0.4)
    parts = split_into_parts(segment)
    assert all(part.duration_s <= PART_S for part in parts)
    assert sum(part.speech_s for part in parts) == pytest.approx(segment.speech_s)
    assert sum(len(part.utterances) for part in parts) == n_bursts


def test_parts_follow_each_other_in_time():
    segment = bursts(12, 1.0, 0.4)
    parts = split_into_parts(segment)
    ends_s = [part.offset_s + part.duration_s for part in parts]
    assert parts[0].offset_s == segment.offset_s
    assert [part.offset_s for part in parts[1:]] == pytest.approx(ends_s[:-1])


def test_a_short_segment_is_its_only_part():
    segment = bursts(2, 1.0, 0.4)
    (part,) = split_into_parts(segment)
    assert len(part.samples) == len(segment.samples)


def test_a_part_without_speech_is_left_out():
    spoken = bursts(2, 1.0, 0.4)
    silence = np.zeros(12 * RATE, np.float32)
    segment = Segment(np.concatenate((spoken.samples, silence)), 7.0, spoken.utterances)
    assert sum(part.duration_s for part in split_into_parts(segment)) <= PART_S
