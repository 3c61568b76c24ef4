"""The host's side of Azure Functions: starts a worker and proxies HTTP to it, streaming both ways.

Only Azure has scaling, keys, limits of size and time, and the storage of triggers.
"""

import contextlib
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
HERE = Path(__file__).resolve().parent
KEY = "k"
_PIECE_BYTES = 65_536


class FunctionsHost:
    """A worker with the project loaded, and an HTTP server on loopback in front of it.

    Parameters
    ----------
    settings: the app settings; `SOTTO_` variables of the tests are not handed on.
    command: what to run the worker under, such as strace.
    app: folder of the function app.
    worker: folder of the worker's packages. The worker then sees no other packages than these and
        those that the app brings; without it, those of the tests.

    `functions` are the functions found, with id and bindings. `failures` is what the worker said
    of what failed, `logs` what it would send to the host's log, `output` the lines it wrote on
    standard output and error.
    """

    def __init__(
        self,
        settings: dict[str, str],
        command: Sequence[str] = (),
        app: Path = PROJECT,
        worker: Path | None = None,
    ) -> None:
        self.functions: dict[str, dict[str, Any]] = {}
        self.failures: list[dict[str, Any]] = []
        self.logs: list[str] = []
        self.output: list[str] = []
        self.exit_status: int | None = None
        self._invoked: dict[str, bool] = {}
        self._news = threading.Condition()
        self._worker_uri: str | None = None
        # These two make a worker believe that it runs in Azure.
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SOTTO_", "WEBSITE_")) and name != "CONTAINER_NAME"
        }
        reading, writing = os.pipe()
        # Isolated, and without `site`, which would add the packages of the tests.
        isolation = () if worker is None else ("-I", "-S", "-B")
        script = [*isolation, str(HERE / "worker_process.py"), str(app), str(writing)]
        self.process = subprocess.Popen(
            [*command, sys.executable, *script, *([] if worker is None else [str(worker)])],
            cwd="/", env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | settings,
            pass_fds=[writing], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        os.close(writing)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._input, self._lines = self.process.stdin, self.process.stdout
        self._threads = [
            threading.Thread(target=self._follow_answers, args=(os.fdopen(reading),)),
            threading.Thread(target=self._follow_output),
        ]
        self._front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._threads.append(threading.Thread(target=self._front.serve_forever, args=(0.05,)))
        for thread in self._threads:
            thread.start()
        self.url = f"http://127.0.0.1:{self._front.server_address[1]}"

    def __enter__(self):
        with self._news:
            self._news.wait_for(lambda: self._worker_uri is not None or self.exited, 60)
        if self._worker_uri is None:
            self.__exit__()
            raise RuntimeError("\n".join(self.output))
        return self

    def __exit__(self, *_):
        self._front.shutdown()
        self._front.server_close()
        self._input.close()
        self.exit_status = self.process.wait(60)
        for thread in self._threads:
            thread.join(60)
        self._lines.close()

    @property
    def exited(self) -> bool:
        """Whether the worker has ended."""
        return self.process.poll() is not None

    def start_invocation(self, function: str, **given) -> str:
        """Tell the worker that a trigger fired; return the id of the invocation.

        given: `method`, `url` and `headers` of an HTTP request; the reference to a `blob`; else
        `data`. With the latter two, `metadata` of the trigger.
        """
        found, invocation_id = self.functions[function], str(uuid.uuid4())
        parameter = next(b["name"] for b in found["bindings"] if b["type"].endswith("Trigger"))
        command = {"id": invocation_id, "function": found["id"], "parameter": parameter}
        self._input.write(json.dumps(command | given) + "\n")
        self._input.flush()
        return invocation_id

    def end_invocation(self, invocation_id: str) -> bool:
        """Wait for its end; return whether the worker calls it a success."""
        with self._news:
            assert self._news.wait_for(lambda: invocation_id in self._invoked, 60)
            return self._invoked.pop(invocation_id)

    def _follow_answers(self, answers) -> None:
        with answers:
            for line in answers:
                said = json.loads(line)
                with self._news:
                    match said["kind"]:
                        case "started":
                            self.functions, self._worker_uri = said["functions"], said["uri"]
                        case "invoked":
                            self._invoked[said["id"]] = said["ok"]
                        case "failure":
                            self.failures.append(said)
                        case "log":
                            self.logs.append(said["text"])
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _follow_output(self) -> None:
        for line in self._lines:
            self.output.append(line.rstrip("\n"))

    def _handler(self):
        host = self

        class Proxy(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                invocation = host.start_invocation(
                    "http", method=self.command, url=host.url + self.path, headers=headers
                )
                with contextlib.closing(host._connect()) as worker:
                    body = _body_pieces(self.rfile, headers)
                    # It may answer before it has read everything.
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        worker.request(
                            self.command, self.path, body,
                            headers | {"x-ms-invocation-id": invocation},
                            encode_chunked="transfer-encoding" in headers,
                        )  # fmt: skip
                    answer = worker.getresponse()
                    self._pass_on(answer)
                    for _ in body or ():
                        pass
                host.end_invocation(invocation)

            def _pass_on(self, answer):
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    self.send_header(name, value)
                self.end_headers()
                is_chunked = answer.headers.get("transfer-encoding") == "chunked"
                while piece := answer.read1(_PIECE_BYTES):
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
                    self.wfile.flush()
                if is_chunked:
                    self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_):
                pass

        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            setattr(Proxy, f"do_{method}", Proxy.handle_request)
        return Proxy

    def _connect(self) -> http.client.HTTPConnection:
        """Connect to the worker's server, which starts to listen after the functions are loaded."""
        address = urlsplit(self._worker_uri or "")
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError):
                connection.connect()
                return connection
            time.sleep(0.02)
        raise RuntimeError("the worker's HTTP server does not listen")


def _body_pieces(file, headers) -> Iterator[bytes] | None:
    if "chunked" in headers.get("transfer-encoding", ""):
        return _chunks(file)
    length = int(headers.get("content-length", 0))
    return _stretch(file, length) if length else None


def _stretch(file, n_bytes) -> Iterator[bytes]:
    while n_bytes and (piece := file.read1(min(n_bytes, _PIECE_BYTES))):
        n_bytes -= len(piece)
        yield piece


def _chunks(file) -> Iterator[bytes]:
    while n_bytes := int(file.readline().split(b";")[0], 16):
        yield from _stretch(file, n_bytes)
        file.readline()
    file.readline()
