"""Services that batch work shares: the store of jobs, queue, drop folders, web hooks, outputs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import BinaryIO, cast

from shared.address_guard import Network
from shared.audio.stream import AudioSource
from shared.errors import ConfigurationError, SourceChanged
from shared.jobs.drop_folder import DropFolder
from shared.jobs.dropped_outputs import DroppedOutputs
from shared.jobs.job import DropTarget, Job, JobFile
from shared.jobs.outputs import JobOutputs
from shared.jobs.rest_outputs import RestOutputs
from shared.jobs.store import JobStore
from shared.storage.addresses import StorageAccess, open_client_container
from shared.storage.container import Container
from shared.storage.work_message import HookEvent
from shared.storage.work_queue import WorkQueue
from shared.web_hooks.notices import announce
from shared.web_hooks.store import WebHookStore

_FETCH_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Audio to be read, and when it was written; None where that is unknown."""

    audio: AudioSource
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchServices:
    """Stores, queue and drop folders of batch work.

    max_source_bytes: of an input that is fetched from an address.
    allowed_networks: private networks that such an address may lead to.
    access: emulator hosts that a client's container may lie on; the rest of it is not used.
    web_hooks: in the container of the jobs.
    """

    store: JobStore
    queue: WorkQueue
    drop_folders: Mapping[str, DropFolder] = field(default_factory=lambda: MappingProxyType({}))
    max_source_bytes: int = 1_000_000_000
    allowed_networks: tuple[Network, ...] = ()
    access: StorageAccess = field(default_factory=StorageAccess)
    web_hooks: WebHookStore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "web_hooks", WebHookStore(self.store.container))

    def drop_folder(self, name: str) -> DropFolder:
        """Find a drop folder by its name. Raises `ConfigurationError`."""
        try:
            return self.drop_folders[name]
        except KeyError:
            raise ConfigurationError(
                "SOTTO_DROP_FOLDERS has no folder of the name that a job was created for."
            ) from None

    def client_container(self, url: str) -> Container:
        """Open a client's container by its signed address. Raises `AddressRefused`."""
        return _client_container(url, self.access)

    def outputs_of(self, job: Job) -> JobOutputs:
        """Where the outputs of a job go. Nothing is opened before it is used."""
        target = job.target
        if isinstance(target, DropTarget):
            return DroppedOutputs(job, target.folder, self.store, self.drop_folder)
        return RestOutputs(job, target, self.store, self.client_container)

    def announce(self, event: HookEvent, job: Job) -> None:
        """Enqueue the notifications of an event, if it is one of a listed job."""
        if job.is_listed:
            announce(event, job.id, self.web_hooks, self.queue)

    @contextmanager
    def open_source(self, job: Job, file: JobFile) -> Iterator[OpenSource]:
        """Open an input of a job for reading.

        Raises
        ------
        BlobNotFound, SourceChanged: the file was deleted or replaced.
        StorageError, FetchError: it cannot be reached.
        """
        where = self._container_of(job, file)
        if where is not None:
            container, name = where
            with container.open(name) as blob:
                if file.etag not in {None, blob.properties.etag}:
                    raise SourceChanged("The file was replaced before it was transcribed.")
                yield OpenSource(cast("BinaryIO", blob), blob.properties.last_modified)
            return
        # The import takes 75 ms, which a host that only accepts jobs does not need.
        from shared.fetch import FetchLimits, fetch  # noqa: PLC0415

        limits = FetchLimits(max_bytes=self.max_source_bytes, timeout_s=_FETCH_TIMEOUT_S)
        with fetch(file.source, limits=limits, allowed_networks=self.allowed_networks) as pieces:
            yield OpenSource(pieces)

    def _container_of(self, job: Job, file: JobFile) -> tuple[Container, str] | None:
        """Container and name of a file; None for an address that is fetched."""
        if isinstance(job.target, DropTarget):
            return self.drop_folder(job.target.folder).input, file.source
        if file.drop_folder is not None and file.blob is not None:
            return self.drop_folder(file.drop_folder).input, file.blob
        if job.target.source_container is not None:
            return self.client_container(job.target.source_container), file.source
        return None


@lru_cache(maxsize=16)
def _client_container(url: str, access: StorageAccess) -> Container:
    """Open it once for all files of a job: each opening makes its own connections."""
    return open_client_container(url, access)
