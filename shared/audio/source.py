"""Source of encoded bytes for a decoder: counted, peekable, read forward.

A decoder in C calls `read`, and an exception must not pass through C: it is kept as `failure`, the
decoder sees the end of the bytes, and `raise_failure` raises it afterwards.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from shared.errors import AudioTooLarge

_PULL_BYTES = 65_536


@runtime_checkable
class BinaryReader(Protocol):
    """Port of a binary file. `seek`, `tell` and `seekable` are used if it has them."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        ...


_BYTES_LIKE = (bytes, bytearray, memoryview)
AudioSource = bytes | bytearray | memoryview | BinaryReader | Iterable[bytes]


class _Pieces:
    """A reader of pieces that are still arriving."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._piece = memoryview(b"")

    def read(self, size: int) -> bytes:
        while not self._piece:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._piece = memoryview(piece)
        taken, self._piece = self._piece[:size], self._piece[size:]
        return bytes(taken)


class _Held:
    """A reader of bytes in memory, which it does not copy, as `io.BytesIO` would."""

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self._data = memoryview(data).cast("B")
        self._position = 0

    def read(self, size: int) -> bytes:
        taken = bytes(self._data[self._position : self._position + size])
        self._position += len(taken)
        return taken

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._data)}
        position = start[whence] + offset
        if position < 0:
            raise ValueError
        self._position = position
        return position


class EncodedSource:
    """The bytes of one audio, read forward.

    Parameters
    ----------
    source: bytes, a binary file read from its position, or pieces as they arrive.
    max_bytes: reading more becomes `AudioTooLarge`.

    Raises
    ------
    AudioTooLarge: at once, if the size is known beforehand.
    """

    def __init__(self, source: AudioSource, max_bytes: int) -> None:
        self._file = _readable(source)
        self._max_bytes = max_bytes
        self._pulled_bytes = 0
        self._ahead = b""  # peeked, not read yet
        self._start, self._size_bytes = _extent(self._file)
        self.failure: BaseException | None = None
        if self._size_bytes is not None and self._size_bytes > max_bytes:
            raise _too_large(max_bytes)

    @property
    def is_arriving(self) -> bool:
        """Whether more bytes may arrive later, so that present ones are to be decoded at once."""
        return self._size_bytes is None

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._pulled_bytes - len(self._ahead)

    @property
    def remaining_bytes(self) -> int | None:
        """Bytes not read yet, None while they are still arriving."""
        return None if self._size_bytes is None else max(0, self._size_bytes - self.position)

    def read(self, size: int) -> bytes:
        """Return between 1 and `size` bytes, or none at the end and after a failure."""
        if self._ahead:
            taken, self._ahead = self._ahead[:size], self._ahead[size:]
            return taken
        return self._pull(size)

    def read_between(self, least: int, most: int) -> bytes:
        """Return at most `most` bytes, and fewer than `least` only at the end."""
        taken = self.read(most)
        if len(taken) >= least or not taken:
            return taken
        gathered = bytearray(taken)
        while len(gathered) < least and (taken := self.read(most - len(gathered))):
            gathered += taken
        return bytes(gathered)

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes without consuming them, fewer only at the end."""
        while len(self._ahead) < size and (taken := self._pull(size - len(self._ahead))):
            self._ahead += taken
        return self._ahead[:size]

    def skip(self, size: int) -> None:
        """Consume `size` bytes."""
        while size > 0 and (taken := self.read(min(size, _PULL_BYTES))):
            size -= len(taken)

    def raise_failure(self) -> None:
        """Raise the error that occurred while reading, if any."""
        if self.failure is not None:
            raise self.failure

    def random_access(self) -> "SeekableBytes":
        """Return the unread bytes as a seekable file; this object must not be read afterwards.

        A seekable file is used as it is; for other sources the encoded bytes are kept in memory.
        """
        if self._size_bytes is None:
            return _RetainedBytes(self)
        return _SeekingFile(self, self._file, self._start + self.position)

    def guarded_read(self, file: BinaryReader, size: int) -> bytes:
        """Read from `file`; an error becomes `failure` and the end of the bytes."""
        if self.failure is not None:
            return b""
        try:
            return file.read(size) or b""
        except BaseException as error:  # noqa: BLE001 - raised again by `raise_failure`
            self.failure = error
            return b""

    def _pull(self, size: int) -> bytes:
        taken = self.guarded_read(self._file, size)
        self._pulled_bytes += len(taken)
        if self._pulled_bytes > self._max_bytes:
            self.failure = _too_large(self._max_bytes)
            return b""
        return taken


class SeekableBytes(Protocol):
    """Port of a seekable file, as FFmpeg needs it."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes from the current position."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move; return the new position, or -1 on failure."""
        ...

    def tell(self) -> int:
        """Bytes from the start."""
        ...


class _SeekingFile:
    """A seekable file from `start` on."""

    def __init__(self, source: EncodedSource, file: BinaryReader, start: int) -> None:
        self._source = source
        self._file = file
        self._start = start
        self.seek(0)

    def read(self, size: int) -> bytes:
        return self._source.guarded_read(self._file, size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            offset += self._start
        try:
            return int(self._file.seek(offset, whence)) - self._start  # type: ignore[attr-defined]
        except ValueError:  # before the start: only for a broken container
            return -1
        except BaseException as error:  # noqa: BLE001 - raised again by `raise_failure`
            self._source.failure = self._source.failure or error
            return -1

    def tell(self) -> int:
        return int(self._file.tell()) - self._start  # type: ignore[attr-defined]


class _RetainedBytes:
    """Arriving bytes, kept so that a decoder can seek back. Bounded by `max_bytes`."""

    def __init__(self, source: EncodedSource) -> None:
        self._source = source
        self._kept = bytearray()
        self._position = 0

    def read(self, size: int) -> bytes:
        if not self._fetch(self._position + 1):
            return b""
        taken = bytes(self._kept[self._position : self._position + size])
        self._position += len(taken)
        return taken

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        # The end is unknown: waiting for it would delay all decoding to the last byte.
        if whence == io.SEEK_END:
            return -1
        position = offset if whence == io.SEEK_SET else self._position + offset
        if position < 0:
            return -1
        self._position = position
        return position

    def tell(self) -> int:
        return self._position

    def _fetch(self, size: int) -> bool:
        """Read up to a total of `size` bytes; return whether there are as many."""
        while len(self._kept) < size and (taken := self._source.read(_PULL_BYTES)):
            self._kept += taken
        return len(self._kept) >= size


def _readable(source: AudioSource) -> BinaryReader:
    if isinstance(source, _BYTES_LIKE):
        return _Held(source)
    if isinstance(source, BinaryReader):
        return source
    return _Pieces(source)


def _extent(file: object) -> tuple[int, int | None]:
    """Position of a file and number of bytes after it; None if it cannot seek."""
    seekable = getattr(file, "seekable", None)
    if not (seekable and seekable() and hasattr(file, "seek") and hasattr(file, "tell")):
        return 0, None
    start = int(file.tell())
    end = int(file.seek(0, io.SEEK_END))
    file.seek(start)
    return start, max(0, end - start)


def _too_large(max_bytes: int) -> AudioTooLarge:
    return AudioTooLarge(f"The audio has more than {max_bytes} bytes.")
