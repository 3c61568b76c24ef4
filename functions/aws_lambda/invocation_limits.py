"""The limits of one invocation: size of the request, size of the answer, time.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html

Beyond them the platform answers with its own body, or with an empty 502. This module answers
earlier where it can, in the shape of the contract.
"""

import asyncio
import base64
import json
from collections.abc import Sequence

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import problem_of, shape_of_path
from functions.aws_lambda.events import is_load_balanced
from shared.errors import AudioTooLarge, AudioTooLong, SpeechError

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
MAX_LOAD_BALANCER_ANSWER_BYTES = 1024 * 1024

# The body is a string in a JSON object with status and headers.
_ENVELOPE_BYTES = 16_384

# Reserved for the answer at the end of the invocation.
_ANSWER_S = 1.0


class InvocationLimits:
    """ASGI middleware behind Mangum that answers before Lambda refuses or kills.

    Belongs inside of ids and log line, so that they describe the answer that leaves. Answers of
    the wrapped app are held until they are complete; Mangum would do so anyway.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of one invocation."""
        event = scope["aws.event"]
        remaining_s = scope["aws.context"].get_remaining_time_in_millis() / 1000
        answer: list[Message] = []

        async def receive_within_limit() -> Message:
            # Raised where the app reads its body, which is after it has checked the key.
            if len(event.get("body") or "") > MAX_PAYLOAD_BYTES:
                raise AudioTooLarge(
                    "The request is larger than the 6 MB that AWS Lambda takes, which is 4.4 MB "
                    "of audio. Fast transcription fetches larger files from an audioUrl."
                )
            return await receive()

        async def hold(message: Message) -> None:
            answer.append(message)

        try:
            async with asyncio.timeout(remaining_s - _ANSWER_S) as clock:
                await self._app(scope, receive_within_limit, hold)
        except TimeoutError:
            if not clock.expired():
                raise
        error: SpeechError | None = None
        if clock.expired():
            error = AudioTooLong(
                "Recognition did not end within the time limit of this function. Send the audio "
                "in shorter parts."
            )
        elif _payload_bytes(answer) > _max_payload_bytes(event):
            error = AudioTooLong(
                "The result is larger than AWS Lambda can return. Send the audio in shorter parts."
            )
        if error is not None:
            await _refuse(error, scope, receive, send)
            return
        for message in answer:
            await send(message)


def _max_payload_bytes(event: dict[str, object]) -> int:
    limit = MAX_LOAD_BALANCER_ANSWER_BYTES if is_load_balanced(event) else MAX_PAYLOAD_BYTES
    return limit - _ENVELOPE_BYTES


def _payload_bytes(answer: Sequence[Message]) -> int:
    """Size of a body as the runtime client sends it: a JSON string with non-ASCII escaped."""
    body = b"".join(message.get("body", b"") for message in answer)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode()
    return len(json.dumps(text))


async def _refuse(error: SpeechError, scope: Scope, receive: Receive, send: Send) -> None:
    shape = shape_of_path(scope["path"])
    problem = problem_of(error, shape)
    scope.setdefault("state", {})["error_code"] = problem.code
    response = JSONResponse(problem.body(shape), problem.status, headers=problem.headers)
    await response(scope, receive, send)
