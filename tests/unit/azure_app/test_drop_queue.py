"""Messages of Event Grid and the jobs that are made of them, on folders in place of containers."""

import json
from pathlib import Path

import pytest

from functions.azure_app.drop_queue import accept_all
from shared.errors import MalformedMessage, StorageError, StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "azure" / "events"


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "texts"):
        (tmp_path / name).mkdir()
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    folder = DropFolder(
        "calls", FolderContainer(tmp_path / "audio"), FolderContainer(tmp_path / "texts")
    )
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue, {"calls": folder})
    queue.close()


def put(batch, *names):
    for name in names:
        batch.drop_folder("calls").input.put(name, b"audio")


def accept(batch, body):
    accept_all(body, {"audio": batch.drop_folder("calls")}, batch, batch.queue.prepare)


def n_sent(batch):
    """Take all messages of work; their number."""
    n = 0
    while (lease := batch.queue.lease(60)) is not None:
        batch.queue.acknowledge(lease)
        n += 1
    return n


def body_of(name):
    return (EVENTS / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("put_blob", "calls/monday 1.wav"),
        ("put_block_list", "50% of + café #2?.wav"),
        ("copy_blob", "a%20b.wav"),
        ("copy_blob", "a%2520b.wav"),
        ("emoji", "heron 💎.wav"),
        ("cloud_event", "calls/monday 1.wav"),
        ("flush_with_close", "calls/long.wav"),
    ],
)
def test_a_file_is_found_by_its_event(batch, event, name):
    """The second `copy_blob` is one whose subject is percent-encoded and whose address is not."""
    put(batch, name)
    accept(batch, body_of(event))
    assert n_sent(batch) == 1
    accept(batch, body_of(event))
    assert n_sent(batch) == 0


def test_an_event_of_another_container_is_done_with(batch):
    put(batch, "a.wav", "b.wav")
    accept(batch, body_of("two_events").replace(b"containers/audio/", b"containers/other/"))
    assert n_sent(batch) == 0


def test_a_file_of_the_message_that_fails_does_not_keep_back_the_others(batch, monkeypatch):
    """The message comes again, and finds those accepted."""
    put(batch, "a.wav", "b.wav")
    container = type(batch.drop_folder("calls").input)
    properties = container.properties

    def busy_for_one(self, name):
        if name == "a.wav":
            raise StorageUnavailable("busy")
        return properties(self, name)

    monkeypatch.setattr(container, "properties", busy_for_one)
    with pytest.raises(StorageError, match="1 files of the event"):
        accept(batch, body_of("two_events"))
    assert n_sent(batch) == 1
    monkeypatch.undo()
    accept(batch, body_of("two_events"))
    assert n_sent(batch) == 1


def test_a_name_that_no_container_takes_is_not_asked_for_again(batch):
    """Of such a name nothing can be written, not even the reason."""
    event = json.loads(body_of("put_blob"))
    event["subject"] = "/blobServices/default/containers/audio/blobs/a\\b.wav"
    accept(batch, json.dumps(event).encode())
    assert n_sent(batch) == 0


def test_a_message_that_is_no_event_fails(batch):
    with pytest.raises(MalformedMessage):
        accept(batch, b"heron")
