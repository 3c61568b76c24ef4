"""Posteriors of short spans of speech, on the encoder output that is decoded anyway.

segments, encoded -> spans of at most 2.5 s -> posteriors of the candidate languages
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.audio.segmenter import Segment
from shared.language.candidates import LanguageCandidates
from shared.language.posteriors import SpanScores
from shared.recognition.engines.context_length import positions_of
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine
from shared.recognition.engines.log_mel import POSITIONS_PER_SECOND
from shared.recognition.languages.evidence import SURE_POSTERIOR
from shared.recognition.languages.spans import positions_with_silence, spans_of
from shared.recognition.parts import part_of

# Audio around a span that is scored with it. The model needs the end of speech: with 0.2 s after
# them 3 of 36 spans of real clips are taken for another of four languages, with 0.4 s one is, and
# none with 0.4 s before it too and in isolation with twice the usual context.
LEAD_S = 0.2
TAIL_S = 0.4
ISOLATED_LEAD_S = 0.4
ISOLATED_MARGIN_S = 6.0  # silence behind an isolated span, besides its own length
SILENCE_S = 1.2  # after a span, see `positions_with_silence`

SHORT_POSITIONS = 80  # spans of at most this many may have a separate step
STEP_POSITIONS = 150  # a step of the decoder costs as much as this many positions of silence
LEAST_ISOLATED_S = 0.8  # a shorter span is not encoded in isolation: it follows its neighbours


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """One segment, its encoder output and the scores of its spans, in order of time."""

    segment: Segment
    encoded: EncodedSegment
    spans: tuple[SpanScores, ...]


@dataclass(frozen=True, slots=True)
class SpanScorer:
    """Scores spans with the engine of one slot."""

    engine: RecognitionEngine
    candidates: LanguageCandidates

    def score_segments(
        self, segments: Sequence[Segment], encoded: Sequence[EncodedSegment]
    ) -> list[ScoredSegment]:
        """Score all spans of segments of one context, in few steps of the decoder."""
        spans = [spans_of(segment) for segment in segments]
        single = [index for index, cut in enumerate(spans) if len(cut) == 1]
        if single:
            ranked = self.engine.identify_language([encoded[index] for index in single])
            for index, probabilities in zip(single, ranked, strict=True):
                spans[index] = [self.candidates.scored(spans[index][0], probabilities)]
        several = [index for index, cut in enumerate(spans) if len(cut) > 1]
        scores = iter(
            self._score(
                [
                    _EncodedSpan(segments[index], encoded[index], span)
                    for index in several
                    for span in spans[index]
                ]
            )
        )
        for index in several:
            scored = [next(scores) for _ in spans[index]]
            spans[index] = [self._rescore_if_uncertain(segments[index], span) for span in scored]
        return [
            ScoredSegment(segment, output, tuple(cut))
            for segment, output, cut in zip(segments, encoded, spans, strict=True)
        ]

    def score(self, scored: ScoredSegment, spans: Sequence[SpanScores]) -> list[SpanScores]:
        """Score other spans of a segment."""
        return self._score([_EncodedSpan(scored.segment, scored.encoded, span) for span in spans])

    def score_isolated(self, segment: Segment, span: SpanScores) -> SpanScores:
        """Encode a span in isolation, at more than twice its length, and score that (rung 2)."""
        part = part_of(segment, span.start_s - ISOLATED_LEAD_S, span.end_s + TAIL_S)
        n_positions = positions_of(2 * part.duration_s + ISOLATED_MARGIN_S)
        encoded = self.engine.encode([part.samples], n_positions)
        (probabilities,) = self.engine.identify_language(encoded)
        return self.candidates.scored(span, probabilities)

    def _score(self, spans: Sequence["_EncodedSpan"]) -> list[SpanScores]:
        """Score spans of encoder output, in one or two steps of the decoder."""
        scores: dict[int, SpanScores] = {}
        for indices in _batches([span.n_positions for span in spans]):
            longest = max(spans[index].n_positions for index in indices)
            n_positions = longest + round(SILENCE_S * POSITIONS_PER_SECOND)
            ranked = self.engine.identify_language(
                [spans[index].with_silence(self.engine, n_positions) for index in indices]
            )
            for index, probabilities in zip(indices, ranked, strict=True):
                scores[index] = self.candidates.scored(spans[index].span, probabilities)
        return [scores[index] for index in range(len(spans))]

    def _rescore_if_uncertain(self, segment: Segment, span: SpanScores) -> SpanScores:
        """Re-encode an uncertain span in isolation: neighbouring speech can mask its language."""
        if span.max_posterior >= SURE_POSTERIOR or span.duration_s < LEAST_ISOLATED_S:
            return span
        return self.score_isolated(segment, span)


@dataclass(frozen=True, slots=True)
class _EncodedSpan:
    """A span of an encoded segment."""

    segment: Segment
    encoded: EncodedSegment
    span: SpanScores

    @property
    def n_positions(self) -> int:
        first, last = self._positions
        return last - first

    def with_silence(self, engine: RecognitionEngine, n_positions: int) -> EncodedSegment:
        """Encoder output of the span followed by that of the silence after the segment."""
        n_spoken = round(self.segment.duration_s * POSITIONS_PER_SECOND)
        silence = (min(n_spoken, self.encoded.n_positions - 1), self.encoded.n_positions)
        positions = positions_with_silence(self._positions, silence, n_positions)
        return engine.gather_positions(self.encoded, positions)

    @property
    def _positions(self) -> tuple[int, int]:
        start_s, end_s = self.span.start_s - LEAD_S, self.span.end_s + TAIL_S
        first = round((start_s - self.segment.offset_s) * POSITIONS_PER_SECOND)
        last = round((end_s - self.segment.offset_s) * POSITIONS_PER_SECOND)
        last = min(last, self.encoded.n_positions)
        return min(max(0, first), last - 1), last


def _batches(n_positions: Sequence[int]) -> list[list[int]]:
    """Group indices by step: all in one, or long and short ones separately if that is cheaper."""
    longest = max(n_positions, default=0)
    short = [index for index, length in enumerate(n_positions) if length <= SHORT_POSITIONS]
    if sum(longest - n_positions[index] for index in short) <= STEP_POSITIONS:
        short = []
    long = [index for index in range(len(n_positions)) if index not in short]
    return [indices for indices in (short, long) if indices]
