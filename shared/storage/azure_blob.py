"""Adapter of Azure Blob Storage to the container port.

Access is by the shared access signature in the address, or else by the identity of this process,
which needs the role Storage Blob Data Contributor on the container (Reader suffices for reading).
A connection string is for the emulator.

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
    ConfigurationError,
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

# A range is one request, and so is nearly every write: a larger one is sent in blocks, which are
# committed together.
_TRANSFER: dict[str, Any] = {
    "max_single_get_size": RANGE_BYTES,
    "max_chunk_get_size": RANGE_BYTES,
    "max_single_put_size": 64 * 1024 * 1024,
}

# A leased blob cannot be written until the lease ends.
_LEASED = frozenset({"LeaseIdMissing", "LeaseIdMismatchWithBlobOperation", "LeaseAlreadyPresent"})
_IMMUTABLE = frozenset({"BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"})
_NO_CONTAINER = frozenset({"ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"})


def _code(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def _blob_error(error: AzureError) -> StorageError:
    """Translate an error; its message, which may quote addresses, is dropped."""
    status, code = getattr(error, "status_code", None), _code(error)
    if code in _NO_CONTAINER:
        return ContainerNotFound("The container does not exist.")
    if code in _LEASED:
        return StorageUnavailable("Another client holds a lease on the blob.")
    if code in _IMMUTABLE:
        return AccessDenied("A policy of the container makes the blob immutable.")
    if status == 404:
        return BlobNotFound("There is no blob of this name.")
    if status == 412 or code == "BlobAlreadyExists":
        return Changed("The blob has changed.")
    return storage_error(error)


_in_words_of_storage = translated(AzureError, _blob_error)


class AzureBlobContainer:
    """A container; the port is described in `shared.storage.container`."""

    def __init__(self, client: ContainerClient) -> None:
        # A span would carry addresses, with their signatures, to the trace collector.
        azure_settings.tracing_enabled = False
        silence_library_logs("azure", "msal", "urllib3")
        self._client = client

    @classmethod
    def from_url(cls, url: str) -> "AzureBlobContainer":
        """Open a container by its address with a shared access signature."""
        return cls(ContainerClient.from_container_url(url, **_TRANSFER, **CLIENT_OPTIONS))

    @classmethod
    def with_identity(cls, url: str, client_id: str | None = None) -> "AzureBlobContainer":
        """Open a container by its address without a signature, with a token of the identity.

        The token is sent to the host of `url`, which must be of the storage service.
        """
        credential = azure_credential(client_id)
        return cls(
            ContainerClient.from_container_url(url, credential, **_TRANSFER, **CLIENT_OPTIONS)
        )

    @classmethod
    def from_connection_string(cls, connection_string: str, name: str) -> "AzureBlobContainer":
        """Open a container of an account with a key, such as the emulator's.

        Raises
        ------
        ConfigurationError: the connection string is invalid.
        """
        try:
            client = ContainerClient.from_connection_string(
                connection_string, name, **_TRANSFER, **CLIENT_OPTIONS
            )
        except ValueError:
            raise ConfigurationError(
                "The connection string of the container must name an account or its blob endpoint."
            ) from None
        return cls(client)

    def list(
        self,
        prefix: str = "",
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        *,
        complete: bool = False,  # noqa: ARG002 - every listing is
    ) -> Iterator[BlobEntry]:
        """List blobs in order of their names; Azure itself starts at `after`."""
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
        """Return the properties of a blob. Raises `BlobNotFound`."""
        check_name(name, most_bytes=None)
        return _properties(name, self._client.get_blob_client(name).get_blob_properties())

    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        check_name(name, most_bytes=None)
        return BlobReader.of(lambda offset, size, etag: self._get(name, offset, size, etag))

    def read(self, name: str, max_bytes: int) -> Blob:
        """Read a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        check_name(name, most_bytes=None)
        return read_whole(lambda offset, size, etag: self._get(name, offset, size, etag), max_bytes)

    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create a blob and return its ETag. Raises `AlreadyExists`."""
        parameters = _write_parameters(data, metadata, content_type)
        try:
            return self._write(name, parameters | {"overwrite": False})
        except Changed:
            etag = self._find_own_write(name, parameters["metadata"])
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
        """Replace the blob that has this ETag; return its new one. Raises `Changed`."""
        parameters = _write_parameters(data, metadata, content_type)
        try:
            return self._write(name, parameters | _if_match(etag))
        except (BlobNotFound, Changed):
            own = self._find_own_write(name, parameters["metadata"])
        if own is None:
            raise Changed("The blob has changed.")
        return own

    def put(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create or replace a blob and return its ETag."""
        return self._write(name, _write_parameters(data, metadata, content_type))

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob with its snapshots. Raises `Changed`.

        An account with versions or soft delete keeps a copy: see `docs/storage.md`.
        """
        check_name(name, most_bytes=None)
        try:
            self._delete(name, {} if etag is None else _if_match(etag))
        except BlobNotFound:
            return
        except Changed:
            is_there = self._find(name) is not None
        else:
            return
        if is_there:
            raise Changed("The blob has changed.")

    def remove_leftovers(self) -> int:
        """Do nothing: Azure drops uncommitted blocks itself, and they cannot be read."""
        return 0

    @_in_words_of_storage
    def _write(self, name: str, parameters: Mapping[str, Any]) -> str:
        check_name(name, most_bytes=None)
        return _unquoted(self._client.get_blob_client(name).upload_blob(**parameters)["etag"])

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
        """Read a range; None if the blob has none. The SDK resumes an aborted body."""
        condition = {} if etag is None else _if_match(etag)
        try:
            answer = self._client.get_blob_client(name).download_blob(
                offset, size, max_concurrency=1, **condition
            )
        except HttpResponseError as error:
            if error.status_code == 416:
                return None
            raise
        # `Content-Range` has the size of the blob after a slash: `bytes 0-9/1234`.
        whole_bytes = int(str(answer.properties.content_range).rpartition("/")[2])
        properties = _properties(name, answer.properties)
        return answer.readall(), replace(properties, size_bytes=whole_bytes)

    @_in_words_of_storage
    def _find(self, name: str) -> Any:
        """Return the SDK's properties of a blob, None if there is none."""
        try:
            return self._client.get_blob_client(name).get_blob_properties()
        except HttpResponseError as error:
            if isinstance(_blob_error(error), BlobNotFound):
                return None
            raise

    def _find_own_write(self, name: str, marked: Mapping[str, str]) -> str | None:
        """Return the ETag if an earlier try of this write, with a lost answer, wrote the blob."""
        found = self._find(name)
        if found is None or not is_same_write(marked, found.metadata):
            return None
        return _unquoted(found.etag)


@_in_words_of_storage
def _next_page(pages: Iterator[Any]) -> list[Any] | None:
    page = next(pages, None)
    return None if page is None else list(page)


def _write_parameters(
    data: bytes, metadata: Mapping[str, str], content_type: str
) -> dict[str, Any]:
    return {
        "data": data,
        "length": len(data),
        "metadata": mark_write(encode_metadata(metadata)),
        "content_settings": ContentSettings(content_type=content_type),
        "overwrite": True,
    }


def _if_match(etag: str) -> dict[str, Any]:
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
