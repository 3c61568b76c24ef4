"""Reader and writer of CTranslate2's weights: `model.bin` is a list of named arrays.

Little endian; a string is its length with the closing NUL (16 bit), its bytes and the NUL.

    version (32 bit) · kind (string) · revision (32 bit) · number of arrays (32 bit)
    by array: name (string) · rank (8 bit) · sizes (32 bit each) · type (8 bit)
              · number of bytes (32 bit) · data
    number of aliases (32 bit) · by alias: second name (string) · name of the array (string)

Source: CTranslate2 `specs/model_spec.py`, binary version 6.
"""

import hashlib
import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import ModelError

Array = npt.NDArray[Any]

VERSION = 6
TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # 5 is bfloat16, which NumPy lacks
_TYPE_NUMBERS = {np.dtype(name): number for number, name in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """Content of a file. `aliases` are the bytes behind the arrays, as they are."""

    kind: str
    revision: int
    arrays: Mapping[str, Array]
    aliases: bytes


def read_weights(path: Path) -> Weights:
    """Return the content of a file; its arrays are read-only views of the file mapped into memory.

    Raises
    ------
    ModelError: the file is missing, of another format, or truncated.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _Reader(content).weights()
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise ModelError(
            f"{path} holds no weights that can be read as CTranslate2's binary version {VERSION}."
        ) from error


def write_weights(weights: Weights, path: Path) -> str:
    """Write a file; return its SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in _pieces(weights):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _pieces(weights: Weights) -> Iterator[bytes]:
    yield struct.pack("<I", VERSION) + _string(weights.kind)
    yield struct.pack("<II", weights.revision, len(weights.arrays))
    for name, array in weights.arrays.items():
        sizes = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        yield _string(name) + sizes + struct.pack("<BI", _TYPE_NUMBERS[array.dtype], array.nbytes)
        yield array.tobytes()
    yield weights.aliases


def _string(text: str) -> bytes:
    content = text.encode() + b"\0"
    return struct.pack("<H", len(content)) + content


class _Reader:
    """A read position in the file."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._place = 0

    def weights(self) -> Weights:
        if self._number("<I") != VERSION:
            raise ValueError
        kind, revision = self._string(), self._number("<I")
        arrays = dict(self._array() for _ in range(self._number("<I")))
        return Weights(kind, revision, arrays, self._content[self._place :])

    def _array(self) -> tuple[str, Array]:
        name = self._string()
        shape = tuple(self._number("<I") for _ in range(self._number("<B")))
        dtype = np.dtype(TYPES[self._number("<B")])
        n_bytes = self._number("<I")
        flat = np.frombuffer(self._content, dtype, n_bytes // dtype.itemsize, self._place)
        self._place += n_bytes
        return name, flat.reshape(shape)

    def _string(self) -> str:
        n_bytes = self._number("<H")
        text = self._content[self._place : self._place + n_bytes - 1]
        self._place += n_bytes
        return text.decode()

    def _number(self, layout: str) -> int:
        (number,) = struct.unpack_from(layout, self._content, self._place)
        self._place += struct.calcsize(layout)
        return int(number)
