"""The body of a request while it arrives: an async iterator, and a blocking one for threads.

Pieces are pulled, never queued: the decoder pulls the next one from the socket when it needs it.
A fast client waits in its own send buffer, and memory stays flat.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError

from starlette.types import Receive

from shared.errors import AudioTooLarge

# Longest time without data in the middle of a body. The cloud service times out after a similar
# time; a browser on a bad mobile link recovers within it.
STALL_S = 30.0


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

    Both iterators raise `ClientStalled`, `ClientDisconnected` or `AudioTooLarge`.
    """

    def __init__(self, receive: Receive, *, max_bytes: int, stall_s: float | None = None) -> None:
        self._receive = receive
        self.max_bytes = max_bytes
        self._stall_s = STALL_S if stall_s is None else stall_s
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

    async def _next_piece(self) -> bytes:
        """Return the next piece, empty at the end of the body."""
        while not self._ended.is_set():
            try:
                async with asyncio.timeout(self._stall_s):
                    message = await self._receive()
            except TimeoutError:
                raise ClientStalled from None
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            if not message.get("more_body", False):
                self._ended.set()
            piece: bytes = message.get("body", b"")
            self.n_bytes += len(piece)
            if self.n_bytes > self.max_bytes:
                raise AudioTooLarge(f"The request has more than {self.max_bytes} bytes.")
            if piece:
                return piece
        return b""
