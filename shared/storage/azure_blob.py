"""A container of Azure Blob Storage as a container of blobs.

Who may use it says the address: a shared access signature in it, or else the identity of this
process, which needs the role Storage Blob Data Contributor on the container (Reader suffices for
reading). A connection string serves the emulator.

Sources: Blob service REST API, "Specifying conditional headers", "Status and error codes".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.settings import settings as azure_settings
from azure.storage.blob import ContainerClient, ContentSettings

from shared.errors import (
    AccessDenied,
    AlreadyExists,
    BlobNotFound,
    Changed,
    ContainerNotFound,
    StorageError,
    StorageUnavailable,
)
from shared.storage.azure_account import CLIENT_OPTIONS, azure_credential, storage_error
from shared.storage.blob import (
    NO_METADATA,
    OCTET_STREAM,
    Blob,
    BlobEntry,
    BlobProperties,
    check_name,
    decode_metadata,
    encode_metadata,
    is_same_write,
    mark_write,
)
from shared.storage.blob_reader import RANGE_BYTES, BlobReader, read_whole, without_range
from shared.storage.container import PAGE_SIZE, check_page_size
from shared.storage.library_logs import silence_library_logs
from shared.storage.translated_errors import translated

# A range is one request, and so is nearly every write: a larger one is sent in blocks, which
# take its name together.
_TRANSFER: dict[str, Any] = {
    "max_single_get_size": RANGE_BYTES,
    "max_chunk_get_size": RANGE_BYTES,
    "max_single_put_size": 64 * 1024 * 1024,
}

# A blob that somebody holds a lease on can not be written for now.
_LEASED = frozenset({"LeaseIdMissing", "LeaseIdMismatchWithBlobOperation", "LeaseAlreadyPresent"})
_KEPT = frozenset({"BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"})
_NO_CONTAINER = frozenset({"ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"})


def _code(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def _blob_error(error: AzureError) -> StorageError:
    """What an error means; its message, which may quote addresses, is left behind."""
    status, code = getattr(error, "status_code", None), _code(error)
    if code in _NO_CONTAINER:
        return ContainerNotFound("The container is not there.")
    if code in _LEASED:
        return StorageUnavailable("Somebody holds a lease on the blob.")
    if code in _KEPT:
        return AccessDenied("A policy of the container keeps the blob as it is.")
    if status == 404:
        return BlobNotFound("There is no blob of this name.")
    if status == 412 or code == "BlobAlreadyExists":
        return Changed("The blob is not what it was.")
    return storage_error(error)


_in_words_of_storage = translated(AzureError, _blob_error)


class AzureBlobContainer:
    """A container; the port is described in `shared.storage.container`."""

    def __init__(self, client: ContainerClient) -> None:
        # A span would carry addresses, with their signatures, to whoever collects traces.
        azure_settings.tracing_enabled = False
        silence_library_logs("azure", "msal", "urllib3")
        self._client = client

    @classmethod
    def from_url(cls, url: str) -> "AzureBlobContainer":
        """Take the address of a container, with the signature that permits to use it."""
        return cls(ContainerClient.from_container_url(url, **_TRANSFER, **CLIENT_OPTIONS))

    @classmethod
    def with_identity(cls, url: str, client_id: str | None = None) -> "AzureBlobContainer":
        """Take the address of a container without a signature; the identity gets a token.

        The token is sent to whatever host `url` names: it must be of the storage service.
        """
        credential = azure_credential(client_id)
        return cls(
            ContainerClient.from_container_url(url, credential, **_TRANSFER, **CLIENT_OPTIONS)
        )

    @classmethod
    def from_connection_string(cls, connection_string: str, name: str) -> "AzureBlobContainer":
        """Take a container of an account that is named by its key, as the emulator's is."""
        return cls(
            ContainerClient.from_connection_string(
                connection_string, name, **_TRANSFER, **CLIENT_OPTIONS
            )
        )

    def list(
        self, prefix: str = "", after: str | None = None, page_size: int = PAGE_SIZE
    ) -> Iterator[BlobEntry]:
        """Blobs in order of their names; Azure begins at `after` by itself."""
        check_page_size(page_size)
        is_within = after is not None and after.startswith(prefix)
        if after is not None and after > prefix and not is_within:
            return
        pages = self._client.list_blobs(
            name_starts_with=prefix or None,
            results_per_page=page_size,
            start_from=after if is_within else None,  # `after` itself included
        ).by_page()
        while (page := _next_page(pages)) is not None:
            for found in page:
                if found.name != after and not found.name.endswith("/"):
                    yield _entry(found)

    @_in_words_of_storage
    def properties(self, name: str) -> BlobProperties:
        """Look at a blob. Raises `BlobNotFound`."""
        check_name(name)
        return _properties(name, self._client.get_blob_client(name).get_blob_properties())

    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        check_name(name)
        return BlobReader.of(lambda offset, size, etag: self._get(name, offset, size, etag))

    def read(self, name: str, max_bytes: int) -> Blob:
        """Take a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        check_name(name)
        return read_whole(lambda offset, size, etag: self._get(name, offset, size, etag), max_bytes)

    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Write a blob that is not there yet; its ETag. Raises `AlreadyExists`."""
        asked = _asked(data, metadata, content_type)
        try:
            return self._write(name, asked | {"overwrite": False})
        except Changed:
            etag = self._own_write(name, asked["metadata"])
        if etag is None:
            raise AlreadyExists("There is a blob of this name.")
        return etag

    def replace(
        self,
        name: str,
        data: bytes,
        etag: str,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Write a blob that still has this ETag; its new one. Raises `Changed`."""
        asked = _asked(data, metadata, content_type)
        try:
            return self._write(name, asked | _while(etag))
        except (BlobNotFound, Changed):
            own = self._own_write(name, asked["metadata"])
        if own is None:
            raise Changed("The blob is not what it was.")
        return own

    def put(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Write a blob, whatever was there; its ETag."""
        return self._write(name, _asked(data, metadata, content_type))

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob with its snapshots. Raises `Changed`.

        In an account with versions or soft delete this leaves something behind: see
        `docs/storage.md`.
        """
        check_name(name)
        try:
            self._delete(name, {} if etag is None else _while(etag))
        except BlobNotFound:
            return
        except Changed:
            is_there = self._find(name) is not None
        else:
            return
        if is_there:
            raise Changed("The blob is not what it was.")

    def remove_leftovers(self) -> int:
        """Nothing: Azure drops blocks that took no name by itself, and nobody can read them."""
        return 0

    @_in_words_of_storage
    def _write(self, name: str, asked: Mapping[str, Any]) -> str:
        check_name(name)
        return _unquoted(self._client.get_blob_client(name).upload_blob(**asked)["etag"])

    @_in_words_of_storage
    def _delete(self, name: str, condition: Mapping[str, Any]) -> None:
        self._client.get_blob_client(name).delete_blob(delete_snapshots="include", **condition)

    def _get(
        self, name: str, offset: int, size: int, etag: str | None
    ) -> tuple[bytes, BlobProperties]:
        return self._get_range(name, offset, size, etag) or without_range(self.properties(name))

    @_in_words_of_storage
    def _get_range(
        self, name: str, offset: int, size: int, etag: str | None
    ) -> tuple[bytes, BlobProperties] | None:
        """Read a range, or None where there is none; the SDK resumes a body that breaks off."""
        condition = {} if etag is None else _while(etag)
        try:
            answer = self._client.get_blob_client(name).download_blob(
                offset, size, max_concurrency=1, **condition
            )
        except HttpResponseError as error:
            if error.status_code == 416:
                return None
            raise
        # A range tells the size of the whole behind a slash: `bytes 0-9/1234`.
        whole_bytes = int(str(answer.properties.content_range).rpartition("/")[2])
        properties = _properties(name, answer.properties)
        return answer.readall(), replace(properties, size_bytes=whole_bytes)

    @_in_words_of_storage
    def _find(self, name: str) -> Any:
        """Look at a blob as the SDK tells it, None where there is none."""
        try:
            return self._client.get_blob_client(name).get_blob_properties()
        except HttpResponseError as error:
            if isinstance(_blob_error(error), BlobNotFound):
                return None
            raise

    def _own_write(self, name: str, marked: Mapping[str, str]) -> str | None:
        """ETag of the blob if it is what we wrote in a try whose answer was lost."""
        found = self._find(name)
        if found is None or not is_same_write(marked, found.metadata):
            return None
        return _unquoted(found.etag)


@_in_words_of_storage
def _next_page(pages: Iterator[Any]) -> list[Any] | None:
    page = next(pages, None)
    return None if page is None else list(page)


def _asked(data: bytes, metadata: Mapping[str, str], content_type: str) -> dict[str, Any]:
    return {
        "data": data,
        "length": len(data),
        "metadata": mark_write(encode_metadata(metadata)),
        "content_settings": ContentSettings(content_type=content_type),
        "overwrite": True,
    }


def _while(etag: str) -> dict[str, Any]:
    return {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}


def _entry(found: Any) -> BlobEntry:
    return BlobEntry(
        name=found.name,
        size_bytes=found.size,
        etag=_unquoted(found.etag),
        last_modified=found.last_modified,
    )


def _properties(name: str, found: Any) -> BlobProperties:
    return BlobProperties(
        name=name,
        size_bytes=found.size,
        etag=_unquoted(found.etag),
        last_modified=found.last_modified,
        content_type=found.content_settings.content_type or OCTET_STREAM,
        metadata=decode_metadata(found.metadata or {}),
    )


def _unquoted(etag: str) -> str:
    return etag.strip('"')
