"""The port of a Whisper engine: encode, identify the language, decode, align, score.

The pipeline knows only this. Adapters: `ctranslate2_engine.py`, `openai_whisper_engine.py`, and
`scripted_engine.py` for tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.recognition.engines.log_mel import Samples

Positions = npt.NDArray[np.int64]
"""Places in the encoder output of a segment, 20 ms each; shape `(n_positions,)`."""


@dataclass(frozen=True, slots=True)
class EncodedSegment:
    """Encoder output of one segment.

    features: the engine's own object, shape `(1, n_positions, n_state)`. It may lie in the memory
        of another device: only the engine that made it looks into it.
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
    max_tokens: decoding stops here although the text has not ended.
    hint: text that the model takes for what was said before; phrase lists bind through it.
    timestamps: let the decoder write time tokens between sentences. They are not kept, but a
        decoder that writes them reads on behind a pause or a change of speaker.
    task: an English-only model can only transcribe, and does that.
    beam_size: hypotheses that the search keeps; 1 is greedy search.
    """

    language: str
    max_tokens: int
    hint: str = ""
    timestamps: bool = False
    task: Task = Task.TRANSCRIBE
    beam_size: int = 1


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Text of one segment, as the decoder found it.

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

    probability: of this token after those before it, 0..1.
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

    def encode(self, segments: Sequence[Samples], n_positions: int) -> list[EncodedSegment]:
        """Encode segments, shape `(n_samples,)` each, with silence up to `n_positions`.

        Whether they share a batch is the adapter's choice: a GPU gains from it, few cores lose.
        """
        ...

    def gather_positions(self, encoded: EncodedSegment, positions: Positions) -> EncodedSegment:
        """Copy positions of an encoded segment, in the order given, into a segment of their own.

        Encoding is most of the cost of a short segment: language identification looks at parts of
        what is encoded already. Positions are within the segment and may repeat.
        """
        ...

    def identify_language(self, segments: Sequence[EncodedSegment]) -> list[dict[str, float]]:
        """Probability of every language."""
        ...

    def decode(
        self, segments: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Best text that greedy or beam search finds."""
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
        """The hypotheses that given texts are: how probable each is, without a hint."""
        ...
