"""The contexts at which segments are encoded and decoded, on the scripted engine."""

import numpy as np
import pytest

from shared.audio.segmenter import Segment, Utterance
from shared.recognition.encoding import decoded_positions, encode, encode_again
from shared.recognition.engines.context_length import EncoderContext
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of


def segments_of(*durations_s):
    return [
        Segment(np.zeros(round(16_000 * seconds), np.float32), 0.0, (Utterance(0.0, seconds),))
        for seconds in durations_s
    ]


class Batching(ScriptedEngine):
    """Encodes in batches, as on a GPU."""

    encodes_in_batches = True


@pytest.fixture
def engine_of():
    """Return a maker of an engine with a margin in seconds, or None for the full context."""

    def make(margin_s, kind=ScriptedEngine):
        return kind(lambda *_: hypothesis_of("hello"), context=EncoderContext(margin_s))

    return make


@pytest.mark.parametrize(
    ("margin_s", "contexts", "n_decoded"),
    [
        (5.0, [400, 525], 375),  # 3 + 5 s and 5.5 + 5 s; 5.5 + 2 s is decoded
        (3.0, [375, 425], 375),  # the shorter one is as long as what is decoded
        (1.0, [325, 325], 325),  # no more silence is decoded than encoded
        (None, [1500, 1500], 1500),
    ],
)
def test_segments_have_their_own_context_and_are_decoded_at_one(
    engine_of, margin_s, contexts, n_decoded
):
    engine, segments = engine_of(margin_s), segments_of(3.0, 5.5)
    encoded = encode(engine, segments)
    assert engine.contexts == contexts
    kept = decoded_positions(engine, segments, encoded)
    assert [one.n_positions for one in kept] == [n_decoded, n_decoded]


def test_a_gpu_encodes_all_at_the_context_of_the_longest(engine_of):
    engine, segments = engine_of(5.0, Batching), segments_of(3.0, 5.5)
    encoded = encode(engine, segments)
    assert engine.contexts == [525, 525]
    assert {one.n_positions for one in decoded_positions(engine, segments, encoded)} == {375}


def test_segments_that_are_read_again_have_twice_the_margin_and_keep_it(engine_of):
    encoded = encode_again(engine_of(5.0), segments_of(3.0, 5.5))
    assert [one.n_positions for one in encoded] == [775, 775]
