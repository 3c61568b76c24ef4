"""What a folder container keeps in `.sotto`: files on their way, descriptions, two locks.

`incoming` has files that have not got their names yet. `properties` has the metadata and content
type of blobs that have any, one small file for each version of a blob. Extended attributes
would do for that on Linux, but not on macOS, NFS or many container mounts.

All this is made by the first write. A description is written before its version gets its name
and removed after that version is gone, so no blob is ever without its own.
"""

import fcntl
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from shared.storage.blob import OCTET_STREAM, decode_metadata, encode_metadata
from shared.storage.folder_tree import (
    PRIVATE_FOLDER,
    READ,
    etag_of,
    open_folder,
)

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITES = "writes.lock"  # shared by all writers: who has it alone sees only leftovers
_CHANGES = "changes.lock"  # makes a look at a blob and what is done to it one step


@dataclass(frozen=True, slots=True)
class Description:
    """What a file can not say of a blob. The metadata is encoded for headers."""

    content_type: str = OCTET_STREAM
    metadata: Mapping[str, str] | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, str], content_type: str) -> "Description":
        """Check and encode. Raises `Unstorable`."""
        return cls(content_type, encode_metadata(metadata))

    @property
    def is_needed(self) -> bool:
        """Whether a file without it would say something else."""
        return bool(self.metadata) or self.content_type != OCTET_STREAM

    def decoded(self) -> dict[str, str]:
        """Return the metadata as the port tells it."""
        return decode_metadata(self.metadata or {})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A whole file that has not got its name. `folder`: open, where it lies as `file`."""

    folder: int
    file: str
    etag: str


class PrivateFolder:
    """The folder `.sotto` below `root`. Blobs are meant by `blob_key`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def incoming(self, key: str, data: bytes, description: Description) -> Iterator[Incoming]:
        """Write a file and its description; what has not got a name in the block is removed."""
        with self._locked(_WRITES, fcntl.LOCK_SH), self._open("incoming") as folder:
            file = f"{key}-{uuid.uuid4().hex}"
            etag = None
            is_named = False
            try:
                etag = _write(folder, file, data)
                if description.is_needed:
                    self._describe(key, etag, description)
                yield Incoming(folder, file, etag)
                is_named = True
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(file, dir_fd=folder)
                if etag is not None and not is_named:
                    self.forget(key, etag)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep every other change of a blob that is there out of the block."""
        with self._locked(_CHANGES, fcntl.LOCK_EX):
            yield

    def describe(self, key: str, etag: str) -> Description:
        """Read what was written about a version, the default for a foreign file."""
        with suppress(FileNotFoundError):
            with open_folder(self._root, (PRIVATE_FOLDER, "properties", key[:2])) as folder:
                file = os.open(f"{key}-{etag}", READ, dir_fd=folder)
            with os.fdopen(file, "rb") as reader:
                written = json.load(reader)
            return Description(written["content_type"], written["metadata"])
        return Description()

    def forget(self, key: str, etag: str) -> None:
        """Remove the description of a version, if it has one."""
        with (
            suppress(FileNotFoundError),
            open_folder(self._root, (PRIVATE_FOLDER, "properties", key[:2])) as folder,
        ):
            os.unlink(f"{key}-{etag}", dir_fd=folder)

    def forget_others(self, key: str, current: Callable[[], str | None]) -> None:
        """Remove descriptions of former versions, unless somebody is writing.

        `current` tells the ETag that the blob has by then, None where there is no blob.
        """
        with (
            suppress(FileNotFoundError, BlockingIOError),
            open_folder(self._root, (PRIVATE_FOLDER, "properties", key[:2])) as folder,
            self._locked(_WRITES, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            kept = f"{key}-{current()}"
            for file in _files(folder):
                if file.startswith(f"{key}-") and file != kept:
                    os.unlink(file, dir_fd=folder)

    def remove_leftovers(self) -> int:
        """Remove files whose writers have ended, with their descriptions; how many.

        None while somebody is writing: whose file it is can not be told.
        """
        n_removed = 0
        with (
            suppress(FileNotFoundError, BlockingIOError),
            open_folder(self._root, (PRIVATE_FOLDER, "incoming")) as folder,
            self._locked(_WRITES, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            for file in _files(folder):
                facts = os.stat(file, dir_fd=folder, follow_symlinks=False)
                if facts.st_nlink == 1:  # it never got its name
                    self.forget(file.partition("-")[0], etag_of(facts))
                os.unlink(file, dir_fd=folder)
                n_removed += 1
        return n_removed

    def _describe(self, key: str, etag: str, description: Description) -> None:
        written = {
            "content_type": description.content_type,
            "metadata": dict(description.metadata or {}),
        }
        with self._open("properties", key[:2]) as folder:
            file = os.open(f"{key}-{etag}", _CREATE, 0o600, dir_fd=folder)
            with os.fdopen(file, "wb") as writer:
                writer.write(json.dumps(written).encode())

    @contextmanager
    def _open(self, *segments: str) -> Iterator[int]:
        with open_folder(self._root, (PRIVATE_FOLDER, *segments), may_create=True) as folder:
            yield folder

    @contextmanager
    def _locked(self, name: str, operation: int) -> Iterator[None]:
        with self._open() as folder:
            lock = os.open(name, _LOCK, 0o600, dir_fd=folder)
        try:
            fcntl.flock(lock, operation)
            yield
        finally:
            os.close(lock)


def blob_key(name: str) -> str:
    """Return the name under which a blob's things are kept: names may be too long for a file."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _files(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _write(folder: int, file: str, data: bytes) -> str:
    """Write a new file; its ETag."""
    with os.fdopen(os.open(file, _CREATE, 0o666, dir_fd=folder), "wb") as writer:
        writer.write(data)
        writer.flush()
        # The kernel's own clock ticks every few milliseconds, and inodes are used again at
        # once: two versions of the same size could look alike.
        now = time.time_ns()
        os.utime(writer.fileno(), ns=(now, now))
        os.fsync(writer.fileno())
        return etag_of(os.fstat(writer.fileno()))
