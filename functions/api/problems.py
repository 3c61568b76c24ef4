"""Errors as HTTP: the only place that gives them a status and a body.

Four shapes leave this service. Fast transcription and batch are flat:

    {"code": "InvalidArgument", "message": "…",
     "innerError": {"code": "InvalidLocale", "message": "…"}}

Short audio, token and text to speech routes, and key errors everywhere, have the gateway's:

    {"error": {"code": "401", "message": "…"}}

Routes of OpenAI's API have that one's:

    {"error": {"message": "…", "type": "invalid_request_error", "param": null, "code": "…"}}

Routes of Translator have six digits for a code, the status and what exactly was wrong:

    {"error": {"code": 400036, "message": "…"}}

FastAPI's own `{"detail": …}` never does. Clients of azure-core send any answer again that
carries `Retry-After`, so it goes with 429 and 503 and is taken off everything else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.multipart import MalformedMultipart
from shared import errors
from shared.privacy.log_fields import exception_fields

RETRY_AFTER_STATUSES = frozenset({429, 503})


class Shape(Enum):
    """Which of the bodies a contract wants."""

    FLAT = auto()
    WRAPPED = auto()
    OPENAI = auto()
    TRANSLATOR = auto()


# Where another shape is the contract's; every other path is flat.
WRAPPED_PATHS = ("/speech/", "/stt/", "/sts/", "/cognitiveservices/", "/tts/")
OPENAI_PATHS = ("/v1/",)
TRANSLATOR_PATHS = (
    "/translate", "/detect", "/languages", "/transliterate", "/breaksentence", "/dictionary/",
)  # fmt: skip

# Outer code and sentence of an answer about which no more is known than its status.
_STATUSES: Mapping[int, tuple[str, str]] = {
    400: ("InvalidRequest", "The request is not valid."),
    401: ("Unauthorized", "Access denied."),
    403: ("Forbidden", "Access denied."),
    404: ("NotFound", "There is nothing at this address."),
    405: ("NotAllowed", "This address does not take this method."),
    408: ("InvalidRequest", "The request did not arrive in time."),
    409: ("Conflict", "The request contradicts the state of what it names."),
    411: ("InvalidRequest", "The request must tell its length or be chunked."),
    413: ("InvalidRequest", "The request is too large."),
    414: ("InvalidRequest", "The address of the request is too long."),
    415: ("UnsupportedMediaType", "The content type is not supported."),
    422: ("UnprocessableEntity", "The request can not be processed."),
    429: ("TooManyRequests", "Too many requests. Try again later."),
    431: ("InvalidRequest", "The header fields of the request are too long or too many."),
    500: ("InternalServerError", "The request failed on the server."),
    501: ("NotAllowed", "This part of the contract is not available here."),
    503: ("ServiceUnavailable", "The service is not available."),
}


class Problem(Exception):
    """An answer that is an error.

    Parameters
    ----------
    status: HTTP status, 400 to 599.
    message: one sentence for the developer of the client; None takes the status's own.
    code: outer code; None takes the status's own. The wrapped shape shows the status instead.
    inner_code: what exactly was wrong, in the flat shape only.
    detail: last three digits of the code in Translator's shape.
    headers: further headers. `Retry-After` is dropped unless the status is 429 or 503.
    shape: the shape to use whatever the path; key errors set it.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        code: str | None = None,
        inner_code: str | None = None,
        detail: int = 0,
        headers: Mapping[str, str] | None = None,
        shape: Shape | None = None,
    ) -> None:
        own_code, own_message = _STATUSES.get(status, _STATUSES[500 if status >= 500 else 400])
        super().__init__(status)  # the message is for the client, not for a log
        self.status = status
        self.message = message or own_message
        self.code = code or own_code
        self.inner_code = inner_code
        self.detail = detail
        self.shape = shape
        self.headers = {
            name: value
            for name, value in (headers or {}).items()
            if name.lower() != "retry-after" or status in RETRY_AFTER_STATUSES
        }

    def body(self, shape: Shape) -> dict[str, Any]:
        """Return the JSON object of the answer."""
        if shape is Shape.WRAPPED:
            return {"error": {"code": str(self.status), "message": self.message}}
        if shape is Shape.OPENAI:
            kind = "invalid_request_error" if self.status < 500 else "server_error"
            code = self.inner_code or self.code
            error = {"message": self.message, "type": kind, "param": None, "code": code}
            return {"error": error}
        if shape is Shape.TRANSLATOR:
            number = self.status * 1_000 + self.detail
            return {"error": {"code": number, "message": self.message}}
        flat: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.inner_code is not None:
            flat["innerError"] = {"code": self.inner_code, "message": self.message}
        return flat


