"""A model: role, licence, files with their hashes, and sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Purpose of a model."""

    SPEECH_RECOGNITION = "speech recognition"
    VOICE_ACTIVITY = "voice activity"
    SPEAKER_DIARIZATION = "speaker diarization"
    SPEECH_SYNTHESIS = "speech synthesis"
    PRONUNCIATION_ASSESSMENT = "pronunciation assessment"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model on disk."""

    name: str
    size_bytes: int
    sha256: str


class Registry(StrEnum):
    """Registry of packages: Python's are wheels, npm's are tarballs."""

    PYTHON = "package"
    NPM = "npm package"


@dataclass(frozen=True, slots=True)
class PackagePart:
    """A file inside the archive of `package` at `version`, or one slice of such a file."""

    package: str
    version: str
    path: str
    registry: Registry = Registry.PYTHON


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Packages that contain a model.

    Parameters
    ----------
    parts: slices to join in order, by file of the model.
    """

    parts: Mapping[str, tuple[PackagePart, ...]]

    def __str__(self) -> str:
        archives = {
            (part.registry, f"{part.package}=={part.version}"): None
            for slices in self.parts.values()
            for part in slices
        }
        return ", ".join(
            f"{registry} " + " + ".join(name for of, name in archives if of is registry)
            for registry in dict.fromkeys(registry for registry, _ in archives)
        )


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the hub, `owner/name`, at a branch, tag or commit."""

    repository: str
    revision: str = "main"

    def __str__(self) -> str:
        return f"hub {self.repository}"


Source = PackageSource | HubSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model.

    Parameters
    ----------
    name: the user's name for it; also its folder inside the model folder.
    size_bytes: sum of all files, rounded if their hashes are not in the catalogue.
    files: empty if only the hub knows them; the hub is then queried for names, sizes and hashes.
    sources: tried in this order.
    """

    name: str
    role: Role
    licence: str
    size_bytes: int
    sources: tuple[Source, ...]
    files: tuple[ModelFile, ...] = ()
    aliases: tuple[str, ...] = field(default=())

    @property
    def folder_name(self) -> str:
        """The model's folder inside the model folder; `owner/name` becomes `owner--name`."""
        return self.name.replace("/", "--")
