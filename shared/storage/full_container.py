"""A container on a disk with little room, for tests: writes fail where a real one is full."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shared.errors import BlobNotFound, StorageFull
from shared.storage.container import Container

_WRITES = frozenset({"create", "put", "replace"})


class Disk:
    """Room that containers have in common.

    room_bytes: for further blobs. An empty one takes a byte, too.
    returns_room: whether a deletion makes room; other programs may take it at once.
    """

    def __init__(self, room_bytes: int, *, returns_room: bool = True) -> None:
        self.room_bytes = room_bytes
        self._returns_room = returns_room
        self._lock = threading.Lock()

    def take(self, size_bytes: int) -> None:
        """Take room for a blob. Raises `StorageFull`."""
        with self._lock:
            if size_bytes + 1 > self.room_bytes:
                raise StorageFull("The disk has no room for this.")
            self.room_bytes -= size_bytes + 1

    def give_back(self, size_bytes: int) -> None:
        """Return the room of a deleted blob."""
        with self._lock:
            if self._returns_room:
                self.room_bytes += size_bytes + 1


class FullContainer:
    """A container whose blobs take room of a `Disk`."""

    def __init__(self, inner: Container, disk: Disk) -> None:
        self._inner = inner
        self._disk = disk

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob, which makes room."""
        with suppress(BlobNotFound):
            size_bytes = self._inner.properties(name).size_bytes
            self._inner.delete(name, etag)
            self._disk.give_back(size_bytes)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._inner, operation)
        if operation not in _WRITES:
            return method

        def write(name: str, data: bytes, *arguments: Any, **options: Any) -> Any:
            self._disk.take(len(data))
            return method(name, data, *arguments, **options)

        return write
