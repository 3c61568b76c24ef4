"""From settings to where batch work lives: containers and queue, opened."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.errors import ConfigurationError
from shared.jobs.batch import Batch
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.settings import DropFolderAddresses, Settings
from shared.storage.addresses import StorageAccess, open_container, place_of
from shared.storage.queue_addresses import open_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlaces:
    """Addresses of all that batch work needs. Signatures in them stay out of `repr`."""

    jobs: str = field(repr=False)
    queue: str = field(repr=False)
    dead_letters: str | None = field(default=None, repr=False)
    drop_folders: tuple[DropFolderAddresses, ...] = ()


def named_places(settings: Settings) -> BatchPlaces | None:
    """Places that the settings name; None where there is to be no batch work.

    Raises
    ------
    ConfigurationError: a part of them is missing.
    """
    if not settings.batch or settings.jobs is None:
        if settings.batch and (settings.drop_folders or settings.queue):
            raise ConfigurationError("SOTTO_JOBS must name the container where jobs are kept.")
        return None
    if settings.queue is None:
        raise ConfigurationError("SOTTO_QUEUE must name the queue of SOTTO_JOBS.")
    return BatchPlaces(
        jobs=settings.jobs,
        queue=settings.queue,
        dead_letters=settings.dead_letters,
        drop_folders=settings.drop_folders,
    )


def local_places(settings: Settings) -> BatchPlaces | None:
    """Places on this machine for what the settings do not name; makes their folders.

    In `SOTTO_DATA_FOLDER`: `containers/audio` to drop files into, `containers/transcripts`,
    `containers/jobs`, `queue.sqlite`. None where there is to be no batch work.

    Raises
    ------
    ConfigurationError: a folder can not be made.
    """
    if not settings.batch:
        return None
    root = settings.data_folder.expanduser().absolute()
    containers = root / "containers"
    ours = [containers / name for name in ("jobs", "audio", "transcripts")]
    jobs, audio, transcripts = map(str, ours)
    drop_folders = settings.drop_folders
    if not drop_folders and settings.jobs is None:
        drop_folders = (DropFolderAddresses("audio", audio, transcripts),)
    places = BatchPlaces(
        jobs=settings.jobs or jobs,
        queue=settings.queue or str(root / "queue.sqlite"),
        dead_letters=settings.dead_letters,
        drop_folders=drop_folders,
    )
    used = {places.jobs, *(a for f in drop_folders for a in (f.input, f.output))}
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ours:
            if str(folder) in used:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise ConfigurationError("SOTTO_DATA_FOLDER must be a folder that can be made.") from None
    return places


def storage_access(settings: Settings) -> StorageAccess:
    """Whose identity or key reaches the containers."""
    return StorageAccess(
        azure_connection_string=settings.storage_connection,
        azure_blob_service=settings.blob_service,
        azure_queue_service=settings.queue_service,
    )


def open_batch(settings: Settings, places: BatchPlaces, *, watches: bool = False) -> Batch:
    """Open the containers and the queue. They are not asked whether they are there.

    Parameters
    ----------
    watches: whether this host looks through its drop folders itself.

    Raises
    ------
    ConfigurationError: an address that is none, or an output that would be an input again.
    """
    access = storage_access(settings)
    _refuse_circles(places, access)
    folders = {
        folder.name: DropFolder(
            folder.name,
            open_container(folder.input, access),
            open_container(folder.output, access),
            settings.time_to_live,
            watches and place_of(folder.input, access)[0] == "folder",
        )
        for folder in places.drop_folders
    }
    return Batch(
        store=JobStore(open_container(places.jobs, access)),
        queue=open_queue(places.queue, places.dead_letters, access),
        drop_folders=folders,
        allowed_networks=settings.allowed_networks,
        access=access,
    )


def _refuse_circles(places: BatchPlaces, access: StorageAccess) -> None:
    """Refuse what would make Sotto transcribe what it wrote, or write one name for two files."""
    inputs = [place_of(folder.input, access) for folder in places.drop_folders]
    outputs = [place_of(folder.output, access) for folder in places.drop_folders]
    written = [*outputs, place_of(places.jobs, access)]
    if any(_overlap(one, other) for one in inputs for other in written):
        raise ConfigurationError(
            "SOTTO_DROP_FOLDERS: what Sotto writes must not lie where audio is dropped, in the "
            "same folder or in another one: it would be taken for audio."
        )
    pairs = (pair for group in (inputs, written) for pair in itertools.combinations(group, 2))
    if any(_overlap(one, other) for one, other in pairs):
        raise ConfigurationError(
            "SOTTO_DROP_FOLDERS and SOTTO_JOBS: each must be a container of its own, none inside "
            "of another."
        )


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two places are the same, or one lies inside the other."""
    shorter = min(len(one), len(other))
    return list(one[:shorter]) == list(other[:shorter])
