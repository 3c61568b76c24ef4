"""Reader of CTranslate2's weights: `model.bin` is a list of named arrays.

Little endian; a string is its length with the closing NUL (16 bit), its bytes and the NUL.

    version (32 bit) · kind (string) · revision (32 bit) · number of arrays (32 bit)
    by array: name (string) · rank (8 bit) · sizes (32 bit each) · type (8 bit)
              · number of bytes (32 bit) · data
    aliases: second names of arrays (not read here)

Source: CTranslate2 `specs/model_spec.py`, binary version 6.
"""

import mmap
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import ModelError

Array = npt.NDArray[Any]

VERSION = 6
TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # 5 is bfloat16, which NumPy lacks


def read_arrays(path: Path) -> dict[str, Array]:
    """Return every array by name, as a read-only view of the file mapped into memory.

    Raises
    ------
    ModelError: the file is missing, of another format, or truncated.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _Reader(content).arrays()
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise ModelError(
            f"{path} holds no weights that can be read as CTranslate2's binary version {VERSION}."
        ) from error


class _Reader:
    """A read position in the file."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._place = 0

    def arrays(self) -> dict[str, Array]:
        if self._number("<I") != VERSION:
            raise ValueError
        self._string()
        self._number("<I")
        return dict(self._array() for _ in range(self._number("<I")))

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
