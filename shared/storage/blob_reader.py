"""Reading a blob in ranges of one version."""

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from shared.errors import BlobNotFound, BlobTooLarge, Changed
from shared.storage.blob import Blob, BlobProperties

RANGE_BYTES = 2 * 1024 * 1024
"""Bytes of one request: an hour of MP3 at 64 kbit/s takes 14. Azure's SDK holds eight copies."""

# A decoder that jumps between the index of a file and its samples would fetch each in turn.
_RANGES_KEPT = 2


class RangeSource(Protocol):
    """One blob, as an adapter asks for a part of it."""

    def __call__(self, offset: int, size: int, etag: str | None, /) -> tuple[bytes, BlobProperties]:
        """At most `size` bytes from `offset`, of the version `etag` where one is named."""
        ...


class BlobReader(io.RawIOBase):
    """A blob as a binary file that seeks.

    What is read is the version that was opened, or `Changed` is raised; never a mixture. A
    range is asked for when it is needed, so a reader that takes minutes for it (recognition
    does) leaves no connection idle, and two ranges are all that is in memory.

    Attributes
    ----------
    properties: of the version that is read.
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
        """Ask for the first range, which tells what the blob is as well."""
        data, properties = source(0, RANGE_BYTES, None)
        reader = cls(properties, lambda offset, size: _of_version(source, offset, size, properties))
        reader._ranges[0] = data
        return reader

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; behind the end is allowed. Raises ValueError before the start."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(
            whence, self.properties.size_bytes
        )
        if start + offset < 0:
            raise ValueError("There is nothing before the start of a blob.")
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
        """Free what is held. May be called again."""
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
                raise Changed("The blob has another size than when it was opened.")
            self._ranges[index] = data
        self._ranges.move_to_end(index)
        return self._ranges[index]


def read_whole(source: RangeSource, max_bytes: int) -> Blob:
    """Take one version of a blob into memory, asking for the rest only if it is wanted.

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
    """Answer for a service that has no first byte to give: the blob is empty, or was."""
    if properties.size_bytes > 0:
        raise Changed("The blob grew while it was opened.")
    return b"", properties


def _of_version(source: RangeSource, offset: int, size: int, properties: BlobProperties) -> bytes:
    try:
        return source(offset, size, properties.etag)[0]
    except BlobNotFound:
        raise Changed("The blob was deleted while it was read.") from None


def too_large(max_bytes: int) -> BlobTooLarge:
    """Say that a blob has more bytes than may be held."""
    return BlobTooLarge(f"The blob is larger than {max_bytes} bytes.")
