"""Audio between the event loop, which receives it, and a thread, which decodes it.

A bounded queue of encoded pieces: the loop waits while it is full, so that a client that sends an
hour at once waits in its own send buffer.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator

# Half a minute at 16 kHz.
MOST_WAITING_BYTES = 1_000_000


class ArrivingAudio:
    """Encoded audio of one turn. Create it on the event loop; iterate it in one thread.

    `longest_wait_s`: longest time that a piece waited for the thread, in seconds.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._changed = threading.Condition()
        self._pieces: deque[tuple[bytes, float]] = deque()  # each with the time of its arrival
        self._n_bytes = 0
        self.longest_wait_s = 0.0
        self._has_ended = False

    def is_drained(self) -> bool:
        """Whether the thread has taken all that has arrived, and more may come."""
        return not self._pieces and not self._has_ended

    def put(self, piece: bytes) -> None:
        """Add a piece; after `end` it is ignored."""
        with self._changed:
            if self._has_ended or not piece:
                return
            self._pieces.append((piece, time.perf_counter()))
            self._n_bytes += len(piece)
            self._changed.notify()
        if self._n_bytes >= MOST_WAITING_BYTES:
            self._has_room.clear()

    async def wait_for_room(self) -> None:
        """Return once less than `MOST_WAITING_BYTES` wait."""
        await self._has_room.wait()

    def end(self) -> None:
        """Add the end of the audio."""
        with self._changed:
            self._has_ended = True
            self._changed.notify()

    def discard(self) -> None:
        """End at once, without the pieces that wait."""
        with self._changed:
            self._pieces.clear()
            self._n_bytes = 0
            self._has_ended = True
            self._changed.notify()
        self._has_room.set()

    def peek(self) -> bytes:
        """Wait for the first piece and return it, without taking it; empty where there is none."""
        with self._changed:
            while not self._pieces and not self._has_ended:
                self._changed.wait()
            return self._pieces[0][0] if self._pieces else b""

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._take()) is not None:
            yield piece

    def _take(self) -> bytes | None:
        with self._changed:
            while not self._pieces and not self._has_ended:
                self._changed.wait()
            if not self._pieces:
                return None
            piece, arrived_s = self._pieces.popleft()
            self.longest_wait_s = max(self.longest_wait_s, time.perf_counter() - arrived_s)
            was_full = self._n_bytes >= MOST_WAITING_BYTES
            self._n_bytes -= len(piece)
        if was_full and self._n_bytes < MOST_WAITING_BYTES:
            self._loop.call_soon_threadsafe(self._has_room.set)
        return piece
