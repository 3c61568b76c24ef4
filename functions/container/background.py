"""Background threads of the container host: workers, folder watches, scheduler."""

import sys
from contextlib import suppress
from pathlib import Path

import structlog

from functions.container.folder_watch import FolderWatch
from functions.container.scheduler import Scheduler
from functions.container.traces.ended_file import OnFileEnd
from functions.container.worker import Worker
from shared.audio.format import AudioLimits
from shared.errors import StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import BatchAddresses, storage_access
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.storage.addresses import place_of
from shared.storage.work_queue import Lane
from shared.transcription.transcriber import Transcriber

# Time for a thread to notice the stop, beyond the grace of the file under way.
_STOP_S = 5.0


class Background:
    """Batch work of this process.

    Parameters
    ----------
    batch: opened from `places`; closed by `stop`.
    on_file_end: traces of a process that has some.
    """

    def __init__(
        self,
        settings: Settings,
        addresses: BatchAddresses,
        batch: BatchServices,
        on_file_end: OnFileEnd | None = None,
    ) -> None:
        self._settings = settings
        self._addresses = addresses
        self._batch = batch
        self._on_file_end = on_file_end
        self._grace_s = float(settings.shutdown_grace_s)
        self._threads: list[Worker | FolderWatch | Scheduler] = []

    def start(self, transcriber: Transcriber, least_workers: int = 0) -> None:
        """Start to work, to watch and to purge.

        A queue that cannot be reached yet is tried again by its workers.
        """
        settings, batch = self._settings, self._batch
        work = JobWorker(batch, transcriber, AudioLimits(max_duration_s=settings.max_audio_s))
        self._threads.append(Scheduler(batch, work, settings.purge_every_s))
        access = storage_access(settings)
        for addresses in self._addresses.drop_folders:
            folder = batch.drop_folders[addresses.name]
            if folder.is_watched:
                root = Path(*place_of(addresses.input, access)[1:])
                self._threads.append(FolderWatch(folder, root, batch))
                sys.stdout.write(f"Drop folder {folder.name}: {addresses.shown()}\n")
        n_workers = max(settings.workers, least_workers)
        # One more for notifications, so that none waits behind a file of an hour.
        lanes = [Lane.FILES] * n_workers + [Lane.NOTICES] * bool(n_workers)
        self._threads += (
            Worker(
                batch.queue,
                work,
                settings.lease_s,
                self._grace_s,
                lane,
                on_file_end=self._on_file_end,
            )
            for lane in lanes
        )
        sys.stdout.flush()
        with suppress(StorageError):
            batch.queue.prepare()
        for thread in self._threads:
            thread.start()
        structlog.get_logger().info("batch_started")

    @property
    def is_alive(self) -> bool:
        """Whether none of the threads has ended; before the start there is none."""
        return all(thread.is_alive() for thread in self._threads)

    def begin_stop(self) -> None:
        """Take no more work; files under way have their grace from now on."""
        for thread in self._threads:
            thread.stop()

    def stop(self) -> None:
        """Stop them and wait: files under way have their grace."""
        self.begin_stop()
        for thread in self._threads:
            if thread.is_busy:
                thread.join(self._grace_s + _STOP_S)
        # Ends the waiting of idle workers.
        self._batch.queue.close()
        for thread in self._threads:
            thread.join(_STOP_S)