@dataclass(frozen=True, slots=True)
class Rule:
    """How one class of error is answered.

    message: what the client reads; None passes the error's own sentence on. Errors that an
    operator has to mend are not explained to clients.
    wrapped_status: status in the wrapped shape where that contract names another one.
    detail: last three digits of the code in Translator's shape.
    """

    status: int
    code: str
    inner_code: str | None
    message: str | None = None
    wrapped_status: int | None = None
    detail: int = 0


_NO_MODEL = "Recognition is not available on this server."
_NO_STORAGE = "Storage is not available at the moment."
_INTERNAL = "The request failed on the server."

# Inner codes are those of the service's API definition where it has one that fits.
RULES: Mapping[type[errors.SpeechError], Rule] = {
    # The caller's audio. Short audio knows 400 only, fast transcription tells 422 apart.
    errors.AudioError: Rule(422, "UnprocessableEntity", "InvalidAudioFormat", None, 400),
    errors.UnsupportedFormat: Rule(422, "UnprocessableEntity", "InvalidAudioFormat", None, 400),
    errors.EmptyAudio: Rule(422, "UnprocessableEntity", "EmptyAudioFile", None, 400),
    errors.AudioTooLong: Rule(400, "InvalidArgument", "AudioLengthLimitExceeded"),
    errors.AudioTooLarge: Rule(413, "InvalidRequest", "InvalidPayload"),
    MalformedMultipart: Rule(400, "InvalidRequest", "InvalidPayload"),
    # Recognition
    errors.RecognitionError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.UnsupportedLocale: Rule(400, "InvalidArgument", "InvalidLocale"),
    errors.LanguageNotIdentified: Rule(
        422, "UnprocessableEntity", "NoLanguageIdentified", None, 400
    ),
    errors.QueueFull: Rule(429, "TooManyRequests", "QuotaViolation"),
    errors.EngineUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    # Speech from text. That nothing is set up is said to whoever asks: it is optional.
    errors.SynthesisError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.MalformedSsml: Rule(400, "InvalidArgument", "InvalidPayload"),
    errors.UnknownVoice: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.UnsupportedOutput: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.SynthesisUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError"),
    # Text in another language. Translator says 400 to a body that is too large.
    errors.TranslationError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.UnknownLanguage: Rule(400, "InvalidArgument", "InvalidLocale", detail=19),
    errors.UnsupportedPair: Rule(400, "InvalidArgument", "InvalidLocale", detail=23),
    errors.TranslationUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError"),
    # A URL the caller named
    errors.FetchError: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.AddressRefused: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.FetchFailed: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.FetchRefused: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    # Containers. Which one can not be reached, and why, is for the operator.
    errors.StorageError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.Unstorable: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.BlobNotFound: Rule(404, "NotFound", "NotFound"),
    errors.BlobTooLarge: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.AlreadyExists: Rule(409, "Conflict", "Conflict"),
    errors.Changed: Rule(409, "Conflict", "Conflict"),
    errors.AccessDenied: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.ContainerNotFound: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.StorageUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_STORAGE),
    errors.QueueNotFound: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.LeaseLost: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.MalformedMessage: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    # Jobs
    errors.JobError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.JobNotFound: Rule(404, "NotFound", "NotFound"),
    errors.InvalidDropOptions: Rule(400, "InvalidArgument", "InvalidPayload"),
    errors.SourceChanged: Rule(409, "Conflict", "Conflict"),
    errors.WorkStopped: Rule(503, "ServiceUnavailable", "UnexpectedError", _INTERNAL),
    errors.OutputTaken: Rule(409, "Conflict", "Conflict"),
    errors.MalformedJob: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.InvalidTimeToLive: Rule(400, "InvalidArgument", "InvalidTimeToLive"),
    # What this server does not have. No `Retry-After`: waiting does not mend it.
    errors.FeatureUnavailable: Rule(501, "NotAllowed", "FeatureUnavailable"),
    errors.ModelError: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ModelMissing: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ModelCorrupt: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ConfigurationError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.SpeechError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
}


def problem_of(error: errors.SpeechError, shape: Shape = Shape.FLAT) -> Problem:
    """Translate an error of the domain; a class without a rule takes its nearest base's."""
    rule = next(RULES[base] for base in type(error).__mro__ if base in RULES)
    status = rule.status
    if shape is Shape.WRAPPED and rule.wrapped_status is not None:
        status = rule.wrapped_status
    headers = {}
    if isinstance(error, errors.QueueFull):
        headers["Retry-After"] = str(max(1, error.retry_after_s))
    message = rule.message if rule.message is not None else str(error)
    return Problem(
        status,
        message,
        code=rule.code,
        inner_code=rule.inner_code,
        detail=rule.detail,
        headers=headers,
    )


