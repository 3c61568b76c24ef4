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
from shared.errors import ConfigurationError, QueueNotFound, SourceChanged
from shared.jobs.drop_folder import DropFolder
from shared.jobs.dropped_outputs import DroppedOutputs
from shared.jobs.job import DropTarget, Job, JobFile
from shared.jobs.outputs import JobOutputs
from shared.jobs.rest_outputs import RestOutputs
from shared.jobs.store import JobStore
from shared.privacy.incidents import report_failure
from shared.privacy.log_fields import exception_fields
from shared.storage.addresses import StorageAccess, open_client_container, open_container
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
    access: credentials for outputs of a folder that is configured no more, and emulator hosts that
        a client's container may lie on.
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

    def output_container(self, folder_name: str, address: str | None) -> Container:
        """Find the container that the outputs of a job were written to.

        Parameters
        ----------
        folder_name: drop folder of the job.
        address: of its output container when the job was accepted; None where that is unknown.

        Raises
        ------
        ConfigurationError: the settings have no such folder, and the address is unknown or these
            credentials do not open it.
        """
        found = self.configured_output(folder_name, address)
        if found is not None:
            return found
        return (
            self.drop_folder(folder_name).output
            if address is None
            else _former_output(address, self.access)
        )

    def configured_output(self, folder_name: str, address: str | None) -> Container | None:
        """Find the output container of a job among the settings; None where they have it no more.

        The folder may have another output by now, and the output a folder of another name.
        """
        named = self.drop_folders.get(folder_name)
        if named is not None and (address is None or named.output_address in {None, address}):
            return named.output
        outputs = (f.output for f in self.drop_folders.values() if f.output_address == address)
        return None if address is None else next(outputs, None)

    def client_container(self, url: str) -> Container:
        """Open a client's container by its signed address. Raises `AddressRefused`."""
        return _client_container(url, self.access)

    def outputs_of(self, job: Job) -> JobOutputs:
        """Where the outputs of a job go. Nothing is opened before it is used."""
        target = job.target
        if isinstance(target, DropTarget):
            return DroppedOutputs(
                job,
                target.folder,
                self.store,
                self.drop_folder,
                lambda: self.output_container(target.folder, target.output),
            )
        return RestOutputs(job, target, self.store, self.client_container)

    def announce(self, event: HookEvent, job: Job) -> None:
        """Enqueue the notifications of an event, if it is one of a listed job."""
        if job.is_listed:
            announce(event, job.id, self.web_hooks, self.queue)

    def announce_if_possible(self, event: HookEvent, job_id: str, *, is_listed: bool) -> bool:
        """Enqueue the notifications of a creation or deletion; neither depends on them.

        A deletion is a promise to the speaker, a notification is not: an error is logged.

        Returns
        -------
        Whether all that are needed are enqueued.
        """
        if not is_listed:
            return True
        try:
            try:
                announce(event, job_id, self.web_hooks, self.queue)
            except QueueNotFound:  # the first notification of this service
                self.queue.prepare()
                announce(event, job_id, self.web_hooks, self.queue)
        except Exception as error:  # noqa: BLE001 - whatever it is, it stops no deletion
            report_failure("web_hooks_not_notified", job_id=job_id, **exception_fields(error))
            return False
        return True

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


@lru_cache(maxsize=16)
def _former_output(address: str, access: StorageAccess) -> Container:
    """Open a container that the settings do not name any more."""
    return open_container(address, access)
