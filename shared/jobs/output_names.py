"""Names of the outputs of a dropped file.

    calls/a.wav.json                           the name that clients look for
    calls/a.wav~5f0c1d2e3b4a6978.json          where another file's output has that name
    a.wav~5f0c1d2e3b4a6978.json                where the folder cannot have it either

Two files may want one name: the failure of `x` and the transcript of `x.error` are both
`x.error.json`, and some file systems do not distinguish `X` from `x`. The first one to be written
keeps the name. The other names have the hash of the source in them and are short, so that a
failure has a name where the source leaves no room for an ending.
"""

import hashlib
from collections.abc import Iterator

from shared.storage.blob import MAX_NAME_BYTES

SOURCE_KEY = "source"
SOURCE_HASH_KEY = "sourcehash"

_LONGEST_STEM_BYTES = 100
"""Of the source's name in a short name: the shortest limit of a segment in use is 143 bytes."""

_HASH_DIGITS = 16


def source_hash(source: str) -> str:
    """Hash of the name of a dropped file: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(source.encode()).hexdigest()


def output_names(source: str, suffix: str) -> tuple[str, ...]:
    """Names that an output may have, the one that is tried first in front."""
    return tuple(dict.fromkeys(_names(source, suffix)))


def _names(source: str, suffix: str) -> Iterator[str]:
    yield f"{source}{suffix}"
    folder, slash, last = source.rpartition("/")
    stem = last.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore")
    short = f"{stem}~{source_hash(source)[:_HASH_DIGITS]}{suffix}"
    inside = f"{folder}{slash}{short}"
    if len(inside.encode()) <= MAX_NAME_BYTES:
        yield inside
    yield short
