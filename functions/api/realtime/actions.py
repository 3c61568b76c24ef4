"""Actions of a session, which its socket carries out, and events of a turn beside recognition's."""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.api.realtime.turn_request import TurnRequest
from shared.streaming_events import StreamingEvent


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame: text, or binary."""

    frame: str | bytes


@dataclass(frozen=True, slots=True)
class BeginTurn:
    """Start the work of a turn; its events come back with this number."""

    number: int
    request: "TurnRequest | SynthesisRequest"


@dataclass(frozen=True, slots=True)
class TakeAudio:
    """Give audio to the turn: bytes of a file, header first."""

    piece: bytes


@dataclass(frozen=True, slots=True)
class EndAudio:
    """Tell the turn that its audio has ended."""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """Stop the work of the turn, if it still runs."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection. reason: at most 123 bytes, shown to the client's developer."""

    code: int
    reason: str


Action = Send | BeginTurn | TakeAudio | EndAudio | EndTurn | Close


@dataclass(frozen=True, slots=True)
class TranslationVoice:
    """Speech of a translation: a whole file of WAV; None where its synthesis failed."""

    audio: bytes | None


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The turn cannot go on.

    status: `RecognitionStatus` of the contract.
    message: for the client's developer; no content of the turn.
    """

    status: str
    message: str


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """A text to speak. output_format: name of the contract."""

    ssml: bytes
    output_format: str


@dataclass(frozen=True, slots=True)
class SpeechPiece:
    """A piece of synthesised speech, encoded."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class SynthesisEnded:
    """All of a text was spoken."""


TurnEvent = StreamingEvent | TranslationVoice | SpeechPiece | SynthesisEnded | TurnFailed

# RFC 6455, section 7.4.1. The native client takes 1007 for a bad request, and does not try again.
GOING_AWAY, BAD_REQUEST = 1001, 1007
MOST_REASON_BYTES = 123  # section 5.5


def refuse(reason: str, *, has_turn: bool) -> Iterator[Action]:
    """Close the connection of a client that sends what cannot be served; end its turn."""
    if has_turn:
        yield EndTurn()
    cut = reason.encode()[:MOST_REASON_BYTES].decode(errors="ignore")
    yield Close(BAD_REQUEST, cut)
