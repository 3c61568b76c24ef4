"""Adapter of a folder to the container port.

A name is a path below the folder; every regular file there is a blob, whichever program wrote it.
Symbolic links below the folder are not followed and not listed. `.sotto` inside it is private
(`folder_private`). When a write returns, data, description and name are on the disk.

An ETag is inode, size and modification time. While a file is being copied into the folder its ETag
changes, and reading it raises `Changed`; a file that Sotto writes appears atomically.

Conditions hold among all processes of Sotto that use the folder on this machine. A write by a
foreign program in the microseconds between check and change is not detected. Needs POSIX.
"""

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from shared.errors import (
    AccessDenied,
    AlreadyExists,
    BlobNotFound,
    Changed,
    StorageError,
    StorageFull,
    StorageUnavailable,
    Unstorable,
)
from shared.privacy.incidents import report_omission
from shared.storage.blob import NO_METADATA, OCTET_STREAM, Blob, BlobEntry, BlobProperties
from shared.storage.blob_reader import BlobReader, too_large
from shared.storage.container import PAGE_SIZE, check_page_size
from shared.storage.folder_private import Description, Incoming, PrivateFolder, blob_key
from shared.storage.folder_tree import (
    PRIVATE,
    READ,
    SHARED,
    check_regular,
    etag_of,
    file_facts,
    modified_at,
    open_folder,
    prune,
    read_range,
    split_name,
    sync_folder,
)
from shared.storage.folder_walk import Unread, Walk
from shared.storage.translated_errors import translated

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ATTEMPTS = 50  # a folder may vanish during a write, when its last blob is deleted


def _storage_error(error: OSError) -> StorageError:
    """Translate an error of the operating system; its message, which has paths, is dropped."""
    number = error.errno or 0
    if number in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}:
        return BlobNotFound("There is no blob of this name.")
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return AccessDenied("The permissions of the folder do not allow this.")
    if number in _NO_ROOM:
        return StorageFull("The file system has no room for this.")
    if number in {errno.ENAMETOOLONG, errno.EISDIR, errno.EILSEQ, errno.EINVAL}:
        return Unstorable("The file system cannot give a file this name.")
    return StorageUnavailable(f"The file system answered {errno.errorcode.get(number, '?')}.")


_in_words_of_storage = translated(OSError, _storage_error)


