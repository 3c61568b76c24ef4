"""One connection of a Speech SDK that synthesises: frames and events in, actions out.

    synthesis.context · ssml -> turn.start · response · audio, in pieces · turn.end

Pure, as `session.py` is. The SDK asks for headerless formats and writes the headers itself.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from functions.api.realtime.actions import (
    GOING_AWAY,
    Action,
    BeginTurn,
    Close,
    EndTurn,
    Send,
    SpeechPiece,
    SynthesisEnded,
    SynthesisRequest,
    TurnEvent,
    TurnFailed,
    refuse,
)
from functions.api.realtime.framing import (
    Frame,
    MalformedFrame,
    binary_frame,
    read_text,
    text_frame,
)

# The SDK's own default, for a client that names none.
_DEFAULT_FORMAT = "raw-24khz-16bit-mono-pcm"
_WAV = "audio/x-wav"


class SynthesisSession:
    """Synthesis over one connection: one text after the other."""

    def __init__(self) -> None:
        self._output_format = _DEFAULT_FORMAT
        self._request_id: str | None = None
        self._stream_id = ""
        self._is_stopping = False
        self.n_turns = 0

    @property
    def has_turn(self) -> bool:
        """Whether a text is being spoken."""
        return self._request_id is not None

    def opened(self) -> Iterator[Action]:
        """Send nothing: the client speaks first."""
        yield from ()

    def text(self, frame: str) -> Iterator[Action]:
        """Take a text frame; unknown paths are ignored."""
        try:
            message = read_text(frame)
        except MalformedFrame as error:
            yield from refuse(str(error), has_turn=self.has_turn)
            return
        if message.path == "synthesis.context":
            self._output_format = _output_format(message.body) or self._output_format
        elif message.path == "ssml":
            yield from self._begin(message)

    def binary(self, frame: bytes) -> Iterator[Action]:
        """Ignore a binary frame: clients that synthesise send none."""
        del frame
        yield from ()

    def event(self, number: int, event: TurnEvent) -> Iterator[Action]:
        """Take an event of the work of a turn."""
        request_id = self._request_id
        if request_id is None or number != self.n_turns:
            return
        match event:
            case SpeechPiece():
                yield Send(binary_frame("audio", request_id, _WAV, event.audio, self._stream_id))
            case SynthesisEnded():
                yield self._send("turn.end", {})
                yield from self._end_turn()
            case TurnFailed():
                # The SDK shows the reason of a connection that closes within a turn.
                yield from refuse(event.message, has_turn=True)
                self._request_id = None

    def stop(self) -> Iterator[Action]:
        """End the connection when the text is spoken: the server stops."""
        self._is_stopping = True
        if not self.has_turn:
            yield Close(GOING_AWAY, "The server stops.")

    def _begin(self, message: Frame) -> Iterator[Action]:
        if not message.request_id:
            yield from refuse("ssml has no X-RequestId.", has_turn=self.has_turn)
            return
        if self.has_turn:
            yield EndTurn()
        self.n_turns += 1
        self._request_id, self._stream_id = message.request_id, uuid4().hex
        context = {"serviceTag": uuid4().hex}
        yield self._send("turn.start", {"context": context})
        audio = {"type": "inline", "streamId": self._stream_id}
        yield self._send("response", {"context": context, "audio": audio})
        yield BeginTurn(self.n_turns, SynthesisRequest(message.body, self._output_format))

    def _end_turn(self) -> Iterator[Action]:
        self._request_id = None
        yield EndTurn()
        if self._is_stopping:
            yield Close(GOING_AWAY, "The server stops.")

    def _send(self, path: str, body: Mapping[str, Any]) -> Send:
        return Send(text_frame(path, self._request_id or "", body))


def _output_format(body: bytes) -> str:
    """Name of the format in `synthesis.context`; "" where it has none."""
    with suppress(ValueError, RecursionError, KeyError, TypeError):
        name = json.loads(body)["synthesis"]["audio"]["outputFormat"]
        if isinstance(name, str):
            return name
    return ""
