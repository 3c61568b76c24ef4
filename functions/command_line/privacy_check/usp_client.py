"""A client of the Speech SDK's protocol in plain frames, for what the SDKs do not do."""

import json
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

WAIT_S = 30

Frame = tuple[str, dict[str, Any]]


class UspClient:
    """One connection, with one turn after the other."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.request_id = ""

    def begin(self, **context: Any) -> None:
        """Begin a turn."""
        self.request_id = uuid.uuid4().hex
        context = {"phraseDetection": {"language": "en-US"}} | context
        self.socket.send(
            f"Path:speech.context\r\nX-RequestId:{self.request_id}\r\n"
            f"Content-Type:application/json\r\n\r\n{json.dumps(context)}"
        )

    def audio(self, payload: bytes) -> None:
        """Send a frame of audio; an empty one ends it."""
        head = f"Path:audio\r\nX-RequestId:{self.request_id}\r\n".encode()
        self.socket.send(struct.pack(">H", len(head)) + head + payload)

    def send(self, audio: bytes, piece_bytes: int = 32_000) -> None:
        """Send a whole audio and its end."""
        for first in range(0, len(audio), piece_bytes):
            self.audio(audio[first : first + piece_bytes])
        self.audio(b"")

    def receive(self, wait_s: float = WAIT_S) -> Frame:
        """Path and body of the next frame; of a binary one its size.

        Raises
        ------
        ValueError: the frame is of another turn.
        """
        frame = self.socket.recv(wait_s)
        if isinstance(frame, bytes):
            return "binary", {"n_bytes": len(frame)}
        head, _, body = frame.partition("\r\n\r\n")
        headers = dict(line.split(":", 1) for line in head.split("\r\n"))
        if headers["X-RequestId"] != self.request_id:
            raise ValueError("a frame of another turn")
        return headers["Path"], json.loads(body)

    def turn(self) -> list[Frame]:
        """Frames up to the end of the turn."""
        frames = [self.receive()]
        while frames[-1][0] != "turn.end":
            frames.append(self.receive())
        return frames

    def phrases(self) -> list[str]:
        """Texts of the rest of the turn."""
        return [body["DisplayText"] for path, body in self.turn() if "DisplayText" in body]


@contextmanager
def usp_client(
    url: str, path: str = "/speech/universal/v2", key: str = "k", **options: Any
) -> Iterator[UspClient]:
    """Connect to a server."""
    headers = {"Ocp-Apim-Subscription-Key": key} if key else {}
    address = url.replace("http", "ws", 1) + path
    with connect(address, additional_headers=headers, **options) as socket:
        yield UspClient(socket)


def speak(url: str, ssml: str, key: str = "k") -> list[str | bytes]:
    """Frames of a synthesis, binary ones as bytes."""
    with usp_client(url, "/cognitiveservices/websocket/v1", key) as client:
        client.request_id = uuid.uuid4().hex
        context = {"synthesis": {"audio": {"outputFormat": "raw-16khz-16bit-mono-pcm"}}}
        for path, kind, body in (
            ("synthesis.context", "application/json", json.dumps(context)),
            ("ssml", "application/ssml+xml", ssml),
        ):
            client.socket.send(
                f"Path:{path}\r\nX-RequestId:{client.request_id}\r\nContent-Type:{kind}\r\n\r\n{body}"
            )
        frames: list[str | bytes] = []
        while not frames or not isinstance(frames[-1], str) or "Path:turn.end" not in frames[-1]:
            frames.append(client.socket.recv(WAIT_S))
        return frames
