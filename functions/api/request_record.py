"""One log line per request, and response headers that identify it in a client's report."""

import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.assessment import Assessment
from shared.privacy.log_fields import cost_fields
from shared.stages import Stage, StageName, timed_stage
from shared.ticks import milliseconds_from_seconds
from shared.transcript import RecognitionCost, Transcript

_SCOPE_KEY = "sotto.request_record"
_ID_HEADERS = ("x-ms-request-id", "apim-request-id", "X-RequestId")
_SWITCHING_PROTOCOLS = 101
_CLIENT_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(slots=True)
class RequestRecord:
    """Sizes and times of one request or WebSocket; the routers fill them in.

    body_bytes: of a session its audio.
    n_assessed_words: words whose pronunciation was assessed; None for other requests.
    n_turns: of a session; None for other requests.
    lag_s: longest time that audio of a session waited to be decoded.
    stages: those that have ended; for traces, not for the line.
    """

    request_id: str
    stages: list[Stage] = field(default_factory=list)
    body_bytes: int = 0
    n_phrases: int | None = None
    cost: RecognitionCost | None = None
    n_assessed_words: int | None = None
    n_turns: int | None = None
    lag_s: float = 0.0

    def recognising(self) -> AbstractContextManager[None]:
        """Note the block as the stage of recognition."""
        return timed_stage(self.stages, StageName.RECOGNISE)

    def add_transcript(self, transcript: Transcript) -> None:
        """Record the counts and cost of a transcript."""
        self.n_phrases = len(transcript.phrases)
        self.cost = transcript.cost

    def add_cost(self, cost: RecognitionCost) -> None:
        """Add the cost of a turn of a session."""
        former = self.cost or RecognitionCost()
        sums = {
            one.name: getattr(former, one.name) + getattr(cost, one.name) for one in fields(cost)
        }
        self.cost = RecognitionCost(**sums)

    def add_assessment(self, assessment: Assessment | None) -> None:
        """Count the words of an assessment, if there was one."""
        if assessment is not None:
            self.n_assessed_words = (self.n_assessed_words or 0) + len(assessment.words)

    def fields(self) -> dict[str, Any]:
        """Fields for the log line; sizes and times only."""
        fields: dict[str, Any] = {"request_id": self.request_id, "body_bytes": self.body_bytes}
        if self.n_phrases is not None:
            fields["n_phrases"] = self.n_phrases
        if self.n_assessed_words is not None:
            fields["n_assessed_words"] = self.n_assessed_words
        if self.n_turns is not None:
            fields |= {"n_turns": self.n_turns, "lag_ms": milliseconds_from_seconds(self.lag_s)}
        if self.cost is not None:
            fields |= cost_fields(self.cost)
        return fields


def record_of(connection: HTTPConnection) -> RequestRecord:
    """Record of the request or WebSocket under way."""
    record: RequestRecord = connection.scope[_SCOPE_KEY]
    return record


@dataclass(frozen=True, slots=True)
class EndedRequest:
    """A request or WebSocket that has ended, for traces.

    fields: of its log line, before the allow-list.
    start_ns, end_ns: nanoseconds since 1970.
    traceparent: as the client sent it; empty without.
    """

    fields: Mapping[str, Any]
    start_ns: int
    end_ns: int
    stages: Sequence[Stage]
    traceparent: str


OnRequestEnd = Callable[[EndedRequest], None]
"""Takes each request at its end, on the event loop: must neither block nor raise."""


class RequestRecords:
    """ASGI middleware that assigns an id to each request and logs one line at its end.

    The response carries the id as `x-ms-request-id` and `apim-request-id`, which the cloud's
    clients quote in problem reports, and as `X-RequestId`, in the contracts of Translator and
    text to speech; the client's own id is echoed, never logged.
    """

    def __init__(self, app: ASGIApp, on_end: OnRequestEnd | None = None) -> None:
        self._app = app
        self._on_end = on_end
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, then log its line."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        record = RequestRecord(request_id=str(uuid.uuid4()))
        scope[_SCOPE_KEY] = record
        headers_in = Headers(scope=scope)
        client_request_id = headers_in.get("x-ms-client-request-id", "")
        started, start_ns = time.perf_counter(), time.time_ns()
        exchange = _Exchange(receive, send)
        status = 500  # the server's response to an exception that leaves the app

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "websocket.accept":
                status = _SWITCHING_PROTOCOLS
            elif message["type"] in {"http.response.start", "websocket.http.response.start"}:
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name in _ID_HEADERS:
                    headers[name] = record.request_id
                if _CLIENT_REQUEST_ID.fullmatch(client_request_id):
                    headers["x-ms-client-request-id"] = client_request_id
            await exchange.send(message)

        try:
            await self._app(scope, exchange.receive, send_with_ids)
        finally:
            line = {
                "event": "request" if scope["type"] == "http" else "session",
                "route": getattr(scope.get("route"), "path", "/unmatched"),
                "method": scope.get("method", "GET"),
                "status": status,
                "duration_ms": milliseconds_from_seconds(time.perf_counter() - started),
                "error_code": scope.get("state", {}).get("error_code"),
                **record.fields(),
            }
            self._log.info(**line)
            if self._on_end is not None:
                stages = (*record.stages, *exchange.stages(record.stages))
                traceparent = headers_in.get("traceparent", "")
                self._on_end(EndedRequest(line, start_ns, time.time_ns(), stages, traceparent))


class _Exchange:
    """Notes when the body of a request arrived, and when its response began and ended."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._receiving_ns: int | None = None
        self._received_ns: int | None = None
        self._responding_ns: int | None = None
        self._responded_ns: int | None = None

    async def receive(self) -> Message:
        if self._receiving_ns is None:
            self._receiving_ns = time.time_ns()
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._received_ns = time.time_ns()
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._responding_ns = time.time_ns()
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._responded_ns = time.time_ns()

    def stages(self, others: Sequence[Stage]) -> Iterator[Stage]:
        """Stages of the exchange; `others` are those of the work in between."""
        if self._receiving_ns is not None and self._received_ns is not None:
            yield Stage(StageName.RECEIVE, self._receiving_ns, self._received_ns)
        if self._responding_ns is None:
            return
        recognised_ns = max((one.end_ns for one in others), default=None)
        if recognised_ns is not None and recognised_ns <= self._responding_ns:
            yield Stage(StageName.RENDER, recognised_ns, self._responding_ns)
        if self._responded_ns is not None:
            yield Stage(StageName.RESPOND, self._responding_ns, self._responded_ns)
