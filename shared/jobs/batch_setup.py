"""Set-up of batch work from settings: addresses, then opened containers and queue."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import ConfigurationError
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.settings import DropFolderAddresses, Settings
from shared.storage.addresses import StorageAccess, open_container, place_of, unsigned_address
from shared.storage.queue_addresses import open_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAddresses:
    """Addresses of containers and queues. Signatures in them stay out of `repr`."""

    jobs: str = field(repr=False)
    queue: str = field(repr=False)
    dead_letters: str | None = field(default=None, repr=False)
    drop_folders: tuple[DropFolderAddresses, ...] = ()


def configured_addresses(settings: Settings) -> BatchAddresses | None:
    """Addresses that the settings name; None where batch work is off.

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
    return BatchAddresses(
        jobs=settings.jobs,
        queue=settings.queue,
        dead_letters=settings.dead_letters,
        drop_folders=settings.drop_folders,
    )


def planned_addresses(settings: Settings) -> BatchAddresses | None:
    """Addresses on this machine where the settings name none; creates nothing.

    In `SOTTO_DATA_FOLDER`: `containers/audio` to drop files into, `containers/transcripts`,
    `containers/jobs`, `queue.sqlite`. None where batch work is off.
    """
    if not settings.batch:
        return None
    root = _data_root(settings)
    jobs, audio, transcripts = map(str, _own_folders(root))
    drop_folders = settings.drop_folders
    if not drop_folders and settings.jobs is None:
        drop_folders = (DropFolderAddresses("audio", audio, transcripts),)
    return BatchAddresses(
        jobs=settings.jobs or jobs,
        queue=settings.queue or str(root / "queue.sqlite"),
        dead_letters=settings.dead_letters,
        drop_folders=drop_folders,
    )


def local_addresses(settings: Settings) -> BatchAddresses | None:
    """Addresses of `planned_addresses`, after creating the folders of `SOTTO_DATA_FOLDER`.

    Raises
    ------
    ConfigurationError: a folder cannot be created.
    """
    addresses = planned_addresses(settings)
    if addresses is None:
        return None
    root = _data_root(settings)
    used = {addresses.jobs, *(a for f in addresses.drop_folders for a in (f.input, f.output))}
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in _own_folders(root):
            if str(folder) in used:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise ConfigurationError(
            "SOTTO_DATA_FOLDER must be a folder that can be created."
        ) from None
    return addresses


def _data_root(settings: Settings) -> Path:
    return settings.data_folder.expanduser().absolute()


def _own_folders(root: Path) -> tuple[Path, Path, Path]:
    """Folders of jobs, dropped audio and its transcripts."""
    containers = root / "containers"
    return containers / "jobs", containers / "audio", containers / "transcripts"


def storage_access(settings: Settings) -> StorageAccess:
    """Credentials for the containers."""
    return StorageAccess(
        azure_connection_string=settings.storage_connection,
        azure_blob_service=settings.blob_service,
        azure_queue_service=settings.queue_service,
    )


def open_batch(
    settings: Settings, addresses: BatchAddresses, *, watches: bool = False
) -> BatchServices:
    """Open the containers and the queue, without a request to them.

    Parameters
    ----------
    watches: whether this host watches its drop folders.

    Raises
    ------
    ConfigurationError: an invalid address, or an output that would be an input again.
    """
    access = storage_access(settings)
    _refuse_circles(addresses, access)
    folders = {
        folder.name: DropFolder(
            folder.name,
            open_container(folder.input, access),
            open_container(folder.output, access),
            settings.time_to_live,
            watches and place_of(folder.input, access)[0] == "folder",
            unsigned_address(folder.output),
        )
        for folder in addresses.drop_folders
    }
    return BatchServices(
        store=JobStore(open_container(addresses.jobs, access, is_private=True)),
        queue=open_queue(addresses.queue, addresses.dead_letters, access),
        drop_folders=folders,
        allowed_networks=settings.allowed_networks,
        access=access,
    )


def _refuse_circles(addresses: BatchAddresses, access: StorageAccess) -> None:
    """Refuse outputs that would be transcribed again, and containers that overlap."""
    inputs = [place_of(folder.input, access) for folder in addresses.drop_folders]
    outputs = [place_of(folder.output, access) for folder in addresses.drop_folders]
    written = [*outputs, place_of(addresses.jobs, access)]
    if any(_overlap(one, other) for one in inputs for other in written):
        raise ConfigurationError(
            "SOTTO_DROP_FOLDERS: outputs must not lie in a container where audio is dropped: "
            "they would be transcribed as audio."
        )
    pairs = (pair for group in (inputs, written) for pair in itertools.combinations(group, 2))
    if any(_overlap(one, other) for one, other in pairs):
        raise ConfigurationError(
            "SOTTO_DROP_FOLDERS and SOTTO_JOBS: each must be a separate container, none inside "
            "another."
        )


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two places are the same, or one lies inside the other."""
    shorter = min(len(one), len(other))
    return list(one[:shorter]) == list(other[:shorter])
