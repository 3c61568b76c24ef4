"""Errors as HTTP responses: the only module that assigns a status and a body to them.

This service sends four shapes. Fast transcription and batch are flat:

    {"code": "InvalidArgument", "message": "…",
     "innerError": {"code": "InvalidLocale", "message": "…"}}

Short audio, token and text to speech routes, and key errors everywhere, use the gateway's:

    {"error": {"code": "401", "message": "…"}}

Routes of OpenAI's API use that API's:

    {"error": {"message": "…", "type": "invalid_request_error", "param": null, "code": "…"}}

Routes of Translator use a code of six digits, the status and three digits of detail:

    {"error": {"code": 400036, "message": "…"}}

FastAPI's own `{"detail": …}` is never sent. Clients of azure-core repeat a request after any
answer with `Retry-After`, so 429 and 503 carry it and it is removed from every other status.
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
    """Shape of the error body of a contract."""

    FLAT = auto()
    WRAPPED = auto()
    OPENAI = auto()
    TRANSLATOR = auto()


# Paths of contracts with another shape; every other path is flat.
WRAPPED_PATHS = ("/speech/", "/stt/", "/sts/", "/cognitiveservices/", "/tts/")
OPENAI_PATHS = ("/v1/", "/openai/")
TRANSLATOR_PATHS = (
    "/translate", "/detect", "/languages", "/transliterate", "/breaksentence", "/dictionary/",
)  # fmt: skip

# Outer code and message of errors of which only the status is known.
_STATUSES: Mapping[int, tuple[str, str]] = {
    400: ("InvalidRequest", "The request is not valid."),
    401: ("Unauthorized", "Access denied."),
    403: ("Forbidden", "Access denied."),
    404: ("NotFound", "There is no resource at this address."),
    405: ("NotAllowed", "This address does not support this method."),
    408: ("InvalidRequest", "The request did not arrive in time."),
    409: ("Conflict", "The request conflicts with the state of the resource."),
    411: ("InvalidRequest", "The request must have a length or be chunked."),
    413: ("InvalidRequest", "The request is too large."),
    414: ("InvalidRequest", "The address of the request is too long."),
    415: ("UnsupportedMediaType", "The content type is not supported."),
    422: ("UnprocessableEntity", "The request cannot be processed."),
    429: ("TooManyRequests", "Too many requests. Try again later."),
    431: ("InvalidRequest", "The header fields of the request are too long or too many."),
    500: ("InternalServerError", "The request failed on the server."),
    501: ("NotAllowed", "This part of the contract is not available here."),
    503: ("ServiceUnavailable", "The service is not available."),
}


class Problem(Exception):
    """An error response.

    Parameters
    ----------
    status: HTTP status, 400 to 599.
    message: one sentence for the developer of the client; None: the default of the status.
    code: outer code; None: the default of the status. The wrapped shape shows the status
        instead.
    inner_code: specific error code; the wrapped and the Translator shape omit it.
    detail: last three digits of the code in Translator's shape.
    headers: additional headers. `Retry-After` is dropped unless the status is 429 or 503.
    shape: shape that overrides the one of the path; key errors set it.
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
        default_code, default_message = _STATUSES.get(
            status, _STATUSES[500 if status >= 500 else 400]
        )
        super().__init__(status)  # the message is for the client, not for a log
        self.status = status
        self.message = message or default_message
        self.code = code or default_code
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
    """Response to one class of errors.

    message: message for the client; None: the message of the error itself. Clients get no
    explanation of errors that only an operator can resolve, but for the command that fetches a
    missing model: the operator is often the user of the playground.
    wrapped_status: status in the wrapped shape, if that contract specifies another one.
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
_STORAGE_FULL = "Storage has no room left. Deleting still works."
_UNREADABLE = "The stored record cannot be read. DELETE removes it."
_INTERNAL = "The request failed on the server."

# Inner codes come from the service's API definition, which has none for a missing resource or a
# conflict; `FeatureUnavailable` is Sotto's own.
RULES: Mapping[type[errors.SpeechError], Rule] = {
    # The caller's audio. Short audio has only 400; fast transcription also has 422.
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
    # Speech from text. Clients learn that synthesis is not set up: it is optional.
    errors.SynthesisError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.MalformedSsml: Rule(400, "InvalidArgument", "InvalidPayload"),
    errors.UnknownVoice: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.UnsupportedOutput: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.SynthesisUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError"),
    # Text in another language. Translator answers 400 to a body that is too large.
    errors.TranslationError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.UnknownLanguage: Rule(400, "InvalidArgument", "InvalidLocale", detail=19),
    errors.UnsupportedPair: Rule(400, "InvalidArgument", "InvalidLocale", detail=23),
    errors.TranslationUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError"),
    # Pronunciation assessment
    errors.InvalidReferenceText: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    # A URL the caller named
    errors.FetchError: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.AddressRefused: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.FetchFailed: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    errors.FetchRefused: Rule(400, "InvalidArgument", "InvalidRecordingsUri"),
    # Containers. Only the operator learns which one cannot be reached, and why.
    errors.StorageError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.Unstorable: Rule(400, "InvalidArgument", "InvalidParameterValue"),
    errors.BlobNotFound: Rule(404, "NotFound", None),
    errors.BlobTooLarge: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.AlreadyExists: Rule(409, "Conflict", None),
    errors.Changed: Rule(409, "Conflict", None),
    errors.AccessDenied: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.ContainerNotFound: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.StorageUnavailable: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_STORAGE),
    errors.StorageFull: Rule(503, "ServiceUnavailable", "UnexpectedError", _STORAGE_FULL),
    errors.QueueNotFound: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.LeaseLost: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.MalformedMessage: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    # Jobs
    errors.JobError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.JobNotFound: Rule(404, "NotFound", None),
    errors.InvalidDropOptions: Rule(400, "InvalidArgument", "InvalidPayload"),
    errors.SourceChanged: Rule(409, "Conflict", None),
    errors.WorkStopped: Rule(503, "ServiceUnavailable", "UnexpectedError", _INTERNAL),
    errors.OutputTaken: Rule(409, "Conflict", None),
    errors.MalformedJob: Rule(500, "InternalServerError", "UnexpectedError", _UNREADABLE),
    errors.UnstorableRecord: Rule(400, "InvalidArgument", "InvalidPayload"),
    errors.InvalidTimeToLive: Rule(400, "InvalidArgument", "InvalidTimeToLive"),
    # Unavailable features. No `Retry-After`: waiting does not resolve them.
    errors.FeatureUnavailable: Rule(501, "NotAllowed", "FeatureUnavailable"),
    errors.ModelError: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ModelMissing: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ModelCorrupt: Rule(503, "ServiceUnavailable", "UnexpectedError", _NO_MODEL),
    errors.ConfigurationError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.KeysMissing: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
    errors.SpeechError: Rule(500, "InternalServerError", "UnexpectedError", _INTERNAL),
}


def problem_of(error: errors.SpeechError, shape: Shape = Shape.FLAT) -> Problem:
    """Convert a domain error; a class without a rule uses the rule of its nearest base."""
    rule = next(RULES[base] for base in type(error).__mro__ if base in RULES)
    status = rule.status
    if shape is Shape.WRAPPED and rule.wrapped_status is not None:
        status = rule.wrapped_status
    headers = {}
    if isinstance(error, errors.QueueFull):
        headers["Retry-After"] = str(max(1, error.retry_after_s))
    message = rule.message if rule.message is not None else str(error)
    if isinstance(error, errors.ModelError) and error.remedy:
        message = f"{message} {error.remedy}"
    return Problem(
        status,
        message,
        code=rule.code,
        inner_code=rule.inner_code,
        detail=rule.detail,
        headers=headers,
    )


def shape_of_path(path: str) -> Shape:
    """Return the error shape of the contract of a path."""
    normal = "/" + path.lower().lstrip("/")
    if normal.startswith(OPENAI_PATHS):
        return Shape.OPENAI
    if normal.startswith(TRANSLATOR_PATHS):
        return Shape.TRANSLATOR
    return Shape.WRAPPED if normal.startswith(WRAPPED_PATHS) else Shape.FLAT


def install_problem_handlers(
    app: FastAPI, shape_of: Callable[[str], Shape] = shape_of_path
) -> None:
    """Answer every error of an app in the shape of its contract.

    Middleware added before is covered. Middleware added later (ids, log line, CORS) sees every
    error as a response already, and must not raise: such an exception is answered, but
    reaches the host's log with its message. The outer code is stored in
    `request.state.error_code` for the log line of the request.
    """
    responder = _ErrorResponder(shape_of)
    handlers: dict[type[Exception], Any] = {
        Problem: responder.on_problem,
        errors.SpeechError: responder.on_speech_error,
        RequestValidationError: responder.on_validation_error,
        HTTPException: responder.on_http_exception,
        ClientDisconnect: responder.on_disconnect,
        Exception: responder.on_unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(_UnexpectedErrors, answer=responder.on_unexpected)


class _ErrorResponder:
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
        return self._respond(connection, Problem(408))  # the client has left

    async def on_unexpected(self, connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, ResponseAborted):
            _log_failure("unexpected_error", error)
        return self._respond(connection, Problem(500, inner_code="UnexpectedError"))

    def _respond(self, connection: HTTPConnection, problem: Problem) -> Response:
        shape = problem.shape or self._shape_of(connection.scope["path"])
        connection.state.error_code = problem.code
        return JSONResponse(problem.body(shape), problem.status, headers=problem.headers)


class ResponseAborted(Exception):
    """A started response cannot be finished. Carries no message, on purpose."""


class _UnexpectedErrors:
    """Answers unexpected errors, and lets no exception text out of the app.

    Starlette re-raises such errors for the host to log. A host logs messages and tracebacks,
    which may quote content of the request.
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
            # Raised outside of the handler above, so that it has no context.
            raise ResponseAborted
        if response is not None:
            await response(scope, receive, send)


_PLACES = {"query": "query parameter", "header": "header", "path": "part of the path"}
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def _validation_problem(error: RequestValidationError) -> Problem:
    """Name the invalid field of a request, never its value."""
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
