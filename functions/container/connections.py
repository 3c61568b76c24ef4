"""The connections of the server: how many, and how long each may wait for its client."""

import errno
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

# Descriptors for everything else: models, storage, the queue, fetched files, watched folders.
RESERVED_DESCRIPTORS = 128
# More connections than one process can serve; a limit of descriptors may be a million.
MAX_CONNECTIONS = 10_000
# One line for each period of exhaustion, not for each refused connection.
EXHAUSTION_LOG_PERIOD_S = 60.0

_OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})


@dataclass(frozen=True, slots=True)
class ConnectionTimes:
    """Longest waits for the client of one connection, in seconds.

    head_s: for a whole request head, once the connection is open or the head has begun; also for
        the handshake of TLS. Clients send a head in one packet; 15 s cover the retransmissions of
        a bad mobile link.
    write_s: for the client to take the 64 KB that wait in the server, a least rate of 1 KB/s. A
        player that reads the slowest format at the speed of speech (2 KB/s) stays within it.
    linger_s: for the rest of a body whose response is complete, as in nginx's `lingering_time`:
        closing earlier would reset the connection before the client has read the response.
    """

    head_s: float = 15.0
    write_s: float = 60.0
    linger_s: float = 30.0


class Connection(Protocol):
    """Port of one open connection."""

    def abort(self) -> None:
        """Close at once, whatever was sent or received."""
        ...


class Connections:
    """Bounds the open connections, so that one more client is always accepted.

    Beyond the limit the connection closes that has waited longest for a request head, be it a first
    or a later one. Those with a request under way are kept.

    Parameters
    ----------
    limit: connections that may be open at once.
    now_s: a monotonic clock.
    """

    def __init__(self, limit: int, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._now_s = now_s
        self._n_open = 0
        self._waiting: dict[Connection, None] = {}  # longest wait first
        self._logged_s: float | None = None

    def opened(self, connection: Connection) -> bool:
        """Count a connection, which waits for a head; False: there is no room, it must close."""
        self._n_open += 1
        has_room = True
        if self._n_open > self._limit:
            self.log_exhaustion()
            longest = next(iter(self._waiting), None)
            has_room = longest is not None
            if longest is not None:
                del self._waiting[longest]
                longest.abort()
        if has_room:
            self._waiting[connection] = None
        return has_room

    def waits(self, connection: Connection) -> None:
        """Note that a connection waits for a head from now on."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """Note that a connection has a request under way."""
        self._waiting.pop(connection, None)

    def closed(self, connection: Connection) -> None:
        """Count a connection no longer."""
        self._n_open -= 1
        self._waiting.pop(connection, None)

    def log_exhaustion(self) -> None:
        """Log that connections or descriptors are used up, once per period."""
        now_s = self._now_s()
        if self._logged_s is not None and now_s < self._logged_s + EXHAUSTION_LOG_PERIOD_S:
            return
        self._logged_s = now_s
        structlog.get_logger().warning("connections_exhausted", n_connections=self._n_open)


def connection_limit() -> int:
    """Most connections that the descriptors of this process allow."""
    n_descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if n_descriptors == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    reserved = min(RESERVED_DESCRIPTORS, n_descriptors // 2)
    return max(1, min(MAX_CONNECTIONS, n_descriptors - reserved))


def has_descriptors(descriptor: int) -> bool:
    """Whether this process can open one more descriptor; duplicates this one to find out."""
    try:
        os.close(os.dup(descriptor))
    except OSError as error:
        if error.errno in _OUT_OF_DESCRIPTORS:
            return False
        raise
    return True
