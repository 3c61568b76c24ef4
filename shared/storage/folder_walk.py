"""Listing of the regular files below a folder, in order of their whole names.

One entry that cannot be read never hides the others: it is counted in `Unread` and left out. Only a
process that has no descriptor or memory left ends the listing, since it could read none of them.

The walk keeps a stack of names, not of open folders: two descriptors are open at a time, whatever
the depth. A folder that is left for a subfolder is opened again afterwards.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from shared.errors import BlobNotFound, Unstorable
from shared.storage.blob import MAX_NAME_BYTES, BlobEntry, check_name
from shared.storage.folder_tree import (
    DIRECTORY,
    MAX_DEPTH,
    OF_THE_PROCESS,
    PRIVATE_FOLDER,
    etag_of,
    file_facts,
    modified_at,
)

_VANISHED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


@dataclass(slots=True)
class Unread:
    """Kinds of what a listing left out: errors by their symbols, such as `EACCES`.

    names: names that no container can have, or of more than `MAX_DEPTH` segments.
    """

    errors: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, error: OSError) -> None:
        """Count an error of one entry; raises it where it is one of the process."""
        if error.errno in OF_THE_PROCESS:
            raise error
        if error.errno not in _VANISHED:
            self.errors.add(errno.errorcode.get(error.errno or 0, "EIO"))


@dataclass(slots=True)
class _Level:
    """A folder of the stack: its segments below the start, and its entries still to come."""

    segments: tuple[str, ...]
    path: str  # whole name with a final `/`, empty for the root
    entries: list[tuple[str, bool]]  # the last one comes first


class Walk:
    """The walk below one folder.

    Parameters
    ----------
    start: the open folder; it stays the caller's.
    path: its name with a final `/`, empty for the root.
    after: yield later names only.
    """

    def __init__(self, start: int, path: str, prefix: str, after: str | None) -> None:
        self._start = start
        self._path = path
        self._prefix = prefix
        self._after = after
        self._open: tuple[tuple[str, ...], int] | None = None  # the folder read last
        self.unread = Unread()

    def entries(self) -> Iterator[BlobEntry]:
        """Yield the files. A subfolder is read when its turn comes, if a name in it can match.

        Raises
        ------
        OSError: the start cannot be read, or this process has no descriptors left.
        """
        stack = [_Level((), self._path, self._ordered(self._start))]
        try:
            while stack:
                level = stack[-1]
                if not level.entries:
                    stack.pop()
                    continue
                name, is_folder = level.entries.pop()
                if not is_folder:
                    entry = self._entry(level, name)
                    if entry is not None:
                        yield entry
                elif (inner := self._level(level, name)) is not None:
                    stack.append(inner)
        finally:
            self._close()

    def _level(self, above: _Level, name: str) -> _Level | None:
        """Read a subfolder; None where it cannot be read, or holds nothing that is asked for."""
        segments, whole = (*above.segments, name), f"{above.path}{name}/"
        may_hold = whole.startswith(self._prefix) or self._prefix.startswith(whole)
        after = self._after
        is_before = after is not None and whole <= after and not after.startswith(whole)
        if not may_hold or is_before or whole == f"{PRIVATE_FOLDER}/":
            return None
        if whole.count("/") >= MAX_DEPTH:
            self.unread.names.add("too_deep")
            return None
        try:
            return _Level(segments, whole, self._ordered(self._folder(segments)))
        except OSError as error:
            self.unread.add(error)
            return None

    def _entry(self, level: _Level, name: str) -> BlobEntry | None:
        whole = level.path + name
        if not whole.startswith(self._prefix) or (self._after is not None and whole <= self._after):
            return None
        if len(whole.encode()) > MAX_NAME_BYTES:
            self.unread.names.add("name")
            return None
        try:
            facts = file_facts(name, self._folder(level.segments))
        except BlobNotFound:  # replaced by something else meanwhile
            return None
        except OSError as error:
            self.unread.add(error)
            return None
        return BlobEntry(
            name=whole,
            size_bytes=facts.st_size,
            etag=etag_of(facts),
            last_modified=modified_at(facts),
        )

    def _folder(self, segments: tuple[str, ...]) -> int:
        """Open a folder: from the one read last where that is above it, else from the start."""
        if not segments:
            return self._start
        if self._open is not None and self._open[0] == segments:
            return self._open[1]
        if self._open is not None and segments[:-1] == self._open[0]:
            inner = os.open(segments[-1], DIRECTORY, dir_fd=self._open[1])
        else:
            inner = _open_below(self._start, segments)
        self._close()
        self._open = segments, inner
        return inner

    def _close(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _ordered(self, folder: int) -> list[tuple[str, bool]]:
        """Names in a folder, the last one first; a subfolder sorts as if it ended with `/`."""
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if not _is_name(entry.name):  # not UTF-8, for example: no contract can name it
                    self.unread.names.add("name")
                    continue
                try:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    is_file = not is_folder and entry.is_file(follow_symlinks=False)
                except OSError as error:
                    self.unread.add(error)
                    continue
                if is_folder or is_file:
                    found.append((f"{entry.name}/" if is_folder else entry.name, is_folder))
        found.sort(reverse=True)
        return [(name.rstrip("/"), is_folder) for name, is_folder in found]


def _open_below(start: int, segments: Sequence[str]) -> int:
    folder = os.open(segments[0], DIRECTORY, dir_fd=start)
    for segment in segments[1:]:
        try:
            inner = os.open(segment, DIRECTORY, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _is_name(name: str) -> bool:
    with suppress(Unstorable):
        check_name(name)
        return True
    return False
