"""The port of a Whisper engine: encode, identify the language, decode, align, score.

The pipeline depends on this port only. Adapters: `ctranslate2_engine.py`,
`openai_whisper_engine.py`, and `scripted_engine.py` for tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.recognition.engines.context_length import EncoderContext
from shared.recognition.engines.log_mel import Samples

Positions = npt.NDArray[np.int64]
"""Positions in the encoder output of a segment, 20 ms each; shape `(n_positions,)`."""


@dataclass(frozen=True, slots=True)
class EncodedSegment:
    """Encoder output of one segment.

    features: object of the engine, shape `(1, n_positions, n_state)`. It may be in the memory of
        another device: only the engine that made it reads it.
    n_positions: encoder context, 20 ms each.
    """

    features: Any
    n_positions: int


class Task(StrEnum):
    """Output of the decoder: the words that are said, or their translation to English."""

    TRANSCRIBE = "transcribe"
    TRANSLATE = "translate"


@dataclass(frozen=True, slots=True)
class DecodingRequest:
    """Parameters of decoding one segment.

    language: Whisper's code, `en`; the spoken language, whatever the task.
    max_tokens: decoding stops here even if the text has not ended.
    hint: preceding context for the model; phrase lists use it.
    timestamps: the decoder writes time tokens between sentences. They are not kept, but a decoder
        that writes them continues after a pause or a change of speaker.
    task: an English-only model always transcribes.
    beam_size: hypotheses that the search keeps; 1 is greedy search.
    prefix: tokens that the text begins with; the hypothesis has those behind it.
    """

    language: str
    max_tokens: int
    hint: str = ""
    timestamps: bool = False
    task: Task = Task.TRANSCRIBE
    beam_size: int = 1
    prefix: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Decoded text of one segment.

    tokens: text tokens without special ones; `contents` holds the bytes of each. A character of
        UTF-8 may be spread over several tokens.
    average_log_probability: over the tokens and the end of text, natural logarithm.
    no_speech_probability: of the `no speech` token at the start, 0..1.
    hit_token_limit: decoding stopped at `max_tokens`.
    """

    tokens: tuple[int, ...]
    contents: tuple[bytes, ...]
    average_log_probability: float
    no_speech_probability: float
    hit_token_limit: bool

    @property
    def text(self) -> str:
        """The text of all tokens."""
        return b"".join(self.contents).decode(errors="replace").strip()


@dataclass(frozen=True, slots=True)
class AlignedToken:
    """Time of one text token, from the start of the segment, and its probability.

    probability: of this token given the tokens before it, 0..1.
    """

    start_s: float
    end_s: float
    probability: float


class RecognitionEngine(Protocol):
    """A loaded model. Methods may be called from any thread, several at a time.

    Lists go by segment; all segments of one call have the same `n_positions`.
    """

    @property
    def languages(self) -> frozenset[str]:
        """Languages that the model can recognise (`{"en"}` for an English-only model)."""
        ...

    @property
    def context(self) -> EncoderContext:
        """Encoder context that segments are read at first."""
        ...

    @property
    def encodes_in_batches(self) -> bool:
        """Whether segments of one context are encoded faster together, as on a GPU."""
        ...

    def encode(self, segments: Sequence[Samples], n_positions: int) -> list[EncodedSegment]:
        """Encode segments, shape `(n_samples,)` each, with silence up to `n_positions`.

        The adapter decides whether to batch them: a GPU gains from a batch, few cores lose.
        """
        ...

    def first_positions(self, encoded: EncodedSegment, n_positions: int) -> EncodedSegment:
        """Keep the first positions of an encoded segment."""
        ...

    def gather_positions(self, encoded: EncodedSegment, positions: Positions) -> EncodedSegment:
        """Copy positions of an encoded segment, in the given order, into a new segment.

        Encoding is most of the cost of a short segment, so language identification works on parts
        of encoder output. Positions are within the segment and may repeat.
        """
        ...

    def identify_language(self, segments: Sequence[EncodedSegment]) -> list[dict[str, float]]:
        """Probability of every language."""
        ...

    def decode(
        self, segments: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Best hypothesis of greedy or beam search for each segment."""
        ...

    def align(
        self,
        segments: Sequence[EncodedSegment],
        language: str,
        hypotheses: Sequence[Hypothesis],
        durations_s: Sequence[float],
    ) -> list[list[AlignedToken]]:
        """Time of each token by cross-attention, within the segment's own duration."""
        ...

    def score(
        self, segment: EncodedSegment, language: str, texts: Sequence[str]
    ) -> list[Hypothesis]:
        """Score given texts by teacher forcing, without a hint: one hypothesis for each."""
        ...
