"""Parts around speech that one token covers alone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audio.segmenter import Segment, Utterance
from shared.recognition.coverage import LEAST_STEP_S, split_around_gap
from shared.recognition.engines.engine import AlignedToken

OFFSET_S = 7.0


def segment_of(*stretches_s):
    """A segment with these utterances, in seconds from its start, and half a second behind them."""
    samples = np.zeros(int((stretches_s[-1][1] + 0.5) * 16_000), np.float32)
    return Segment(
        samples, OFFSET_S, tuple(Utterance(OFFSET_S + a, OFFSET_S + b) for a, b in stretches_s)
    )


def tokens_at(*times_s):
    return [AlignedToken(a, b, 1.0) for a, b in pairwise(times_s)]


def spoken_s(parts):
    """Starts and ends of the speech of each part, from the start of the segment."""
    return [
        (part.utterances[0].start_s - OFFSET_S, part.utterances[-1].end_s - OFFSET_S)
        for part in parts
    ]


def test_utterances_between_two_sentences_are_a_part():
    segment = segment_of((0.5, 2.5), (3.2, 4.2), (4.8, 5.8), (6.5, 8.5))
    parts = split_around_gap(segment, tokens_at(0, 0.9, 1.7, 2.6, 6.7, 7.6, 8.5))
    assert np.array(spoken_s(parts)) == pytest.approx(
        np.array([(0.5, 2.5), (3.2, 5.8), (6.5, 8.5)])
    )


def test_speech_without_a_pause_is_cut_where_its_token_begins():
    segment = segment_of((0.5, 6.5))
    first, second = split_around_gap(segment, tokens_at(0, 0.8, 1.6, 2.4, 7.0))
    assert first.duration_s == pytest.approx(2.4, abs=0.01)
    assert second.speech_s == pytest.approx(4.1, abs=0.01)


def test_a_segment_of_one_token_is_halved_in_a_pause():
    segment = segment_of((0.5, 1.5), (2.0, 3.0), (3.5, 4.5), (5.0, 6.0))
    parts = split_around_gap(segment, tokens_at(0, 6.5))
    assert np.array(spoken_s(parts)) == pytest.approx(np.array([(0.5, 3.0), (3.5, 6.0)]))


def test_words_that_follow_each_other_leave_no_gap():
    segment = segment_of((0.5, 4.5))
    assert split_around_gap(segment, tokens_at(0, 1.2, 2.1, 3.3, 5.0)) == []
    assert split_around_gap(segment, []) == []


@given(
    st.lists(st.tuples(st.floats(0.3, 2), st.floats(0.1, 3)), min_size=1, max_size=8),
    st.lists(st.floats(0.05, 5), min_size=1, max_size=10),
)
def test_parts_are_in_order_shorter_than_the_segment_and_have_all_of_its_speech(said, lengths_s):
    stretches_s, end_s = [], 0.0
    for pause_s, length_s in said:
        stretches_s.append((end_s + pause_s, end_s + pause_s + length_s))
        end_s = stretches_s[-1][1]
    segment = segment_of(*stretches_s)
    times_s = np.concatenate(([0.0], np.cumsum(lengths_s)))
    times_s *= segment.duration_s / times_s[-1]
    parts = split_around_gap(segment, tokens_at(*times_s.tolist()))
    if not parts:
        return
    for one, other in pairwise(parts):
        assert one.offset_s + one.duration_s <= other.offset_s + 0.001
    assert sum(part.speech_s for part in parts) == pytest.approx(segment.speech_s, abs=0.01)
    assert max(part.duration_s for part in parts) <= segment.duration_s - LEAST_STEP_S
