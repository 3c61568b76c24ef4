"""Messages of SQS within the time of an invocation, with work that is scripted."""

import json
from pathlib import Path

import pytest

from functions.aws_lambda.work_handler import WorkHandler, deadline_of
from shared.errors import (
    AudioTooLong,
    EngineUnavailable,
    LeaseLost,
    MalformedMessage,
    StorageUnavailable,
)
from shared.storage.work_message import WorkMessage

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"
JOB = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"


class Context:
    """Context of an invocation, as Lambda passes it."""

    def __init__(self, remaining_ms=900_000):
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self):
        """Time until the function is killed."""
        return self.remaining_ms


class ScriptedWork:
    """Does for each file what it was told: nothing, an error, a function of the attempt."""

    def __init__(self, *script):
        self.script = dict(enumerate(script))
        self.attempts = []

    def handle(self, message, attempt):
        """Do the work of a message."""
        self.attempts.append(attempt)
        act = self.script.get(message.file_index)
        if isinstance(act, Exception):
            raise act
        if act is not None:
            act(attempt)


class RecordingQueue:
    """Keeps what was released and buried; `error` is what both raise afterwards."""

    def __init__(self, error=None):
        self.released, self.buried, self.error = [], [], error

    def accept(self, body):
        """Read a message, as `WorkQueue.accept` does."""
        try:
            return WorkMessage.from_json(body)
        except MalformedMessage:
            self.buried.append(body)
            if self.error is not None:
                raise self.error from None
            raise

    def release(self, lease, delay_s=0):
        """Give a message back."""
        self.released.append((lease.receipt.id, delay_s))
        if self.error is not None:
            raise self.error


def sqs_event(*bodies, delivery_count=1):
    """Event of these messages; a number stands for the work on that file."""
    (record,) = json.loads((EVENTS / "sqs_work.json").read_text())["Records"]
    attributes = record["attributes"] | {"ApproximateReceiveCount": str(delivery_count)}
    records = [
        record | {"messageId": f"m{place}", "body": work_on(body), "attributes": attributes}
        for place, body in enumerate(bodies)
    ]
    return {"Records": records}


def work_on(body):
    """Message about a file of the job; a text as it is."""
    if isinstance(body, str):
        return body
    return f'{{"v":1,"kind":"transcribe","job":"{JOB}","file":{body},"attempt":1}}'


def handle(work, event, queue=None, context=None):
    """Ids of the messages that go back."""
    handler = WorkHandler(work, queue or RecordingQueue(), lambda: None)
    answer = handler(event, context or Context())
    assert list(answer) == ["batchItemFailures"]
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_only_unfinished_messages_go_back():
    work = ScriptedWork(None, StorageUnavailable("busy"), None)
    assert handle(work, sqs_event(0, 1, 2)) == ["m1"]


@pytest.mark.parametrize("body", ["", "buy milk", '{"job":"2d0f"}', "\ud800", "x" * 200_000])
def test_a_foreign_message_is_dead_lettered_and_not_retried(body):
    work, queue = ScriptedWork(), RecordingQueue()
    assert handle(work, sqs_event(body, 0), queue) == []
    assert len(work.attempts) == 1
    assert queue.buried == [body.encode(errors="replace")]


def test_a_message_that_cannot_be_dead_lettered_now_goes_back():
    """Then the redrive policy buries it, or the next try."""
    queue = RecordingQueue(StorageUnavailable("busy"))
    assert handle(ScriptedWork(), sqs_event("buy milk", 0), queue) == ["m0"]


@pytest.mark.parametrize(
    ("delivery_count", "pause_s"), [(1, 5), (2, 20), (3, 80), (4, 320), (5, 320), (9, 320)]
)
def test_the_pause_before_the_next_try_grows(delivery_count, pause_s):
    queue = RecordingQueue()
    event = sqs_event(0, delivery_count=delivery_count)
    assert handle(ScriptedWork(StorageUnavailable("busy")), event, queue) == ["m0"]
    assert queue.released == [("m0", pause_s)]


def test_a_message_goes_back_also_where_its_pause_cannot_be_set():
    queue = RecordingQueue(LeaseLost("gone"))
    assert handle(ScriptedWork(StorageUnavailable("busy")), sqs_event(0), queue) == ["m0"]


def test_the_number_of_the_try_is_that_of_the_delivery():
    work = ScriptedWork()
    handle(work, sqs_event(0, delivery_count=5))
    assert work.attempts[0].number == 5
    assert work.attempts[0].is_last


@pytest.mark.parametrize(
    ("remaining_ms", "limit", "ending_s"),
    [
        (899_990, "15 minutes of AWS Lambda", 60),
        (60_000, "1 minute of AWS Lambda", 15),
        (90_400, "90 seconds of AWS Lambda", 22.6),
        (1_000, "1 second of AWS Lambda", 0.25),
    ],
)
def test_the_limit_is_named_as_the_function_has_it(remaining_ms, limit, ending_s, monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    deadline = deadline_of(Context(remaining_ms))
    assert deadline.limit == limit
    assert deadline.at_s == pytest.approx(1000 + remaining_ms / 1000 - ending_s)


def test_a_file_is_refused_for_its_length_only_where_it_had_the_whole_invocation(monkeypatch):
    """The second of a batch has what the first one left, and is tried again instead."""
    now_s = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now_s[0])

    def take_long(attempt):
        now_s[0] = 1890.0
        with pytest.raises(AudioTooLong, match="15 minutes of AWS Lambda"):
            attempt.check()

    def wait_for_the_end(attempt):
        now_s[0] = 1890.0
        attempt.check()

    assert handle(ScriptedWork(take_long), sqs_event(0)) == []
    now_s[0] = 1000.0
    assert handle(ScriptedWork(None, wait_for_the_end), sqs_event(0, 1)) == ["m1"]
    now_s[0] = 1000.0
    work = ScriptedWork(take_long, None)
    assert handle(work, sqs_event(0, 1)) == ["m1"]
    assert len(work.attempts) == 1


def test_without_an_engine_the_whole_batch_goes_back():
    def unavailable():
        raise EngineUnavailable("The engine can not be loaded.")

    work = ScriptedWork()
    with pytest.raises(EngineUnavailable):
        WorkHandler(work, RecordingQueue(), unavailable)(sqs_event(0), Context())
    assert work.attempts == []
