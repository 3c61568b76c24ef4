"""A process that is killed before its nth write, on the real folder container and SQLite queue.

A kill right after one write equals a kill right before the next: the storage holds the same, and
a process that starts again has new objects. So one number for each write, and one behind the
last, stand for all moments.
"""

import itertools
from collections.abc import Callable

from shared.storage.container import Container
from shared.storage.sqlite_queue import SqliteStore

READS = frozenset({"list", "properties", "open", "read"})
WRITES = frozenset({"create", "replace", "put", "delete", "remove_leftovers"})


class Killed(BaseException):
    """The process is no more. Nothing that handles errors handles this."""


class Life:
    """One process: counts its writes, and may be ended before one of them.

    Parameters
    ----------
    ends_before: number of the write that is not done any more, from 0; None lives on.

    `meanwhile` has what others do, by the number of the write that they do it right before;
    `done` has what was written so far: the operation and its name, where it has one.
    """

    def __init__(self, ends_before: int | None = None) -> None:
        self._ends_before = ends_before
        self.meanwhile: dict[int, Callable[[], None]] = {}
        self._numbers = itertools.count()
        self._has_ended = False
        self.done: list[tuple[str, str]] = []

    def next(self) -> "Life":
        """Start the next process, which lives to the end; what is done is counted on."""
        following = Life()
        following.done = self.done
        return following

    def check(self) -> None:
        """Be dead, if so."""
        if self._has_ended:
            raise Killed

    def write(self, operation: str, name: str, do: Callable[[], object]) -> object:
        """Do a write, or die before."""
        self.check()
        number = next(self._numbers)
        if number in self.meanwhile:
            self.meanwhile[number]()
        if number == self._ends_before:
            self._has_ended = True
            raise Killed
        result = do()
        self.done.append((operation, name))
        return result


class MortalContainer:
    """A container as a process of a `Life` has it."""

    def __init__(self, inner: Container, life: Life) -> None:
        self._inner = inner
        self._life = life

    def __getattr__(self, operation):
        method = getattr(self._inner, operation)
        if operation in READS:
            self._life.check()
            return method
        assert operation in WRITES

        def write(*arguments, **options):
            name = arguments[0] if arguments else ""
            return self._life.write(operation, name, lambda: method(*arguments, **options))

        return write


class MortalStore:
    """One place of a queue, likewise: handing a message out is a write, too."""

    longest_pause_s = 0.0

    def __init__(self, inner: SqliteStore, life: Life) -> None:
        self._inner = inner
        self._life = life

    def put(self, body, delay_s):
        """Add a message."""
        return self._life.write("put", "message", lambda: self._inner.put(body, delay_s))

    def take(self, visibility_s, wait_s):
        """Hand a message out; a look at an empty queue is no write."""
        if not self._inner._read(
            "SELECT 1 FROM messages WHERE place = ? AND visible_at_s <= ?",
            (self._inner._place, self._inner._now_s()),
        ):
            return None
        return self._life.write("take", "message", lambda: self._inner.take(visibility_s, wait_s))

    def extend(self, receipt, visibility_s):
        """Hide a message."""
        return self._life.write(
            "extend", "message", lambda: self._inner.extend(receipt, visibility_s)
        )

    def remove(self, receipt):
        """Delete a message."""
        return self._life.write("remove", "message", lambda: self._inner.remove(receipt))
