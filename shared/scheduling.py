"""Who may use the engine next: interactive work first, then files, then batches.

A long job takes one turn per group of segments, so that a short request waits for a part of it,
never for the whole. Within a priority whoever has had least goes first: the length of an audio
that is still arriving is not known, how much of it was served is (least attained service).
"""

import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Priority(IntEnum):
    """Who is served first when several wait for the engine; small is first."""

    INTERACTIVE = 0
    FILE = 1
    BATCH = 2


class Turnstile:
    """Lets `n_places` turns be taken at a time."""

    def __init__(self, n_places: int) -> None:
        self._free = n_places
        self._changed = threading.Condition()
        self._waiting: list[tuple[Priority, int, int]] = []
        self._tickets = itertools.count()

    @contextmanager
    def turn(self, priority: Priority, n_served: int = 0) -> Iterator[float]:
        """Wait for a place, hold it for the block; yields the seconds waited.

        n_served: segments that this audio has had already.
        """
        arrived = time.perf_counter()
        with self._changed:
            ticket = (priority, n_served, next(self._tickets))
            heapq.heappush(self._waiting, ticket)
            self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == ticket)
            heapq.heappop(self._waiting)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield time.perf_counter() - arrived
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