class FolderContainer:
    """A folder of this machine; the port is described in `shared.storage.container`.

    Parameters
    ----------
    is_private: new files and folders are their owner's alone, whatever the umask; the folders that
        lie in `root` are made so at the first write.

    Every method raises `ContainerNotFound` if the folder does not exist: it is not created.
    """

    def __init__(self, root: Path, *, is_private: bool = False) -> None:
        self._root = root
        self._modes = PRIVATE if is_private else SHARED
        self._private = PrivateFolder(root, self._modes)
        self._logged: set[str] = set()
        self._is_closed = False

    def list(
        self,
        prefix: str = "",
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        *,
        complete: bool = False,
    ) -> Iterator[BlobEntry]:
        """List blobs in order of their names. A subfolder is read when its turn comes."""
        check_page_size(page_size)
        entries = self._entries(prefix, after, complete=complete)
        while (entry := _next(entries)) is not None:
            yield entry

    @_in_words_of_storage
    def properties(self, name: str) -> BlobProperties:
        """Return the properties of a blob. Raises `BlobNotFound`."""
        *folders, last = split_name(name)
        with open_folder(self._root, folders) as folder:
            while True:
                properties = self._properties(name, file_facts(last, folder))
                # A description belongs to a version: retry if that was replaced.
                if etag_of(file_facts(last, folder)) == properties.etag:
                    return properties

    @_in_words_of_storage
    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        *folders, last = split_name(name)
        with open_folder(self._root, folders) as folder:
            file = os.open(last, READ, dir_fd=folder)
        try:
            facts = os.fstat(file)
            check_regular(facts)
            properties = self._properties(name, facts)
        except BaseException:
            os.close(file)
            raise
        read = _in_words_of_storage(read_range)
        return BlobReader(
            properties,
            lambda offset, size: read(file, offset, size, properties.etag),
            lambda: os.close(file),
        )

    def read(self, name: str, max_bytes: int) -> Blob:
        """Read a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        with self.open(name) as blob:
            if blob.properties.size_bytes > max_bytes:
                raise too_large(max_bytes)
            return Blob(blob.readall(), blob.properties)

    @_in_words_of_storage
    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create a blob and return its ETag. Raises `AlreadyExists`."""
        *folders, last = split_name(name)
        described = Description.of(metadata, content_type)
        with self._private.incoming(blob_key(name), data, described) as incoming:
            self._in_folder(folders, lambda folder: self._claim(incoming, folder, last))
        return incoming.etag

    @_in_words_of_storage
    def replace(
        self,
        name: str,
        data: bytes,
        etag: str,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Replace the blob that has this ETag; return its new one. Raises `Changed`."""
        *folders, last = split_name(name)
        key, described = blob_key(name), Description.of(metadata, content_type)
        with self._private.incoming(key, data, described) as incoming:
            with (
                suppress(FileNotFoundError, NotADirectoryError),
                open_folder(self._root, folders) as folder,
                self._private.changing(),
            ):
                if _etag_or_none(last, folder) == etag:
                    self._swap(incoming, folder, last, key)
                    sync_folder(folder)
                    return incoming.etag
            raise _changed()

    @_in_words_of_storage
    def put(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create or replace a blob and return its ETag."""
        *folders, last = split_name(name)
        key, described = blob_key(name), Description.of(metadata, content_type)

        def swap(folder: int) -> None:
            with self._private.changing():
                self._swap(incoming, folder, last, key)

        with self._private.incoming(key, data, described) as incoming:
            self._in_folder(folders, swap)
        return incoming.etag

    @_in_words_of_storage
    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob, and the folders that are empty then. Raises `Changed`."""
        *folders, last = split_name(name)
        key = blob_key(name)
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            open_folder(self._root, folders) as folder,
            self._private.changing(),
        ):
            found = _etag_or_none(last, folder)
            if found is not None and etag not in {None, found}:
                raise _changed()
            if found is not None:
                os.unlink(last, dir_fd=folder)
                self._private.remove_description(key, found)
        # Also if the blob was deleted before: an earlier try may have stopped before this step.
        self._private.remove_former_descriptions(key, lambda: self._current_etag(folders, last))
        prune(self._root, folders)

    @_in_words_of_storage
    def remove_leftovers(self) -> int:
        """Remove leftovers of interrupted writes; return their number, 0 during a write."""
        with open_folder(self._root):
            return self._private.remove_leftovers()

    def _entries(self, prefix: str, after: str | None, *, complete: bool) -> Iterator[BlobEntry]:
        # Start at the folder of the prefix: it may have thousands of siblings.
        *folders, _ = prefix.split("/")
        path = "".join(f"{segment}/" for segment in folders)
        with ExitStack() as opened:
            try:
                inside = split_name("/".join(folders)) if folders else ()
                start = opened.enter_context(open_folder(self._root, inside))
            except Unstorable:
                return  # no blob can have such a name
            except OSError as error:
                if isinstance(_storage_error(error), BlobNotFound | Unstorable):
                    return
                raise
            walk = Walk(start, path, prefix, after)
            yield from walk.entries()
        self._log_unread(walk.unread)
        if complete and walk.unread.errors:
            raise StorageUnavailable("A part of the folder cannot be read.")

    def _log_unread(self, unread: Unread) -> None:
        """Log what a listing left out, each kind once: a watched folder is listed every minute."""
        for kind in sorted((unread.errors | unread.names) - self._logged):
            self._logged.add(kind)
            report_omission("entries_skipped", error_type=kind)

    def _properties(self, name: str, facts: os.stat_result) -> BlobProperties:
        described = self._private.read_description(blob_key(name), etag_of(facts))
        return BlobProperties(
            name=name,
            size_bytes=facts.st_size,
            etag=etag_of(facts),
            last_modified=modified_at(facts),
            content_type=described.content_type,
            metadata=described.decoded(),
        )

    def _current_etag(self, folders: Sequence[str], last: str) -> str | None:
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            open_folder(self._root, folders) as folder,
        ):
            return _etag_or_none(last, folder)
        return None

    def _in_folder(self, folders: Sequence[str], place: Callable[[int], None]) -> None:
        """Create the folder of a blob and call `place` with it."""
        self._close_to_others()
        for _ in range(_ATTEMPTS):
            try:
                with open_folder(self._root, folders, create_mode=self._modes.folder) as folder:
                    place(folder)
                    sync_folder(folder)
            except FileNotFoundError:
                continue
            except NotADirectoryError:
                break
            return
        raise Unstorable("A file has the name of a folder of this blob.")

    def _close_to_others(self) -> None:
        """Close the folders that an operator's umask, or an earlier version, left open."""
        if self._modes is SHARED or self._is_closed:
            return
        with open_folder(self._root) as root, os.scandir(root) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    continue
                # Of another owner, or a link by now.
                with suppress(OSError), open_folder(self._root, (entry.name,)) as folder:
                    os.fchmod(folder, self._modes.folder)
        self._is_closed = True

    def _claim(self, incoming: Incoming, folder: int, last: str) -> None:
        """Give a file its name if that is free: of several hard links one succeeds."""
        try:
            os.link(
                incoming.file,
                last,
                src_dir_fd=incoming.folder,
                dst_dir_fd=folder,
                follow_symlinks=False,
            )
        except FileExistsError:
            is_taken = True
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            is_taken = not self._claim_without_links(incoming, folder, last)
        else:
            is_taken = False
        if is_taken:
            raise AlreadyExists("There is a blob of this name.")

    def _claim_without_links(self, incoming: Incoming, folder: int, last: str) -> bool:
        """Do the same on a file system without hard links, under the lock of Sotto's processes."""
        with self._private.changing():
            with suppress(FileNotFoundError):
                os.stat(last, dir_fd=folder, follow_symlinks=False)
                return False
            os.rename(incoming.file, last, src_dir_fd=incoming.folder, dst_dir_fd=folder)
            return True

    def _swap(self, incoming: Incoming, folder: int, last: str, key: str) -> None:
        """Give a file its name, replacing another one."""
        before = _etag_or_none(last, folder)
        os.replace(incoming.file, last, src_dir_fd=incoming.folder, dst_dir_fd=folder)
        if before is not None:
            self._private.remove_description(key, before)


@_in_words_of_storage
def _next(entries: Iterator[BlobEntry]) -> BlobEntry | None:
    return next(entries, None)


def _etag_or_none(name: str, folder: int) -> str | None:
    with suppress(FileNotFoundError, BlobNotFound):
        return etag_of(file_facts(name, folder))
    return None


def _changed() -> Changed:
    return Changed("The blob has changed.")
