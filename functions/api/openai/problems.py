"""What routes of OpenAI's audio API refuse, in that API's words and statuses.

https://platform.openai.com/docs/guides/error-codes
Its clients send a request again after 408, 409, 429 and every 5xx, so nothing that will be
refused again may be one of these.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import HTTPConnection

from functions.api.authentication import Access, Authenticator
from functions.api.problems import Problem, Shape, problem_of
from shared.errors import EmptyAudio, FeatureUnavailable, UnsupportedFormat


class OpenAIProblem(Problem):
    """An error that names the parameter it is about; `param` is None where it is about none."""

    def __init__(self, status: int, message: str, *, code: str, param: str | None = None) -> None:
        headers = {"WWW-Authenticate": 'Bearer realm="sotto"'} if status == 401 else {}
        super().__init__(status, message, code=code, headers=headers, shape=Shape.OPENAI)
        self.param = param

    def body(self, shape: Shape) -> dict[str, Any]:
        """Return the JSON object of the answer."""
        body = super().body(shape)
        if shape is Shape.OPENAI:
            body["error"]["param"] = self.param
        return body


def missing_parameter(name: str) -> OpenAIProblem:
    """Say that a field is not there."""
    message = f"The parameter {name} is missing."
    return OpenAIProblem(400, message, code="missing_required_parameter", param=name)


def invalid_parameter(name: str, accepted: str) -> OpenAIProblem:
    """Say what a field may be, not what it was."""
    message = f"The parameter {name} must be {accepted}."
    return OpenAIProblem(400, message, code="invalid_value", param=name)


def unsupported_parameter(name: str, reason: str) -> OpenAIProblem:
    """Say why a field of the API is not served."""
    return OpenAIProblem(400, reason, code="unsupported_parameter", param=name)


class RequiresKey:
    """FastAPI dependency that lets requests with a right key or token pass."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    async def __call__(self, connection: HTTPConnection) -> None:
        """Look at the headers, before the body is read.

        Raises
        ------
        OpenAIProblem: 401, missing or wrong.
        """
        access = self._authenticator.check(connection.headers)
        if access is Access.MISSING:
            raise OpenAIProblem(401, "There is no API key in the request.", code="missing_api_key")
        if access is Access.WRONG:
            raise OpenAIProblem(401, "The API key is not valid here.", code="invalid_api_key")


@contextmanager
def in_openai_words() -> Iterator[None]:
    """Turn errors that other contracts give another status to into OpenAI's 400."""
    try:
        yield
    except (UnsupportedFormat, EmptyAudio) as error:
        told = problem_of(error)
        problem = OpenAIProblem(400, told.message, code=told.inner_code or told.code, param="file")
    except FeatureUnavailable as error:
        problem = unsupported_parameter("response_format", str(error))
    else:
        return
    raise problem
