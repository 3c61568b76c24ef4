"""The fake of the engine port: texts come from a script, so that the pipeline runs without a model.

It passes the contract tests of engines.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from shared.recognition.engines.context_length import EncoderContext
from shared.recognition.engines.engine import (
    AlignedToken,
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    Positions,
)
from shared.recognition.engines.log_mel import POSITIONS_PER_SECOND, SAMPLE_RATE, Samples

TextScript = Callable[[EncodedSegment, DecodingRequest], Hypothesis]
LanguageScript = Callable[[EncodedSegment], dict[str, float]]
ScoreScript = Callable[[EncodedSegment, str], float]

PLAUSIBLE_LOG_PROBABILITY = -0.1
"""Average log probability of a plausible text, similar to a well read clip's."""

SCRIPTED_CONTEXT = EncoderContext(margin_s=3.0)

_CERTAIN_ENGLISH = {"en": 1.0}
_SAMPLES_PER_POSITION = SAMPLE_RATE // POSITIONS_PER_SECOND


def hypothesis_of(
    text: str,
    average_log_probability: float = PLAUSIBLE_LOG_PROBABILITY,
    no_speech_probability: float = 0.0,
) -> Hypothesis:
    """Hypothesis with one token for each word of `text`, a space before each but the first."""
    first, *others = text.split(" ") if text else [""]
    contents = tuple(part.encode() for part in (first, *(" " + word for word in others)) if part)
    return Hypothesis(
        tokens=tuple(range(len(contents))),
        contents=contents,
        average_log_probability=average_log_probability,
        no_speech_probability=no_speech_probability,
        hit_token_limit=False,
    )


class ScriptedEngine:
    """Encodes to the samples themselves, decodes the texts of `read`, spaces tokens evenly.

    Parameters
    ----------
    read: text of a segment; `features` of the encoded segment are its samples, so that a script
        may depend on length, loudness or context. It is cut at `max_tokens`.
    identify: probability of each language in a segment.
    rate: average log probability of a text to be scored.
    languages: languages of the model.
    context: encoder context that segments are read at first.

    It records its calls: `contexts` (encoder positions of each encoded segment), `batches`
    (requests by call of `decode`), `n_identified` and `n_aligned` segments.
    """

    def __init__(
        self,
        read: TextScript,
        identify: LanguageScript = lambda _segment: _CERTAIN_ENGLISH,
        rate: ScoreScript = lambda _segment, _text: PLAUSIBLE_LOG_PROBABILITY,
        languages: Sequence[str] = ("de", "en", "es", "fr", "ja"),
        context: EncoderContext = SCRIPTED_CONTEXT,
    ) -> None:
        self._read = read
        self._identify = identify
        self._rate = rate
        self._languages = frozenset(languages)
        self._context = context
        self._recording = threading.Lock()
        self.contexts: list[int] = []
        self.batches: list[tuple[DecodingRequest, ...]] = []
        self.n_identified = 0
        self.n_aligned = 0

    @property
    def languages(self) -> frozenset[str]:
        """The given languages."""
        return self._languages

    @property
    def context(self) -> EncoderContext:
        """The given context."""
        return self._context

    @property
    def encodes_in_batches(self) -> bool:
        """Each segment has its own context in `contexts`."""
        return False

    def encode(self, segments: Sequence[Samples], n_positions: int) -> list[EncodedSegment]:
        """Keep the samples as features."""
        with self._recording:
            self.contexts += [n_positions] * len(segments)
        return [EncodedSegment(samples, n_positions) for samples in segments]

    def first_positions(self, encoded: EncodedSegment, n_positions: int) -> EncodedSegment:
        """Keep the samples of these positions; `encode` keeps no silence after them."""
        return EncodedSegment(encoded.features[: n_positions * _SAMPLES_PER_POSITION], n_positions)

    def gather_positions(self, encoded: EncodedSegment, positions: Positions) -> EncodedSegment:
        """Keep the samples of these positions; `encode` keeps no silence after them."""
        starts = positions * _SAMPLES_PER_POSITION
        kept = starts[starts + _SAMPLES_PER_POSITION <= len(encoded.features)]
        places = kept[:, np.newaxis] + np.arange(_SAMPLES_PER_POSITION)
        return EncodedSegment(encoded.features[places.reshape(-1)], len(positions))

    def identify_language(self, segments: Sequence[EncodedSegment]) -> list[dict[str, float]]:
        """Return the script's probabilities for each segment."""
        with self._recording:
            self.n_identified += len(segments)
        return [self._identify(segment) for segment in segments]

    def decode(
        self, segments: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Return the script's text for each segment."""
        with self._recording:
            self.batches.append(tuple(requests))
        return [
            _within_limit(_behind(self._read(segment, request), request), request.max_tokens)
            for segment, request in zip(segments, requests, strict=True)
        ]

    def align(
        self,
        segments: Sequence[EncodedSegment],
        language: str,  # noqa: ARG002 - the port's signature
        hypotheses: Sequence[Hypothesis],
        durations_s: Sequence[float],
    ) -> list[list[AlignedToken]]:
        """Give each token the same share of the segment."""
        with self._recording:
            self.n_aligned += len(segments)
        return [
            _evenly(len(hypothesis.tokens), duration_s)
            for hypothesis, duration_s in zip(hypotheses, durations_s, strict=True)
        ]

    def score(
        self,
        segment: EncodedSegment,
        language: str,  # noqa: ARG002 - the port's signature
        texts: Sequence[str],
    ) -> list[Hypothesis]:
        """Return the script's score of each text."""
        return [hypothesis_of(text, self._rate(segment, text)) for text in texts]


def _behind(hypothesis: Hypothesis, request: DecodingRequest) -> Hypothesis:
    """Drop the tokens of the request's prefix."""
    n_tokens = len(request.prefix)
    return replace(
        hypothesis, tokens=hypothesis.tokens[n_tokens:], contents=hypothesis.contents[n_tokens:]
    )


def _within_limit(hypothesis: Hypothesis, max_tokens: int) -> Hypothesis:
    if len(hypothesis.tokens) < max_tokens:
        return hypothesis
    return replace(
        hypothesis,
        tokens=hypothesis.tokens[:max_tokens],
        contents=hypothesis.contents[:max_tokens],
        hit_token_limit=True,
    )


def _evenly(n_tokens: int, duration_s: float) -> list[AlignedToken]:
    return [
        AlignedToken(
            start_s=duration_s * place / n_tokens,
            end_s=duration_s * (place + 1) / n_tokens,
            probability=1.0,
        )
        for place in range(n_tokens)
    ]
