"""Watch of a drop folder of this machine: complete files are submitted.

A file is complete when it has not changed for a moment. One that goes on growing after a longer
pause is transcribed as it was, and again when it is whole: its new version replaces the first
transcript.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import structlog

from shared.errors import BlobNotFound, StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder, is_dropped_audio
from shared.jobs.submission import submit_dropped
from shared.privacy.log_fields import exception_fields
from shared.storage.blob import BlobEntry

SETTLED_S = 2.0
"""How long a file must be as it is. Copying programs write many times a second."""

_LOOK_MS = 500
_SCAN_EVERY_S = 60.0  # network drives report no changes, and a watch may miss some under load


class FolderWatch(threading.Thread):
    """Lists a folder at the start and submits files that change in it.

    Parameters
    ----------
    root: the folder that `folder.input` is.
    """

    def __init__(self, folder: DropFolder, root: Path, batch: BatchServices) -> None:
        super().__init__(name="folder-watch", daemon=True)
        self._folder = folder
        self._root = root
        self._batch = batch
        self._stopping = threading.Event()
        self.is_busy = True  # until it has stopped
        self._seen: dict[str, str] = {}  # ETag that was submitted, by name
        self._unsettled: dict[str, tuple[str, float]] = {}  # ETag and since when it is that

    def stop(self) -> None:
        """End the watch within a second."""
        self._stopping.set()

    def run(self) -> None:
        """Watch until stopped; errors of the folder are logged, and the watch starts again."""
        while not self._stopping.is_set():
            try:
                self._watch()
            except Exception as error:  # noqa: BLE001 - the end of this thread would stay unnoticed
                structlog.get_logger().error("folder_not_watched", **exception_fields(error))
                self._stopping.wait(5)

    def _watch(self) -> None:
        # Imported here: only a host that watches needs it.
        from watchfiles import watch  # noqa: PLC0415

        scan_at_s = 0.0
        for changes in watch(
            self._root,
            watch_filter=None,
            stop_event=self._stopping,
            debounce=_LOOK_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            if time.monotonic() >= scan_at_s:
                self._notice(self._folder.input.list())
                scan_at_s = time.monotonic() + _SCAN_EVERY_S
            else:
                self._notice(self._entries({path for _, path in changes}))
            self._submit_settled()

    def _entries(self, paths: set[str]) -> Iterable[BlobEntry]:
        """Blobs at changed paths, without folders, links and deleted files."""
        for path in paths:
            name = Path(path).relative_to(self._root).as_posix()
            if is_dropped_audio(name):
                with suppress(StorageError):
                    yield self._folder.input.properties(name)

    def _notice(self, entries: Iterable[BlobEntry]) -> None:
        for entry in entries:
            if is_dropped_audio(entry.name) and self._seen.get(entry.name) != entry.etag:
                known, _ = self._unsettled.get(entry.name, (None, 0.0))
                if known != entry.etag:
                    self._unsettled[entry.name] = (entry.etag, time.monotonic())

    def _submit_settled(self) -> None:
        for name, (etag, since_s) in list(self._unsettled.items()):
            if time.monotonic() - since_s < SETTLED_S:
                continue
            try:
                now = self._folder.input.properties(name).etag
            except BlobNotFound:
                del self._unsettled[name]
                continue
            if now != etag:
                self._unsettled[name] = (now, time.monotonic())
                continue
            submit_dropped(self._folder, name, self._batch)
            self._seen[name] = etag
            del self._unsettled[name]
