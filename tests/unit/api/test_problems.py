"""Every error as the exact answer a client sees."""

import inspect
import json

import pytest
import structlog
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from functions.api.authentication import Authenticator
from functions.api.multipart import MalformedMultipart
from functions.api.problems import (
    RULES,
    Problem,
    ResponseAborted,
    Shape,
    install_problem_handlers,
    problem_of,
    shape_of_path,
)
from shared import errors
from shared.settings import Settings

INVALID, UNPROCESSABLE = "InvalidArgument", "UnprocessableEntity"
INTERNAL, UNAVAILABLE = "InternalServerError", "ServiceUnavailable"
NO_MODEL = "Recognition is not available on this server."
NO_STORAGE = "Storage is not available at the moment."
NO_ROOM = "Storage has no room left. Deleting still works."
UNREADABLE = "The stored record cannot be read. DELETE removes it."
FAILED = "The request failed on the server."
SAID = "A sentence."

# error, flat status, outer code, inner code, wrapped status, message
ANSWERS = [
    (errors.AudioError(SAID), 422, UNPROCESSABLE, "InvalidAudioFormat", 400, SAID),
    (errors.UnsupportedFormat(SAID), 422, UNPROCESSABLE, "InvalidAudioFormat", 400, SAID),
    (errors.EmptyAudio(SAID), 422, UNPROCESSABLE, "EmptyAudioFile", 400, SAID),
    (errors.AudioTooLong(SAID), 400, INVALID, "AudioLengthLimitExceeded", 400, SAID),
    (errors.AudioTooLarge(SAID), 413, "InvalidRequest", "InvalidPayload", 413, SAID),
    (MalformedMultipart(SAID), 400, "InvalidRequest", "InvalidPayload", 400, SAID),
    (errors.RecognitionError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.UnsupportedLocale(SAID), 400, INVALID, "InvalidLocale", 400, SAID),
    (errors.LanguageNotIdentified(SAID), 422, UNPROCESSABLE, "NoLanguageIdentified", 400, SAID),
    (
        errors.QueueFull(7), 429, "TooManyRequests", "QuotaViolation", 429,
        "Too many requests are waiting for recognition.",
    ),
    (errors.EngineUnavailable(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_MODEL),
    (errors.InvalidReferenceText(SAID), 400, INVALID, "InvalidParameterValue", 400, SAID),
    (errors.FetchError(SAID), 400, INVALID, "InvalidRecordingsUri", 400, SAID),
    (errors.AddressRefused(SAID), 400, INVALID, "InvalidRecordingsUri", 400, SAID),
    (errors.FetchRefused(SAID), 400, INVALID, "InvalidRecordingsUri", 400, SAID),
    (errors.FetchFailed(SAID), 400, INVALID, "InvalidRecordingsUri", 400, SAID),
    (errors.StorageError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.Unstorable(SAID), 400, INVALID, "InvalidParameterValue", 400, SAID),
    (errors.BlobNotFound(SAID), 404, "NotFound", None, 404, SAID),
    (errors.BlobTooLarge(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.AlreadyExists(SAID), 409, "Conflict", None, 409, SAID),
    (errors.Changed(SAID), 409, "Conflict", None, 409, SAID),
    (errors.AccessDenied(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.ContainerNotFound(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.StorageUnavailable(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_STORAGE),
    (errors.StorageFull(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_ROOM),
    (errors.QueueNotFound(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.LeaseLost(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.MalformedMessage(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.JobError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.JobNotFound(SAID), 404, "NotFound", None, 404, SAID),
    (errors.InvalidDropOptions(SAID), 400, INVALID, "InvalidPayload", 400, SAID),
    (errors.SourceChanged(SAID), 409, "Conflict", None, 409, SAID),
    (errors.OutputTaken(SAID), 409, "Conflict", None, 409, SAID),
    (errors.WorkStopped(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, FAILED),
    (errors.MalformedJob(SAID), 500, INTERNAL, "UnexpectedError", 500, UNREADABLE),
    (errors.UnstorableRecord(SAID), 400, INVALID, "InvalidPayload", 400, SAID),
    (errors.InvalidTimeToLive(SAID), 400, INVALID, "InvalidTimeToLive", 400, SAID),
    (errors.SynthesisError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.MalformedSsml(SAID), 400, INVALID, "InvalidPayload", 400, SAID),
    (errors.UnknownVoice(SAID), 400, INVALID, "InvalidParameterValue", 400, SAID),
    (errors.UnsupportedOutput(SAID), 400, INVALID, "InvalidParameterValue", 400, SAID),
    (errors.SynthesisUnavailable(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, SAID),
    (errors.TranslationError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.UnknownLanguage(SAID), 400, INVALID, "InvalidLocale", 400, SAID),
    (errors.UnsupportedPair(SAID), 400, INVALID, "InvalidLocale", 400, SAID),
    (errors.TranslationUnavailable(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, SAID),
    (errors.FeatureUnavailable(SAID), 501, "NotAllowed", "FeatureUnavailable", 501, SAID),
    (errors.ModelError(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_MODEL),
    (errors.ModelMissing(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_MODEL),
    (errors.ModelCorrupt(SAID), 503, UNAVAILABLE, "UnexpectedError", 503, NO_MODEL),
    (
        errors.ModelMissing(SAID, remedy="Fetch it."),
        503, UNAVAILABLE, "UnexpectedError", 503, f"{NO_MODEL} Fetch it.",
    ),
    (errors.ConfigurationError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.KeysMissing(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
    (errors.SpeechError(SAID), 500, INTERNAL, "UnexpectedError", 500, FAILED),
]  # fmt: skip

FLAT_ROUTE, WRAPPED_ROUTE = "/speechtotext/raise", "/speech/raise"


class Body(BaseModel):
    """A body with one number."""

    number: int


def client_raising(error):
    """Build a client of an app whose routes raise an error."""
    app = FastAPI()

    async def fail():
        raise error

    app.add_api_route(FLAT_ROUTE, fail)
    app.add_api_route(WRAPPED_ROUTE, fail)
    install_problem_handlers(app)
    return TestClient(app)


@pytest.fixture
def client():
    app = FastAPI()
    authenticator = Authenticator(Settings(keys=("k",)))

    @app.post("/speechtotext/validate/{name}")
    async def validate(name: int, count: int, body: Body):
        """Take numbers only."""

    @app.get("/speechtotext/locked", dependencies=[Depends(authenticator.require)])
    async def locked():
        """Need a key."""

    @app.get("/speech/locked", dependencies=[Depends(authenticator.require_short_audio)])
    async def short_locked():
        """Need a key."""

    install_problem_handlers(app)
    return TestClient(app)


def answered(client, path, **options):
    response = client.request(options.pop("method", "GET"), path, **options)
    assert response.headers["content-type"] == "application/json"
    return response.status_code, response.json()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer[0]).__name__)
def test_an_error_has_its_answer_in_both_shapes(answer):
    error, status, code, inner, wrapped_status, message = answer
    client = client_raising(error)
    with structlog.testing.capture_logs() as logs:
        flat = answered(client, FLAT_ROUTE)
        wrapped = answered(client, WRAPPED_ROUTE)
    specific = {} if inner is None else {"innerError": {"code": inner, "message": message}}
    assert flat == (status, {"code": code, "message": message, **specific})
    assert wrapped == (
        wrapped_status,
        {"error": {"code": str(wrapped_status), "message": message}},
    )
    assert len(logs) == (2 if status in {500, 503} else 0)
    assert SAID not in str(logs)


def test_every_error_of_the_tree_has_a_rule_and_a_test():
    tree = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.SpeechError)
    }
    assert tree <= set(RULES)
    assert {type(answer[0]) for answer in ANSWERS} == set(RULES)


def test_an_error_that_is_new_is_answered_as_its_base():
    class Stereo(errors.UnsupportedFormat):
        pass

    assert problem_of(Stereo(SAID)).inner_code == "InvalidAudioFormat"


def test_an_error_without_a_sentence_gets_the_one_of_its_status():
    assert problem_of(errors.AudioTooLarge()).message == "The request is too large."


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "invalid_request_error"), (503, "server_error")]
)
def test_routes_of_openai_have_its_shape(status, kind):
    problem = Problem(status, SAID, inner_code="InvalidParameterValue")
    assert shape_of_path("/v1/audio/speech") is Shape.OPENAI
    assert problem.body(Shape.OPENAI) == {
        "error": {"message": SAID, "type": kind, "param": None, "code": "InvalidParameterValue"}
    }


@pytest.mark.parametrize(("retry_after_s", "header"), [(7, "7"), (0, "1")])
def test_a_full_queue_says_when_to_come_back(retry_after_s, header):
    response = client_raising(errors.QueueFull(retry_after_s)).get(FLAT_ROUTE)
    assert response.headers["retry-after"] == header


@pytest.mark.parametrize("status", [400, 401, 404, 408, 413, 500, 501, 504])
def test_no_other_status_carries_retry_after(status):
    response = client_raising(Problem(status, headers={"retry-After": "1", "X-A": "b"})).get(
        FLAT_ROUTE
    )
    assert "retry-after" not in response.headers
    assert response.headers["x-a"] == "b"


@pytest.mark.parametrize("status", [429, 503])
def test_these_statuses_may_carry_retry_after(status):
    response = client_raising(Problem(status, headers={"Retry-After": "3"})).get(FLAT_ROUTE)
    assert response.headers["retry-after"] == "3"


def test_a_problem_names_its_own_codes():
    problem = Problem(400, "No audio.", code="InvalidArgument", inner_code="EmptyRequest")
    assert answered(client_raising(problem), FLAT_ROUTE) == (
        400,
        {
            "code": "InvalidArgument",
            "message": "No audio.",
            "innerError": {"code": "EmptyRequest", "message": "No audio."},
        },
    )


def test_the_text_of_a_problem_is_for_the_client_alone():
    assert str(Problem(400, "remind me at five")) == "400"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/speech/recognition/conversation/cognitiveservices/v1", Shape.WRAPPED),
        ("/stt/speech/recognition/x", Shape.WRAPPED),
        ("//STS/v1.0/issueToken", Shape.WRAPPED),
        ("/cognitiveservices/v1", Shape.WRAPPED),
        ("/speechtotext/transcriptions:transcribe", Shape.FLAT),
        ("////speechtotext/transcriptions", Shape.FLAT),
        ("/", Shape.FLAT),
        ("/translate", Shape.TRANSLATOR),
        ("/dictionary/lookup", Shape.TRANSLATOR),
        ("/openai/deployments/x/audio/speech", Shape.OPENAI),
    ],
)
def test_the_path_decides_the_shape(path, shape):
    assert shape_of_path(path) is shape


NOWHERE = "There is no resource at this address."


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/speechtotext/nothing", (404, {"code": "NotFound", "message": NOWHERE})),
        ("GET", "/speech/nothing", (404, {"error": {"code": "404", "message": NOWHERE}})),
        (
            "DELETE",
            "/speechtotext/locked",
            (405, {"code": "NotAllowed", "message": "This address does not support this method."}),
        ),
    ],
)
def test_an_unknown_route_or_method_is_answered_in_shape(client, method, path, answer):
    assert answered(client, path, method=method) == answer


def test_a_wrong_method_names_the_right_ones(client):
    assert client.delete("/speechtotext/locked").headers["allow"] == "GET"


MISSING_KEY = "Access denied: the request carries no subscription key or token."
WRONG_KEY = "Access denied: the subscription key or token is not valid here."


@pytest.mark.parametrize(
    ("path", "key", "status", "message"),
    [
        ("/speechtotext/locked", None, 401, MISSING_KEY),
        ("/speechtotext/locked", "wrong", 401, WRONG_KEY),
        ("/speech/locked", None, 403, MISSING_KEY),
        ("/speech/locked", "wrong", 401, WRONG_KEY),
    ],
)
def test_key_errors_have_the_shape_of_the_gateway_everywhere(client, path, key, status, message):
    headers = {} if key is None else {"Ocp-Apim-Subscription-Key": key}
    assert answered(client, path, headers=headers) == (
        status,
        {"error": {"code": str(status), "message": message}},
    )


def test_a_right_key_is_let_in(client):
    headers = {"Ocp-Apim-Subscription-Key": "k"}
    assert client.get("/speechtotext/locked", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "message", "inner"),
    [
        ("five?count=1", "{}", "The part of the path `name` is not valid.", None),
        ("5", '{"number": 1}', "The query parameter `count` is missing.", None),
        ("5?count=remind", '{"number": 1}', "The query parameter `count` is not valid.", None),
        ("5?count=1", '{"number": "remind"}', "The field `number` is not valid.", None),
        ("5?count=1", "{}", "The field `number` is missing.", None),
        ("5?count=1", "", "The body is missing.", None),
        ("5?count=1", "[1]", "The body is not valid.", None),
        ("5?count=1", "{remind", "The body is not valid JSON.", "InvalidRequestBodyFormat"),
    ],
)
def test_a_request_that_does_not_validate_is_400_and_is_not_quoted(
    client, path, body, message, inner
):
    status, answer = answered(
        client,
        f"/speechtotext/validate/{path}",
        method="POST",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert status == 400
    assert answer["message"] == message
    assert answer["innerError"]["code"] == (inner or "InvalidParameterValue")
    assert "remind" not in json.dumps(answer)
    assert "detail" not in answer


@pytest.mark.parametrize("route", [FLAT_ROUTE, WRAPPED_ROUTE])
def test_an_unexpected_error_is_500_and_leaves_its_type_only(route):
    client = client_raising(ValueError("remind me at five"))
    with structlog.testing.capture_logs() as logs:
        status, answer = answered(client, route)  # a client that would raise what got out
    assert status == 500
    assert answer == (
        {"error": {"code": "500", "message": FAILED}}
        if route == WRAPPED_ROUTE
        else {
            "code": INTERNAL,
            "message": FAILED,
            "innerError": {"code": "UnexpectedError", "message": FAILED},
        }
    )
    assert [(line["event"], line["error_type"]) for line in logs] == [
        ("unexpected_error", "ValueError")
    ]
    assert "remind" not in str(logs)


def test_an_answer_that_breaks_off_tells_the_host_nothing_else():
    app = FastAPI()

    @app.get("/stream")
    async def stream():
        async def pieces():
            yield b"a"
            raise ValueError("remind me at five")

        return StreamingResponse(pieces())

    install_problem_handlers(app)
    with structlog.testing.capture_logs() as logs, pytest.raises(ResponseAborted) as raised:
        TestClient(app).get("/stream")
    assert raised.value.__context__ is None
    assert [line["error_type"] for line in logs] == ["ValueError"]


def test_a_client_that_left_is_no_failure():
    with structlog.testing.capture_logs() as logs:
        assert client_raising(ClientDisconnect()).get(FLAT_ROUTE).status_code == 408
    assert logs == []


def test_the_outer_code_is_left_for_the_line_of_the_request():
    app, codes = FastAPI(), []

    @app.middleware("http")
    async def record(request, call_next):
        response = await call_next(request)
        codes.append(request.state.error_code)
        return response

    install_problem_handlers(app)
    TestClient(app).get("/nothing")
    assert codes == ["NotFound"]


def test_a_websocket_is_refused_with_the_same_answer():
    app = FastAPI()
    authenticator = Authenticator(Settings(keys=("k",)))

    @app.websocket("/speech/ws", dependencies=[Depends(authenticator.require)])
    async def ws(websocket):
        """Never accepted."""

    install_problem_handlers(app)
    with pytest.raises(Exception) as raised, TestClient(app).websocket_connect("/speech/ws"):
        pass
    assert raised.value.status_code == 401
