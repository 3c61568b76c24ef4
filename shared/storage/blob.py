"""A blob: its name, its properties, and the encoding of its metadata in HTTP headers."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, unquote

from shared.errors import Unstorable

OCTET_STREAM = "application/octet-stream"
NO_METADATA: Mapping[str, str] = {}

MAX_NAME_BYTES = 1024
"""Longest name that every container takes: S3 counts bytes of UTF-8, Azure characters."""

MAX_NAME_CHARACTERS = 1024
_MAX_METADATA_BYTES = 2000  # S3 allows 2048 in all, 42 of them for the write mark; Azure 8192
_METADATA_KEY = re.compile(r"[a-z][a-z0-9]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_VISIBLE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")
_WRITE_MARK = "sottowrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobEntry:
    """A blob in a listing. `last_modified` is aware, in UTC."""

    name: str
    size_bytes: int
    etag: str
    last_modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobProperties(BlobEntry):
    """All properties of a blob. Metadata keys are lower case."""

    content_type: str = OCTET_STREAM
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob in memory."""

    data: bytes
    properties: BlobProperties


def check_name(name: str, *, most_bytes: int | None = MAX_NAME_BYTES) -> None:
    r"""Refuse a name that some kind of container does not accept, or that is ambiguous.

    Allowed are 1 to 1024 bytes of UTF-8 without control characters, without `\`, which Azure
    treats as `/`, and without a segment `.` or `..`, which HTTP clients resolve before sending.

    Parameters
    ----------
    most_bytes: limit of a container with a lower one; None counts 1024 characters.

    Raises
    ------
    Unstorable
    """
    if not name or _CONTROL.search(name):
        raise Unstorable("A blob's name is empty or has control characters in it.")
    if most_bytes is None and len(name) > MAX_NAME_CHARACTERS:
        raise Unstorable(f"A blob's name is longer than {MAX_NAME_CHARACTERS} characters.")
    if most_bytes is not None and len(name.encode()) > most_bytes:
        raise Unstorable(f"A blob's name is longer than {most_bytes} bytes.")
    if "\\" in name or not {".", ".."}.isdisjoint(name.split("/")):
        raise Unstorable("A blob's name has a backslash or a segment of dots.")


def encode_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Encode metadata as header values: visible ASCII unchanged, the rest as %XX of UTF-8.

    Keys are lower-case letters and digits: Azure allows no hyphen, and many gateways lose an
    underscore (WSGI makes it a hyphen, nginx drops the header). Keys and encoded values together
    may have 2000 bytes, because of S3's limit.

    Raises
    ------
    Unstorable
    """
    encoded = {}
    for key, value in metadata.items():
        if not _METADATA_KEY.fullmatch(key) or key == _WRITE_MARK:
            raise Unstorable("A metadata key is not lower-case letters and digits.")
        if _SURROGATE.search(value):
            raise Unstorable("A metadata value is not valid Unicode.")
        encoded[key] = quote(value, safe=_VISIBLE)
    if sum(len(key) + len(value) for key, value in encoded.items()) > _MAX_METADATA_BYTES:
        raise Unstorable(f"The metadata has more than {_MAX_METADATA_BYTES} bytes.")
    return encoded


def decode_metadata(encoded: Mapping[str, str]) -> dict[str, str]:
    """Undo `encode_metadata`; foreign metadata passes, with its keys in lower case."""
    return {
        key.lower(): unquote(value) for key, value in encoded.items() if key.lower() != _WRITE_MARK
    }


def mark_write(encoded: Mapping[str, str]) -> dict[str, str]:
    """Add a unique mark to encoded metadata, which identifies this write."""
    return {**encoded, _WRITE_MARK: uuid.uuid4().hex}


def is_same_write(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two encoded metadata have the same write mark."""
    mark = one.get(_WRITE_MARK)
    return mark is not None and mark == other.get(_WRITE_MARK)
