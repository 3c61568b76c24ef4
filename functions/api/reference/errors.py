"""Errors in the four shapes of the contracts, described once.

`functions.api.problems` sends them. A refused key has the gateway's shape also on the routes of the
flat shape.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, Literal

from pydantic import Field

from functions.api.access import Access, refusal_of
from functions.api.problems import RETRY_AFTER_STATUSES, Problem, Shape
from functions.api.reference.operation import Answer, Content, Header
from functions.api.reference.schemas import CamelCase, Int32, SnakeCase


class WrappedErrorDetail(SnakeCase):
    """An error of the gateway."""

    code: str = Field(description="The HTTP status, as text.")
    message: str = Field(description="One sentence for the developer of the client.")


class WrappedError(SnakeCase):
    """An error of short audio, tokens and text to speech, and of keys on most routes."""

    error: WrappedErrorDetail


class InnerError(CamelCase):
    """The specific error."""

    code: str = Field(description="Such as `InvalidLocale`.")
    message: str


ErrorCode = Literal[
    "InvalidRequest",
    "InvalidArgument",
    "InternalServerError",
    "ServiceUnavailable",
    "NotFound",
    "Conflict",
    "Forbidden",
    "NotAllowed",
    "Unauthorized",
    "UnsupportedMediaType",
    "TooManyRequests",
    "UnprocessableEntity",
]


class FlatError(CamelCase):
    """An error of fast transcription and of the management of jobs, hooks and models."""

    code: ErrorCode = Field(description="Kind of the error.")
    message: str = Field(
        description="One sentence for the developer of the client; it quotes no content."
    )
    inner_error: InnerError | None = None


class OpenAIErrorDetail(SnakeCase):
    """An error with OpenAI's codes."""

    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None = Field(description="Field of the request that the error is about.")
    code: str


class OpenAIError(SnakeCase):
    """An error of the routes of OpenAI's API."""

    error: OpenAIErrorDetail


class TranslatorErrorDetail(SnakeCase):
    """An error with Translator's codes."""

    code: Int32 = Field(description="The HTTP status and three digits of detail, such as 400036.")
    message: str


class TranslatorError(SnakeCase):
    """An error of Translator's routes."""

    error: TranslatorErrorDetail


BUSY = {429: "Too many requests are under way."}
RECEIVED = {
    408: "The client stopped sending.",
    413: "The body is too large.",
}

_KINDS: Mapping[Shape, Any] = {
    Shape.WRAPPED: WrappedError,
    Shape.FLAT: FlatError,
    Shape.OPENAI: OpenAIError,
    Shape.TRANSLATOR: TranslatorError,
}
_REFUSALS = {
    401: (Access.MISSING, "The key or token is missing or wrong."),
    403: (Access.WITHOUT_ROLE, "The access token has none of the required roles."),
    503: (Access.UNVERIFIABLE, "The issuer of the access token cannot be reached."),
}
REQUEST_ID = {"X-RequestId": Header("Id of the request, for questions about it.")}
_RETRY_AFTER = {"Retry-After": Header("Seconds after which the client may try again.", Int32)}


def error_answers(
    shape: Shape, *described: Mapping[int, str], needs_key: bool = True
) -> dict[int, Answer]:
    """Answers with an error, by status: the described ones, refused keys, and failures.

    described: meaning of each status; several meanings of one follow each other.
    """
    meanings: dict[int, str] = {}
    for some in described:
        for status, text in some.items():
            meanings[status] = f"{meanings[status]} {text}" if status in meanings else text
    meanings |= {500: "The request failed on the server."}
    answers = {status: _answer(status, text, {shape: None}) for status, text in meanings.items()}
    if not needs_key:
        return answers
    key_shape = Shape.WRAPPED if shape is Shape.FLAT else shape
    for status, (access, text) in _REFUSALS.items():
        refusal = refusal_of(access)[1]
        if status not in meanings:
            answers[status] = _answer(status, text, {key_shape: refusal})
        elif status == 503:
            meaning = f"{meanings[status]} {text}"
            answers[status] = _answer(status, meaning, {key_shape: refusal, shape: None})
        else:
            answers[status] = _answer(status, meanings[status], {key_shape: refusal})
    return answers


def _answer(status: int, meaning: str, messages: Mapping[Shape, str | None]) -> Answer:
    """One answer in the shapes of `messages`, each with the message of its example."""
    kind: Any = reduce(or_, (_KINDS[shape] for shape in messages))
    examples = {
        shape.name.lower(): Problem(status, message).body(shape)
        for shape, message in messages.items()
    }
    headers = REQUEST_ID if Shape.TRANSLATOR in messages else {}
    if status in RETRY_AFTER_STATUSES:
        headers = headers | _RETRY_AFTER
    return Answer(meaning, (Content(kind, examples=examples),), headers)
