"""Containers of named blobs: the port that Azure Blob Storage, S3 and a folder serve.

    with container.open("calls/monday 1.wav") as blob, open_audio(blob) as stream: ...
    container.create("jobs/1/closed", b"", {"job": job_id})

Names are paths with `/` between segments. An ETag says which version of a blob is meant: it is
opaque, and two versions with different bytes never share one. (On S3 two with the same bytes
do.) Every method may be called from any thread, and raises

    ContainerNotFound, AccessDenied: the container itself can not be used.
    StorageUnavailable: refused, timed out or busy, also after retries.
    Unstorable: a name or metadata outside the rules of `check_name` and `encode_metadata`.

beside what it says itself. No message holds a name, an address or content.

A client library sends a write again when its answer was lost, and then finds its own blob in
the way. Adapters know their own write, so that of several who `create`, exactly one is told
that it did.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from shared.storage.blob import NO_METADATA, OCTET_STREAM, Blob, BlobEntry, BlobProperties
from shared.storage.blob_reader import BlobReader

PAGE_SIZE = 1000
"""Names in one answer of a listing: the most that S3 gives."""


class Container(Protocol):
    """Blobs under names, with conditions on writing."""

    def list(
        self, prefix: str = "", after: str | None = None, page_size: int = PAGE_SIZE
    ) -> Iterator[BlobEntry]:
        """Blobs whose names begin with `prefix`, in order of their names, page by page.

        Parameters
        ----------
        after: begin behind this name, whether there is such a blob or not.
        page_size: names in one call to the storage, 1 to 1000; a page is fetched when it is
            needed.

        A blob that is written or deleted meanwhile may be among them or not; every other one
        comes exactly once. The order is that of code points where names are of the Basic
        Multilingual Plane. Names that end with `/`, which consoles make to show folders, are
        left out.
        """
        ...

    def properties(self, name: str) -> BlobProperties:
        """Look at a blob. Raises `BlobNotFound`."""
        ...

    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        ...

    def read(self, name: str, max_bytes: int) -> Blob:
        """Take a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        ...

    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Write a blob that is not there yet; its ETag. Of several at once one succeeds.

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
        """Write a blob that still has this ETag; its new one. Metadata is replaced as well.

        Raises
        ------
        Changed: it has another one, or is gone.
        """
        ...

    def put(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Write a blob, whatever was there; its ETag."""
        ...

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob. One that is not there is deleted already, whatever its ETag was.

        Raises
        ------
        Changed: there is one, and its ETag is not `etag`.
        """
        ...

    def remove_leftovers(self) -> int:
        """Remove what interrupted writes left behind, and count it.

        Only a folder has any: the services keep nothing of a write that did not end.
        """
        ...


def check_page_size(page_size: int) -> None:
    """Refuse what not every service takes. Raises `ValueError`."""
    if not 1 <= page_size <= PAGE_SIZE:
        raise ValueError(f"A page has 1 to {PAGE_SIZE} names.")
