"""An answer in the contract's shape before the platform gives up on a request."""

import asyncio

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import problem_of, shape_of_path
from shared.errors import AudioTooLong


class AnswerDeadline:
    """ASGI middleware that ends a request which has no answer after `within_s` seconds.

    The work is cancelled, and the client reads that its audio is too long for this host: a 400,
    which clients do not send again. The load balancer's own answer would be a 502 or a closed
    connection, and those they do.
    """

    def __init__(self, app: ASGIApp, within_s: float) -> None:
        self._app = app
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or say that there is no time for it."""
        has_begun = False
        waiting = asyncio.timeout(self._within_s)

        async def send_in_time(message: Message) -> None:
            nonlocal has_begun
            if waiting.expired():
                return  # what the app makes of being cancelled
            if message["type"] == "http.response.start":
                has_begun = True
                waiting.reschedule(None)
            await send(message)

        try:
            async with waiting:
                await self._app(scope, receive, send_in_time)
        except TimeoutError:
            if not waiting.expired():
                raise
        if waiting.expired() and not has_begun:
            structlog.get_logger().warning("answer_deadline_passed")
            problem = problem_of(
                AudioTooLong(
                    f"The request would take longer than the {self._within_s:g} seconds within "
                    "which this host has to answer. Send shorter audio."
                ),
                shape := shape_of_path(scope["path"]),
            )
            await JSONResponse(problem.body(shape), problem.status)(scope, receive, send)
