"""Messages to named addresses: over TLS alone, judged first, with no more than a short answer."""

import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.errors import AddressRefused, FetchFailed
from shared.fetch import require_allowed
from shared.post import Answer, post

LOOPBACK = [ipaddress.ip_network("127.0.0.1/32")]
HEADERS = {"Content-Type": "application/json", "X-Event": "Ping"}


class _Handler(BaseHTTPRequestHandler):
    """Answers with the status in the path, and a megabyte; keeps what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(int(self.path.partition("?")[0].strip("/")))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(bytes(1_000_000))

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(trusted_certificate):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.requests, server.handle_error = [], lambda *_: None
    server.socket = trusted_certificate("me.test").wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def send(server, path, **options):
    options = {"allowed_networks": LOOPBACK, "resolve": lambda *_: ["127.0.0.1"]} | options
    url = f"https://me.test:{server.server_port}{path}"
    return post(url, b'{"self":"x"}', HEADERS, timeout_s=5, **options)


def test_a_message_arrives_as_it_was_sent_and_the_beginning_of_the_answer_comes_back(server):
    assert send(server, "/200?key=a%2Fb", max_answer_bytes=10) == Answer(200, bytes(10))
    ((path, headers, body),) = server.requests
    assert (path, body) == ("/200?key=a%2Fb", b'{"self":"x"}')
    assert headers.items() >= HEADERS.items()
    assert headers["Host"] == f"me.test:{server.server_port}"


@pytest.mark.parametrize("status", [302, 404, 503])
def test_any_status_is_an_answer_and_no_redirect_is_followed(server, status):
    assert send(server, f"/{status}").status == status
    assert len(server.requests) == 1


def test_an_address_is_judged_when_it_is_connected_to(server):
    with pytest.raises(AddressRefused):
        send(server, "/200", allowed_networks=())
    assert server.requests == []


def test_a_certificate_for_another_name_is_refused(server):
    with pytest.raises(FetchFailed) as raised:
        post(
            f"https://127.0.0.1:{server.server_port}/200?key=canary",
            b"",
            {},
            allowed_networks=LOOPBACK,
        )
    assert "canary" not in str(raised.value)
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/cb",
        "ftp://93.184.216.34/cb",
        "//93.184.216.34/cb",
        "https://user:pass@93.184.216.34/cb",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/cb",
        "https://[::1]/cb",
        "https://127.1/cb",
        "https://10.0.0.1/cb",
        "https://",
        "",
    ],
)
def test_a_forbidden_address_is_refused_when_it_is_named_and_when_it_is_used(url):
    with pytest.raises(AddressRefused):
        require_allowed(url)
    with pytest.raises(AddressRefused):
        post(url, b"", {})


def test_an_address_whose_name_is_not_known_here_may_be_named():
    def unknown(*_):
        raise FetchFailed("There is no such host.")

    require_allowed("https://me.example/cb", resolve=unknown)
    require_allowed("https://93.184.216.34/cb")
    with pytest.raises(AddressRefused):
        require_allowed("https://me.example/cb", resolve=lambda *_: ["93.184.216.34", "10.0.0.1"])
