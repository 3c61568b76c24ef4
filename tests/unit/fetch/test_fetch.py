"""Downloads from servers on loopback, which the tests allow."""

import contextlib
import gzip
import ipaddress
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.errors import AddressRefused, FetchFailed
from shared.fetch import FetchLimits, fetch
from shared.version import USER_AGENT

AUDIO = bytes(range(256)) * 1000
LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
LIMITS = FetchLimits(max_bytes=1_000_000, timeout_s=5)


class _Handler(BaseHTTPRequestHandler):
    """Serves what the path names; `requests` is where a test looks afterwards."""

    stop: threading.Event
    requests: list

    def do_GET(self):
        self.requests.append((self.path, dict(self.headers)))
        name, _, argument = self.path.removeprefix("/").partition("/")
        getattr(self, f"serve_{name.partition('?')[0]}")(argument)

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def serve_audio(self, _argument):
        self.answer(200, AUDIO, Set_Cookie="a=b")

    def serve_unsized(self, _argument):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(AUDIO)

    def serve_status(self, argument):
        self.answer(int(argument))

    def serve_to(self, argument):
        self.answer(302, Location=argument)

    def serve_loop(self, _argument):
        self.answer(302, Location="/loop")

    def serve_lost(self, _argument):
        self.answer(302)

    def serve_gzip(self, _argument):
        self.answer(200, gzip.compress(bytes(1_000_000)), Content_Encoding="gzip")

    def serve_cut(self, _argument):
        self.answer(200, AUDIO, Content_Length=str(len(AUDIO) + 1))
        self.close_connection = True

    def serve_silent(self, _argument):
        self.stop.wait(10)

    def serve_dripping(self, _argument):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.stop.wait(0.02):
                self.wfile.write(b"x")

    def log_message(self, *_args):
        pass


@contextlib.contextmanager
def serving(host="127.0.0.1", port=0, tls=None):
    handler = type("BoundHandler", (_Handler,), {"stop": threading.Event(), "requests": []})
    server = ThreadingHTTPServer((host, port), handler)
    server.handle_error = lambda *_: None
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        handler.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server():
    with serving() as server:
        yield server


def url_of(server, path, host="127.0.0.1"):
    return f"http://{host}:{server.server_port}/{path}"


def download(url, limits=LIMITS, **options):
    options.setdefault("allowed_networks", LOOPBACK)
    with fetch(url, limits=limits, **options) as pieces:
        return b"".join(pieces)


def test_a_body_arrives_whole_and_in_pieces(server):
    with fetch(url_of(server, "audio"), limits=LIMITS, allowed_networks=LOOPBACK) as pieces:
        received = list(pieces)
    assert b"".join(received) == AUDIO
    assert len(received) > 1
    assert max(map(len, received)) <= 65536


def test_a_download_may_be_left_before_its_end(server):
    limits = FetchLimits(max_bytes=10**6, timeout_s=5)
    url = url_of(server, "dripping")
    with fetch(url, limits=limits, allowed_networks=LOOPBACK) as pieces:
        assert next(pieces).startswith(b"x")


def test_a_request_has_few_headers_and_requests_no_encoding(server):
    download(url_of(server, "audio?sig=abc"))
    path, headers = server.RequestHandlerClass.requests[0]
    assert path == "/audio?sig=abc"
    assert headers == {
        "Host": f"127.0.0.1:{server.server_port}",
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }


def test_a_proxy_of_the_environment_is_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert download(url_of(server, "audio")) == AUDIO


def test_a_redirect_is_followed_without_cookies(server):
    assert download(url_of(server, "to//audio")) == AUDIO
    assert "Cookie" not in server.RequestHandlerClass.requests[-1][1]


def test_a_redirect_to_a_refused_address_is_refused(server):
    with serving(host="127.0.0.2") as inside:
        with pytest.raises(AddressRefused):
            download(url_of(server, "to/" + url_of(inside, "audio", "127.0.0.2")))
        assert inside.RequestHandlerClass.requests == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://u:p@127.0.0.1/", "http://0x7f.1/"]
)
def test_a_redirect_to_a_hostile_url_is_refused(server, target):
    with pytest.raises(AddressRefused):
        download(url_of(server, f"to/{target}"))


def test_redirects_end_at_the_limit(server):
    with pytest.raises(FetchFailed, match="redirects more than 3 times"):
        download(url_of(server, "loop"))
    assert len(server.RequestHandlerClass.requests) == 4


def test_a_redirect_without_a_target_fails(server):
    with pytest.raises(FetchFailed):
        download(url_of(server, "lost"))


