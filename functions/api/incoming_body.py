"""The body of a request while it arrives: an async iterator, and a blocking one for threads.

Pieces are pulled, never queued: the decoder pulls the next one from the socket when it needs it.
A fast client waits in its own send buffer, and memory stays flat.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError

from starlette.types import Message, Receive

from functions.api.admission import AdmittedRequest
from shared.errors import AudioTooLarge

# Longest time without data in the middle of a body. The cloud service times out after a similar
# time; a browser on a bad mobile link recovers within it.
STALL_S = 30.0

# Least rate of a body, in each window of waiting. The time in which the body is not read does not
# count: then the client waits for the server.
RATE_WINDOW_S = 30.0
LEAST_BYTES_PER_S = 1_000
# A body without an announced length may be audio that is being recorded. In pauses AMR with
# discontinuous transmission has 85 bytes/s, Opus 30, FLAC of 8 kHz 27.
LEAST_BYTES_PER_S_WHILE_RECORDING = 25


class ClientStalled(Exception):
    """The client stopped sending in the middle of the body."""


class ClientDisconnected(Exception):
    """The client closed the connection; there is no recipient for an answer."""


class IncomingBody:
    """Body of one request, readable once, on the event loop or from one worker thread.

    Parameters
    ----------
    receive: the ASGI channel of the request.
    max_bytes: reading a larger body raises `AudioTooLarge`.
    stall_s: longest wait for one piece.
    least_bytes_per_s: least rate in each `RATE_WINDOW_S` of waiting.
    total_s: longest wait for all of it together; None: as long as its rate allows.
    request: what the request holds of the server; counts the bytes.
    now_s: a monotonic clock.

    Both iterators raise `ClientStalled`, `ClientDisconnected`, `AudioTooLarge` or `QueueFull`.
    """

    def __init__(
        self,
        receive: Receive,
        *,
        max_bytes: int,
        stall_s: float | None = None,
        least_bytes_per_s: int = LEAST_BYTES_PER_S,
        total_s: float | None = None,
        request: AdmittedRequest | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._receive = receive
        self.max_bytes = max_bytes
        self._stall_s = STALL_S if stall_s is None else stall_s
        self._total_s = total_s
        self._rate = _LeastRate(least_bytes_per_s)
        self._request = request
        self._now_s = now_s
        self._waited_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self.n_bytes = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._next_piece():
            yield piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._await_piece():
            yield piece

    async def wait_for_disconnect(self) -> None:
        """Return when the client closes the connection after it has sent the whole body."""
        await self._ended.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _await_piece(self) -> bytes:
        pulling = self._next_piece()
        try:
            return asyncio.run_coroutine_threadsafe(pulling, self._loop).result()
        except (CancelledError, RuntimeError):  # the server stops; its loop may be closed already
            pulling.close()
            raise ClientDisconnected from None

    async def read_whole(self) -> bytes:
        """Return the whole body."""
        return b"".join([piece async for piece in self])

    async def _next_piece(self) -> bytes:
        """Return the next piece, empty at the end of the body."""
        while not self._ended.is_set():
            message = await self._next_message()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            piece: bytes = message.get("body", b"")
            self.n_bytes += len(piece)
            if self.n_bytes > self.max_bytes:
                raise AudioTooLarge(f"The request has more than {self.max_bytes} bytes.")
            if self._request is not None:
                self._request.hold_bytes(len(piece))
            if not message.get("more_body", False):
                self._end()
            elif not self._rate.holds(self.n_bytes, self._waited_s):
                raise ClientStalled
            if piece:
                return piece
        return b""

    async def _next_message(self) -> Message:
        """Wait for the client, no longer than the bounds allow."""
        left_s = self._stall_s
        if self._total_s is not None:
            left_s = min(left_s, self._total_s - self._waited_s)
        started_s = self._now_s()
        try:
            async with asyncio.timeout(left_s):
                message = await self._receive()
        except TimeoutError:
            raise ClientStalled from None
        self._waited_s += self._now_s() - started_s
        if self._total_s is not None and self._waited_s > self._total_s:
            raise ClientStalled
        return message

    def _end(self) -> None:
        self._ended.set()
        if self._request is not None:
            self._request.body_ended()


class _LeastRate:
    """Compares the bytes of each window of waiting with a least rate."""

    def __init__(self, least_bytes_per_s: int) -> None:
        self._least_bytes_per_s = least_bytes_per_s
        self._began_s = 0.0
        self._n_bytes = 0  # before the window

    def holds(self, n_bytes: int, waited_s: float) -> bool:
        """Whether the rate holds after a wait of this many seconds in total."""
        window_s = waited_s - self._began_s
        if window_s < RATE_WINDOW_S:
            return True
        is_enough = n_bytes - self._n_bytes >= self._least_bytes_per_s * window_s
        self._began_s, self._n_bytes = waited_s, n_bytes
        return is_enough
