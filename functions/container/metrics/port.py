"""The port of metrics and probes, without a key: `SOTTO_METRICS_PORT`, for monitoring only.

A worker has no other port. TLS is not served here: scrapers and probes come from the same network.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from functions.api.metrics import Exposition
from functions.container.http_server import HttpServer, open_listener
from functions.container.metrics.registry import Metrics
from shared.errors import ConfigurationError
from shared.settings import Settings

_STOP_S = 5.0


class MetricsPort:
    """Serves `/metrics`, `/healthz` and `/ready` in a thread, from `start` to `stop`.

    Parameters
    ----------
    is_alive: whether this process does its work.
    is_ready: whether its model is loaded.

    Raises
    ------
    ConfigurationError: the port cannot be listened on.
    """

    def __init__(
        self,
        settings: Settings,
        exposition: Exposition,
        is_alive: Callable[[], bool],
        is_ready: Callable[[], bool],
    ) -> None:
        own = dataclasses.replace(
            settings, port=settings.metrics_port, tls_cert=None, tls_key=None, shutdown_grace_s=0
        )
        try:
            listener = open_listener(own)
        except ConfigurationError as error:
            message = str(error).replace("SOTTO_PORT", "SOTTO_METRICS_PORT")
            raise ConfigurationError(message) from None
        self.port: int = listener.getsockname()[1]
        self._server = _Server(_app(exposition, is_alive, is_ready), own, listener)
        self._thread = threading.Thread(
            target=self._server.serve_until_stopped, name="metrics", daemon=True
        )

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop to serve, within seconds."""
        self._server.should_exit = True
        self._thread.join(_STOP_S)


@contextmanager
def metrics_port(
    settings: Settings,
    metrics: Metrics,
    is_alive: Callable[[], bool],
    is_ready: Callable[[], bool],
) -> Iterator[None]:
    """Serve metrics and probes while the block runs, if the settings name a port for them.

    Raises
    ------
    ConfigurationError: see `MetricsPort`.
    """
    if settings.metrics_port == 0:
        yield
        return
    port = MetricsPort(settings, metrics.exposition, is_alive, is_ready)
    port.start()
    try:
        yield
    finally:
        port.stop()


class _Server(HttpServer):
    def announce(self, port: int) -> None:
        """Log the port."""
        structlog.get_logger().info("metrics_listening", port=port)


def _app(
    exposition: Exposition, is_alive: Callable[[], bool], is_ready: Callable[[], bool]
) -> Starlette:
    def metrics(_request: Request) -> Response:
        text, content_type = exposition()
        return Response(text, media_type=content_type)

    def healthz(_request: Request) -> Response:
        return _probe("ok", holds=is_alive())

    def ready(_request: Request) -> Response:
        return _probe("ready", holds=is_ready())

    return Starlette(
        routes=[Route("/metrics", metrics), Route("/healthz", healthz), Route("/ready", ready)]
    )


def _probe(status: str, *, holds: bool) -> Response:
    if holds:
        return JSONResponse({"status": status})
    return JSONResponse({"status": f"not {status}"}, status_code=503)
