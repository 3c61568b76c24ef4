"""HTTP/1.1 with bounds on the size and the time of all input before authentication.

uvicorn's parser in C, httptools, limits neither the length of a URL, nor that of a header field,
nor their number. It buffers all of these, so one socket could exhaust the memory of the machine.
uvicorn's other parser, h11, bounds an incomplete head only, and neither the number of fields nor a
head that arrives in one read; it is in Python and takes 2.5 times the processor time, for small
requests and uploads alike. uvicorn bounds neither the wait for a head nor that for a client that
reads nothing.

On Functions and Lambda the server of the platform limits the head.
"""

import asyncio
import fcntl
import json
import struct
import termios
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from functions.api.paths import canonical_path
from functions.api.problems import Problem, shape_of_path
from functions.container.connections import Connections, ConnectionTimes
from functions.container.websocket import BoundedWebSocketProtocol

# The longest legitimate field is a `Pronunciation-Assessment`, base64 of a reference text.
MAX_HEAD_BYTES = 65_536
MAX_URL_BYTES = 16_384
MAX_FIELDS = 100
# Clients of HTTP/1.1 rarely send a second request before the first answer; one read of 256 KB holds
# 16 000 small ones.
MAX_PIPELINED = 100


# A client that takes less of a response is disconnected, see `ConnectionTimes.write_s`.
LEAST_WRITE_BYTES_PER_S = 1_000

_C_INT = struct.Struct("i")


class Refusal(StrEnum):
    """Reason for which a request head or a connection is refused, as the log names it."""

    MALFORMED = "malformed"
    URL_TOO_LONG = "url_too_long"
    HEAD_TOO_LARGE = "head_too_large"
    TOO_MANY_PIPELINED = "too_many_pipelined"
    HEAD_TOO_SLOW = "head_too_slow"


