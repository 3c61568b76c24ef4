"""The watch of a drop folder: which files it submits, and that no file stops it."""

import os
import threading

import pytest
from structlog.testing import capture_logs

from functions.container import folder_watch
from functions.container.folder_watch import FolderWatch
from shared.errors import StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import SqliteStore
from shared.storage.work_queue import WorkQueue

WITHIN_S = 10


class CountedStore(SqliteStore):
    """A store that releases a semaphore for each message."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.arrived = threading.Semaphore(0)

    def put(self, body, delay_s):
        """Add a message."""
        super().put(body, delay_s)
        self.arrived.release()


class RefusedRecords(FolderContainer):
    """A container of jobs that cannot take the first records."""

    n_refused = 1

    def create(self, *arguments, **options):
        """Create a blob, or fail as a full disk does."""
        if self.n_refused:
            self.n_refused -= 1
            raise StorageUnavailable("The file system answered ENOSPC.")
        return super().create(*arguments, **options)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(folder_watch, "SETTLED_S", 0.0)
    monkeypatch.setattr(folder_watch, "RETRY_S", 0.0)


@pytest.fixture
def audio(tmp_path):
    folder = tmp_path / "audio"
    folder.mkdir()
    return folder


@pytest.fixture
def waiting(tmp_path):
    return CountedStore(tmp_path / "queue.sqlite", "waiting")


@pytest.fixture
def make_watch(tmp_path, audio, waiting):
    """Make a watch of the folder `audio`; it is stopped afterwards."""
    path = tmp_path / "queue.sqlite"
    queue = WorkQueue(waiting, SqliteStore(path, "notices"), SqliteStore(path, "dead"))
    for name in ("jobs", "transcripts"):
        (tmp_path / name).mkdir()
    watches = []

    def make(jobs=FolderContainer):
        folder = DropFolder(
            "audio", FolderContainer(audio), FolderContainer(tmp_path / "transcripts")
        )
        batch = BatchServices(JobStore(jobs(tmp_path / "jobs")), queue, {"audio": folder})
        watches.append(FolderWatch(folder, audio, batch))
        return watches[-1], batch

    yield make
    for watch in watches:
        watch.stop()
        if watch.ident is not None:
            watch.join()
    queue.close()


def sources(batch):
    ids = [entry.name.split("/")[1] for entry in batch.store.container.list("jobs/")]
    return sorted(batch.store.job(job_id).files[0].source for job_id in ids)


def test_a_file_that_cannot_be_submitted_keeps_no_other_and_is_tried_again(audio, make_watch):
    for name in ("a.wav", "b.wav", "c.wav"):
        (audio / name).write_bytes(b"RIFF")
    watch, batch = make_watch(jobs=RefusedRecords)
    with capture_logs() as logs:
        watch.look(())
    assert sources(batch) == ["b.wav", "c.wav"]
    events = [(line["event"], line.get("n_files")) for line in logs]
    assert events == [("job_accepted", None)] * 2 + [("files_not_submitted", 1)]
    watch.look(())
    assert sources(batch) == ["a.wav", "b.wav", "c.wav"]


def test_a_file_that_no_container_can_name_keeps_no_other(audio, make_watch):
    for name in (b"\xff.wav", b"new\nline.wav", b"back\\slash.wav"):
        (audio / os.fsdecode(name)).write_bytes(b"RIFF")
    (audio / "good.wav").write_bytes(b"RIFF")
    watch, batch = make_watch()
    watch.look(str(path) for path in audio.iterdir())
    assert sources(batch) == ["good.wav"]


def test_a_tree_deeper_than_names_can_be_keeps_no_other(audio, make_watch):
    (audio / "good.wav").write_bytes(b"RIFF")
    folder = os.open(audio, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("deep.wav", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    watch, batch = make_watch()
    watch.look(())
    watch.look({str(audio / "d"), str(audio.joinpath(*["d"] * 600, "deep.wav"))})
    assert sources(batch) == ["good.wav"]


def test_files_of_a_new_folder_are_noticed_though_only_the_folder_was_reported(audio, make_watch):
    watch, batch = make_watch()
    watch.look(())
    (audio / "a/b/c").mkdir(parents=True)
    (audio / "a/b/c/deep.wav").write_bytes(b"RIFF")
    (audio / "a/.hidden.wav").write_bytes(b"RIFF")
    watch.look({str(audio / "a")})
    assert sources(batch) == ["a/b/c/deep.wav"]


def test_a_file_that_came_into_a_new_folder_unreported_is_noticed_a_moment_later(audio, make_watch):
    watch, batch = make_watch()
    watch.look(())
    (audio / "a").mkdir()
    watch.look({str(audio / "a")})
    (audio / "a/late.wav").write_bytes(b"RIFF")
    watch.look(())
    assert sources(batch) == ["a/late.wav"]


def test_the_machine_reports_files_in_new_folders_after_a_name_that_is_no_text(
    audio, make_watch, waiting
):
    """With the watch of the operating system, which such a name ends."""
    (audio / "first.wav").write_bytes(b"RIFF")
    watch, batch = make_watch()
    watch.start()
    assert waiting.arrived.acquire(timeout=WITHIN_S)
    (audio / os.fsdecode(b"\xff.wav")).write_bytes(b"RIFF")
    (audio / "second.wav").write_bytes(b"RIFF")
    assert waiting.arrived.acquire(timeout=WITHIN_S)
    (audio / "a/b").mkdir(parents=True)
    (audio / "a/b/third.wav").write_bytes(b"RIFF")
    assert waiting.arrived.acquire(timeout=WITHIN_S)
    watch.stop()
    watch.join()
    assert sources(batch) == ["a/b/third.wav", "first.wav", "second.wav"]


def test_a_folder_whose_changes_cannot_be_watched_is_listed(
    audio, make_watch, waiting, monkeypatch
):
    watch, _ = make_watch()

    def no_watches_left():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(watch, "_changes", no_watches_left)
    watch.start()
    (audio / "a.wav").write_bytes(b"RIFF")
    assert waiting.arrived.acquire(timeout=WITHIN_S)
