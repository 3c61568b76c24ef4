"""Transcripts as server-sent events, and what becomes of those whose work or client fails.

https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
"""

import asyncio
import threading

import pytest
from openai_api import ROUTE, events, form, refused, transcribe, with_bearer
from structlog.testing import capture_logs

from functions.api.openai import event_stream as openai_event_stream
from shared.errors import EngineUnavailable
from shared.transcript import Alternative, Dropped, DropReason, Phrase


@pytest.fixture
def make(make_client):
    """Make clients that present their key as OpenAI's do."""
    return lambda *results, **settings: with_bearer(make_client(*results, **settings))


def phrase(offset_s, display):
    return Phrase(0, "en-US", offset_s, 1.0, (Alternative(0.9, "", "", "", display),))


HELLO, READY = phrase(0.0, "Hello Sam."), phrase(2.0, "Are you ready?")


def test_events_tell_phrase_by_phrase_and_the_whole_text_at_the_end(make, tone):
    client = make(HELLO, Dropped(0, 1.0, 1.0, DropReason.SILENCE), READY)
    answer = transcribe(client, tone(0.2), ("stream", "true"))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-length" not in answer.headers
    assert events(answer) == [
        {"type": "transcript.text.delta", "delta": "Hello Sam."},
        {"type": "transcript.text.delta", "delta": " Are you ready?"},
        {
            "type": "transcript.text.done",
            "text": "Hello Sam. Are you ready?",
            "languages": [{"code": "en"}],
        },
    ]
    assert client.transcriber.requested[0].batch_segments == 1


def test_events_of_speakers_are_segments(make, tone):
    fields = ("stream", "true"), ("response_format", "diarized_json")
    told = events(transcribe(make(HELLO), tone(0.2), *fields))
    assert [event["type"].rpartition(".")[2] for event in told] == ["delta", "segment", "done"]
    assert (told[0]["segment_id"], told[1]["speaker"]) == ("seg_0", "A")


def test_events_of_silence_are_the_end_alone(make, tone):
    told = events(transcribe(make(), tone(0.2), ("stream", "true")))
    assert told == [{"type": "transcript.text.done", "text": "", "languages": []}]


def test_a_failure_before_the_first_event_has_its_status(make):
    answer = transcribe(make(), b"not audio at all", ("stream", "true"))
    assert refused(answer, 400, "InvalidAudioFormat", "file")


def test_a_failure_between_events_is_the_last_event(make, tone):
    """The client raises it. An unexpected error is reported and logged without its message."""
    with capture_logs() as lines:
        answer = transcribe(make(HELLO, RuntimeError("Sam said")), tone(0.2), ("stream", "true"))
    assert answer.status_code == 200
    delta, error = events(answer)
    assert delta["delta"] == "Hello Sam."
    assert (error["error"]["type"], error["error"]["code"]) == ("server_error", "UnexpectedError")
    assert "Sam" not in str(lines)
    assert [line["event"] for line in lines] == ["unexpected_error", "request"]


def test_an_expected_failure_between_events_has_its_usual_error(make, tone):
    answer = transcribe(
        make(HELLO, EngineUnavailable("No such file.")), tone(0.2), ("stream", "true")
    )
    assert events(answer)[-1]["error"]["message"] == "Recognition is not available on this server."


def test_a_stream_is_under_way_until_its_end_and_no_longer(make, tone):
    client = make(HELLO, queue_limit=1)
    for _ in range(2):
        assert transcribe(client, tone(0.2), ("stream", "true")).status_code == 200


def test_silence_of_the_server_is_broken_by_comments(make, tone, monkeypatch):
    """The head leaves with the first one, before there is any text."""
    monkeypatch.setattr(openai_event_stream, "PING_S", 0.01)
    client = make(HELLO)
    recognise, write = client.transcriber.recognise, openai_event_stream.EventStream._write
    written = threading.Event()

    async def tell_when_written(*arguments):
        await write(*arguments)
        written.set()

    def late(*arguments):
        assert written.wait(10)
        yield from recognise(*arguments)

    monkeypatch.setattr(openai_event_stream.EventStream, "_write", tell_when_written)
    client.transcriber.recognise = late
    answer = transcribe(client, tone(0.2), ("stream", "true"))
    assert answer.text.startswith(": ping\n\n")
    assert events(answer)[-1]["text"] == "Hello Sam."


def test_work_ends_when_the_client_leaves_a_stream(make, tone):
    """Driven over ASGI: the client disconnects after the first event."""
    client = make()
    left, ended = threading.Event(), threading.Event()

    def endless(*_arguments):
        try:
            while True:
                yield HELLO
                left.wait(0.01)
        finally:
            ended.set()

    client.transcriber.recognise = endless
    sent = form([("model", "whisper-1"), ("stream", "true")], tone(0.2))

    async def run():
        has_begun = asyncio.Event()
        incoming = iter([{"type": "http.request", "body": sent["content"], "more_body": False}])

        async def receive():
            for message in incoming:
                return message
            await has_begun.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.body":
                has_begun.set()

        headers = {**sent["headers"], "Authorization": "Bearer k"}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": ROUTE,
            "raw_path": ROUTE.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        async with asyncio.timeout(10):
            await client.app(scope, receive, send)

    with capture_logs() as lines:
        asyncio.run(run())
    assert ended.wait(1)
    assert [line["event"] for line in lines] == ["request"]
