"""Watch of a drop folder of this machine: complete files are submitted.

A file is complete when it has not changed for a moment. One that goes on growing after a longer
pause is transcribed as it was, and again when it is whole: its new version replaces the first
transcript.

No file keeps another one from being submitted: a file whose submission fails is tried again later,
and where the changes of the folder cannot be watched it is listed instead.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from shared.errors import BlobNotFound, StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder, is_dropped_audio, is_hidden
from shared.jobs.submission import submit_dropped
from shared.privacy.log_fields import exception_fields
from shared.storage.blob import BlobEntry

SETTLED_S = 2.0
"""How long a file must be as it is. Copying programs write many times a second."""

RETRY_S = 5.0
"""Pause before a file is tried again whose submission has failed."""

LOOK_S = 0.5
SCAN_EVERY_S = 60.0
"""Pause between two listings: network drives report no changes, a watch may miss some under load.

It is also the longest pause before a watch that has failed is started again.
"""


@dataclass(slots=True)
class _Unsettled:
    """A version of a file, and when it is to be submitted, on the clock of `time.monotonic`."""

    etag: str
    due_s: float


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
        self._unsettled: dict[str, _Unsettled] = {}
        self._new_folders: dict[str, float] = {}  # when each is listed once more
        self._scan_at_s = 0.0

    def stop(self) -> None:
        """End the watch within a second."""
        self._stopping.set()

    def run(self) -> None:
        """Watch until stopped; errors of the folder are logged, and the watch starts again.

        The library ends its watch at a name that is not UTF-8, and cannot start it where the
        machine has no watches left. The folder is listed at each start.
        """
        pause_s = LOOK_S
        while not self._stopping.is_set():
            self._scan_at_s = 0.0
            try:
                for changes in self._changes():
                    pause_s = LOOK_S if changes else pause_s
                    self.look(changes)
            except Exception as error:  # noqa: BLE001 - the end of this thread would stay unnoticed
                structlog.get_logger().error("folder_not_watched", **exception_fields(error))
                self._look_without_watch(pause_s)
                pause_s = min(2 * pause_s, SCAN_EVERY_S)

    def look(self, changed: Iterable[str]) -> None:
        """Note files that have changed, list the folder if it is time, submit settled files.

        Parameters
        ----------
        changed: paths of files and folders that were made, written to or deleted.
        """
        now_s = time.monotonic()
        if now_s >= self._scan_at_s:
            self._scan_at_s = now_s + SCAN_EVERY_S
            self._guarded(self._scan)
        for path in changed:
            self._guarded(partial(self._notice_path, path))
        for name in [name for name, at_s in self._new_folders.items() if now_s >= at_s]:
            del self._new_folders[name]
            self._guarded(partial(self._notice_folder, name))
        self._submit_settled()

    def _changes(self) -> Iterator[set[str]]:
        """Paths that have changed, twice a second; empty where none has."""
        # Imported here: only a host that watches needs it.
        from watchfiles import watch  # noqa: PLC0415

        look_ms = int(LOOK_S * 1000)
        for changes in watch(
            self._root,
            watch_filter=None,
            stop_event=self._stopping,
            debounce=look_ms,
            rust_timeout=look_ms,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            yield {path for _, path in changes}

    def _look_without_watch(self, pause_s: float) -> None:
        until_s = time.monotonic() + pause_s
        while True:
            self.look(())
            if time.monotonic() >= until_s or self._stopping.wait(LOOK_S):
                return

    def _guarded(self, notice: Callable[[], None]) -> None:
        try:
            notice()
        except Exception as error:  # noqa: BLE001 - one entry of many
            structlog.get_logger().error("folder_not_read", **exception_fields(error))

    def _scan(self) -> None:
        listed = set()

        def entries() -> Iterator[BlobEntry]:
            for entry in self._folder.input.list():
                listed.add(entry.name)
                yield entry

        self._notice(entries())
        for name in self._seen.keys() - listed:  # deleted, or it will be found to have its job
            del self._seen[name]

    def _notice_path(self, path: str) -> None:
        """Notice the blob at a path, or those below it where it is a folder."""
        name = Path(path).relative_to(self._root).as_posix()
        if is_hidden(name):
            return
        try:
            self._notice([self._folder.input.properties(name)])
        except BlobNotFound:
            # A new folder: files may have come into it before the library watched it. It is listed
            # once more in case it was not watched yet. Of what was deleted nothing is listed.
            self._notice_folder(name)
            self._new_folders[name] = time.monotonic() + SETTLED_S
        except StorageError:
            pass  # no container has a blob of such a name

    def _notice_folder(self, name: str) -> None:
        self._notice(self._folder.input.list(f"{name}/"))

    def _notice(self, entries: Iterable[BlobEntry]) -> None:
        for entry in entries:
            if not is_dropped_audio(entry.name) or self._seen.get(entry.name) == entry.etag:
                continue
            known = self._unsettled.get(entry.name)
            if known is None or known.etag != entry.etag:
                due_s = time.monotonic() + SETTLED_S
                self._unsettled[entry.name] = _Unsettled(entry.etag, due_s)

    def _submit_settled(self) -> None:
        now_s, n_failed, cause = time.monotonic(), 0, None
        for name, version in list(self._unsettled.items()):
            if now_s < version.due_s or self._stopping.is_set():
                continue
            try:
                self._submit(name, version)
            except Exception as error:  # noqa: BLE001 - one file of many
                version.due_s = now_s + RETRY_S
                n_failed, cause = n_failed + 1, error
        if cause is not None:
            fields = exception_fields(cause)
            structlog.get_logger().error("files_not_submitted", n_files=n_failed, **fields)

    def _submit(self, name: str, version: _Unsettled) -> None:
        try:
            etag = self._folder.input.properties(name).etag
        except BlobNotFound:
            del self._unsettled[name]
            return
        if etag != version.etag:
            self._unsettled[name] = _Unsettled(etag, time.monotonic() + SETTLED_S)
            return
        job_id = submit_dropped(self._folder, name, self._batch)
        if job_id is not None:
            structlog.get_logger().info("job_accepted", job_id=job_id)
        self._seen[name] = etag
        del self._unsettled[name]
