"""The port of speech synthesis: a sentence in, samples out; and a scripted fake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a sentence. `ipa` is its pronunciation, None where the engine derives it."""

    text: str
    ipa: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence to synthesise.

    Parameters
    ----------
    spans: in order; never empty.
    language: locale of the text, such as `en-GB`.
    speed: 1 is normal, 2 takes half the time.
    pitch: 1 is normal, 2 an octave higher.
    """

    spans: tuple[Span, ...]
    language: str
    speed: float = 1.0
    pitch: float = 1.0

    @property
    def text(self) -> str:
        """The text without pronunciations."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Speech:
    """Samples: int16, shape `(n_samples,)`, mono, at `sample_rate` in Hz.

    ends_sentence: True for the last part of a sentence. All parts of a sentence have one rate.
    """

    samples: Samples
    sample_rate: int
    ends_sentence: bool = True

    @classmethod
    def silence(cls, duration_s: float, sample_rate: int) -> "Speech":
        """Return silence of a duration."""
        return cls(np.zeros(round(duration_s * sample_rate), np.int16), sample_rate)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


class Synthesizer(Protocol):
    """A synthesis engine. Methods may be called from any thread, and block."""

    @property
    def changes_pitch(self) -> bool:
        """Whether the engine applies `Sentence.pitch`; otherwise the caller resamples."""
        ...

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield the speech of a sentence in one or more parts.

        speaker: the engine's name of a voice.

        Raises
        ------
        ModelMissing, ModelCorrupt: the engine's model cannot be loaded.
        SynthesisUnavailable: the engine or the process that it needs does not answer.
        """
        ...


class ScriptedSynthesizer:
    """Fake engine: every sentence is silence, 50 ms per character.

    requests: every sentence with its speaker. failures: exceptions by number of the sentence.
    n_parts: parts of equal length per sentence.
    """

    def __init__(
        self,
        *,
        sample_rate: int = 24_000,
        n_parts: int = 1,
        failures: Sequence[tuple[int, Exception]] = (),
    ) -> None:
        self.sample_rate = sample_rate
        self.n_parts = n_parts
        self.requests: list[tuple[Sentence, str]] = []
        self._failures = dict(failures)

    @property
    def changes_pitch(self) -> bool:
        """False: silence has no pitch."""
        return False

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield the silence, or raise the failure."""
        self.requests.append((sentence, speaker))
        if failure := self._failures.get(len(self.requests) - 1):
            raise failure
        n_samples = round(len(sentence.text) * 0.05 * self.sample_rate / sentence.speed)
        for part in np.array_split(np.zeros(n_samples, np.int16), self.n_parts):
            yield Speech(part, self.sample_rate)
