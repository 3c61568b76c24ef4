"""Answers that Lambda could not return are replaced by one in the shape of the contract."""

import asyncio
import json
from pathlib import Path

import pytest
from starlette.responses import Response

from functions.aws_lambda.invocation_limits import (
    MAX_LOAD_BALANCER_ANSWER_BYTES,
    MAX_PAYLOAD_BYTES,
    InvocationLimits,
)

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"
FAST = "/speechtotext/transcriptions:transcribe"
SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1"
TOO_LONG = "AudioLengthLimitExceeded"


class Context:
    """Context that Lambda passes beside the event."""

    def __init__(self, remaining_ms=60_000):
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self):
        """Time until the function is killed."""
        return self.remaining_ms


def serve(app, *, event="function_url", path=FAST, context=None, body=None):
    """Messages that leave, and the scope afterwards."""
    loaded = json.loads((EVENTS / f"{event}.json").read_text())
    if body is not None:
        loaded["body"] = body
    scope = {
        "type": "http", "method": "POST", "path": path, "headers": [],
        "aws.event": loaded, "aws.context": context or Context(),
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(InvocationLimits(app)(scope, receive, send))
    return sent, scope


def answering(body):
    """App that answers with this body."""
    return Response(body, media_type="application/json")


@pytest.mark.parametrize(
    ("event", "limit"),
    [("function_url", MAX_PAYLOAD_BYTES), ("alb", MAX_LOAD_BALANCER_ANSWER_BYTES)],
)
def test_the_largest_answer_of_each_front(event, limit):
    """16 KiB are left for status and headers; two bytes are the quotes of the JSON string."""
    largest = limit - 16_384 - 2
    sent, _ = serve(answering(b"0" * largest), event=event)
    assert sent[0]["status"] == 200
    sent, scope = serve(answering(b"0" * (largest + 1)), event=event)
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["innerError"]["code"] == TOO_LONG
    assert scope["state"]["error_code"] == "InvalidArgument"


def test_quotes_and_other_scripts_count_as_they_are_sent():
    """The runtime client may write every Japanese character as six bytes."""
    sent, _ = serve(answering('"語"'.encode() * 650_000))  # 3.3 MB, escaped 6.5
    assert sent[0]["status"] == 400


def test_bytes_that_are_no_text_count_as_base64():
    sent, _ = serve(answering(b"\xff" * 4_800_000))
    assert sent[0]["status"] == 400


def test_the_shape_follows_the_path():
    sent, _ = serve(answering(b"0" * MAX_PAYLOAD_BYTES), path=SHORT_AUDIO)
    assert json.loads(sent[1]["body"])["error"]["code"] == "400"


def test_an_answer_after_the_time_is_replaced():
    """Also where the app turns the cancelling into an answer of its own."""

    async def late(scope, receive, send):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await answering(b"stopped")(scope, receive, send)

    sent, _ = serve(late, context=Context(remaining_ms=1_001))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert json.loads(sent[1]["body"])["innerError"]["code"] == TOO_LONG


def test_a_timeout_of_the_app_itself_is_not_taken_for_the_end_of_the_time():
    async def impatient(_scope, _receive, _send):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        serve(impatient)


def test_a_large_request_that_is_never_read_is_no_error():
    """A wrong key is reported before the size."""
    sent, _ = serve(answering(b"{}"), body="A" * (MAX_PAYLOAD_BYTES + 1))
    assert sent[0]["status"] == 200
