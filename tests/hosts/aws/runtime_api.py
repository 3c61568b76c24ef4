"""The side of AWS Lambda that a function talks to: the Runtime API, on loopback.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
The real runtime client, `python -m awslambdaric`, asks it for events and posts the answers.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
HANDLER = "functions.aws_lambda.http.handler"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:sotto"
START_LIMIT_S = 120


class InvocationFailed(Exception):
    """The handler raised; its type and message are what the platform was told."""


class RuntimeApi:
    """A Runtime API for one function; `port` is where it listens, on 127.0.0.1."""

    def __init__(self):
        self.initialised = threading.Event()  # the function has asked for its first event
        self.init_error = None
        self._events: queue.Queue[Any] = queue.Queue()
        self._answers: queue.Queue[Any] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def invoke(self, event, time_limit_s=60.0):
        """Give the function an event; return what it answers, as JSON text."""
        self._events.put((str(uuid.uuid4()), json.dumps(event).encode(), time_limit_s))
        kind, body = self._answers.get(timeout=time_limit_s + START_LIMIT_S)
        if kind == "error":
            error = json.loads(body)
            raise InvocationFailed(f"{error['errorType']}: {error['errorMessage']}")
        return body.decode()

    def close(self):
        """Let the function's poll end, then stop listening."""
        self._events.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(api):  # noqa: N805 - `self` is the request below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self):
                with suppress(ConnectionError):  # the function was stopped while it polled
                    super().handle()

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next"
                api.initialised.set()
                following = api._events.get()
                if following is None:
                    self.close_connection = True
                    return
                request_id, body, time_limit_s = following
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
                deadline_ms = round((time.time() + time_limit_s) * 1000)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline_ms))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-6740a1b2-0123456789abcdef0123")
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self._body()
                if self.path == "/2018-06-01/runtime/init/error":
                    api.init_error = json.loads(body)
                    api.initialised.set()
                else:
                    *_, kind = self.path.split("/")
                    api._answers.put((kind, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _body(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = bytearray()
                while n_bytes := int(self.rfile.readline(), 16):
                    body += self.rfile.read(n_bytes)
                    self.rfile.readline()
                self.rfile.readline()
                return bytes(body)

            def log_message(self, *_):
                pass

        return Handler


@dataclass
class RunningFunction:
    """A started function. `log` is what it wrote so far, `init_s` how long the first poll took."""

    api: RuntimeApi
    process: subprocess.Popen[str]
    init_s: float = 0.0
    lines: list[str] = field(default_factory=list)

    @property
    def log(self):
        """Standard output and standard error."""
        return "".join(self.lines)


@dataclass(frozen=True)
class LambdaImage:
    """A built image: where its root file system is mounted, and what it says of its start."""

    root: Path
    environment: dict[str, str]
    entrypoint: list[str]


def image_under_test():
    """The image that `make image ARGS=--lambda` has built; None in other runs of the tests."""
    folder = os.environ.get("LAMBDA_IMAGE")
    if folder is None:
        return None
    root, variables, entrypoint = (
        Path(folder, name).read_text("utf-8").splitlines() for name in ("Root", "Env", "Entrypoint")
    )
    return LambdaImage(Path(root[0]), dict(line.split("=", 1) for line in variables), entrypoint)


def _surroundings(image):
    """Variables that are there before Lambda's and those of the function."""
    if image is None:
        return {k: v for k, v in os.environ.items() if not k.startswith("SOTTO_")}
    credentials = {k: v for k, v in os.environ.items() if k.startswith("AWS_")}
    return credentials | image.environment


@contextmanager
def run_function(settings, command=(), handler=HANDLER, image=None):
    """Start the function as its image does; give it when it waits for its first event.

    `command` stands before the runtime client's, to trace it; `handler` is what the image names;
    `image` is a built one, whose root the command makes its own.
    The user has no home folder, as on Lambda, where nothing but `/tmp` could be written to.
    """
    api = RuntimeApi()
    client = [sys.executable, "-m", "awslambdaric"] if image is None else image.entrypoint
    environment = {
        **_surroundings(image),
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538",
        "AWS_LAMBDA_FUNCTION_NAME": "sotto",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.port}",
        "_HANDLER": handler,
        **settings,
    }
    environment.pop("XDG_CACHE_HOME", None)
    started = time.perf_counter()
    with subprocess.Popen(
        [*command, *client, handler],
        cwd=PROJECT, env=environment, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        function = RunningFunction(api, process)
        reader = threading.Thread(target=lambda: function.lines.extend(process.stdout or ()))
        reader.start()
        try:
            assert api.initialised.wait(START_LIMIT_S), function.log
            function.init_s = time.perf_counter() - started
            yield function
        finally:
            process.terminate()
            process.wait(60)
            api.close()
            reader.join(60)