_STATUSES = {
    Refusal.MALFORMED: 400,
    Refusal.URL_TOO_LONG: 414,
    Refusal.HEAD_TOO_LARGE: 431,
    Refusal.TOO_MANY_PIPELINED: 429,
    Refusal.HEAD_TOO_SLOW: 408,
}


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection; refuses what exceeds the bounds, in the shape of the contract, and closes.

    Trailers count as fields of the head. An unterminated field or chunk extension is refused
    after at most one read beyond `MAX_HEAD_BYTES`.

    Parameters
    ----------
    connections: the connections of the server, which this one joins.
    times: longest waits for the client.
    """

    def __init__(
        self, *args: Any, connections: Connections, times: ConnectionTimes, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.url = b""
        self._connections = connections
        self._times = times
        self._in_head = True
        self._has_begun_head = False
        self._in_body = False
        self._n_head_bytes = 0
        # Bytes since the parser last made progress: at the start or the end of a head, or in a
        # body. httptools reports neither incomplete fields nor extensions of chunks.
        self._n_bytes_without_progress = 0
        self._refusal: Refusal | None = None
        self._is_refused = False
        self._awaiting_head = _Deadline(self.loop, times.head_s, self._refuse_slow_head)
        self._lingering = _Deadline(self.loop, times.linger_s, self.abort)
        self._writing = _Deadline(self.loop, times.write_s, self._abort_slow_reader)
        self._n_unread_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head; close if there is no room for the connection."""
        super().connection_made(transport)
        self._awaiting_head.start()
        if not self._connections.opened(self):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all waits."""
        for deadline in (self._awaiting_head, self._lingering, self._writing):
            deadline.stop()
        self._connections.closed(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """Close at once, whatever was sent or received."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, unless the connection is being closed."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self._n_bytes_without_progress += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # other protocols are answered without
            if self._should_upgrade():
                self._upgrade()
                return
        except httptools.HttpParserError:
            self._refuse(self._refusal or Refusal.MALFORMED)
        if self._n_bytes_without_progress > MAX_HEAD_BYTES and not self._is_refused:
            self._refuse(Refusal.HEAD_TOO_LARGE)
        if not (self._is_under_way or self._in_body or self._awaiting_head.is_running):
            self._awaiting_head.start()  # of the next request

    def on_message_begin(self) -> None:
        """Reset the counters."""
        super().on_message_begin()
        self._in_head = self._has_begun_head = True
        self._n_head_bytes = self._n_bytes_without_progress = 0
        if len(self.pipeline) >= MAX_PIPELINED:
            self._stop_parsing(Refusal.TOO_MANY_PIPELINED)

    def on_url(self, url: bytes) -> None:
        """Count and add a piece of the URL."""
        super().on_url(url)
        self._n_head_bytes += len(url)
        if len(self.url) > MAX_URL_BYTES:
            self._stop_parsing(Refusal.URL_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count and add a field of the head or of the trailers."""
        self._n_head_bytes += len(name) + len(value)
        if self._n_head_bytes > MAX_HEAD_BYTES or len(self.headers) >= MAX_FIELDS:
            self._stop_parsing(Refusal.HEAD_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request."""
        super().on_headers_complete()
        self._in_head = self._has_begun_head = False
        self._in_body = True
        self._n_bytes_without_progress = 0
        self._awaiting_head.stop()
        self._connections.works(self)

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body; the app bounds its size."""
        self._n_bytes_without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the body."""
        super().on_message_complete()
        self._in_body = False
        self._lingering.stop()

    def on_response_complete(self) -> None:
        """Start the next request, or wait for its head or for the rest of the body."""
        super().on_response_complete()
        self._watch_writing()
        if self._is_under_way:
            return
        self._connections.waits(self)
        if self._in_body:
            self._lingering.start()
        elif self._has_begun_head:
            self._awaiting_head.start()

    def pause_writing(self) -> None:
        """Bound the time in which the client takes what was written."""
        super().pause_writing()
        self._watch_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, with what the client has not taken yet."""
        super().timeout_keep_alive_handler()
        self._watch_writing()

    def _upgrade(self) -> None:
        """Hand the connection over to the protocol of WebSockets, which leaves `Connections`."""
        for deadline in (self._awaiting_head, self._lingering, self._writing):
            deadline.stop()
        self._connections.works(self)
        self.handle_websocket_upgrade()
        protocol = self.transport.get_protocol()
        if isinstance(protocol, BoundedWebSocketProtocol):
            protocol.on_lost = lambda: self._connections.closed(self)

    @property
    def _is_under_way(self) -> bool:
        """Whether a request has no complete response yet."""
        return bool(self.pipeline) or (self.cycle is not None and not self.cycle.response_complete)

    def _watch_writing(self) -> None:
        # uvloop counts what was written only in its next iteration.
        self._n_unread_bytes = None
        self._writing.start()

    def _abort_slow_reader(self) -> None:
        n_before, n_bytes = self._n_unread_bytes, _n_unread_bytes(self.transport)
        if n_bytes == 0 or (self._is_under_way and not self.flow.write_paused):
            return
        least_bytes = LEAST_WRITE_BYTES_PER_S * self._times.write_s
        if n_before is not None and n_before - n_bytes < least_bytes:
            self.abort()
            return
        self._n_unread_bytes = n_bytes
        self._writing.start()

    def _refuse_slow_head(self) -> None:
        if self._has_begun_head:
            self._refuse(Refusal.HEAD_TOO_SLOW)
        else:  # an answer without a request would be taken for that of the next one
            self.transport.close()

    def _refuse(self, reason: Refusal) -> None:
        """Refuse input that cannot be parsed or exceeds a bound, and close.

        Requests before a refused head are answered first; the connection is closed after them,
        without an answer to the refused one.
        """
        self._is_refused = True
        status = _STATUSES[reason]
        structlog.get_logger().warning("request_refused", status=status, reason=reason.value)
        if self._is_under_way and self._in_head:
            self.cycle.keep_alive = False
            return
        is_answered = False
        if self._is_under_way:  # the refused input is its body or its trailers
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            is_answered = self.cycle.response_started or bool(self.pipeline)
        if not is_answered:
            self.transport.write(self._answer(Problem(status)))
        self.transport.close()
        self._watch_writing()

    def _stop_parsing(self, reason: Refusal) -> None:
        """Stop the parser; `data_received` then refuses the request."""
        self._refusal = reason
        raise _BoundExceeded

    def _answer(self, problem: Problem) -> bytes:
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


class _Deadline:
    """Calls `action` on the loop if it is not stopped within `seconds`; can be started again."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, action: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._action = action
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._timer is not None

    def start(self) -> None:
        self.stop()
        self._timer = self._loop.call_later(self._seconds, self._expire)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        self._action()


def _n_unread_bytes(transport: asyncio.Transport) -> int:
    """Bytes that the client has not acknowledged, in the process and in the kernel.

    The kernel takes up to some megabytes from the process and asks for more only when a third of
    them are through, so that the process alone would see a slow client standing still for minutes.
    """
    n_bytes: int = transport.get_write_buffer_size()
    with suppress(OSError):  # closed by now
        in_kernel = fcntl.ioctl(
            transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(_C_INT.size)
        )
        n_bytes += _C_INT.unpack(in_kernel)[0]
    return n_bytes


class _BoundExceeded(Exception):
    """Ends the parsing of a connection; never leaves `data_received`."""
