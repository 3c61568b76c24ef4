"""The port of speech synthesis: a sentence in, samples out, and a scripted one for tests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a sentence. `ipa` is how it is to be pronounced, None where the text says."""

    text: str
    ipa: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is spoken in one go.

    Parameters
    ----------
    spans: in order; never empty.
    language: locale of the text, such as `en-GB`.
    speed: 1 is the voice's own, 2 takes half the time.
    pitch: 1 is the voice's own, 2 an octave higher.
    """

    spans: tuple[Span, ...]
    language: str
    speed: float = 1.0
    pitch: float = 1.0

    @property
    def text(self) -> str:
        """The words, without what is known of their pronunciation."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken samples: int16, shape `(n_samples,)`, mono, at `sample_rate` in Hz.

    ends_sentence: whether their sentence is over with them. Parts of one sentence have one rate.
    """

    samples: Samples
    sample_rate: int
    ends_sentence: bool = True

    @classmethod
    def silence(cls, duration_s: float, sample_rate: int) -> "Speech":
        """Nothing, for a while."""
        return cls(np.zeros(round(duration_s * sample_rate), np.int16), sample_rate)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


class Synthesizer(Protocol):
    """An engine with its voices. Methods may be called from any thread, and block."""

    @property
    def changes_pitch(self) -> bool:
        """Whether it heeds `Sentence.pitch`; else the pitch is changed afterwards."""
        ...

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Speak a sentence with the voice that the engine knows as `speaker`, in one or more parts.

        Raises
        ------
        ModelMissing, ModelCorrupt: the engine's model can not be loaded.
        SynthesisUnavailable: the engine or the process that it needs does not answer.
        """
        ...


class ScriptedSynthesizer:
    """Says every sentence as silence of a length that its text decides: 50 ms a letter.

    `asked` keeps what it was asked for. An exception of `failures` is raised for the sentence of
    its number. A sentence comes in `n_parts` of equal length.
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
        self.asked: list[tuple[Sentence, str]] = []
        self._failures = dict(failures)

    @property
    def changes_pitch(self) -> bool:
        """It has none."""
        return False

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Give the silence."""
        self.asked.append((sentence, speaker))
        if failure := self._failures.get(len(self.asked) - 1):
            raise failure
        n_samples = round(len(sentence.text) * 0.05 * self.sample_rate / sentence.speed)
        for part in np.array_split(np.zeros(n_samples, np.int16), self.n_parts):
            yield Speech(part, self.sample_rate)
