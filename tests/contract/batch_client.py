"""Helpers of tests of batch jobs over HTTP: a server of files, and waiting for an end."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

KEY = "k"  # that the hosts of these tests take
DATED = {"api-version": "2024-11-15"}


@contextmanager
def serving_files(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Serve files by their names on loopback; the address, and the paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            """Answer with the file, or 404."""
            asked.append(self.path)
            content = files.get(unquote(urlsplit(self.path).path).lstrip("/"))
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ended(http, address, within_s=60):
    """Wait for the end of a job; the job."""
    until = time.monotonic() + within_s
    while (job := http.get(address, timeout=10).json())["status"] not in {"Succeeded", "Failed"}:
        assert time.monotonic() < until, job["status"]
        time.sleep(0.2)
    return job


def files_of(http, job, **params):
    """All files of a job, page by page."""
    answer = http.get(job["links"]["files"], params=params or None).json()
    found = answer["values"]
    while "@nextLink" in answer:
        answer = http.get(answer["@nextLink"]).json()
        found += answer["values"]
    return found
