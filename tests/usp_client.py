"""A client of the Speech SDK's protocol in plain frames, for what the SDKs do not do."""

import json
import struct
import uuid
from contextlib import contextmanager

from websockets.sync.client import connect

WAIT_S = 30


class UspClient:
    """One connection, with one turn after the other."""

    def __init__(self, socket):
        self.socket = socket
        self.request_id = ""

    def begin(self, **context):
        """Begin a turn."""
        self.request_id = uuid.uuid4().hex
        context = {"phraseDetection": {"language": "en-US"}} | context
        self.socket.send(
            f"Path:speech.context\r\nX-RequestId:{self.request_id}\r\n"
            f"Content-Type:application/json\r\n\r\n{json.dumps(context)}"
        )

    def audio(self, payload):
        """Send a frame of audio; an empty one ends it."""
        head = f"Path:audio\r\nX-RequestId:{self.request_id}\r\n".encode()
        self.socket.send(struct.pack(">H", len(head)) + head + payload)

    def send(self, audio, piece_bytes=32_000):
        """Send a whole audio and its end."""
        for first in range(0, len(audio), piece_bytes):
            self.audio(audio[first : first + piece_bytes])
        self.audio(b"")

    def receive(self, wait_s=WAIT_S):
        """Path and body of the next frame; of a binary one its size."""
        frame = self.socket.recv(wait_s)
        if isinstance(frame, bytes):
            return "binary", {"n_bytes": len(frame)}
        head, _, body = frame.partition("\r\n\r\n")
        headers = dict(line.split(":", 1) for line in head.split("\r\n"))
        assert headers["X-RequestId"] == self.request_id
        return headers["Path"], json.loads(body)

    def turn(self):
        """Frames up to the end of the turn."""
        frames = [self.receive()]
        while frames[-1][0] != "turn.end":
            frames.append(self.receive())
        return frames

    def phrases(self):
        """Texts of the rest of the turn."""
        return [body["DisplayText"] for path, body in self.turn() if "DisplayText" in body]


@contextmanager
def usp_client(url, path="/speech/universal/v2", key="k", **options):
    """Connect to a server."""
    headers = {"Ocp-Apim-Subscription-Key": key} if key else {}
    address = url.replace("http", "ws", 1) + path
    with connect(address, additional_headers=headers, **options) as socket:
        yield UspClient(socket)


def speak(url, ssml, key="k"):
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
