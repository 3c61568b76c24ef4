"""How often a repeated unit is said, by its alignment and by the utterances of the segment."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from shared.audio.segmenter import Segment, Utterance
from shared.recognition.engines.engine import AlignedToken
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.recount import recount

THREE_TIMES = " ".join(["The road to the village is long and cold."] * 3)


def in_first_tokens(n_spoken):
    """An engine that aligns the first tokens evenly with the audio, and gives the rest no time."""

    def align(_segments, _language, hypotheses, durations_s):
        (hypothesis,), (duration_s,) = hypotheses, durations_s
        steps_s = np.linspace(0, duration_s, min(n_spoken, len(hypothesis.tokens)) + 1)
        spoken = [AlignedToken(a, b, 1.0) for a, b in pairwise(steps_s.tolist())]
        n_more = len(hypothesis.tokens) - len(spoken)
        return [spoken + [AlignedToken(duration_s, duration_s, 1.0)] * n_more]

    return SimpleNamespace(languages=frozenset({"en"}), align=align)


def said(text, utterances_s, pause_s=0.6):
    """A segment of utterances of these lengths, read as a text."""
    starts_s = np.cumsum([0.3, *(length_s + pause_s for length_s in utterances_s)])
    utterances = tuple(
        Utterance(start_s, start_s + length_s)
        for start_s, length_s in zip(starts_s[:-1].tolist(), utterances_s, strict=True)
    )
    segment = Segment(np.zeros(int(starts_s[-1] * 16_000), np.float32), 0.0, utterances)
    return SegmentWork(0, 0, segment, "en-US", None, hypothesis_of(text))


@pytest.mark.parametrize("n", [6, 9])
def test_a_word_that_is_all_of_the_text_is_in_each_of_several_like_utterances(n):
    counted = recount(in_first_tokens(4), said("No, no, no, no.", [0.5] * n))
    assert counted.hypothesis.text.lower().count("no") == n


def test_utterances_of_other_lengths_are_not_counted():
    counted = recount(in_first_tokens(4), said("No, no, no, no.", [0.5, 0.5, 0.5, 2.0, 0.5, 0.5]))
    assert counted.hypothesis.text.lower().count("no") == 4


def test_a_sentence_that_takes_several_utterances_is_not_in_each_of_them():
    n_tokens = len(hypothesis_of(THREE_TIMES).tokens)
    counted = recount(in_first_tokens(n_tokens), said(THREE_TIMES, [0.8] * 9))
    assert counted.hypothesis.text.count("village") <= 4
