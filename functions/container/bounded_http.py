"""HTTP/1.1 with bounds on all input before authentication.

uvicorn's parser in C, httptools, limits neither the length of a URL, nor that of a header field,
nor their number. It buffers all of these, so one socket could exhaust the memory of the machine.
uvicorn's other parser, h11, bounds an incomplete head only, and neither the number of fields nor a
head that arrives in one read; it is in Python and takes 2.5 times the processor time, for small
requests and uploads alike.

On Functions and Lambda the server of the platform limits the head.
"""

import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from functions.api.paths import canonical_path
from functions.api.problems import Problem, shape_of_path

# The longest legitimate field is a `Pronunciation-Assessment`, base64 of a reference text.
MAX_HEAD_BYTES = 65_536
MAX_URL_BYTES = 16_384
MAX_FIELDS = 100
# Clients of HTTP/1.1 rarely send a second request before the first answer; one read of 256 KB holds
# 16 000 small ones.
MAX_PIPELINED = 100


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection; refuses what exceeds the bounds, in the shape of the contract, and closes.

    Trailers count as fields of the head. An unterminated field or chunk extension is refused
    after at most one read beyond `MAX_HEAD_BYTES`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = b""
        self._in_head = True
        self._n_head_bytes = 0
        # Bytes since the parser last made progress: at the start or the end of a head, or in a
        # body. httptools reports neither incomplete fields nor extensions of chunks.
        self._n_bytes_without_progress = 0
        self._problem: Problem | None = None
        self._is_refused = False

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, unless the connection is being closed."""
        if self._is_refused:
            return
        self._n_bytes_without_progress += len(data)
        super().data_received(data)
        if self._n_bytes_without_progress > MAX_HEAD_BYTES and not self._is_refused:
            self._problem = Problem(431)
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Reset the counters."""
        super().on_message_begin()
        self._in_head = True
        self._n_head_bytes = self._n_bytes_without_progress = 0
        if len(self.pipeline) >= MAX_PIPELINED:
            self._stop_parsing(429)

    def on_url(self, url: bytes) -> None:
        """Count and add a piece of the URL."""
        super().on_url(url)
        self._n_head_bytes += len(url)
        if len(self.url) > MAX_URL_BYTES:
            self._stop_parsing(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count and add a field of the head or of the trailers."""
        self._n_head_bytes += len(name) + len(value)
        if self._n_head_bytes > MAX_HEAD_BYTES or len(self.headers) >= MAX_FIELDS:
            self._stop_parsing(431)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request."""
        self._in_head = False
        self._n_bytes_without_progress = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body; the app bounds its size."""
        self._n_bytes_without_progress = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """Refuse input that cannot be parsed or exceeds a bound, and close.

        Requests before a refused head are answered first; the connection is closed after them,
        without an answer to the refused one.
        """
        self._is_refused = True
        is_under_way = self.cycle is not None and not self.cycle.response_complete
        if is_under_way and self._in_head:
            self.cycle.keep_alive = False
            return
        if is_under_way:  # the refused input is its body or its trailers
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not (is_under_way and (self.cycle.response_started or self.pipeline)):
            self.transport.write(self._refusal(self._problem or Problem(400)))
        self.transport.close()

    def _stop_parsing(self, status: int) -> None:
        """Stop the parser; uvicorn's `data_received` then calls `send_400_response`."""
        self._problem = Problem(status)
        raise _BoundExceeded

    def _refusal(self, problem: Problem) -> bytes:
        path = self.url.partition(b"?")[0].decode("latin-1")
        body = json.dumps(problem.body(shape_of_path(canonical_path(path)))).encode()
        fields = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % field for field in fields)
        return STATUS_LINE[problem.status] + lines + b"\r\n" + body


class _BoundExceeded(Exception):
    """Ends the parsing of a connection; never leaves `data_received`."""
