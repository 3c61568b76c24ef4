"""Encoding of segments for decoding: each at its own context, all as long as the longest.

The encoder reads one segment after the other, so each has the context that it needs; the decoder
reads a batch, whose segments have the same number of positions. Both are so because the encoder's
attention grows with the square of the context, and the decoder is bound by reading its weights.
"""

from collections.abc import Sequence

from shared.audio.segmenter import Segment
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine


def encode(engine: RecognitionEngine, segments: Sequence[Segment]) -> list[EncodedSegment]:
    """Encode segments, each at its own context; at that of the longest on a GPU."""
    n_decoded = _n_decoded(engine, segments)
    contexts = [max(n_decoded, engine.context.n_positions(one.duration_s)) for one in segments]
    if engine.encodes_in_batches:
        return engine.encode([segment.samples for segment in segments], max(contexts))
    return [
        encoded
        for segment, n_positions in zip(segments, contexts, strict=True)
        for encoded in engine.encode([segment.samples], n_positions)
    ]


def encode_again(engine: RecognitionEngine, segments: Sequence[Segment]) -> list[EncodedSegment]:
    """Encode segments with twice the margin, all of which is decoded.

    Accented speech that is in doubt is read worse without it: 147 words wrong of 342, and 137 with
    it.
    """
    n_positions = max(engine.context.n_positions_again(one.duration_s) for one in segments)
    return engine.encode([one.samples for one in segments], n_positions)


def decoded_positions(
    engine: RecognitionEngine, segments: Sequence[Segment], encoded: Sequence[EncodedSegment]
) -> list[EncodedSegment]:
    """Keep as many positions of each segment as the longest needs to be decoded."""
    n_positions = _n_decoded(engine, segments)
    return [
        one if one.n_positions == n_positions else engine.first_positions(one, n_positions)
        for one in encoded
    ]


def _n_decoded(engine: RecognitionEngine, segments: Sequence[Segment]) -> int:
    return max(engine.context.n_positions_decoded(segment.duration_s) for segment in segments)
