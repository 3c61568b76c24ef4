"""The HTTP server of the container host: uvicorn."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable

import structlog
import uvicorn
from starlette.types import ASGIApp

from functions.api.realtime.sessions import Sessions
from functions.container.bounded_http import BoundedHttpProtocol
from functions.container.connections import (
    Connections,
    ConnectionTimes,
    connection_limit,
    has_descriptors,
)
from functions.container.response_pieces import ResponsePieces
from functions.container.websocket import (
    MAX_MESSAGE_BYTES,
    PING_INTERVAL_S,
    BoundedWebSocketProtocol,
)
from shared.errors import ConfigurationError
from shared.settings import Settings

# Longer than the idle time after which common clients drop a pooled connection, so that the client
# closes first and no request meets a closing connection.
_KEEP_ALIVE_S = 65

_TIMES = ConnectionTimes()
_TICKS_PER_S = 10  # of uvicorn


class HttpServer(uvicorn.Server):
    """Serves one app on one socket and prints its address.

    SIGTERM and SIGINT stop it: it accepts nothing more, and requests under way have
    `SOTTO_SHUTDOWN_GRACE_S` to finish.

    times: longest waits for clients.
    sessions: real-time sessions of the app, which end when the server stops.
    on_stopping: called when the server begins to stop; must not block.

    Raises
    ------
    ConfigurationError: certificate or key cannot be used.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        listener: socket.socket,
        times: ConnectionTimes = _TIMES,
        *,
        sessions: Sessions | None = None,
    ) -> None:
        self._listener = listener
        self._sessions = sessions
        self.on_stopping: Callable[[], None] | None = None
        self._times = times
        self.connections = Connections(connection_limit())
        self._host = settings.host
        config = uvicorn.Config(
            ResponsePieces(app),
            http=BoundedHttpProtocol,
            lifespan="off",
            ws=BoundedWebSocketProtocol,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=PING_INTERVAL_S,
            ws_ping_timeout=None,  # see PING_INTERVAL_S
            ws_per_message_deflate=False,  # audio does not shrink, and no Speech SDK offers it
            log_config=None,
            access_log=False,
            server_header=False,
            # No proxy is trusted for the client's address: nothing depends on it.
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=settings.shutdown_grace_s,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        try:
            config.load()
        except OSError:  # ssl.SSLError is one
            raise ConfigurationError(
                "SOTTO_TLS_CERT and SOTTO_TLS_KEY must be a PEM certificate and its private key."
            ) from None
        super().__init__(config)

    def serve_until_stopped(self) -> None:
        """Serve; return after a signal or `should_exit`, once the connections are drained."""
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Start to accept connections, then print the address.

        In place of uvicorn's own method, which takes neither arguments of the protocol nor the
        time-out of the TLS handshake.
        """
        server = await asyncio.get_running_loop().create_server(
            self._create_protocol,
            sock=self._listener,
            ssl=self.config.ssl,
            backlog=self.config.backlog,
            ssl_handshake_timeout=self._times.head_s if self.config.is_ssl else None,
            ssl_shutdown_timeout=self._times.write_s if self.config.is_ssl else None,
        )
        self.servers = [server]
        self.started = True
        self.announce(self._listener.getsockname()[1])

    def announce(self, port: int) -> None:
        """Log the port and print the address."""
        structlog.get_logger().info("listening", port=port)
        scheme = "https" if self.config.is_ssl else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        address = f"{scheme}://{host}:{port}"
        sys.stdout.write(
            f"Sotto listens on {address}\n"
            f"Playground: {address}/   API reference: {address}/swagger\n"
        )
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let sessions finish their turns, then drain the connections."""
        if self.on_stopping is not None:
            self.on_stopping()
        if self._sessions is not None:
            self._sessions.stop()
        await super().shutdown(sockets)
        # uvicorn would raise the signal once more, and end the process before batch work has its
        # grace and gives its messages back, and before the last traces are sent.
        self._captured_signals.clear()

    async def on_tick(self, counter: int) -> bool:
        """Log the exhaustion of descriptors: the event loop closes new connections without a word.

        `Connections` keeps a reserve, which connections in the TLS handshake and other work share.
        """
        if counter % _TICKS_PER_S == 0 and not has_descriptors(self._listener.fileno()):
            self.connections.log_exhaustion()
        return await super().on_tick(counter)

    def _create_protocol(self) -> BoundedHttpProtocol:
        return BoundedHttpProtocol(
            self.config,
            self.server_state,
            {},
            connections=self.connections,
            times=self._times,
        )


def open_listener(settings: Settings) -> socket.socket:
    """Open a socket that listens on the configured address.

    Raises
    ------
    ConfigurationError: the address is not of this machine, or in use.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"SOTTO_HOST and SOTTO_PORT: cannot listen on {settings.host} port {settings.port} "
            f"({os.strerror(error.errno or 0)})."
        ) from None
