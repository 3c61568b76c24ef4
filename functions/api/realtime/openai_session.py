"""One connection of OpenAI's Realtime API that transcribes: events in, actions out.

https://developers.openai.com/api/docs/guides/realtime-transcription
    session.update · input_audio_buffer.append · commit
        -> speech_started · (transcription.delta) · speech_stopped · committed · completed

Pure, as `session.py` is, over the same work of turns. With turn detection one turn lasts for as
long as the options do, and each phrase is an item; without it the audio up to a `commit` is a turn
and one item. Audio that comes while a turn ends waits for the next one.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from functions.api.realtime.actions import (
    GOING_AWAY,
    Action,
    BeginTurn,
    Close,
    EndAudio,
    EndTurn,
    Send,
    TakeAudio,
    TurnEvent,
    TurnFailed,
    refuse,
)
from functions.api.realtime.openai_options import (
    SessionOptions,
    UnusableOptions,
    read_options,
)
from shared.streaming_events import PartialPhrase, SpeechEnded, SpeechStarted
from shared.transcript import RecognitionCost

# Audio that waits for the end of a committed turn: half a minute at 24 kHz.
MAX_HELD_BYTES = 1_500_000

_PREFIX = "conversation.item.input_audio_transcription"


class OpenAISession:
    """Transcription over one connection."""

    def __init__(self) -> None:
        self._id = f"sess_{uuid4().hex}"
        self._options = SessionOptions()
        self._turn: _Turn | None = None
        self._has_committed = False  # the turn under way gets no more audio
        self._held: list[bytes] = []
        self._commits_held = False
        self._last_item: str | None = None
        self._is_stopping = False
        self.n_turns = 0

    @property
    def has_turn(self) -> bool:
        """Whether audio is being transcribed."""
        return self._turn is not None

    def opened(self) -> Iterator[Action]:
        """Greet the client."""
        yield _send("session.created", session=self._described())

    def text(self, frame: str) -> Iterator[Action]:
        """Take an event of the client."""
        event: Any = None
        with suppress(ValueError, RecursionError):
            event = json.loads(frame)
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            yield _error("The message is no JSON object with a type.")
            return
        handlers: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Action]]] = {
            "session.update": self._update,
            "transcription_session.update": self._update,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
        }
        handle = handlers.get(event["type"])
        if handle is None:
            yield _error("This server transcribes: it has no such event.", event)
        else:
            yield from handle(event)

    def binary(self, frame: bytes) -> Iterator[Action]:
        """Refuse a binary frame: this API has none."""
        del frame
        yield from refuse("This API has no binary messages.", has_turn=self.has_turn)

    def event(self, number: int, event: TurnEvent) -> Iterator[Action]:
        """Take an event of the work of a turn."""
        turn = self._turn
        if turn is None or number != self.n_turns:
            return
        yield from turn.event(event)
        self._last_item = turn.last_item
        if isinstance(event, RecognitionCost | TurnFailed):
            self._turn, self._has_committed = None, False
            yield EndTurn()
            if self._is_stopping:
                yield Close(GOING_AWAY, "The server stops.")
            else:
                yield from self._take_held()

    def stop(self) -> Iterator[Action]:
        """End the connection when the turn under way has its results: the server stops."""
        self._is_stopping = True
        if self._turn is None:
            yield Close(GOING_AWAY, "The server stops.")
        elif not self._has_committed:
            self._has_committed = True
            yield EndAudio()

    def _update(self, event: Mapping[str, Any]) -> Iterator[Action]:
        try:
            self._options = read_options(event.get("session"), self._options)
        except UnusableOptions as error:
            yield _error(str(error), event)
            return
        if self._turn is not None and not self._has_committed:  # the next audio has the new options
            self._has_committed = True
            yield EndAudio()
        yield _send("session.updated", session=self._described())

    def _append(self, event: Mapping[str, Any]) -> Iterator[Action]:
        audio = event.get("audio")
        try:
            piece = base64.b64decode(audio, validate=True) if isinstance(audio, str) else b""
        except (binascii.Error, ValueError):
            piece = b""
        if not piece:
            yield _error("input_audio_buffer.append has no audio in base64.", event)
        elif self._has_committed:
            if sum(map(len, self._held)) + len(piece) > MAX_HELD_BYTES:
                yield from refuse("Too much audio follows a commit.", has_turn=True)
                return
            self._held.append(piece)
        else:
            yield from self._take(piece)

    def _commit(self, event: Mapping[str, Any]) -> Iterator[Action]:
        if self._has_committed and self._held and not self._commits_held:
            self._commits_held = True
        elif self._turn is None or self._has_committed:
            yield _error(
                "The buffer has no audio to commit.", event, "input_audio_buffer_commit_empty"
            )
        else:
            self._has_committed = True
            yield from self._turn.commit()
            yield EndAudio()

    def _clear(self, _event: Mapping[str, Any]) -> Iterator[Action]:
        self._held.clear()
        if self._turn is not None and not self._has_committed:
            self._turn = None
            yield EndTurn()
        yield _send("input_audio_buffer.cleared")

    def _take(self, piece: bytes) -> Iterator[Action]:
        if self._turn is None:
            self.n_turns += 1
            self._turn = _Turn(self._options, self._last_item)
            yield BeginTurn(self.n_turns, self._options.turn_request())
            yield TakeAudio(self._options.wav_header())
        yield TakeAudio(piece)

    def _take_held(self) -> Iterator[Action]:
        held, self._held = self._held, []
        for piece in held:
            yield from self._take(piece)
        if self._commits_held:
            self._commits_held = False
            yield from self._commit({})

    def _described(self) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": "realtime.transcription_session",
            "type": "transcription",
            "audio": {"input": self._options.described()},
        }


class _Turn:
    """The items of one turn."""

    def __init__(self, options: SessionOptions, last_item: str | None) -> None:
        self._detects_turns = options.silence_ms is not None
        self._item = _new_item()
        self._shown = ""
        self._texts: list[str] = []
        self._is_committed = False
        self.last_item = last_item

    def commit(self) -> Iterator[Action]:
        """The client committed its audio, which is one item without turn detection."""
        if not self._detects_turns:
            yield from self._committed()

    def event(self, event: TurnEvent) -> Iterator[Action]:
        match event:
            case SpeechStarted() if self._detects_turns:
                yield _send(
                    "input_audio_buffer.speech_started", item_id=self._item,
                    audio_start_ms=round(1000 * event.offset_s),
                )  # fmt: skip
            case PartialPhrase():
                yield from self._delta(event.text)
            case SpeechEnded():
                yield from self._ended(event)
            case RecognitionCost() if not self._detects_turns:
                yield from self._completed(" ".join(self._texts), event.audio_s)
            case TurnFailed():
                error = _description(event.message)
                yield _send(f"{_PREFIX}.failed", item_id=self._item, content_index=0, error=error)
                yield _send("error", error=error)

    def _delta(self, text: str) -> Iterator[Action]:
        if text.startswith(self._shown):
            delta, self._shown = text[len(self._shown) :], text
            yield _send(f"{_PREFIX}.delta", item_id=self._item, content_index=0, delta=delta)

    def _ended(self, ended: SpeechEnded) -> Iterator[Action]:
        text = " ".join(phrase.best.display for phrase in ended.phrases)
        if not self._detects_turns:
            self._texts += [text] if text else []
            self._shown = ""
            return
        end_s = ended.offset_s + ended.duration_s
        yield _send(
            "input_audio_buffer.speech_stopped", item_id=self._item,
            audio_end_ms=round(1000 * end_s),
        )  # fmt: skip
        yield from self._committed()
        yield from self._completed(text, ended.duration_s)

    def _committed(self) -> Iterator[Action]:
        yield _send(
            "input_audio_buffer.committed", item_id=self._item, previous_item_id=self.last_item
        )
        self.last_item = self._item

    def _completed(self, text: str, seconds: float) -> Iterator[Action]:
        yield _send(
            f"{_PREFIX}.completed", item_id=self._item, content_index=0, transcript=text,
            usage={"type": "duration", "seconds": round(seconds, 2)},
        )  # fmt: skip
        self._item, self._shown = _new_item(), ""


def _new_item() -> str:
    return f"item_{uuid4().hex}"


def _send(kind: str, **fields: Any) -> Send:
    event = {"type": kind, "event_id": f"event_{uuid4().hex}", **fields}
    return Send(json.dumps(event, ensure_ascii=False, separators=(",", ":")))


def _error(message: str, event: Mapping[str, Any] | None = None, code: str | None = None) -> Send:
    of_client = (event or {}).get("event_id")
    cause = of_client if isinstance(of_client, str) else None
    return _send("error", error=_description(message, code) | {"event_id": cause})


def _description(message: str, code: str | None = None) -> dict[str, Any]:
    return {"type": "invalid_request_error", "code": code, "message": message, "param": None}
