"""Progress of a fetch: the port, and an adapter without output."""

from typing import Protocol


class Progress(Protocol):
    """Observer of a fetch. Calls come from one thread, in order."""

    def begin(self, label: str, done_bytes: int, total_bytes: int | None) -> None:
        """Start or restart one download; `done_bytes` are left from an earlier attempt."""

    def advance(self, n_bytes: int) -> None:
        """Count received bytes."""

    def end(self) -> None:
        """Finish the current download."""

    def note(self, text: str) -> None:
        """Report an event: a source that failed, a wait for another process."""


class NullProgress:
    """Adapter without output."""

    def begin(self, label: str, done_bytes: int, total_bytes: int | None) -> None:
        """Do nothing."""

    def advance(self, n_bytes: int) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""
