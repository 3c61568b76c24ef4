"""The model folder: location, completeness and verification of a model's files.

`verified.json` beside the files of a model is written when all their hashes are right: size, time
of change and SHA-256 of each. While size and time are unchanged, no file is hashed again, so that a
second start costs a few `stat` calls instead of reading 145 MB.

This module uses no network; `shared.models.fetch` does.
"""

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from shared.errors import ModelCorrupt, ModelMissing
from shared.models.catalogue import (
    WHISPER_FILES,
    WHISPER_OPTIONAL,
    WHISPER_VOCABULARIES,
    Model,
    Role,
    find_model,
)
from shared.settings import Settings

MANIFEST = "verified.json"
WHISPER_NAMES = (*WHISPER_FILES, *WHISPER_VOCABULARIES, *WHISPER_OPTIONAL)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """State of a file when its hash was checked."""

    size_bytes: int
    mtime_ns: int
    sha256: str


class FileState(StrEnum):
    """Result of checking a file on disk. UNKNOWN: present, without a hash to compare with."""

    GOOD = "good"
    CORRUPT = "corrupt"
    MISSING = "missing"
    UNKNOWN = "unknown"


def required_models(settings: Settings) -> tuple[str, ...]:
    """Names of all models that this configuration needs, for `locate_model`."""
    optional = {"diarization": settings.diarization, "pronunciation": settings.pronunciation}
    return (settings.model, "silero-vad", *(name for name, wanted in optional.items() if wanted))


def locate_model(name_or_folder: str, model_folder: Path) -> Path:
    """Return the folder of a model after checking presence and size of its files.

    Parameters
    ----------
    name_or_folder: a name or alias of the catalogue, `owner/name` of the hub, or a folder with a
        Whisper model that CTranslate2 can load.
    model_folder: parent of the folders of fetched models.

    Raises
    ------
    ModelMissing: files are missing; the message names the command that fetches them.
    ModelCorrupt: a file has a wrong size; `check_model` checks hashes.
    """
    model = named_model(name_or_folder)
    if model is None:
        folder = Path(name_or_folder).expanduser()
        if absent := absent_whisper_files(_present(folder)):
            raise ModelMissing(
                f"The model folder {folder} lacks {', '.join(absent)}. A Whisper model converted "
                "for CTranslate2 is needed there."
            )
        return folder

    folder = model_folder / model.folder_name
    command = how_to_fetch(model.name)
    if absent := _absent_files(model, folder):
        raise ModelMissing(
            f"Model {model.name} is not in {folder} ({', '.join(absent)} missing). {command}",
            remedy=f"Model {model.name} is missing. {command}",
        )
    for name, size_bytes in _known_sizes(model, folder).items():
        if (folder / name).stat().st_size != size_bytes:
            raise ModelCorrupt(
                f"{folder / name} does not have the {size_bytes} bytes of model {model.name}. "
                f"{command}",
                remedy=f"Model {model.name} is damaged. {command}",
            )
    return folder


def named_model(name_or_folder: str) -> Model | None:
    """Return the model of a name, or None for a folder.

    A name of the catalogue wins over a folder of that name; a folder wins over a repository of
    the hub.

    Raises
    ------
    ModelMissing: neither a name nor a path.
    """
    model = find_model(name_or_folder)
    is_path = name_or_folder.startswith((".", "~", "/", "\\")) or Path(name_or_folder).is_dir()
    if model is not None and not ("/" in model.name and is_path):
        return model
    if is_path or Path(name_or_folder).is_absolute():
        return None
    raise ModelMissing(
        f"No model is called {name_or_folder!r}. `sotto models list` "
        "names them; a folder or owner/name of a hub repository will do too."
    )


def how_to_fetch(name: str) -> str:
    """Return the sentence that names the command to fetch a model."""
    return (
        f"Fetch it: `sotto models fetch {name}` (`make models` fetches what the settings ask for)."
    )


def is_verified(model: Model, folder: Path) -> bool:
    """Whether the files are unchanged since their hashes were right; computes no hash."""
    records = read_manifest(folder)
    hashes = {file.name: file.sha256 for file in model.files}
    if not records or _absent_files(model, folder) or not hashes.keys() <= records.keys():
        return False
    return all(
        _is_unchanged(folder / name, record) and hashes.get(name, record.sha256) == record.sha256
        for name, record in records.items()
    )


def check_model(model: Model, folder: Path) -> dict[str, FileState]:
    """Hash every file of a model and compare it with the catalogue or the fetch's record."""
    expected = known_hashes(model, folder)
    names = expected.keys() | set(_absent_files(model, folder))
    return {name: check_file(folder / name, expected.get(name)) for name in sorted(names)}


def check_folder(folder: Path) -> dict[str, FileState]:
    """Check the presence of the files of a user's Whisper folder, which has no known hashes."""
    present = _present(folder)
    absent = absent_whisper_files(present)
    return dict.fromkeys(absent, FileState.MISSING) | dict.fromkeys(present, FileState.UNKNOWN)


def check_file(path: Path, sha256: str | None) -> FileState:
    """Compare one file with its hash; without a hash only its presence is checked."""
    if not path.is_file():
        return FileState.MISSING
    if sha256 is None:
        return FileState.UNKNOWN
    return FileState.GOOD if hash_file(path) == sha256 else FileState.CORRUPT


def known_hashes(model: Model, folder: Path) -> dict[str, str]:
    """Return the SHA-256 by file: the catalogue's, else the record of the fetch."""
    if model.files:
        return {file.name: file.sha256 for file in model.files}
    return {name: record.sha256 for name, record in read_manifest(folder).items()}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, FileRecord]:
    """Return the records of `verified.json` by file; empty if it is absent or unreadable."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        return {name: FileRecord(**record) for name, record in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_manifest(folder: Path, hashes: Mapping[str, str], source: str) -> None:
    """Record the hashes of the files and their `source`."""
    records = {}
    for name, sha256 in hashes.items():
        stat = (folder / name).stat()
        records[name] = asdict(FileRecord(stat.st_size, stat.st_mtime_ns, sha256))
    written = folder / f".{MANIFEST}.{os.getpid()}"
    written.write_text(json.dumps({"source": source, "files": records}, indent=2) + "\n")
    written.replace(folder / MANIFEST)


def absent_whisper_files(names: Collection[str]) -> list[str]:
    """Files that CTranslate2 needs and that are not among these."""
    absent = [name for name in WHISPER_FILES if name not in names]
    if not any(name in names for name in WHISPER_VOCABULARIES):
        absent.append(" or ".join(WHISPER_VOCABULARIES))
    return absent


def _absent_files(model: Model, folder: Path) -> list[str]:
    if model.files:
        return [file.name for file in model.files if not (folder / file.name).is_file()]
    if model.role is Role.SPEECH_RECOGNITION:
        return absent_whisper_files(_present(folder))
    return []


def _present(folder: Path) -> list[str]:
    return [name for name in WHISPER_NAMES if (folder / name).is_file()]


def _known_sizes(model: Model, folder: Path) -> dict[str, int]:
    if model.files:
        return {file.name: file.size_bytes for file in model.files}
    return {
        name: record.size_bytes
        for name, record in read_manifest(folder).items()
        if (folder / name).is_file()
    }


def _is_unchanged(path: Path, record: FileRecord) -> bool:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return False
    return (stat.st_size, stat.st_mtime_ns) == (record.size_bytes, record.mtime_ns)
