"""Reader of a blob in ranges of one version."""

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from shared.errors import BlobNotFound, BlobTooLarge, Changed
from shared.storage.blob import Blob, BlobProperties

RANGE_BYTES = 2 * 1024 * 1024
"""Bytes of one request: an hour of MP3 at 64 kbit/s is 14 of them. Azure's SDK holds 8 copies."""

# With one, a decoder that seeks between a file's index and its samples would refetch both.
_RANGES_KEPT = 2


class RangeSource(Protocol):
    """Port of the ranges of one blob."""

    def __call__(self, offset: int, size: int, etag: str | None, /) -> tuple[bytes, BlobProperties]:
        """Return at most `size` bytes from `offset`, of the version `etag` if given."""
        ...


class BlobReader(io.RawIOBase):
    """A blob as a seekable binary file.

    All bytes are of the version that was opened, or `Changed` is raised. A range is requested on
    demand, so a reader that takes minutes for it (recognition does) leaves no connection idle, and
    at most two ranges are in memory.

    Attributes
    ----------
    properties: of the version that was opened.
    """

    def __init__(
        self,
        properties: BlobProperties,
        read_range: Callable[[int, int], bytes],
        release: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.properties = properties
        self._read_range = read_range
        self._release = release
        self._position = 0
        self._ranges: OrderedDict[int, bytes] = OrderedDict()

    @classmethod
    def of(cls, source: RangeSource) -> "BlobReader":
        """Read the first range, with which the properties come."""
        data, properties = source(0, RANGE_BYTES, None)
        reader = cls(properties, lambda offset, size: _of_version(source, offset, size, properties))
        reader._ranges[0] = data
        return reader

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def tell(self) -> int:
        """Bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; a position after the end is allowed. Raises ValueError before the start."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(
            whence, self.properties.size_bytes
        )
        if start + offset < 0:
            raise ValueError("The position is before the start of the blob.")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer up to the end of a range; 0 at the end of the blob."""
        if self.closed:
            raise ValueError("The blob is closed.")
        view = memoryview(buffer).cast("B")
        if self._position >= self.properties.size_bytes or not view:
            return 0
        index, start = divmod(self._position, RANGE_BYTES)
        taken = memoryview(self._range(index))[start : start + len(view)]
        view[: len(taken)] = taken
        self._position += len(taken)
        return len(taken)

    def close(self) -> None:
        """Free the ranges and the connection. May be called again."""
        if not self.closed:
            self._ranges.clear()
            if self._release is not None:
                self._release()
        super().close()

    def _range(self, index: int) -> bytes:
        if index not in self._ranges:
            while len(self._ranges) >= _RANGES_KEPT:
                self._ranges.popitem(last=False)
            offset = index * RANGE_BYTES
            size = min(RANGE_BYTES, self.properties.size_bytes - offset)
            data = self._read_range(offset, size)
            if len(data) != size:
                raise Changed("The size of the blob has changed since it was opened.")
            self._ranges[index] = data
        self._ranges.move_to_end(index)
        return self._ranges[index]


def read_whole(source: RangeSource, max_bytes: int) -> Blob:
    """Read one version of a blob into memory; stop after the first range if it is too large.

    Raises
    ------
    BlobTooLarge: more than `max_bytes`.
    """
    data, properties = source(0, RANGE_BYTES, None)
    if properties.size_bytes > max_bytes:
        raise too_large(max_bytes)
    missing = properties.size_bytes - len(data)
    if missing > 0:
        data += _of_version(source, len(data), missing, properties)
    return Blob(data, properties)


def without_range(properties: BlobProperties) -> tuple[bytes, BlobProperties]:
    """Result for a blob whose first byte cannot be read: it is empty, or was."""
    if properties.size_bytes > 0:
        raise Changed("The blob has grown while it was opened.")
    return b"", properties


def _of_version(source: RangeSource, offset: int, size: int, properties: BlobProperties) -> bytes:
    try:
        return source(offset, size, properties.etag)[0]
    except BlobNotFound:
        raise Changed("The blob was deleted while it was read.") from None


def too_large(max_bytes: int) -> BlobTooLarge:
    """Build the error for a blob that exceeds the limit."""
    return BlobTooLarge(f"The blob is larger than {max_bytes} bytes.")
