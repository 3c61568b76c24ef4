"""The port of containers of named blobs; adapters are Azure Blob Storage, S3 and a folder.

    with container.open("calls/monday 1.wav") as blob, open_audio(blob) as stream: ...
    container.create("jobs/1/closed", b"", {"job": job_id})

Names are paths with `/` between segments. An ETag identifies a version of a blob: it is opaque, and
two versions with different bytes never share one. (On S3 two with the same bytes do.) Every method
may be called from any thread, and raises

    ContainerNotFound, AccessDenied: the container itself cannot be used.
    StorageUnavailable: refused, timed out or busy, also after retries.
    Unstorable: a name or metadata that `check_name` or `encode_metadata` refuses.

besides the errors in its docstring. No message holds a name, an address or content.

A client library repeats a write whose answer was lost, and its condition then fails because of its
own blob. Adapters recognise their own write, so that of several concurrent `create` calls exactly
one succeeds.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from shared.storage.blob import NO_METADATA, OCTET_STREAM, Blob, BlobEntry, BlobProperties
from shared.storage.blob_reader import BlobReader

PAGE_SIZE = 1000
"""Names in one page of a listing: S3's maximum."""


class Container(Protocol):
    """Blobs under names, with conditions on writing."""

    def list(
        self,
        prefix: str = "",
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        *,
        complete: bool = False,
    ) -> Iterator[BlobEntry]:
        """List blobs whose names begin with `prefix`, in order of their names, page by page.

        Parameters
        ----------
        after: start after this name, whether such a blob exists or not.
        page_size: names in one call to the storage, 1 to 1000; pages are fetched on demand.
        complete: for a caller that must miss none. In a folder an entry that cannot be read is left
            out and logged, so that it hides no other; with `complete` the listing raises
            `StorageUnavailable` after its last name then.

        A blob that is written or deleted meanwhile may be listed or not; every other one is
        listed exactly once. Names of the Basic Multilingual Plane are in the order of code
        points. Names that end with `/`, which consoles create to show folders, are omitted.
        """
        ...

    def properties(self, name: str) -> BlobProperties:
        """Return the properties of a blob. Raises `BlobNotFound`."""
        ...

    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        ...

    def read(self, name: str, max_bytes: int) -> Blob:
        """Read a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        ...

    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create a blob and return its ETag. Of several concurrent calls one succeeds.

        Raises
        ------
        AlreadyExists
        """
        ...

    def replace(
        self,
        name: str,
        data: bytes,
        etag: str,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Replace the blob that has this ETag, and its metadata; return its new ETag.

        Raises
        ------
        Changed: it has another ETag, or is deleted.
        """
        ...

    def put(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create or replace a blob and return its ETag."""
        ...

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob. No error if there is none, whatever the `etag`.

        Raises
        ------
        Changed: the blob exists, and its ETag is not `etag`.
        """
        ...

    def remove_leftovers(self) -> int:
        """Remove leftovers of interrupted writes, and count them.

        Only a folder has any: the services keep no incomplete write.
        """
        ...


def check_page_size(page_size: int) -> None:
    """Refuse a page size that some service does not accept. Raises `ValueError`."""
    if not 1 <= page_size <= PAGE_SIZE:
        raise ValueError(f"A page has 1 to {PAGE_SIZE} names.")
