"""Files below a folder, reached without following a symbolic link.

Every segment of a path is opened relative to its parent, so that no link is followed and no
segment can be swapped meanwhile. A folder is held as a file descriptor. `folder_walk` lists one.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.errors import BlobNotFound, Changed, ContainerNotFound, Unstorable
from shared.storage.blob import check_name

PRIVATE_FOLDER = ".sotto"
"""Folder of private files; no blob has a name in it."""

MAX_DEPTH = 100
"""Segments of a name. Each is one call to reach a file; trees of people have ten at most."""


@dataclass(frozen=True, slots=True)
class Modes:
    """Modes of new folders and files, before the umask."""

    folder: int
    file: int


PRIVATE = Modes(0o700, 0o600)
SHARED = Modes(0o777, 0o666)

MAX_SEGMENT_BYTES = 255
"""Of a segment of a name: NAME_MAX of nearly all file systems."""

OF_THE_PROCESS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Errors that say nothing about the entry at which they occur."""

_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EROFS})

# Of a file's time: a day within the range of `datetime`, so that each has a time in every zone.
_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a named pipe would wait for its writer.
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def split_name(name: str) -> list[str]:
    """Split a blob's name into segments. Raises `Unstorable` if it is no path below a folder."""
    check_name(name)
    segments = name.split("/")
    if "" in segments:
        raise Unstorable("A name in a folder has no empty segment.")
    if len(segments) > MAX_DEPTH:
        raise Unstorable(f"A name in a folder has at most {MAX_DEPTH} segments.")
    if max(len(segment.encode()) for segment in segments) > MAX_SEGMENT_BYTES:
        # The file system would say so, but not before the folders of the name exist.
        raise Unstorable(f"A segment of a name in a folder has at most {MAX_SEGMENT_BYTES} bytes.")
    if segments[0].lower() == PRIVATE_FOLDER:
        raise Unstorable(f"Names in `{PRIVATE_FOLDER}` are reserved.")
    return segments


@contextmanager
def open_folder(
    root: Path, segments: Sequence[str] = (), *, create_mode: int | None = None
) -> Iterator[int]:
    """Open a folder below `root`, which itself may be a link: it is an operator's setting.

    Parameters
    ----------
    create_mode: mode of the folders that are missing; None creates none.

    Raises
    ------
    ContainerNotFound: there is no root.
    FileNotFoundError, NotADirectoryError: a segment does not exist, or is no folder.
    """
    folder = _open_root(root)
    try:
        for segment in segments:
            if create_mode is not None:
                with suppress(FileExistsError):
                    os.mkdir(segment, create_mode, dir_fd=folder)
                    sync_folder(folder)
            inner = os.open(segment, DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _open_root(root: Path) -> int:
    try:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        failure = ContainerNotFound("The folder does not exist.")
    raise failure


def sync_folder(folder: int) -> None:
    """Write the names in an open folder to the disk, where its file system can."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def prune(root: Path, segments: Sequence[str]) -> None:
    """Remove a folder below `root` and its parents while they are empty."""
    for depth in range(len(segments), 0, -1):
        try:
            with open_folder(root, segments[: depth - 1]) as above:
                os.rmdir(segments[depth - 1], dir_fd=above)
        except OSError:
            return


def file_facts(name: str, folder: int) -> os.stat_result:
    """Return the status of a regular file. Raises `BlobNotFound` for anything else."""
    facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    check_regular(facts)
    return facts


def check_regular(facts: os.stat_result) -> None:
    """Refuse links, folders, pipes and devices. Raises `BlobNotFound`."""
    if not stat.S_ISREG(facts.st_mode):
        raise BlobNotFound("There is no blob of this name.")


def etag_of(facts: os.stat_result) -> str:
    """ETag of a file: inode, size and time of modification in nanoseconds."""
    return f"{facts.st_ino:x}-{facts.st_size:x}-{facts.st_mtime_ns:x}"


def modified_at(facts: os.stat_result) -> datetime:
    """Time of modification, aware, in UTC; a time that `datetime` does not have is the nearest."""
    try:
        moment = _EPOCH + timedelta(microseconds=facts.st_mtime_ns // 1000)
    except OverflowError:
        return _LATEST if facts.st_mtime_ns > 0 else _EARLIEST
    return min(max(moment, _EARLIEST), _LATEST)


def read_range(file: int, offset: int, size: int, etag: str) -> bytes:
    """Read a part of an open file, which must still be the version `etag` afterwards.

    A file that was deleted or replaced is still read in its old version.

    Raises
    ------
    Changed: the file was written to.
    """
    pieces = []
    while size > 0 and (piece := os.pread(file, size, offset)):
        pieces.append(piece)
        offset += len(piece)
        size -= len(piece)
    if etag_of(os.fstat(file)) != etag:
        raise Changed("The file was written to while it was read.")
    return b"".join(pieces)
