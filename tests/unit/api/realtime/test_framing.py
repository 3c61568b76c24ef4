"""Frames of the Speech SDK's protocol, with the bytes of its clients."""

import contextlib
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.realtime.framing import (
    Frame,
    MalformedFrame,
    binary_frame,
    read_binary,
    read_text,
    text_frame,
)

NATIVE_ID = "9a3c61f2b4d84c0f8d9e0a1b2c3d4e5f"
JAVASCRIPT_ID = NATIVE_ID.upper()


def binary(head, payload=b""):
    return struct.pack(">H", len(head)) + head.encode() + payload


def test_a_context_of_the_native_client_is_read():
    frame = read_text(
        "Path:speech.context\r\n"
        f"X-RequestId:{NATIVE_ID}\r\n"
        "X-Timestamp:2026-11-29T08:00:00.000Z\r\n"
        "Content-Type:application/json\r\n"
        "\r\n"
        '{"phraseDetection":{"language":"en-US"}}'
    )
    assert frame == Frame(
        "speech.context",
        NATIVE_ID,
        "application/json",
        b'{"phraseDetection":{"language":"en-US"}}',
    )


def test_a_context_of_the_javascript_client_has_spaces_and_its_own_letter_case():
    frame = read_text(
        "Path: Speech.Context\r\n"
        f"X-RequestId: {JAVASCRIPT_ID}\r\n"
        "content-type: application/json; charset=utf-8\r\n\r\n{}"
    )
    assert (frame.path, frame.request_id) == ("speech.context", JAVASCRIPT_ID)
    assert frame.content_type == "application/json; charset=utf-8"


def test_a_body_may_hold_the_end_of_headers_itself():
    assert read_text("Path:ssml\r\n\r\na\r\n\r\nb").body == b"a\r\n\r\nb"


def test_audio_has_its_headers_and_its_payload():
    head = f"Path:audio\r\nX-RequestId:{NATIVE_ID}\r\nX-StreamId:1\r\n"
    frame = read_binary(binary(head, b"\r\n\r\n\x00\xff"))
    assert frame == Frame("audio", NATIVE_ID, "", b"\r\n\r\n\x00\xff")


def test_the_end_of_audio_is_a_frame_with_an_empty_payload():
    assert read_binary(binary(f"Path:audio\r\nX-RequestId:{NATIVE_ID}\r\n")).body == b""


def test_a_text_frame_is_as_the_native_client_needs_it():
    assert text_frame("speech.phrase", NATIVE_ID, {"DisplayText": "Grüße.", "Offset": 1}) == (
        f"X-RequestId:{NATIVE_ID}\r\n"
        "Content-Type:application/json; charset=utf-8\r\n"
        "Path:speech.phrase\r\n"
        "\r\n"
        '{"DisplayText":"Grüße.","Offset":1}'
    )


def test_synthesised_speech_is_a_frame_that_can_be_read():
    frame = read_binary(
        binary_frame("translation.synthesis", NATIVE_ID, "audio/x-wav", b"RIFF", "A")
    )
    assert frame == Frame("translation.synthesis", NATIVE_ID, "audio/x-wav", b"RIFF")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Path:speech.config",
        "Path:speech.config\n\n{}",
        "no header\r\n\r\n{}",
        "Path:speech.context\r\nX-RequestId:a\nb\r\n\r\n{}",
        f"Path:speech.context\r\nX-RequestId:{'a' * 65}\r\n\r\n{{}}",
        f"X-Long:{'a' * 4096}\r\n\r\n",
    ],
)
def test_text_without_headers_that_can_be_read_is_refused(text):
    with pytest.raises(MalformedFrame):
        read_text(text)


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00", b"\x00\x10Path:audio", binary("")[:1], b"\x00\x02\xff\xfe", b"\x00\x03abc"],
)
def test_a_binary_frame_without_headers_that_can_be_read_is_refused(frame):
    with pytest.raises(MalformedFrame):
        read_binary(frame)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_refused(content):
    for read, frame in ((read_binary, content), (read_text, content.decode("latin-1"))):
        with contextlib.suppress(MalformedFrame):
            assert isinstance(read(frame), Frame)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_a_written_frame_is_read_again(body):
    frame = read_text(text_frame("turn.start", NATIVE_ID, body))
    assert (frame.path, frame.request_id) == ("turn.start", NATIVE_ID)
    assert json.loads(frame.body) == body
