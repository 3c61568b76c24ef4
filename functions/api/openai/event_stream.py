"""Server-sent events of work in a thread, sent while the work runs.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from functions.api.incoming_body import ClientDisconnected, IncomingBody
from functions.api.problems import Problem, Shape, problem_of
from functions.api.request_threads import RequestThreads
from shared.errors import SpeechError
from shared.privacy.log_fields import exception_fields
from shared.scheduling import CheckCancelled

Emit = Callable[[Mapping[str, Any]], None]

# Interval of comments while there is no event: gateways cut connections that are idle for one
# minute (AWS) or four (Azure).
PING_S = 15.0


class EventStream(StreamingResponse):
    """A response whose events `work(check_cancelled, emit)` emits from a thread.

    The head is sent with the first event or comment, so that an earlier failure has its own status.
    A later failure is the last event, in OpenAI's error shape, which OpenAI's clients raise.

    Parameters
    ----------
    body: body of the request, read to its end; reports when the client disconnects.
    close: called at the end of the work, and again at that of the response.
    """

    def __init__(
        self,
        work: Callable[[CheckCancelled, Emit], None],
        threads: RequestThreads,
        body: IncomingBody,
        close: Callable[[], None],
    ) -> None:
        # A buffering proxy would hold the events until the end; this header stops nginx from it.
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__((), headers=headers, media_type="text/event-stream")
        self._work = work
        self._threads = threads
        self._body = body
        self._close = close
        self._has_begun = False
        self._writing = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        # Bounded by the text of one audio.
        self._events: asyncio.Queue[str | None] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Run the work and send what it emits."""
        pinging = asyncio.ensure_future(self._ping(send))
        writing = asyncio.ensure_future(self._write_events(send))
        try:
            await self._run()
            # Closed before the client sees the end: its next request may need the admission.
            self._close()
            self._events.put_nowait(None)
            await writing
        finally:
            pinging.cancel()
            writing.cancel()
            self._close()
        with suppress(OSError):  # the client has left
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _run(self) -> None:
        def work(check_cancelled: CheckCancelled) -> None:
            self._work(check_cancelled, self._emit)

        try:
            await self._threads.run(work, self._body)
        except Exception as error:
            if not self._has_begun and self._events.empty():
                raise
            problem = _problem_of(error)
        else:
            return
        if problem is not None:
            self._events.put_nowait(_data(problem.body(Shape.OPENAI)))

    def _emit(self, event: Mapping[str, Any]) -> None:
        """Have one event sent, without waiting for a client that reads slowly."""
        try:
            self._loop.call_soon_threadsafe(self._events.put_nowait, _data(event))
        except RuntimeError:  # the server has stopped; its loop is closed
            raise ClientDisconnected from None

    async def _write_events(self, send: Send) -> None:
        while (text := await self._events.get()) is not None:
            try:
                await self._write(send, text)
            except ClientDisconnected:
                return  # `check_cancelled` stops the work

    async def _write(self, send: Send, text: str) -> None:
        async with self._writing:
            try:
                if not self._has_begun:
                    self._has_begun = True
                    await send(
                        {
                            "type": "http.response.start",
                            "status": self.status_code,
                            "headers": self.raw_headers,
                        }
                    )
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            except OSError:
                raise ClientDisconnected from None

    async def _ping(self, send: Send) -> None:
        while True:
            await asyncio.sleep(PING_S)
            try:
                await self._write(send, ": ping\n\n")
            except ClientDisconnected:
                return  # `check_cancelled` stops the work


def _data(event: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _problem_of(error: Exception) -> Problem | None:
    """Problem to send for an error after the head; None if the client has left."""
    if isinstance(error, ClientDisconnected):
        return None
    if isinstance(error, Problem):
        return error
    if isinstance(error, SpeechError):
        return problem_of(error, Shape.OPENAI)
    structlog.get_logger().error("unexpected_error", **exception_fields(error))
    return Problem(500, inner_code="UnexpectedError")
