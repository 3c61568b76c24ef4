"""Reader of weights that torch has saved, without torch and without running code.

A state file is a zip archive: `<name>/data.pkl` is a pickle of dictionaries whose tensors are
described by shape and strides, `<name>/data/<key>` are their raw numbers. A pickle may call any
function; this reader allows the two calls of a state file and refuses all others.

Source: torch `torch/serialization.py` and `torch/_utils.py`, format of version 1.6 and later.
"""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from shared.errors import ModelError

Array = npt.NDArray[Any]

STORAGE_TYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}


def read_state(path: Path) -> dict[str, Any]:
    """Return the file's dictionary, nested as it was saved, of NumPy arrays.

    Parameters
    ----------
    path: a file that `torch.save` wrote from a dictionary, such as a `state_dict`.

    Raises
    ------
    ModelError: the file is missing, of another format, or has objects other than arrays.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            folder = inside.removesuffix("data.pkl")
            if _byte_order(archive, folder) != b"little":
                raise ModelError(f"{path.name} was saved on a machine of the other byte order.")
            with archive.open(inside) as file:
                state = _StateUnpickler(file, archive, folder).load()
    except (
        # Errors of `pickle` and `zipfile` for a truncated file or one of another format.
        OSError, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError,
        StopIteration, pickle.UnpicklingError, zipfile.BadZipFile,
    ) as error:  # fmt: skip
        raise ModelError(f"{path} holds no weights that torch has saved.") from error
    if not isinstance(state, dict):
        raise ModelError(f"{path} holds no dictionary of weights.")
    return state


def _byte_order(archive: zipfile.ZipFile, folder: str) -> bytes:
    """Byte order of the file; files of before torch 2.1 lack it and are little endian."""
    name = f"{folder}byteorder"
    return archive.read(name) if name in archive.namelist() else b"little"


@dataclass(frozen=True, slots=True)
class _StorageType:
    """Placeholder of `torch.FloatStorage` and similar classes."""

    dtype: np.dtype[Any]


class _StateUnpickler(pickle.Unpickler):
    """Allows ordered dictionaries, tensors and their storages only."""

    def __init__(self, file: IO[bytes], archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(file)
        self._archive = archive
        self._folder = folder
        self._storages: dict[str, Array] = {}

    def find_class(
        self, module_name: str, global_name: str, /
    ) -> Callable[..., Any] | _StorageType:
        match module_name, global_name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                return _tensor
            case "torch", _ if global_name in STORAGE_TYPES:
                return _StorageType(np.dtype(STORAGE_TYPES[global_name]))
        raise pickle.UnpicklingError(f"a state file must not use {module_name}.{global_name}")

    def persistent_load(self, pid: Any) -> Array:
        """Return the numbers of a storage, shape `(n_elements,)`, read only."""
        kind, storage_type, key, _device, n_elements = pid
        if kind != "storage" or not isinstance(storage_type, _StorageType):
            raise pickle.UnpicklingError("not a storage")
        if key not in self._storages:
            content = self._archive.read(f"{self._folder}data/{key}")
            self._storages[key] = np.frombuffer(content, storage_type.dtype)
        if len(self._storages[key]) < n_elements:
            raise pickle.UnpicklingError("a storage ends too early")
        return self._storages[key]


def _tensor(
    storage: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_ignored: Any
) -> Array:
    """Return a view of a storage; `offset` and `strides` count elements, as torch does."""
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if 0 in shape:
        return np.empty(shape, storage.dtype)
    if min((offset, *shape, *strides)) < 0 or last >= len(storage):
        raise pickle.UnpicklingError("a tensor reaches beyond its storage")
    n_bytes = storage.itemsize
    return np.lib.stride_tricks.as_strided(
        storage[offset:], shape, tuple(stride * n_bytes for stride in strides), writeable=False
    )
