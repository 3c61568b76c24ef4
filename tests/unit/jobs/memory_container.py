"""A container in memory, whose names may be those of a file system that ignores their case."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.errors import AlreadyExists, BlobNotFound, Changed, Unstorable
from shared.storage.blob import NO_METADATA, OCTET_STREAM, Blob, BlobProperties, check_name

_NOW = datetime(2026, 11, 28, tzinfo=UTC)


@dataclass(frozen=True)
class Naming:
    """Rules of names. segment_bytes: of one segment; None has no limit."""

    ignores_case: bool = False
    segment_bytes: int | None = None


class MemoryContainer:
    """Blobs in memory, for one thread."""

    def __init__(self, naming: Naming | None = None) -> None:
        self._naming = naming or Naming()
        self._blobs: dict[str, Blob] = {}
        self._versions = itertools.count()

    def names(self) -> list[str]:
        """Names of all blobs, as they were written first."""
        return [blob.properties.name for blob in self._blobs.values()]

    def properties(self, name):
        """Return the properties of a blob."""
        return self.read(name, 0).properties

    def read(self, name, max_bytes):  # noqa: ARG002 - all are small
        """Read a blob."""
        try:
            return self._blobs[self._key(name)]
        except KeyError:
            raise BlobNotFound("There is no blob of this name.") from None

    def create(self, name, data, metadata=NO_METADATA, content_type=OCTET_STREAM):
        """Create a blob."""
        if self._key(name) in self._blobs:
            raise AlreadyExists("There is a blob of this name.")
        return self.put(name, data, metadata, content_type)

    def replace(self, name, data, etag, metadata=NO_METADATA, content_type=OCTET_STREAM):
        """Replace the version of a blob."""
        there = self._blobs.get(self._key(name))
        if there is None or there.properties.etag != etag:
            raise Changed("The blob has changed.")
        return self.put(there.properties.name, data, metadata, content_type)

    def put(self, name, data, metadata=NO_METADATA, content_type=OCTET_STREAM):
        """Write a blob."""
        etag = str(next(self._versions))
        properties = BlobProperties(
            name=name,
            size_bytes=len(data),
            etag=etag,
            last_modified=_NOW,
            content_type=content_type,
            metadata=dict(metadata),
        )
        self._blobs[self._key(name)] = Blob(data, properties)
        return etag

    def delete(self, name, etag=None):
        """Delete a blob."""
        there = self._blobs.get(self._key(name))
        if there is not None and etag not in {None, there.properties.etag}:
            raise Changed("The blob has changed.")
        self._blobs.pop(self._key(name), None)

    def lose_metadata(self, name):
        """Lose the description of a version, as a damaged folder does."""
        blob = self._blobs[self._key(name)]
        self._blobs[self._key(name)] = replace(
            blob, properties=replace(blob.properties, metadata={})
        )

    def _key(self, name: str) -> str:
        check_name(name)
        longest = max(len(segment.encode()) for segment in name.split("/"))
        if self._naming.segment_bytes is not None and longest > self._naming.segment_bytes:
            raise Unstorable("The file system cannot give a file this name.")
        return name.casefold() if self._naming.ignores_case else name