def shape_of_path(path: str) -> Shape:
    """Return the shape that the contract of a path wants."""
    normal = "/" + path.lower().lstrip("/")
    if normal.startswith(OPENAI_PATHS):
        return Shape.OPENAI
    if normal.startswith(TRANSLATOR_PATHS):
        return Shape.TRANSLATOR
    return Shape.WRAPPED if normal.startswith(WRAPPED_PATHS) else Shape.FLAT


def install_problem_handlers(
    app: FastAPI, shape_of: Callable[[str], Shape] = shape_of_path
) -> None:
    """Make every error of an app leave in its contract's shape.

    Middleware added before it is covered; what is added later (ids, log line, CORS) sees
    every error as an answer already, and must not raise: such an exception is answered, but
    reaches the host's log with its message. The outer code is left in
    `request.state.error_code` for the line the request is logged with.
    """
    answers = _Answers(shape_of)
    handlers: dict[type[Exception], Any] = {
        Problem: answers.on_problem,
        errors.SpeechError: answers.on_speech_error,
        RequestValidationError: answers.on_validation_error,
        HTTPException: answers.on_http_exception,
        ClientDisconnect: answers.on_disconnect,
        Exception: answers.on_unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(_UnexpectedErrors, answer=answers.on_unexpected)


class _Answers:
    """One handler per kind of error."""

    def __init__(self, shape_of: Callable[[str], Shape]) -> None:
        self._shape_of = shape_of

    async def on_problem(self, connection: HTTPConnection, problem: Problem) -> Response:
        return self._respond(connection, problem)

    async def on_speech_error(
        self, connection: HTTPConnection, error: errors.SpeechError
    ) -> Response:
        problem = problem_of(error, self._shape_of(connection.scope["path"]))
        if problem.status in {500, 503}:
            _log_failure("request_failed", error)
        return self._respond(connection, problem)

    async def on_validation_error(
        self, connection: HTTPConnection, error: RequestValidationError
    ) -> Response:
        return self._respond(connection, _validation_problem(error))

    async def on_http_exception(self, connection: HTTPConnection, error: HTTPException) -> Response:
        return self._respond(connection, Problem(error.status_code, headers=error.headers))

    async def on_disconnect(self, connection: HTTPConnection, _error: ClientDisconnect) -> Response:
        return self._respond(connection, Problem(408))  # nobody reads it

    async def on_unexpected(self, connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, ResponseAborted):
            _log_failure("unexpected_error", error)
        return self._respond(connection, Problem(500, inner_code="UnexpectedError"))

    def _respond(self, connection: HTTPConnection, problem: Problem) -> Response:
        shape = problem.shape or self._shape_of(connection.scope["path"])
        connection.state.error_code = problem.code
        return JSONResponse(problem.body(shape), problem.status, headers=problem.headers)


class ResponseAborted(Exception):
    """An answer that had begun can not be finished. Says no more, on purpose."""


class _UnexpectedErrors:
    """Answers what no handler expected, and lets no exception text out of the app.

    Starlette re-raises such errors for the host to log. A host logs messages and tracebacks,
    and those may quote what a caller sent.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[HTTPConnection, Exception], Any]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        response: Response | None = None
        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 - the app's edge
            response = await self._answer(HTTPConnection(scope), error)
        if response is not None and has_begun:
            # Raised outside of the handler above, so that it carries no context.
            raise ResponseAborted
        if response is not None:
            await response(scope, receive, send)


_PLACES = {"query": "query parameter", "header": "header", "path": "part of the path"}
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def _validation_problem(error: RequestValidationError) -> Problem:
    """Say which field of a request is wrong, never what it held."""
    found: dict[str, Any] = next(iter(error.errors()), {})
    place, *names = found.get("loc") or ("body",)
    if found.get("type") == "json_invalid":
        return Problem(400, "The body is not valid JSON.", inner_code="InvalidRequestBodyFormat")
    name = ".".join(str(part) for part in names)
    subject = f"The {_PLACES.get(place, 'field')}"
    if _SAFE_NAME.fullmatch(name):
        subject = f"{subject} `{name}`"
    elif place not in _PLACES:
        subject = "The body"
    missing = found.get("type") == "missing"
    return Problem(
        400,
        f"{subject} is missing." if missing else f"{subject} is not valid.",
        code="InvalidArgument",
        inner_code="InvalidParameterValue",
    )


def _log_failure(event: str, error: Exception) -> None:
    structlog.get_logger().error(event, **exception_fields(error))
