"""WebSockets from web pages: browsers open them to any server."""

import asyncio
import json

import pytest

from functions.api.cross_origin import SocketOrigins

PAGE = "https://app.example.org"


def status_of(origins, **headers):
    """Status of the upgrade: 101, or that of the refusal."""
    sent = []

    async def accept(_scope, _receive, send):
        await send({"type": "websocket.accept"})

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/speech/universal/v2",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "extensions": {"websocket.http.response": {}},
    }
    asyncio.run(SocketOrigins(accept, origins)(scope, receive, send))
    if sent[0]["type"] == "websocket.accept":
        return 101
    assert json.loads(sent[1]["body"])["error"]["code"] == str(sent[0]["status"])
    return sent[0]["status"]


def test_a_client_that_is_no_browser_is_served():
    assert status_of((), host="sotto.example.org") == 101


@pytest.mark.parametrize(
    ("origins", "origin", "status"),
    [
        ((), PAGE, 403),
        (("https://other.example.org",), PAGE, 403),
        ((PAGE,), PAGE, 101),
        (("*",), PAGE, 101),
        ((), "null", 403),
        ((), "https://sotto.example.org", 101),
        ((), "http://sotto.example.org:8080", 403),
    ],
)
def test_a_page_is_served_if_its_origin_is_listed_or_that_of_the_server(origins, origin, status):
    assert status_of(origins, host="sotto.example.org", origin=origin) == status
