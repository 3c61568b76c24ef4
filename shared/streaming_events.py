"""Events of recognition while audio arrives, in order of time. Times are seconds of the audio."""

from dataclasses import dataclass

from shared.assessment import Assessment
from shared.transcript import Dropped, Phrase, RecognitionCost, Translation


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Someone began to speak."""

    offset_s: float


@dataclass(frozen=True, slots=True)
class PartialPhrase:
    """Words of speech under way, which later readings may change.

    text: lower case, without punctuation, with the profanity mode applied; never empty.
    locale: the most likely one so far.
    language_probability: see `Phrase`.
    translations: empty where none were requested.
    """

    offset_s: float
    duration_s: float
    text: str
    locale: str
    translations: tuple[Translation, ...] = ()
    language_probability: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The results of the speech between two pauses: what `recognise` yields for that stretch.

    results: phrases, and parts of the stretch that have no text.
    assessment: of all phrases; None without words, and where none was requested.
    """

    offset_s: float
    duration_s: float
    results: tuple[Phrase | Dropped, ...]
    assessment: Assessment | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Results with a text."""
        return tuple(one for one in self.results if isinstance(one, Phrase))

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """Results without a text."""
        return tuple(one for one in self.results if isinstance(one, Dropped))


@dataclass(frozen=True, slots=True)
class SilenceTimeout:
    """No one spoke for as long as the options allow, since the start or since the last event.

    is_noise: it was louder than silence.
    """

    offset_s: float
    duration_s: float
    is_noise: bool


StreamingEvent = SpeechStarted | PartialPhrase | SpeechEnded | SilenceTimeout | RecognitionCost
"""`RecognitionCost` is the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingOptions:
    """Options of recognition while audio arrives, beside `RecognitionOptions`.

    partials: yield `PartialPhrase`.
    stability: readings in a row that must agree on a word before it is shown, at least 1.
    silence_timeout_s: silence that yields a `SilenceTimeout`; None: it never does.
    """

    partials: bool = True
    stability: int = 3
    silence_timeout_s: float | None = None
