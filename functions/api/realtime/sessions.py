"""The open sessions of one app: how many, and their end when the server stops."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from shared.errors import QueueFull

_RETRY_AFTER_S = 1


class OpenSession(Protocol):
    """Port of one open connection."""

    def stop(self) -> None:
        """Finish the turn under way, then close."""
        ...


class Sessions:
    """Bounds the open sessions. All methods are called on the event loop.

    A connection counts from its upgrade on, with or without a turn: the Speech SDK opens some that
    stay silent, and these close when they are idle for too long.

    limit: sessions at once, `SOTTO_SESSION_LIMIT`.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.n_refused = 0
        self._open: set[OpenSession] = set()
        self._is_stopping = False

    def __len__(self) -> int:
        return len(self._open)

    def require_room(self) -> None:
        """Refuse one more session if there is no room for it, or the server stops.

        Raises
        ------
        QueueFull: as many sessions are open as may be.
        """
        if self._is_stopping or len(self._open) >= self.limit:
            self.n_refused += 1
            raise QueueFull(_RETRY_AFTER_S, "As many sessions are open as this server serves.")

    @contextmanager
    def opened(self, session: OpenSession) -> Iterator[None]:
        """Count a session while the block runs."""
        self._open.add(session)
        try:
            yield
        finally:
            self._open.discard(session)

    def stop(self) -> None:
        """Let each session finish its turn and close; refuse new ones."""
        self._is_stopping = True
        for session in tuple(self._open):
            session.stop()
