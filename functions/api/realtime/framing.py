"""Frames of the Speech SDK's protocol: headers and a body, in text or in binary.

    text     Name:Value CRLF, for each header · CRLF · body
    binary   number of bytes of the headers (16 bit, most significant byte first)
             · Name:Value CRLF, for each header · payload

Names of headers are in any letter case here. In frames to a client they are as in the cloud's: the
native client waits for ever for a frame with names in lower case, with LF alone at the end of a
line, or with a request id that is not byte for byte its own.

Source: the wire of Speech SDK 1.53 (Python) and 1.52 (JavaScript).
"""

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Those of the clients have less than 300.
_MOST_HEADER_BYTES = 4096

# Those of the clients are 32 hexadecimal digits. It is sent back within a line of headers.
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{0,64}")

_LINE_END = "\r\n"
_HEADERS_END = _LINE_END + _LINE_END
_LENGTH = struct.Struct(">H")


class MalformedFrame(ValueError):
    """A frame without headers that can be read; its message has no content of the frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a client.

    path: in lower case; "" where it has none.
    request_id: as the client wrote it; "" where it has none.
    content_type: in lower case, "" where it has none.
    body: JSON of a text frame, audio of a binary one; may be empty.
    """

    path: str
    request_id: str
    content_type: str
    body: bytes


def read_text(frame: str) -> Frame:
    """Read a text frame.

    Raises
    ------
    MalformedFrame: it has no headers.
    """
    head, separator, body = frame.partition(_HEADERS_END)
    if not separator and not head.endswith(_LINE_END):
        raise MalformedFrame("The text frame has no end of its headers.")
    return _frame(head, body.encode())


def read_binary(frame: bytes) -> Frame:
    """Read a binary frame.

    Raises
    ------
    MalformedFrame: the headers are longer than the frame, or no text.
    """
    if len(frame) < _LENGTH.size:
        raise MalformedFrame("The binary frame has no length of its headers.")
    (n_bytes,) = _LENGTH.unpack_from(frame)
    end = _LENGTH.size + n_bytes
    if end > len(frame):
        raise MalformedFrame("The headers are longer than the binary frame.")
    try:
        head = frame[_LENGTH.size : end].decode("ascii")
    except UnicodeDecodeError:
        raise MalformedFrame("The headers of the binary frame are no ASCII.") from None
    return _frame(head, frame[end:])


def text_frame(path: str, request_id: str, body: Mapping[str, Any]) -> str:
    """Return a text frame with a JSON body, as the native client needs it."""
    head = _head(request_id, "application/json; charset=utf-8", path)
    return f"{head}{_LINE_END}{json.dumps(body, ensure_ascii=False, separators=(',', ':'))}"


def binary_frame(
    path: str, request_id: str, content_type: str, payload: bytes, stream_id: str
) -> bytes:
    """Return a binary frame, such as synthesised speech."""
    head = f"{_head(request_id, content_type, path)}X-StreamId:{stream_id}{_LINE_END}".encode()
    return _LENGTH.pack(len(head)) + head + payload


def _head(request_id: str, content_type: str, path: str) -> str:
    return (
        f"X-RequestId:{request_id}{_LINE_END}"
        f"Content-Type:{content_type}{_LINE_END}"
        f"Path:{path}{_LINE_END}"
    )


def _frame(head: str, body: bytes) -> Frame:
    if len(head) > _MOST_HEADER_BYTES:
        raise MalformedFrame(f"The headers have more than {_MOST_HEADER_BYTES} bytes.")
    headers: dict[str, str] = {}
    for line in head.split(_LINE_END):
        name, separator, value = line.partition(":")
        if separator:
            headers.setdefault(name.strip().lower(), value.strip())
        elif line:
            raise MalformedFrame("A line of the headers has no colon.")
    request_id = headers.get("x-requestid", "")
    if not _REQUEST_ID.fullmatch(request_id):
        raise MalformedFrame("X-RequestId is no identifier.")
    return Frame(
        headers.get("path", "").lower(),
        request_id,
        headers.get("content-type", "").lower(),
        body,
    )
