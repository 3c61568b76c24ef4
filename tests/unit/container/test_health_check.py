"""The image's HEALTHCHECK, against a server of the standard library."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from functions.container.health_check import main


@pytest.fixture
def answering(monkeypatch):
    """Starter of a server that answers `GET /ready` with one status."""
    servers = []

    def start(status):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/ready" else 404)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever).start()
        servers.append(server)
        monkeypatch.setenv("SOTTO_PORT", str(server.server_address[1]))
        monkeypatch.setenv("SOTTO_HOST", "0.0.0.0")  # noqa: S104 - as in the image
        monkeypatch.delenv("SOTTO_TLS_CERT", raising=False)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "exit_status"), [(200, 0), (503, 1)])
def test_the_status_of_ready_decides(answering, status, exit_status):
    answering(status)
    assert main() == exit_status


def test_a_server_that_does_not_speak_tls_is_not_healthy_where_tls_is_set(answering, monkeypatch):
    answering(200)
    monkeypatch.setenv("SOTTO_TLS_CERT", "/etc/sotto/fullchain.pem")
    assert main() == 1


def test_a_port_where_no_server_listens_is_not_healthy(answering, monkeypatch):
    answering(200)
    monkeypatch.setenv("SOTTO_PORT", "1")
    assert main() == 1
