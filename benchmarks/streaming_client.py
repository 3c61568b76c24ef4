"""A client of the Speech SDK's protocol that sends audio as it is spoken, and notes the answers.

One thread sends and one receives; many clients fit into one process, which decodes nothing.
"""

import json
import struct
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from websockets.sync.client import ClientConnection, connect

Samples = npt.NDArray[np.int16]

SAMPLE_RATE = 16_000
FRAME_S = 0.1
TICKS_PER_S = 10_000_000
_END_LIMIT_S = 60.0
_HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2,
    16, b"data", 0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a turn. at_s: time of its arrival, from the first sample."""

    at_s: float
    path: str
    body: dict[str, Any]

    @property
    def offset_s(self) -> float:
        """Start of its speech."""
        return float(self.body.get("Offset", 0)) / TICKS_PER_S

    @property
    def end_s(self) -> float:
        """End of its speech."""
        return self.offset_s + float(self.body.get("Duration", 0)) / TICKS_PER_S

    @property
    def words(self) -> list[str]:
        """Words of a hypothesis, or of a phrase in the same form."""
        best = self.body.get("NBest")
        return str(best[0]["Lexical"] if best else self.body.get("Text", "")).split()


@dataclass(slots=True)
class Phrase:
    """A final phrase with the hypotheses before it."""

    final: Message
    hypotheses: list[Message] = field(default_factory=list)


class StreamingClient:
    """One connection with one continuous turn.

    Parameters
    ----------
    pace: audio time by real time; 0 sends without a pause.
    """

    def __init__(self, port: int, silence_ms: int, *, pace: float = 1.0) -> None:
        self._port = port
        self._silence_ms = silence_ms
        self._pace = pace
        self.messages: list[Message] = []

    def run(self, samples: Samples) -> list[Phrase]:
        """Send an audio; return its phrases once the turn has ended."""
        path = "/speech/recognition/conversation/cognitiveservices/v1?format=detailed"
        address = f"ws://127.0.0.1:{self._port}{path}"
        # No pings: they would stand behind the audio of a server that falls behind.
        with connect(
            address, max_size=None, open_timeout=_END_LIMIT_S, ping_interval=None
        ) as socket:
            request_id = uuid.uuid4().hex
            context = {
                "phraseDetection": {
                    "language": "en-US",
                    "CONVERSATION": {
                        "segmentation": {"segmentationSilenceTimeoutMs": self._silence_ms}
                    },
                }
            }
            head = f"Path:speech.context\r\nX-RequestId:{request_id}\r\n\r\n"
            socket.send(head + json.dumps(context))
            began_s = time.perf_counter()
            receiving = threading.Thread(target=self._receive, args=(socket, began_s), daemon=True)
            receiving.start()
            self._send(socket, request_id, samples, began_s)
            receiving.join(_END_LIMIT_S)
            if receiving.is_alive():
                raise RuntimeError("The turn did not end.")
        return _phrases(self.messages)

    def _send(
        self, socket: ClientConnection, request_id: str, samples: Samples, began_s: float
    ) -> None:
        head = f"Path:audio\r\nX-RequestId:{request_id}\r\n".encode()
        framed = struct.pack(">H", len(head)) + head
        socket.send(framed + _HEADER)
        step = round(FRAME_S * SAMPLE_RATE)
        for first in range(0, len(samples), step):
            piece = samples[first : first + step]
            if self._pace:
                due_s = began_s + (first + len(piece)) / SAMPLE_RATE / self._pace
                time.sleep(max(0.0, due_s - time.perf_counter()))
            socket.send(framed + piece.tobytes())
        socket.send(framed)

    def _receive(self, socket: ClientConnection, began_s: float) -> None:
        while True:
            head, _, body = str(socket.recv()).partition("\r\n\r\n")
            path = head.rpartition("Path:")[2].strip()
            at_s = time.perf_counter() - began_s
            self.messages.append(Message(at_s, path, json.loads(body)))
            if path == "turn.end":
                return


def _phrases(messages: Sequence[Message]) -> list[Phrase]:
    phrases: list[Phrase] = []
    hypotheses: list[Message] = []
    for message in messages:
        if message.path == "speech.hypothesis":
            hypotheses.append(message)
        elif message.path == "speech.phrase" and "NBest" in message.body:
            phrases.append(Phrase(message, hypotheses))
            hypotheses = []
    return phrases
