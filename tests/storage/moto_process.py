"""Run moto's server on a free port until standard input ends. Started by `emulators`."""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class OneWriteAtATime:
    """Makes a condition and the write under it one step, as S3 does and moto does not.

    Only S3 writes with PUT and DELETE; a queue's long poll (POST) delays no other request.
    """

    def __init__(self, app):
        self._app = app
        self._writing = threading.Lock()

    def __call__(self, environ, start_response):
        """Serve one request."""
        if environ["REQUEST_METHOD"] not in {"PUT", "DELETE"}:
            return self._app(environ, start_response)
        with self._writing:
            return self._app(environ, start_response)


class Quiet(WSGIRequestHandler):
    """A handler without a log."""

    def log(self, *_arguments, **_options):
        """Do nothing."""


app = OneWriteAtATime(DomainDispatcherApplication(create_backend_app))
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
print(f"listening on {server.server_port}", flush=True)  # noqa: T201 - read by `emulators`
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
