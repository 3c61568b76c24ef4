"""The private folder `.sotto` of a folder container: incoming files, descriptions, two locks.

`incoming` has files that do not have their names yet. `properties` has the metadata and content
type of blobs that have any, one small file for each version of a blob. Extended attributes would
work on Linux, but not on macOS, NFS or many container mounts.

The first write creates it. A description is on the disk before its version gets its name, and is
removed after that version is deleted, so no blob is ever without its description. One that cannot
be read nevertheless, of a damaged disk for example, counts as absent: it must not keep its blob
from being listed, read and deleted.
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

from shared.privacy.incidents import report_omission
from shared.privacy.log_fields import exception_fields
from shared.storage.blob import OCTET_STREAM, decode_metadata, encode_metadata
from shared.storage.folder_tree import (
    OF_THE_PROCESS,
    PRIVATE,
    PRIVATE_FOLDER,
    READ,
    Modes,
    etag_of,
    open_folder,
    sync_folder,
)

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITES = "writes.lock"  # shared by all writers; its exclusive holder sees only leftovers
# A description has at most 2000 bytes of metadata and a content type.
_MAX_DESCRIPTION_BYTES = 16 * 1024
_CHANGES = "changes.lock"  # makes check and change of a blob atomic


@dataclass(frozen=True, slots=True)
class Description:
    """Properties of a blob that a file cannot hold. The metadata is encoded for headers."""

    content_type: str = OCTET_STREAM
    metadata: Mapping[str, str] | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, str], content_type: str) -> "Description":
        """Check and encode the metadata. Raises `Unstorable`."""
        return cls(content_type, encode_metadata(metadata))

    @classmethod
    def parse(cls, written: bytes) -> "Description":
        """Read the file of a description. Raises `ValueError` where it is none, or not whole."""
        try:
            fields = json.loads(written)
            content_type, metadata = fields["content_type"], fields["metadata"]
            is_whole = isinstance(content_type, str) and all(
                isinstance(text, str) for pair in metadata.items() for text in pair
            )
        except (AttributeError, KeyError, RecursionError, TypeError) as error:
            raise ValueError(type(error).__name__) from None
        if not is_whole:
            raise ValueError("a description has texts only")
        return cls(content_type, metadata)

    @property
    def is_needed(self) -> bool:
        """Whether it differs from the default, which needs no file."""
        return bool(self.metadata) or self.content_type != OCTET_STREAM

    def decoded(self) -> dict[str, str]:
        """Return the metadata in the form of the port."""
        return decode_metadata(self.metadata or {})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A complete file that does not have its name yet: `file` in the open folder `folder`."""

    folder: int
    file: str
    etag: str


class PrivateFolder:
    """The folder `.sotto` below `root`. A key is the `blob_key` of a blob."""

    def __init__(self, root: Path, modes: Modes) -> None:
        self._root = root
        self._modes = modes

    @contextmanager
    def incoming(self, key: str, data: bytes, description: Description) -> Iterator[Incoming]:
        """Write a file and its description; remove it after the block if it has no name then."""
        with self._locked(_WRITES, fcntl.LOCK_SH), self._open("incoming") as folder:
            file = f"{key}-{uuid.uuid4().hex}"
            etag = None
            is_named = False
            try:
                etag = _write(folder, file, data, self._modes.file)
                if description.is_needed:
                    self._write_description(key, etag, description)
                yield Incoming(folder, file, etag)
                is_named = True
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(file, dir_fd=folder)
                if etag is not None and not is_named:
                    self.remove_description(key, etag)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Exclude other changes of existing blobs during the block."""
        with self._locked(_CHANGES, fcntl.LOCK_EX):
            yield

    def read_description(self, key: str, etag: str) -> Description:
        """Read the description of a version, the default for a foreign file."""
        try:
            with open_folder(self._root, (PRIVATE_FOLDER, "properties", key[:2])) as folder:
                file = os.open(f"{key}-{etag}", READ, dir_fd=folder)
            with os.fdopen(file, "rb") as reader:
                return Description.parse(reader.read(_MAX_DESCRIPTION_BYTES))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) in OF_THE_PROCESS:
                raise
            report_omission("description_unreadable", **exception_fields(error))
        return Description()

    def remove_description(self, key: str, etag: str) -> None:
        """Remove the description of a version, if it has one."""
        with (
            suppress(FileNotFoundError),
            open_folder(self._root, (PRIVATE_FOLDER, "properties", key[:2])) as folder,
        ):
            os.unlink(f"{key}-{etag}", dir_fd=folder)

    def remove_former_descriptions(self, key: str, current: Callable[[], str | None]) -> None:
        """Remove descriptions of former versions, unless a write is in progress.

        current: returns the ETag that the blob has by then, None if it does not exist.
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
        """Remove files of interrupted writes, with their descriptions; return their number.

        0 during a write: its file is indistinguishable from a leftover.
        """
        n_removed = 0
        with (
            suppress(FileNotFoundError, BlockingIOError),
            open_folder(self._root, (PRIVATE_FOLDER, "incoming")) as folder,
            self._locked(_WRITES, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            for file in _files(folder):
                with suppress(OSError):  # a foreign folder, for example; it keeps no other file
                    facts = os.stat(file, dir_fd=folder, follow_symlinks=False)
                    if facts.st_nlink == 1:  # it has no name yet
                        self.remove_description(file.partition("-")[0], etag_of(facts))
                    os.unlink(file, dir_fd=folder)
                    n_removed += 1
        return n_removed

    def _write_description(self, key: str, etag: str, description: Description) -> None:
        written = {
            "content_type": description.content_type,
            "metadata": dict(description.metadata or {}),
        }
        with self._open("properties", key[:2]) as folder:
            file = os.open(f"{key}-{etag}", _CREATE, PRIVATE.file, dir_fd=folder)
            with os.fdopen(file, "wb") as writer:
                writer.write(json.dumps(written).encode())
                writer.flush()
                os.fsync(writer.fileno())
            sync_folder(folder)

    @contextmanager
    def _open(self, *segments: str) -> Iterator[int]:
        path = (PRIVATE_FOLDER, *segments)
        with open_folder(self._root, path, create_mode=self._modes.folder) as folder:
            yield folder

    @contextmanager
    def _locked(self, name: str, operation: int) -> Iterator[None]:
        with self._open() as folder:
            lock = os.open(name, _LOCK, PRIVATE.file, dir_fd=folder)
            if name == _WRITES:
                # The first write makes both: on a full disk a deletion could not make its own.
                os.close(os.open(_CHANGES, _LOCK, PRIVATE.file, dir_fd=folder))
        try:
            fcntl.flock(lock, operation)
            yield
        finally:
            os.close(lock)


def blob_key(name: str) -> str:
    """Return the name of a blob's private files: its own may be too long for a file."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _files(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _write(folder: int, file: str, data: bytes, mode: int) -> str:
    """Write a new file; return its ETag."""
    with os.fdopen(os.open(file, _CREATE, mode, dir_fd=folder), "wb") as writer:
        writer.write(data)
        writer.flush()
        # The kernel's clock has a resolution of milliseconds, and inodes are reused at once: two
        # versions of the same size could have equal ETags.
        now = time.time_ns()
        os.utime(writer.fileno(), ns=(now, now))
        os.fsync(writer.fileno())
        return etag_of(os.fstat(writer.fileno()))
