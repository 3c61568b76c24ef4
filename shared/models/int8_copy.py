"""A copy of a Whisper model whose weights are int8 in the file.

CTranslate2 makes int8 of 16-bit weights each time that it loads them: 280 ms and 290 MB at the peak
for base. Its own int8 loads in 80 ms with 178 MB, and the weights are the same, bit by bit. The
copy lies in the folder of the model, under a name with the hash of the weights that it is made
from, so that a copy of other weights is never used.
"""

import os
import shutil
from pathlib import Path

import numpy as np

from shared.models.catalogue import WHISPER_VOCABULARIES
from shared.models.ctranslate2_weights import Array, Weights, read_weights, write_weights
from shared.models.folder import FileState, check_file, read_manifest, write_manifest
from shared.settings import Settings

WEIGHTS = "model.bin"
_LARGEST = np.float32(127)
_PREFIX = "int8-"


def uses_int8(settings: Settings) -> bool:
    """Whether these settings load the copy."""
    return (settings.engine, settings.device, settings.compute_type) == (
        "ctranslate2",
        "cpu",
        "int8",
    )


def int8_copy(folder: Path) -> Path | None:
    """Return the folder of the copy that was made from the weights of this model; None without."""
    copy = _folder_of_copy(folder)
    if copy is None:
        return None
    records = read_manifest(copy)
    # By size alone, as `locate_model`: a copied folder has other times of change.
    is_whole = WEIGHTS in records and all(
        (copy / name).is_file() and (copy / name).stat().st_size == record.size_bytes
        for name, record in records.items()
    )
    return copy if is_whole else None


def check_int8_copy(folder: Path) -> dict[str, FileState]:
    """Hash every file of the copy again; empty without a copy."""
    copy = int8_copy(folder)
    if copy is None:
        return {}
    return {
        f"{copy.name}/{name}": check_file(copy / name, record.sha256)
        for name, record in read_manifest(copy).items()
    }


def make_int8_copy(folder: Path) -> Path | None:
    """Return the folder of the copy, and write it where it is missing.

    None for a folder without a record of its hashes, such as a user's own.

    Raises
    ------
    ModelError: the weights cannot be read.
    OSError: the copy cannot be written.
    """
    copy = _folder_of_copy(folder)
    if copy is None or int8_copy(folder) is not None:
        return copy
    unfinished = folder / f".{_PREFIX}{os.getpid()}"
    try:
        _write_copy(folder, unfinished)
        for old in folder.glob(f"{_PREFIX}*"):
            shutil.rmtree(old)
        unfinished.rename(copy)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy


def quantized(weights: Weights) -> Weights:
    """Return the weights with each matrix as int8, row by row, as CTranslate2 makes them.

    A row is scaled so that its largest value is 127. Convolutions stay as they are: on a processor
    CTranslate2 computes them in float.
    """
    arrays: dict[str, Array] = {}
    for name, array in weights.arrays.items():
        if name.endswith("weight") and array.ndim == 2 and array.dtype.kind == "f":
            arrays[name], arrays[f"{name}_scale"] = _int8_rows(array)
        else:
            arrays[name] = array.astype(np.float32) if array.dtype == np.float16 else array
    return Weights(weights.kind, weights.revision, arrays, weights.aliases)


def _write_copy(folder: Path, copy: Path) -> None:
    weights = quantized(read_weights(folder / WEIGHTS))
    copy.mkdir()
    others = {
        name: record.sha256
        for name, record in read_manifest(folder).items()
        if name in {"config.json", *WHISPER_VOCABULARIES}
    }
    for name in others:
        shutil.copyfile(folder / name, copy / name)
    hashes = {WEIGHTS: write_weights(weights, copy / WEIGHTS), **others}
    write_manifest(copy, hashes, f"int8 of {folder.name}")


def _int8_rows(matrix: Array) -> tuple[Array, Array]:
    """Return the rows in int8, and the factor of each, shape (rows,)."""
    exact = matrix.astype(np.float32)
    largest = np.abs(exact).max(axis=1)
    largest[largest == 0] = _LARGEST
    scales = _LARGEST / largest
    return np.rint(exact * scales[:, np.newaxis]).astype(np.int8), scales


def _folder_of_copy(folder: Path) -> Path | None:
    record = read_manifest(folder).get(WEIGHTS)
    return None if record is None else folder / f"{_PREFIX}{record.sha256[:12]}"
