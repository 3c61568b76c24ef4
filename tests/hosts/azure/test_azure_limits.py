"""The triggers add the limits of the platform to the API, and the way through."""

import asyncio
import json

import pytest

from functions.azure_app.answer_deadline import AnswerDeadline
from functions.azure_app.http import PassThrough
from functions.azure_app.platform_limits import function_app_settings
from shared.errors import ConfigurationError
from tests.hosts.azure.functions_host import PROJECT

KEYS = {"SOTTO_KEYS": "k"}
LIMIT = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"


@pytest.mark.parametrize(
    ("environment", "max_upload_bytes"),
    [
        ({}, 102_857_600),  # the host's 100 MiB less 2 MB
        ({LIMIT: "220200960"}, 218_200_960),
        ({LIMIT: "220200960", "SOTTO_MAX_UPLOAD_BYTES": "50000000"}, 50_000_000),
        ({LIMIT: "1000000000"}, 500_000_000),
    ],
)
def test_uploads_are_limited_below_the_limit_of_the_host(environment, max_upload_bytes):
    assert function_app_settings(KEYS | environment).max_upload_bytes == max_upload_bytes


@pytest.mark.parametrize("limit", ["-1", "many", "1000", "1e9"])
def test_a_body_limit_that_is_none_is_refused_by_its_name(limit):
    with pytest.raises(ConfigurationError, match=LIMIT):
        function_app_settings(KEYS | {LIMIT: limit})


def test_a_function_app_needs_keys():
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS must be set"):
        function_app_settings({})


ISSUER = {"SOTTO_OIDC_ISSUER": "https://login.example", "SOTTO_OIDC_AUDIENCE": "api://sotto"}


def test_an_issuer_is_enough_without_jobs():
    """Addresses of results are signed with the keys, which all instances share."""
    assert function_app_settings(ISSUER).keys == ()
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS must be set where SOTTO_JOBS is"):
        function_app_settings(ISSUER | {"SOTTO_JOBS": "azure:jobs"})
    assert function_app_settings(KEYS | ISSUER | {"SOTTO_JOBS": "azure:jobs"}).jobs


def exchange(app, path="/x", pieces=()):
    """Statuses and bodies, in the order they were sent, of one request."""
    sent, waiting = [], list(pieces)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message.get("status", message.get("body")))

    scope = {"type": "http", "path": path, "headers": [], "app": "theirs", "path_params": {"a": 1}}
    asyncio.run(app(scope, receive, send))
    return sent


async def never(*_channels):
    await asyncio.Event().wait()


async def until_cancelled(_scope, _receive, send):
    """As the API does: being cancelled becomes an answer."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b"gone"})


@pytest.mark.parametrize("app", [never, until_cancelled])
def test_a_request_that_takes_too_long_is_answered_as_too_long(app):
    """In the contract's shape, and with a status that clients do not try again."""
    status, body = exchange(AnswerDeadline(app, 0.01), "/speechtotext/transcriptions:transcribe")
    assert status == 400
    assert json.loads(body)["innerError"]["code"] == "AudioLengthLimitExceeded"
    _, body = exchange(AnswerDeadline(app, 0.01), "/speech/recognition/conversation/x")
    assert json.loads(body)["error"]["code"] == "400"


def test_an_answer_that_has_begun_is_not_cut_off():
    async def slow(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"all"})

    assert exchange(AnswerDeadline(slow, 0.01)) == [200, b"all"]


def test_a_timeout_of_the_app_itself_stays_one():
    async def fails(*_channels):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        exchange(AnswerDeadline(fails, 10))


def test_request_and_answer_pass_piece_by_piece():
    async def echo(scope, receive, send):
        assert scope.keys() == {"type", "path", "headers"}  # nothing of the extension's routing
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (message := await receive())["body"]:
            await send({"type": "http.response.body", "body": message["body"], "more_body": True})

    assert exchange(PassThrough(echo), pieces=[b"a", b"b", b""]) == [200, b"a", b"b"]


def settings_of(value, name=""):
    """Names of all settings below one of host.json."""
    if not isinstance(value, dict):
        return [name]
    return [found for key, inner in value.items() for found in settings_of(inner, key)]


def test_every_setting_of_host_json_has_its_reason_in_the_documents():
    host_json = json.loads((PROJECT / "host.json").read_text())
    page = (PROJECT / "docs" / "azure-functions.md").read_text()
    host_json.pop("version")
    for part in ("extensionBundle", "logLevel"):
        assert f"{part}`" in page
    del host_json["extensionBundle"], host_json["logging"]["logLevel"]
    found = settings_of(host_json)
    assert len(found) >= 15
    assert [name for name in found if f"{name}`" not in page] == []
