"""Errors of OpenAI's audio API, with that API's codes and statuses.

https://platform.openai.com/docs/guides/error-codes
Its clients repeat a request after 408, 409, 429 and every 5xx, so a permanent refusal must have
another status.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import HTTPConnection

from functions.api.access import Access, refusal_headers, refusal_of
from functions.api.authentication import Authenticator
from functions.api.problems import Problem, Shape, problem_of
from shared.errors import EmptyAudio, FeatureUnavailable, UnsupportedFormat

# Codes of refused access tokens; the client shows them.
_TOKEN_CODES = {403: "insufficient_permissions", 503: "server_error"}


class OpenAIProblem(Problem):
    """An error about a parameter of the request; `param` is None if it is about none."""

    def __init__(self, status: int, message: str, *, code: str, param: str | None = None) -> None:
        headers = refusal_headers(status)
        super().__init__(status, message, code=code, headers=headers, shape=Shape.OPENAI)
        self.param = param

    def body(self, shape: Shape) -> dict[str, Any]:
        """Return the JSON object of the response."""
        body = super().body(shape)
        if shape is Shape.OPENAI:
            body["error"]["param"] = self.param
        return body


def missing_parameter(name: str) -> OpenAIProblem:
    """Problem of a missing field."""
    message = f"The parameter {name} is missing."
    return OpenAIProblem(400, message, code="missing_required_parameter", param=name)


def invalid_parameter(name: str, accepted: str) -> OpenAIProblem:
    """Problem of an invalid field; names the accepted values, never its value."""
    message = f"The parameter {name} must be {accepted}."
    return OpenAIProblem(400, message, code="invalid_value", param=name)


def unsupported_parameter(name: str, reason: str) -> OpenAIProblem:
    """Problem of a field that this server does not support, with the reason."""
    return OpenAIProblem(400, reason, code="unsupported_parameter", param=name)


class RequireKey:
    """FastAPI dependency that requires a valid key or token."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def __call__(self, connection: HTTPConnection) -> None:
        """Check the headers before the body is read.

        Raises
        ------
        OpenAIProblem: 401, missing or wrong; 403, a token without a required role; 503, a token
            whose issuer cannot be reached.
        """
        access = await self._authenticator.authenticate(connection)
        if access is Access.MISSING:
            raise OpenAIProblem(401, "The request has no API key.", code="missing_api_key")
        if access is Access.WRONG:
            raise OpenAIProblem(401, "The API key is not valid here.", code="invalid_api_key")
        if access is not Access.GRANTED:
            status, message = refusal_of(access)
            raise OpenAIProblem(status, message, code=_TOKEN_CODES.get(status, "invalid_api_key"))


@contextmanager
def as_openai_problems() -> Iterator[None]:
    """Convert errors that have another status in other contracts into OpenAI's 400."""
    try:
        yield
    except (UnsupportedFormat, EmptyAudio) as error:
        flat = problem_of(error)
        problem = OpenAIProblem(400, flat.message, code=flat.inner_code or flat.code, param="file")
    except FeatureUnavailable as error:
        problem = unsupported_parameter("response_format", str(error))
    else:
        return
    raise problem
