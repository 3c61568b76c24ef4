"""A server without keys, as browsers and other clients of the same machine reach it."""

import json
import os

import pytest
from batch_api import HELLO, JOBS, OLD_JOBS, make_batch, wav
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from functions.api.app import create_app
from functions.api.loopback_guard import LoopbackGuard
from shared.settings import Settings
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.transcription.scripted_transcriber import ScriptedTranscriber

SERVER = "http://127.0.0.1:5000"
APP = "https://app.example"
PUBLIC = "https://speech.example/stt"
EVIL = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
JOB = {
    "displayName": "calls",
    "locale": "en-US",
    "contentContainerUrl": f"{SERVER}/containers/audio",
    "properties": {"timeToLiveHours": 48},
}
HOOK = {
    "displayName": "h",
    "webUrl": "https://93.184.215.14/hook",
    "events": {"transcriptionCompletion": True},
}
TRANSCRIBE = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
HOOKS = "/speechtotext/v3.2/webhooks"


@pytest.fixture
def open_server(tmp_path, monkeypatch):
    """Make clients of a server with batch work, without keys unless they are given."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    batch = make_batch(tmp_path, queue)
    batch.drop_folders["audio"].input.put("a.wav", wav())

    def client(**settings):
        transcriber = ScriptedTranscriber((HELLO,), locales=("en-US",))
        return TestClient(create_app(Settings(**settings), transcriber, batch), base_url=SERVER)

    yield client
    queue.close()


def posts():
    """Give what a page can post without a preflight, and what is answered to a client."""
    return [
        pytest.param(OLD_JOBS, {"content": json.dumps(JOB)}, 201, id="a job"),
        pytest.param(HOOKS, {"content": json.dumps(HOOK)}, 201, id="a web hook"),
        pytest.param(TRANSCRIBE, {"files": {"audio": wav()}}, 200, id="a form"),
    ]


@pytest.mark.parametrize("settings", [{}, {"cors_origins": (APP,)}], ids=["default", "listed"])
@pytest.mark.parametrize(("path", "body", "status"), posts())
def test_a_page_of_another_site_cannot_post(open_server, settings, path, body, status):
    """As `fetch` with `no-cors` and a body without a type does; a client without Origin can."""
    client = open_server(**settings)
    refused = client.post(path, headers=EVIL, **body)
    assert (refused.status_code, refused.json()["code"]) == (403, "Forbidden")
    assert not [name for name in refused.headers if name.startswith("access-control")]
    assert client.get(OLD_JOBS).json()["values"] == []
    assert client.get(HOOKS).json()["values"] == []
    assert client.post(path, **body).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:5000", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "ftp://127.0.0.1:5000"},
        {"Origin": "http://127.0.0.1:5000.evil.example"},
        {"Origin": "http://127.0.0.1:5000@evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.attacker.example"},
        {"Host": "rebound.attacker.example:5000", "Sec-Fetch-Site": "same-origin"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": "localhost.attacker.example"},
        {"Host": "localhost@attacker.example"},
        {"Host": "0.0.0.0:5000"},
        {"Host": "192.168.1.2:5000"},
        {"Host": ""},
    ],
    ids=str,
)
def test_other_pages_and_other_names_are_refused(open_server, headers):
    """Also to read: after DNS rebinding the browser takes the answer for the page's own."""
    for path in (JOBS + "?api-version=2024-11-15", "/", "/nothing"):
        assert open_server().get(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:5000", "Sec-Fetch-Site": "same-origin"},
        {"Host": "localhost:5000", "Origin": "http://localhost:5000"},
        {"Host": "LOCALHOST.", "Origin": "http://localhost"},
        {"Host": "speech.localhost:8000"},
        {"Host": "127.8.9.1"},
        {"Host": "[::1]:5000", "Origin": "http://[::1]:5000"},
        {"Host": "speech.example"},
        {"Host": "127.0.0.1:5000", "Origin": "https://speech.example"},
        {"Host": "speech.example", "Origin": "https://speech.example"},
        {"Origin": APP, "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_own_pages_listed_origins_and_plain_clients_are_served(open_server, headers):
    """Own is what loopback's names and the public address serve, also behind a proxy."""
    client = open_server(cors_origins=("*", APP), public_url=PUBLIC)
    for path in (JOBS + "?api-version=2024-11-15", "/swagger"):
        assert client.get(path, headers=headers).status_code == 200


def test_a_preflight_is_answered_for_listed_origins_alone(open_server):
    """`*`, the default, lists none here."""
    asked = {"Access-Control-Request-Method": "POST"}
    client = open_server(cors_origins=("*", APP))
    refused = client.options(JOBS, headers=EVIL | asked)
    assert refused.status_code == 403
    assert not [name for name in refused.headers if name.startswith("access-control")]
    allowed = client.options(JOBS, headers={"Origin": APP} | asked)
    assert allowed.headers["access-control-allow-origin"] == APP


def test_with_keys_a_page_of_any_site_may_call(open_server):
    """It has to bring a key, which is what keeps others out; the name is the operator's."""
    client = open_server(keys=("k",))
    given = EVIL | {"Host": "speech.example", "Ocp-Apim-Subscription-Key": "k"}
    answer = client.get(OLD_JOBS, headers=given)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_refusal_has_the_shape_of_its_contract(open_server):
    body = open_server().get("/v1/models", headers=EVIL).json()
    assert body["error"]["type"] == "invalid_request_error"


async def accept(_scope, receive, send):
    """Accept a WebSocket and close it."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close"})


def test_web_sockets_are_judged_alike():
    """CORS does not cover them: without the guard any page may open one."""
    client = TestClient(LoopbackGuard(accept, (APP,)), base_url=SERVER)
    for headers in ({}, {"Origin": APP}, {"Origin": SERVER, "Host": "127.0.0.1:5000"}):
        with client.websocket_connect("/speech/x", headers={"Host": "localhost"} | headers):
            pass
    for headers in (EVIL, {"Host": "rebound.attacker.example"}):
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/speech/x", headers={"Host": "localhost"} | headers),
        ):
            pass
