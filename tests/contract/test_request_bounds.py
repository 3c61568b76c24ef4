"""The host reads a bounded amount before it has seen a key: raw sockets against it."""

import contextlib
import json
import socket
import threading

import psutil
import pytest
import requests

from functions.container.bounded_http import MAX_FIELDS, MAX_HEAD_BYTES, MAX_URL_BYTES

FLAT = {"code", "message"}
MEGABYTE = 1_000_000
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
TWO_LENGTHS = b"Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKED_POST = b"POST /speechtotext/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def connect(server):
    """Open a socket to the server."""
    port = int(server.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def read_answers(client):
    """Give all that arrives until the server closes, as (status, head, body) in their order."""
    received = b""
    with contextlib.suppress(ConnectionResetError):  # it closes with bytes of ours unread
        while piece := client.recv(65_536):
            received += piece
    answers = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        n_bytes = int(fields[b"content-length"])
        answers.append((int(head.split()[1]), fields, rest[:n_bytes]))
        received = rest[n_bytes:]
    return answers


def ask(server, request):
    """Send these bytes; the answers until the server closes."""
    with connect(server) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(request)
        return read_answers(client)


def send_without_end(client, piece, most_bytes):
    """Send a piece again and again until the server closes; how many bytes went out."""
    n_sent = 0
    with contextlib.suppress(ConnectionError):
        while n_sent < most_bytes:
            n_sent += client.send(piece)
    return n_sent


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (GET, b"".join(b"x-%06d: %s\r\n" % (n, b"a" * 1000) for n in range(100))),
        (GET + b"x-long: ", b"a" * 100_000),
        (GET + b"x-long", b"a" * 100_000),
        (b"GET /", b"a" * 100_000),
        (b"", b"\r\n" * 50_000),
        (CHUNKED_POST + b"1\r\na\r\n0\r\n", b"x-t: " + b"a" * 100_000 + b"\r\n"),
        (CHUNKED_POST + b"1\r\na\r\n0\r\nx-t: ", b"a" * 100_000),
        (CHUNKED_POST + b"1;", b"a" * 100_000),
    ],
    ids=[
        "fields", "a value", "a name", "a URL", "empty lines", "trailers", "a trailer",
        "a chunk extension",
    ],
)  # fmt: skip
def test_an_endless_request_is_cut_and_others_are_served(server, start, piece):
    """Of 100 MB no more is taken than what fits into the buffers of the two sockets."""
    requests.get(f"{server.url}/ready", timeout=60)
    process = psutil.Process(server.process.pid)
    before_bytes = process.memory_info().rss
    statuses, is_over = [], threading.Event()

    def be_a_neighbour():
        while not is_over.is_set():
            statuses.append(requests.get(f"{server.url}/healthz", timeout=30).status_code)

    neighbour = threading.Thread(target=be_a_neighbour)
    neighbour.start()
    try:
        with connect(server) as client:
            client.sendall(start)
            n_sent = send_without_end(client, piece, 100 * MEGABYTE)
    finally:
        is_over.set()
        neighbour.join(60)
    assert n_sent < 20 * MEGABYTE
    assert process.memory_info().rss - before_bytes < 20 * MEGABYTE
    assert set(statuses) == {200}


