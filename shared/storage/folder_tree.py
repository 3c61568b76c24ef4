"""Files below a folder, reached without following a symbolic link.

Every segment of a path is opened relative to its parent, so that no link is followed and no
segment can be swapped meanwhile. A folder is held as a file descriptor.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from shared.errors import BlobNotFound, Changed, ContainerNotFound, Unstorable
from shared.storage.blob import BlobEntry, check_name

PRIVATE_FOLDER = ".sotto"
"""Folder of private files; no blob has a name in it."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a named pipe would wait for its writer.
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def split_name(name: str) -> list[str]:
    """Split a blob's name into segments. Raises `Unstorable` if it is no path below a folder."""
    check_name(name)
    segments = name.split("/")
    if "" in segments:
        raise Unstorable("A name in a folder has no empty segment.")
    if segments[0].lower() == PRIVATE_FOLDER:
        raise Unstorable(f"Names in `{PRIVATE_FOLDER}` are reserved.")
    return segments


@contextmanager
def open_folder(
    root: Path, segments: Sequence[str] = (), *, may_create: bool = False
) -> Iterator[int]:
    """Open a folder below `root`, which itself may be a link: it is an operator's setting.

    Raises
    ------
    ContainerNotFound: there is no root.
    FileNotFoundError, NotADirectoryError: a segment does not exist, or is no folder.
    """
    folder = _open_root(root)
    try:
        for segment in segments:
            if may_create:
                with suppress(FileExistsError):
                    os.mkdir(segment, dir_fd=folder)
            inner = os.open(segment, _DIRECTORY, dir_fd=folder)
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
    """Time of modification, aware, in UTC."""
    return datetime.fromtimestamp(facts.st_mtime, UTC)


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


def walk(folder: int, path: str, prefix: str, after: str | None) -> Iterator[BlobEntry]:
    """Yield the regular files below a folder in order of their whole names.

    `path` is the name of `folder` with a final `/`, empty for the root. A subfolder is read when
    its turn comes, and skipped if no name in it can match.
    """
    for name, is_folder in _ordered(folder):
        whole = path + name
        if is_folder:
            may_hold = whole.startswith(prefix) or prefix.startswith(whole)
            is_before = after is not None and whole <= after and not after.startswith(whole)
            if may_hold and not is_before and whole != f"{PRIVATE_FOLDER}/":
                yield from _walk_inner(folder, whole, prefix, after)
        elif whole.startswith(prefix) and (after is None or whole > after):
            with suppress(FileNotFoundError, BlobNotFound):  # deleted or replaced meanwhile
                facts = file_facts(name, folder)
                yield BlobEntry(
                    name=whole,
                    size_bytes=facts.st_size,
                    etag=etag_of(facts),
                    last_modified=modified_at(facts),
                )


def _walk_inner(folder: int, whole: str, prefix: str, after: str | None) -> Iterator[BlobEntry]:
    name = whole.rstrip("/").rpartition("/")[2]
    try:
        inner = os.open(name, _DIRECTORY, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        yield from walk(inner, whole, prefix, after)
    finally:
        os.close(inner)


def _ordered(folder: int) -> list[tuple[str, bool]]:
    """Names in a folder, sorted; a subfolder's ends with `/`, so that it sorts by whole names."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_text(entry.name):
                continue  # not UTF-8: no contract can name such a blob
            if entry.is_dir(follow_symlinks=False):
                found.append((f"{entry.name}/", True))
            elif entry.is_file(follow_symlinks=False):
                found.append((entry.name, False))
    return sorted(found)


def _is_text(name: str) -> bool:
    try:
        check_name(name)
    except Unstorable:
        return False
    return True
