"""Where batch work lives: the jobs, the queue before the workers, the drop folders."""

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
from shared.jobs.job import Job, JobFile, JobOrigin
from shared.jobs.store import JobStore
from shared.storage.addresses import StorageAccess, open_client_container
from shared.storage.container import Container
from shared.storage.work_queue import WorkQueue

_FETCH_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Audio that may be read, and when it was written; None where nobody tells."""

    audio: AudioSource
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """All that batch work shares.

    max_source_bytes: of an input that is fetched from an address.
    allowed_networks: private networks that such an address may lead to.
    access: to containers that callers name; only its emulators count.
    """

    store: JobStore
    queue: WorkQueue
    drop_folders: Mapping[str, DropFolder] = field(default_factory=lambda: MappingProxyType({}))
    max_source_bytes: int = 1_000_000_000
    allowed_networks: tuple[Network, ...] = ()
    access: StorageAccess = field(default_factory=StorageAccess)

    def drop_folder(self, name: str) -> DropFolder:
        """Find a drop folder by its name. Raises `ConfigurationError`."""
        try:
            return self.drop_folders[name]
        except KeyError:
            raise ConfigurationError(
                "SOTTO_DROP_FOLDERS has no folder of the name that a job was made for."
            ) from None

    def client_container(self, url: str) -> Container:
        """Open a container that a caller has named, with its signature. Raises `AddressRefused`."""
        return _client_container(url, self.access)

    @contextmanager
    def open_source(self, job: Job, file: JobFile) -> Iterator[OpenSource]:
        """Open an input of a job for reading.

        Raises
        ------
        BlobNotFound, SourceChanged: the file is gone, or another one.
        StorageError, FetchError: it can not be reached.
        """
        where = self._container_of(job, file)
        if where is not None:
            container, name = where
            with container.open(name) as blob:
                if file.etag not in {None, blob.properties.etag}:
                    raise SourceChanged("The file was replaced before it was transcribed.")
                yield OpenSource(cast("BinaryIO", blob), blob.properties.last_modified)
            return
        # 75 ms of import that a host which only accepts jobs need not pay.
        from shared.fetch import FetchLimits, fetch  # noqa: PLC0415

        limits = FetchLimits(max_bytes=self.max_source_bytes, timeout_s=_FETCH_TIMEOUT_S)
        with fetch(file.source, limits=limits, allowed_networks=self.allowed_networks) as pieces:
            yield OpenSource(pieces)

    def _container_of(self, job: Job, file: JobFile) -> tuple[Container, str] | None:
        """Container that a file lies in, and its name there; None for what is to be fetched."""
        if job.origin is JobOrigin.DROP and job.container is not None:
            return self.drop_folder(job.container).input, file.source
        if file.drop_folder is not None and file.blob is not None:
            return self.drop_folder(file.drop_folder).input, file.blob
        if job.source_container is not None:
            return self.client_container(job.source_container), file.source
        return None


@lru_cache(maxsize=16)
def _client_container(url: str, access: StorageAccess) -> Container:
    """Open it once for all files of a job: each opening makes connections of its own."""
    return open_client_container(url, access)
