"""One log line per request, and response headers that identify it in a client's report."""

import re
import time
import uuid
from dataclasses import dataclass, fields
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.assessment import Assessment
from shared.privacy.log_fields import cost_fields
from shared.ticks import milliseconds_from_seconds
from shared.transcript import RecognitionCost, Transcript

_SCOPE_KEY = "sotto.request_record"
_SWITCHING_PROTOCOLS = 101
_CLIENT_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(slots=True)
class RequestRecord:
    """Sizes and times of one request or WebSocket; the routers fill them in.

    body_bytes: of a session its audio.
    n_assessed_words: words whose pronunciation was assessed; None for other requests.
    n_turns: of a session; None for other requests.
    lag_s: longest time that audio of a session waited to be decoded.
    """

    request_id: str
    body_bytes: int = 0
    n_phrases: int | None = None
    cost: RecognitionCost | None = None
    n_assessed_words: int | None = None
    n_turns: int | None = None
    lag_s: float = 0.0

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


class RequestRecords:
    """ASGI middleware that assigns an id to each request and logs one line at its end.

    The response carries the id as `x-ms-request-id` and `apim-request-id`, which the cloud's
    clients quote in problem reports; the client's own id is echoed, never logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, then log its line."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        record = RequestRecord(request_id=str(uuid.uuid4()))
        scope[_SCOPE_KEY] = record
        client_request_id = Headers(scope=scope).get("x-ms-client-request-id", "")
        started = time.perf_counter()
        status = 500  # the server's response to an exception that leaves the app

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "websocket.accept":
                status = _SWITCHING_PROTOCOLS
            elif message["type"] in {"http.response.start", "websocket.http.response.start"}:
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-ms-request-id"] = headers["apim-request-id"] = record.request_id
                if _CLIENT_REQUEST_ID.fullmatch(client_request_id):
                    headers["x-ms-client-request-id"] = client_request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_ids)
        finally:
            error_code = scope.get("state", {}).get("error_code")
            self._log.info(
                "request" if scope["type"] == "http" else "session",
                route=getattr(scope.get("route"), "path", "/unmatched"),
                method=scope.get("method", "GET"),
                status=status,
                duration_ms=milliseconds_from_seconds(time.perf_counter() - started),
                error_code=error_code,
                **record.fields(),
            )