def test_the_connection_goes_to_the_address_that_was_judged(server):
    """A name that points to a public place once and to loopback afterwards gains nothing."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    asked = []

    def rebinding(host, _port, _timeout_s):
        asked.append(host)
        return answers[len(asked) - 1]

    with serving(host="127.0.0.2", port=server.server_port) as inside:
        url = url_of(server, "audio", "rebinding.test")
        assert download(url, resolve=rebinding) == AUDIO
        assert asked == ["rebinding.test"]
        with pytest.raises(AddressRefused):
            download(url, resolve=rebinding)
        assert inside.RequestHandlerClass.requests == []


def test_the_next_address_is_tried_when_one_does_not_answer(server):
    networks = [ipaddress.ip_network("127.0.0.0/8")]
    resolve = lambda *_: ["127.0.0.3", "127.0.0.1"]  # noqa: E731
    url = url_of(server, "audio", "two.test")
    assert download(url, resolve=resolve, allowed_networks=networks) == AUDIO


@pytest.mark.parametrize("status", [204, 206, 304, 401, 404, 500])
def test_another_status_than_200_fails_and_is_named(server, status):
    with pytest.raises(FetchFailed, match=f"status {status}"):
        download(url_of(server, f"status/{status}"))


def test_an_announced_size_over_the_limit_fails_before_the_body(server):
    limits = FetchLimits(max_bytes=len(AUDIO) - 1)
    with pytest.raises(FetchFailed, match="more than 255999 bytes"):
        download(url_of(server, "audio"), limits)


def test_an_unannounced_size_over_the_limit_fails_while_it_streams(server):
    received = []
    limits = FetchLimits(max_bytes=100_000)
    with (
        pytest.raises(FetchFailed, match="more than 100000 bytes"),
        fetch(url_of(server, "unsized"), limits=limits, allowed_networks=LOOPBACK) as pieces,
    ):
        received.extend(pieces)
    assert sum(map(len, received)) <= 100_000


def test_a_body_of_exactly_the_limit_passes(server):
    assert download(url_of(server, "unsized"), FetchLimits(max_bytes=len(AUDIO))) == AUDIO


def test_a_compressed_body_is_not_unpacked(server):
    with pytest.raises(FetchFailed, match="encoded"):
        download(url_of(server, "gzip"))


def test_a_connection_that_is_cut_fails(server):
    with pytest.raises(FetchFailed):
        download(url_of(server, "cut"))


@pytest.mark.parametrize("path", ["silent", "dripping"])
def test_a_slow_server_is_left_when_the_time_is_over(server, path):
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="in time"):
        download(url_of(server, path), FetchLimits(max_bytes=10**6, timeout_s=0.3))
    assert time.monotonic() - started < 10  # the server would take longer


def test_the_time_a_reader_takes_is_not_the_servers(server):
    limits = FetchLimits(max_bytes=10**6, timeout_s=0.5)
    received = b""
    with fetch(url_of(server, "audio"), limits=limits, allowed_networks=LOOPBACK) as pieces:
        for piece in pieces:
            received += piece
            threading.Event().wait(0.2)
    assert received == AUDIO


def test_a_name_server_that_does_not_answer_is_left_within_two_seconds(monkeypatch):
    released = threading.Event()

    def hanging(*_args, **_kwargs):
        released.wait(30)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", hanging)
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="cannot be resolved"):
        download("http://example.com/")
    assert time.monotonic() - started < 2
    released.set()


def test_a_closed_port_fails_without_naming_the_address(server):
    port = server.server_port
    server.shutdown()
    server.server_close()
    with pytest.raises(FetchFailed) as raised:
        download(f"http://127.0.0.1:{port}/a.wav?sig=s3cret")
    assert str(raised.value) == "The connection to the address could not be made, or broke."
    assert raised.value.__suppress_context__


@pytest.fixture
def tls_server(trusted_certificate):
    """Start a server with a certificate for audio.test that the process trusts."""
    with serving(tls=trusted_certificate("audio.test")) as server:
        yield server


def test_tls_is_verified_against_the_host_name_not_the_address(tls_server):
    resolve = lambda *_: ["127.0.0.1"]  # noqa: E731
    port = tls_server.server_port
    assert download(f"https://audio.test:{port}/audio", resolve=resolve) == AUDIO
    for host in ("other.test", "127.0.0.1"):
        with pytest.raises(FetchFailed):
            download(f"https://{host}:{port}/audio", resolve=resolve)


def test_a_redirect_from_https_to_http_is_refused(tls_server):
    resolve = lambda *_: ["127.0.0.1"]  # noqa: E731
    url = f"https://audio.test:{tls_server.server_port}/to/http://audio.test/"
    with pytest.raises(AddressRefused, match="from https to http"):
        download(url, resolve=resolve)