@pytest.mark.parametrize(
    ("request_bytes", "status", "names"),
    [
        (GET + b"x-a: 1\r\n" * MAX_FIELDS + b"\r\n", 431, FLAT),
        (GET + b"x-a: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n", 431, FLAT),
        (GET + b"Authorization: Bearer " + b"a" * 13 * MEGABYTE + b"\r\n\r\n", 431, FLAT),
        (b"GET /x?" + b"a" * MAX_URL_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, FLAT),
        (b"GET /v1/models?" + b"a" * MAX_URL_BYTES + b" HTTP/1.1\r\n\r\n", 414, {"error"}),
        (b"GET /stt/speech/x HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n", 431, {"error"}),
        (b"GET / HTTP/1.1\r\nnot a field\r\n\r\n", 400, FLAT),
        (b"NONSENSE\r\n\r\n", 400, FLAT),
        (b"POST /v1/audio/speech HTTP/1.1\r\n" + TWO_LENGTHS, 400, {"error"}),
        (b"POST //v1/audio/speech HTTP/1.1\r\n" + TWO_LENGTHS, 400, {"error"}),
        (b"POST /translator/text/v3.0/translate HTTP/1.1\r\n" + TWO_LENGTHS, 400, {"error"}),
        (b"POST /speechtotext/v3.2/transcriptions HTTP/1.1\r\n" + TWO_LENGTHS, 400, FLAT),
        (b"GET /v1/models HTTP/9.9\r\n\r\n", 400, {"error"}),
    ],
)
def test_the_refusal_has_the_shape_of_its_contract_and_closes(server, request_bytes, status, names):
    [(answered, fields, body)] = ask(server, request_bytes)
    assert answered == status
    assert set(json.loads(body)) == names
    assert fields[b"content-type"] == b"application/json"
    assert fields[b"connection"] == b"close"


@pytest.mark.parametrize(("n_bytes", "status"), [(40_000, 400), (100_000, 431)])
def test_a_text_to_read_that_is_too_long_is_refused(server, n_bytes, status):
    """Within the bounds of a head the app reads it, and has a limit of its own."""
    request = (
        b"POST /speech/recognition/conversation/cognitiveservices/v1?language=en-US HTTP/1.1\r\n"
        b"Host: x\r\nConnection: close\r\nOcp-Apim-Subscription-Key: k\r\n"
        b"Content-Type: audio/wav\r\nContent-Length: 0\r\n"
        b"Pronunciation-Assessment: " + b"a" * n_bytes + b"\r\n\r\n"
    )
    [(answered, _, body)] = ask(server, request)
    assert answered == status
    assert json.loads(body)["error"]["code"] == str(status)


def test_a_request_just_within_the_bounds_is_served(server):
    """A hundred fields, or a head of nearly 64 KB, and the connection stays open for the next."""
    with requests.Session() as session:
        for headers in (
            {f"x-{n}": "1" for n in range(MAX_FIELDS - 5)},  # five are the client's own
            {"x-long": "a" * (MAX_HEAD_BYTES - 1000)},
        ):
            assert session.get(f"{server.url}/healthz", headers=headers, timeout=60).ok
        url = f"{server.url}/healthz?{'a' * (MAX_URL_BYTES - 100)}"
        assert session.get(url, timeout=60).ok


def test_a_body_in_many_small_chunks_is_no_head(server):
    """A thousand chunks of 100 bytes, with trailers that are few."""
    chunks = b"64\r\n" + b"a" * 100 + b"\r\n"
    request = CHUNKED_POST + chunks * 1000 + b"0\r\nx-t: 1\r\n\r\n"
    answers = ask(server, request + GET + b"Connection: close\r\n\r\n")
    assert [status for status, _, _ in answers] == [404, 200]


def test_too_many_fields_in_trailers_are_refused(server):
    """They come after the head was taken, so the request may have its answer already."""
    trailers = b"".join(b"x-%d: 1\r\n" % n for n in range(MAX_FIELDS))
    answers = ask(server, CHUNKED_POST + b"0\r\n" + trailers + b"\r\n" + GET + b"\r\n")
    assert [status for status, _, _ in answers] == [431]


def test_requests_before_a_refused_head_are_answered_first(server):
    """A second head that is refused takes nothing from the first, and gets no answer itself."""
    answers = ask(server, GET + b"\r\n" + GET + b"x-a: 1\r\n" * MAX_FIELDS + b"\r\n")
    assert [status for status, _, _ in answers] == [200]


def test_of_very_many_pipelined_requests_the_first_are_answered(server):
    """The connection is closed after them: a client has to send the others again anyway."""
    answers = ask(server, (GET + b"\r\n") * 20_000)
    assert 100 <= len(answers) < 20_000
    assert {status for status, _, _ in answers} == {200}
