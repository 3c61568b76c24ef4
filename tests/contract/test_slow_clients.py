"""A client that sends or reads too slowly is disconnected, and others are served: raw sockets."""

import asyncio
import contextlib
import json
import ssl

import pytest
import requests
from certificate import make_certificate
from served_app import closed_by_server, serving
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from structlog.testing import capture_logs

from functions.container.connections import ConnectionTimes

SHORT = ConnectionTimes(head_s=0.3, write_s=0.3, linger_s=0.3)
LONG = ConnectionTimes(head_s=600, write_s=600, linger_s=600)
HEAD = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n"


async def hello(scope, receive, send):
    """Answer without reading the body."""
    await PlainTextResponse("hello")(scope, receive, send)


async def endless(scope, receive, send):
    """Stream without end."""

    async def pieces():
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0)  # once the client has left, sending waits for nothing

    await StreamingResponse(pieces())(scope, receive, send)


async def large(scope, receive, send):
    """Answer in one piece of 6 MB."""
    await JSONResponse("x" * 6_000_000)(scope, receive, send)


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"", None),
        (b"\r\n", None),
        (b"GET /v1/models", 408),
        (HEAD + b"x-a: ", 408),
    ],
    ids=["silence", "an empty line", "a URL", "a field"],
)
def test_a_connection_without_a_whole_head_is_closed(start, status):
    """A head that has begun gets an answer in the shape of its contract, silence gets none."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(start)
        received = closed_by_server(client)
    if status is None:
        assert received == b""
        return
    head, _, body = received.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    if start.startswith(HEAD):
        assert json.loads(body)["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("start", [b"\r\n", b"GET /", HEAD])
def test_a_later_head_that_has_begun_is_bounded_too(start):
    """The first request is answered; the connection is closed because of the second."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(HEAD + b"\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(start)
        received = closed_by_server(client)
    assert received.startswith(b"" if start == b"\r\n" else b"HTTP/1.1 408")


def test_a_later_head_that_begins_before_the_first_answer_is_bounded_too():
    """Its time begins with the answer."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(HEAD + b"\r\n" + HEAD)
        received = closed_by_server(client)
    assert received.startswith(b"HTTP/1.1 200")
    assert received.count(b"HTTP/1.1 408") == 1


def test_a_connection_that_is_idle_between_two_requests_stays():
    """The wait for a head begins with its first byte."""
    with serving(hello, SHORT) as served, served.connect() as idle, served.connect() as silent:
        idle.sendall(HEAD + b"\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")
        assert closed_by_server(silent) == b""
        idle.sendall(HEAD + b"\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")


def test_three_hundred_half_open_connections_are_gone():
    """Half of them silent, half in the middle of a head."""
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(hello, SHORT))
        clients = [opened.enter_context(served.connect()) for _ in range(300)]
        for client in clients[::2]:
            client.sendall(HEAD)
        for client in clients:
            closed_by_server(client)
        assert requests.get(served.url, timeout=30).text == "hello"


def test_tls_bounds_the_handshake_and_the_head(tmp_path):
    """Without a handshake, and with one but without a head."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    with (
        serving(hello, SHORT, tls_cert=certificate, tls_key=key) as served,
        served.connect() as silent,
        served.connect() as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
    ):
        encrypted.sendall(HEAD)
        assert closed_by_server(encrypted).startswith(b"HTTP/1.1 408")
        assert closed_by_server(silent) == b""


def test_tls_bounds_a_head_in_size_and_a_reader_in_time(tmp_path):
    """The bounds of the protocol hold under TLS."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    times = ConnectionTimes(head_s=600, write_s=0.3, linger_s=600)
    with serving(large, times, tls_cert=certificate, tls_key=key) as served:
        with (
            served.connect() as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
        ):
            client.sendall(HEAD + b"x-a: " + b"a" * 70_000 + b"\r\n\r\n")
            assert closed_by_server(client).startswith(b"HTTP/1.1 431")
        with (
            served.connect(receive_buffer_bytes=4096) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
        ):
            client.sendall(HEAD + b"\r\n")
            assert served.no_connections.wait(30)


def test_beyond_the_limit_the_longest_waiting_connection_makes_room():
    """An honest client is served beside twice as many silent ones, and the log has one line."""
    with capture_logs() as lines, contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(hello, LONG, max_connections=8))
        for _ in range(16):
            opened.enter_context(served.connect())
        for _ in range(16):
            assert requests.get(served.url, timeout=30).text == "hello"
    assert [line["event"] for line in lines].count("connections_exhausted") == 1


def test_connections_with_a_request_under_way_are_not_closed_for_others():
    """A new one is closed instead, until one of them ends."""
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(endless, LONG, max_connections=2))
        readers = [opened.enter_context(served.connect()) for _ in range(2)]
        for reader in readers:
            reader.sendall(HEAD + b"\r\n")
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
        with served.connect() as refused:
            assert closed_by_server(refused) == b""
        for reader in readers:
            assert reader.recv(1000)


@pytest.mark.parametrize("app", [endless, large])
def test_a_reader_that_reads_nothing_is_disconnected(app):
    """A stream, and an answer in one piece, of which the app has let go."""
    with serving(app, SHORT) as served, served.connect(receive_buffer_bytes=4096) as client:
        client.sendall(HEAD + b"\r\n")
        assert served.no_connections.wait(30)


def test_a_slow_reader_that_goes_on_reading_gets_all():
    """6 MB over a small buffer take longer than the wait for one piece."""
    with serving(large, SHORT) as served, served.connect(receive_buffer_bytes=4096) as client:
        client.sendall(HEAD + b"Connection: close\r\n\r\n")
        _, _, body = closed_by_server(client).partition(b"\r\n\r\n")
    assert len(body) == 6_000_002


def test_the_rest_of_a_body_is_awaited_for_a_limited_time():
    """The app has answered before the body was sent."""
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(post)
        assert closed_by_server(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"GET /languages HTTP/1.1\r\nx-a: " + b"a" * 70_000 + b"\r\n\r\n", 431, "head_too_large"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414, "url_too_long"),
        (b"NONSENSE\r\n\r\n", 400, "malformed"),
        (HEAD, 408, "head_too_slow"),
    ],
)
def test_a_refused_head_leaves_one_line_without_content(sent, status, reason):
    """Status and an enumerated reason."""
    with capture_logs() as lines, serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(sent)
        assert closed_by_server(client)
    refused = {"event": "request_refused", "status": status, "reason": reason}
    assert [line for line in lines if line["event"] != "listening"] == [
        refused | {"log_level": "warning"}
    ]
