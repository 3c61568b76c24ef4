"""How a fetch tells what it does: a port, and the one that says nothing."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who watches a fetch. Calls come from one thread, in order."""

    def begin(self, label: str, done_bytes: int, total_bytes: int | None) -> None:
        """Start, or start again, one download; `done_bytes` are there from an earlier try."""

    def advance(self, n_bytes: int) -> None:
        """Count bytes that have just arrived."""

    def end(self) -> None:
        """Finish the download that was begun."""

    def note(self, text: str) -> None:
        """Say something worth a line: a source that failed, a wait for another process."""


class Silence:
    """A progress that nobody watches."""

    def begin(self, label: str, done_bytes: int, total_bytes: int | None) -> None:
        """Say nothing."""

    def advance(self, n_bytes: int) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
