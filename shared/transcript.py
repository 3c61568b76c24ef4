"""The result of recognition: phrases of words, dropped stretches with the reason, and the cost.

Recognition yields these, formats read them; a contract that needs a field adds it here.
Times are seconds from the start of the audio.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Word:
    """One timed word, in one text form. `confidence` is 0..1."""

    text: str
    offset_s: float
    duration_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading of a phrase in the four text forms of the contracts.

    lexical: words as spoken, lower case, no punctuation, numbers in words.
    itn: numbers, dates, money and abbreviations as written; lower case.
    masked_itn: `itn` with the profanity mode applied.
    display: capitalised and punctuated `itn` with the profanity mode applied.
    """

    confidence: float
    lexical: str
    itn: str
    masked_itn: str
    display: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A phrase in another language. `target` is spelled as in the request."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Speech without a longer pause in it.

    n_best is best first and never empty. `words` are lexical, `display_words` keep their
    punctuation; both are empty where no word times were requested. `speaker` counts from 1.
    `language_probability` is that of the locale among the candidates, 0..1; None where there was
    one. `translations` is empty where none were requested.
    """

    channel: int
    locale: str
    offset_s: float
    duration_s: float
    n_best: tuple[Alternative, ...]
    words: tuple[Word, ...] = ()
    display_words: tuple[Word, ...] = ()
    speaker: int | None = None
    language_probability: float | None = None
    translations: tuple[Translation, ...] = ()

    @property
    def best(self) -> Alternative:
        """The first alternative."""
        return self.n_best[0]


class DropReason(StrEnum):
    """The reason why a stretch of audio has no text."""

    SILENCE = "silence"
    NOISE = "noise"
    NO_MATCH = "no_match"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of audio without text, with the reason."""

    channel: int
    offset_s: float
    duration_s: float
    reason: DropReason


@dataclass(frozen=True, slots=True)
class RecognitionCost:
    """Cost of one recognition; counts and seconds, no content.

    audio_s: duration of the audio.
    n_segments, n_retries: segments recognised, and readings after the first one.
    n_noise, n_no_match, n_loops: segments, or parts of one, without a text, by `DropReason`.
    queue_s, recognition_s: seconds of waiting for slots, and in them; of all threads of a file.
    """

    audio_s: float = 0.0
    n_segments: int = 0
    n_retries: int = 0
    n_noise: int = 0
    n_no_match: int = 0
    n_loops: int = 0
    queue_s: float = 0.0
    recognition_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """The whole of one audio: phrases by channel, then time; dropped stretches likewise."""

    duration_s: float
    n_channels: int
    phrases: tuple[Phrase, ...]
    dropped: tuple[Dropped, ...]
    cost: RecognitionCost = RecognitionCost()
