"""The HTTP server of the container host with an app and limits of a test, in a thread."""

import contextlib
import socket
import threading
from dataclasses import dataclass

from functions.container.connections import Connections
from functions.container.http_server import HttpServer, open_listener
from shared.settings import Settings


class WatchedConnections(Connections):
    """Connections that tell when the last one is closed."""

    def __init__(self, limit):
        super().__init__(limit)
        self.none_left = threading.Event()

    def opened(self, connection):
        """Count a connection."""
        self.none_left.clear()
        return super().opened(connection)

    def closed(self, connection):
        """Count a connection no longer."""
        super().closed(connection)
        if self._n_open == 0:
            self.none_left.set()


@dataclass
class ServedApp:
    """A server that runs: its port, and an event that is set while it has no connection."""

    port: int
    no_connections: threading.Event

    @property
    def url(self):
        """Address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout_s=30, receive_buffer_bytes=None):
        """Open a socket to the server."""
        client = socket.socket()
        if receive_buffer_bytes is not None:  # has an effect only before the connection
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        client.settimeout(timeout_s)
        client.connect(("127.0.0.1", self.port))
        return client


@contextlib.contextmanager
def serving(app, times, *, max_connections=1_000, **settings):
    """Serve an app while the block runs."""
    of_test = Settings(port=0, shutdown_grace_s=1, **settings)
    listener = open_listener(of_test)
    server = HttpServer(app, of_test, listener, times)
    server.connections = connections = WatchedConnections(max_connections)
    running = threading.Thread(target=server.serve_until_stopped)
    running.start()
    try:
        yield ServedApp(listener.getsockname()[1], connections.none_left)
    finally:
        server.should_exit = True
        running.join(30)
        listener.close()


def closed_by_server(client):
    """Wait until the server closes; return all that it sent before."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(65_536):
            received += piece
    return received
