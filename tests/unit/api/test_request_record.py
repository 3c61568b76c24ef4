"""The fields of the log line of a request or a session."""

import asyncio

from structlog.testing import capture_logs

from functions.api.request_record import RequestRecord, RequestRecords
from shared.stages import StageName
from shared.transcript import RecognitionCost


def test_the_cost_of_a_session_is_the_sum_of_its_turns():
    record = RequestRecord(request_id="00", n_turns=2)
    record.add_cost(RecognitionCost(4.0, n_segments=2, queue_s=0.1, recognition_s=1.0))
    record.add_cost(RecognitionCost(6.0, n_segments=1, n_retries=1, recognition_s=1.0))
    fields = record.fields()
    assert (fields["audio_ms"], fields["recognition_ms"], fields["rtf"]) == (10_000, 2000, 0.2)
    assert (fields["n_segments"], fields["n_retries"], fields["queue_ms"]) == (3, 1, 100)


def test_a_session_without_a_turn_has_no_cost():
    assert "audio_ms" not in RequestRecord(request_id="00").fields()


def served(*, chunks=(b"a", b"b"), **kwargs):
    """Serve one request by an app that reads its body and answers; what it hands over at its end.

    `recognises`: whether the app notes a stage of recognition in between.
    """
    ended = []

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        if kwargs.get("recognises"):
            with scope["sotto.request_record"].recognising():
                pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        scope = {
            "type": "http", "method": "POST", "path": "/", "headers": kwargs.get("headers", []),
        }  # fmt: skip
        messages = [
            {"type": "http.request", "body": chunk, "more_body": at < len(chunks) - 1}
            for at, chunk in enumerate(chunks)
        ]
        sent = []

        async def receive():
            return messages.pop(0)

        async def send(message):
            sent.append(message["type"])

        await RequestRecords(app, on_end=ended.append)(scope, receive, send)
        assert sent == ["http.response.start", "http.response.body", "http.response.body"]

    with capture_logs():
        asyncio.run(run())
    (request,) = ended
    return request


def test_the_stages_of_a_request_follow_each_other():
    request = served(recognises=True)
    times = {stage.name: (stage.start_ns, stage.end_ns) for stage in request.stages}
    assert times.keys() == {
        StageName.RECEIVE, StageName.RECOGNISE, StageName.RENDER, StageName.RESPOND,
    }  # fmt: skip
    marks = [
        request.start_ns, *times[StageName.RECEIVE], *times[StageName.RECOGNISE],
        *times[StageName.RENDER], *times[StageName.RESPOND], request.end_ns,
    ]  # fmt: skip
    assert marks == sorted(marks)
    assert times[StageName.RECOGNISE][1] == times[StageName.RENDER][0]


def test_a_request_without_recognition_has_no_stage_between_body_and_answer():
    names = [stage.name for stage in served().stages]
    assert names == [StageName.RECEIVE, StageName.RESPOND]


def test_a_traceparent_is_handed_over_and_is_no_field_of_the_line():
    request = served(headers=[(b"traceparent", b"00-canary")])
    assert request.traceparent == "00-canary"
    assert "canary" not in str(request.fields)
