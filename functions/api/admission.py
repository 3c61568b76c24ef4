"""Admission: the bound on requests for speech or text that one process handles at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import QueueFull


class Admission:
    """Counts the requests under way; safe to use from any thread.

    limit: requests that may be under way at once, `SOTTO_QUEUE_LIMIT`.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._n_admitted = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Count a request as under way while the block runs.

        Raises
        ------
        QueueFull: the number of requests under way has reached the limit.
        """
        with self._lock:
            if self._n_admitted >= self._limit:
                raise QueueFull(retry_after_s=1 + self._n_admitted // 10)
            self._n_admitted += 1
        try:
            yield
        finally:
            with self._lock:
                self._n_admitted -= 1
