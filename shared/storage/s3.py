"""Adapter of an S3 bucket, or a prefix in it, to the container port.

Credentials are those of the role, profile or environment (`aws_session`). The permissions are
`s3:ListBucket` on the bucket and `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` on its
objects; without the first one S3 answers 403 for an object that does not exist.

An ETag of S3 is the MD5 of the bytes, or changes with them if the bucket is encrypted by KMS:
two versions with the same bytes may have the same ETag.

Sources: Amazon S3 user guide, "Conditional requests" (writes 2024, deletes 2025).
"""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NotConnectedError

from shared.errors import (
    AccessDenied,
    AlreadyExists,
    BlobNotFound,
    Changed,
    ContainerNotFound,
    StorageError,
    StorageFull,
    StorageUnavailable,
)
from shared.storage.blob import (
    MAX_NAME_BYTES,
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
from shared.storage.blob_reader import BlobReader, read_whole, without_range
from shared.storage.container import PAGE_SIZE, check_page_size
from shared.storage.library_logs import silence_library_logs
from shared.storage.translated_errors import translated

_ATTEMPTS = 4
_FIRST_PAUSE_S = 0.1

_ABORTED_BODY = (HTTPClientError, ResponseStreamingError, IncompleteReadError)
_UNREACHABLE = (*_ABORTED_BODY, NotConnectedError)
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
)
_DENIED = frozenset({"ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId"})
_INSUFFICIENT_STORAGE = 507  # HTTP's status for it, RFC 4918
# AWS has no quota of bytes. MinIO and Ceph have, and answer 400 or 403 with these codes.
_FULL = frozenset({"QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull"})
_BUSY = frozenset({"RequestTimeout", "SlowDown", "OperationAborted", "ConditionalRequestConflict"})


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _storage_error(error: ClientError | BotoCoreError) -> StorageError:
    """Translate an error; its message, which quotes names and addresses, is dropped."""
    return _answer_error(error) if isinstance(error, ClientError) else _library_error(error)


def _answer_error(error: ClientError) -> StorageError:
    status, code = _status(error), _code(error)
    if status == _INSUFFICIENT_STORAGE or code in _FULL:
        return StorageFull("The bucket has no room for this.")
    return _refusal(status, code)


def _refusal(status: int, code: str) -> StorageError:
    if code == "NoSuchBucket":
        return ContainerNotFound("The bucket does not exist.")
    if status in {401, 403} or code in _DENIED:
        return AccessDenied("S3 does not permit this.")
    if status == 404:
        return BlobNotFound("There is no blob of this name.")
    if status == 412:
        return Changed("The blob has changed.")
    if status in {429, 500, 502, 503, 504} or code in _BUSY:
        return StorageUnavailable(f"S3 answered {status}, also after retries.")
    return StorageError(f"S3 answered {status}.")


def _library_error(error: BotoCoreError) -> StorageError:
    if isinstance(error, _NO_CREDENTIALS):
        return AccessDenied("There are no credentials for S3.")
    if isinstance(error, _UNREACHABLE):
        return StorageUnavailable("S3 cannot be reached, also after retries.")
    return StorageError(f"S3 cannot be parameters: {type(error).__name__}.")


_in_words_of_storage = translated((ClientError, BotoCoreError), _storage_error)


