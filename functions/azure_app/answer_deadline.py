"""A deadline that answers in the contract's shape before the platform times out."""

import asyncio

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import problem_of, shape_of_path
from shared.errors import AudioTooLong


class AnswerDeadline:
    """ASGI middleware that ends a request without an answer after `within_s` seconds.

    It cancels the work and answers that the audio is too long for this host: a 400, which clients
    do not repeat. The load balancer would answer with a 502 or close the connection, and clients
    repeat both.
    """

    def __init__(self, app: ASGIApp, within_s: float) -> None:
        self._app = app
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request within the deadline, or refuse it."""
        has_begun = False
        waiting = asyncio.timeout(self._within_s)

        async def send_in_time(message: Message) -> None:
            nonlocal has_begun
            if waiting.expired():
                return  # the app's answer to its cancellation
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