class S3Container:
    """A bucket; the port is described in `shared.storage.container`.

    Parameters
    ----------
    client: of `aws_client("s3")`.
    prefix: start of the keys of all blobs that their names do not have, such as `calls/`.
    """

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        silence_library_logs("boto3", "botocore", "urllib3")
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._longest_name_bytes = MAX_NAME_BYTES - len(prefix.encode())

    def list(
        self,
        prefix: str = "",
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        *,
        complete: bool = False,  # noqa: ARG002 - every listing is
    ) -> Iterator[BlobEntry]:
        """List blobs in order of their names; S3 itself starts after `after`."""
        check_page_size(page_size)
        parameters = {"Bucket": self._bucket, "Prefix": self._prefix + prefix, "MaxKeys": page_size}
        if after:
            parameters["StartAfter"] = self._prefix + after
        while True:
            page = self._page(parameters)
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):
                    yield self._entry(found)
            if not page.get("IsTruncated"):
                return
            parameters["ContinuationToken"] = page["NextContinuationToken"]

    def properties(self, name: str) -> BlobProperties:
        """Return the properties of a blob. Raises `BlobNotFound`."""
        return self._properties(name, self._head(name))

    def open(self, name: str) -> BlobReader:
        """Open a blob for reading. Raises `BlobNotFound`, and `Changed` while it is read."""
        check_name(name, most_bytes=self._longest_name_bytes)
        return BlobReader.of(lambda offset, size, etag: self._get(name, offset, size, etag))

    def read(self, name: str, max_bytes: int) -> Blob:
        """Read a whole blob into memory. Raises `BlobNotFound`, `BlobTooLarge`, `Changed`."""
        check_name(name, most_bytes=self._longest_name_bytes)
        return read_whole(lambda offset, size, etag: self._get(name, offset, size, etag), max_bytes)

    def create(
        self,
        name: str,
        data: bytes,
        metadata: Mapping[str, str] = NO_METADATA,
        content_type: str = OCTET_STREAM,
    ) -> str:
        """Create a blob and return its ETag. Raises `AlreadyExists`."""
        parameters = self._write_parameters(name, data, metadata, content_type)
        try:
            return self._write(parameters | {"IfNoneMatch": "*"})
        except Changed:
            etag = self._find_own_write(name, parameters["Metadata"])
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
        parameters = self._write_parameters(name, data, metadata, content_type)
        try:
            return self._write(parameters | {"IfMatch": f'"{etag}"'})
        except (BlobNotFound, Changed):
            own = self._find_own_write(name, parameters["Metadata"])
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
        return self._write(self._write_parameters(name, data, metadata, content_type))

    def delete(self, name: str, etag: str | None = None) -> None:
        """Delete a blob. Raises `Changed`.

        A bucket with versions keeps the former version: see `docs/storage.md`.
        """
        check_name(name, most_bytes=self._longest_name_bytes)
        condition = {} if etag is None else {"IfMatch": f'"{etag}"'}
        try:
            self._delete(name, condition)
        except BlobNotFound:
            return
        except Changed:
            is_there = self._is_there(name)
        else:
            return
        if is_there:
            raise Changed("The blob has changed.")

    def remove_leftovers(self) -> int:
        """Do nothing: S3 keeps no incomplete object."""
        return 0

    @_in_words_of_storage
    def _page(self, parameters: Mapping[str, Any]) -> Any:
        return self._client.list_objects_v2(**parameters)

    @_in_words_of_storage
    def _head(self, name: str) -> Any:
        check_name(name, most_bytes=self._longest_name_bytes)
        return self._client.head_object(Bucket=self._bucket, Key=self._prefix + name)

    @_in_words_of_storage
    def _delete(self, name: str, condition: Mapping[str, str]) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name, **condition)

    @_in_words_of_storage
    def _write(self, parameters: Mapping[str, Any]) -> str:
        """Put an object. S3 answers 409 to concurrent conditional writes, which are retried."""
        attempt = 0
        while True:
            try:
                return _unquoted(self._client.put_object(**parameters)["ETag"])
            except ClientError as error:
                attempt += 1
                if _status(error) != 409 or attempt == _ATTEMPTS:
                    raise
                _pause(attempt)

    def _get(
        self, name: str, offset: int, size: int, etag: str | None
    ) -> tuple[bytes, BlobProperties]:
        condition = {} if etag is None else {"IfMatch": f'"{etag}"'}
        found = self._get_range(name, f"bytes={offset}-{offset + size - 1}", condition)
        return found or without_range(self.properties(name))

    @_in_words_of_storage
    def _get_range(
        self, name: str, requested_range: str, condition: Mapping[str, str]
    ) -> tuple[bytes, BlobProperties] | None:
        """Read a range; None if the object has no such bytes.

        botocore retries a request, but not an aborted body.
        """
        attempt = 0
        while True:
            try:
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=self._prefix + name, Range=requested_range, **condition
                )
                # The body's own `with` returns urllib3's stream, with urllib3's errors.
                with closing(answer["Body"]) as body:
                    return body.read(), self._properties(name, answer)
            except ClientError as error:
                if _status(error) == 416:
                    return None
                raise
            except _ABORTED_BODY:
                attempt += 1
                if attempt == _ATTEMPTS:
                    raise
                _pause(attempt)

    def _write_parameters(
        self, name: str, data: bytes, metadata: Mapping[str, str], content_type: str
    ) -> dict[str, Any]:
        check_name(name, most_bytes=self._longest_name_bytes)
        return {
            "Bucket": self._bucket,
            "Key": self._prefix + name,
            "Body": data,
            "ContentType": content_type,
            "Metadata": mark_write(encode_metadata(metadata)),
        }

    def _find_own_write(self, name: str, marked: Mapping[str, str]) -> str | None:
        """Return the ETag if an earlier try of this write, with a lost answer, wrote the object."""
        try:
            found = self._head(name)
        except BlobNotFound:
            return None
        return _unquoted(found["ETag"]) if is_same_write(marked, found["Metadata"]) else None

    def _is_there(self, name: str) -> bool:
        try:
            self._head(name)
        except BlobNotFound:
            return False
        return True

    def _entry(self, found: Mapping[str, Any]) -> BlobEntry:
        return BlobEntry(
            name=found["Key"][len(self._prefix) :],
            size_bytes=found["Size"],
            etag=_unquoted(found["ETag"]),
            last_modified=found["LastModified"],
        )

    def _properties(self, name: str, answer: Mapping[str, Any]) -> BlobProperties:
        # `ContentRange` has the size of the object after a slash: `bytes 0-9/1234`.
        of_range = answer.get("ContentRange")
        return BlobProperties(
            name=name,
            size_bytes=int(of_range.rpartition("/")[2]) if of_range else answer["ContentLength"],
            etag=_unquoted(answer["ETag"]),
            last_modified=answer["LastModified"],
            content_type=answer.get("ContentType", OCTET_STREAM),
            metadata=decode_metadata(answer.get("Metadata", {})),
        )


def _unquoted(etag: str) -> str:
    return etag.strip('"')


def _pause(attempt: int) -> None:
    """Wait 0.1, 0.2, 0.4 s with a jitter of up to as much again, so that retries do not collide."""
    time.sleep(_FIRST_PAUSE_S * 2 ** (attempt - 1) * (1 + random.random()))  # noqa: S311
