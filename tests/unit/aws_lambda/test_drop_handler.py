"""Objects and the drop folders they lie in, on folders in place of buckets."""

import json
from pathlib import Path

import pytest

from functions.aws_lambda.drop_handler import BucketFolder, DropHandler, bucket_folders
from functions.aws_lambda.s3_events import CreatedObject
from functions.aws_lambda.start import hide_exception_text
from shared.errors import ConfigurationError, SpeechError, StorageError, StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.settings import DropFolderAddresses, Settings
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"


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


def handler_of(batch):
    return DropHandler(batch, [BucketFolder("sotto-in", "dropped/", batch.drop_folder("calls"))])


def event_of(*keys):
    event = json.loads((EVENTS / "s3_object_created.json").read_text())
    (record,) = event["Records"]
    event["Records"] = []
    for key in keys:
        of_key = json.loads(json.dumps(record))
        of_key["s3"]["object"]["key"] = key
        event["Records"].append(of_key)
    return event


def message_of(message_id, event):
    (record,) = json.loads((EVENTS / "sqs.json").read_text())["Records"]
    return record | {"messageId": message_id, "body": json.dumps(event)}


@pytest.mark.parametrize(
    ("bucket", "key", "name"),
    [
        ("sotto-in", "dropped/a.wav", "a.wav"),
        ("sotto-in", "dropped/dropped/a.wav", "dropped/a.wav"),
        ("sotto-in", "dropped/new/", None),
        ("sotto-in", "dropped/", None),
        ("sotto-in", "dropped2/a.wav", None),
        ("sotto-in", "a.wav", None),
        ("sotto-out", "dropped/a.wav", None),
    ],
)
def test_an_object_has_its_name_in_the_folder(batch, bucket, key, name):
    place = BucketFolder("sotto-in", "dropped/", batch.drop_folder("calls"))
    assert place.name_of(CreatedObject(bucket, key)) == name


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("s3://sotto-in", ""), ("s3://sotto-in/", ""), ("s3://sotto-in/a/b/", "a/b/")],
)
def test_an_address_names_bucket_and_prefix(batch, address, prefix):
    settings = Settings(drop_folders=(DropFolderAddresses("calls", address, "s3://sotto-out"),))
    (found,) = bucket_folders(settings, batch)
    assert (found.bucket, found.prefix) == ("sotto-in", prefix)


def test_a_drop_folder_must_lie_in_s3(batch):
    addresses = DropFolderAddresses("calls", "azure:audio", "azure:texts")
    with pytest.raises(ConfigurationError, match="s3://"):
        bucket_folders(Settings(drop_folders=(addresses,)), batch)


def test_one_file_that_fails_does_not_keep_back_the_others(batch, monkeypatch):
    """The event comes again, and finds those accepted."""
    for name in ("a.wav", "b.wav", "c.wav"):
        batch.drop_folder("calls").input.put(name, b"audio")
    container = type(batch.drop_folder("calls").input)
    properties = container.properties

    def busy_for_one(self, name):
        if name == "b.wav":
            raise StorageUnavailable("busy")
        return properties(self, name)

    monkeypatch.setattr(container, "properties", busy_for_one)
    event = event_of("dropped/a.wav", "dropped/b.wav", "dropped/c.wav")
    with pytest.raises(StorageError, match="1 files of the event"):
        handler_of(batch)(event, None)
    monkeypatch.undo()
    assert handler_of(batch)(event, None) == {"n_jobs": 1}


def test_a_message_is_given_back_only_for_its_own_file(batch, monkeypatch):
    batch.drop_folder("calls").input.put("a.wav", b"audio")
    monkeypatch.setattr(type(batch.queue), "send", _busy_once())
    event = {"Records": [message_of(name, event_of("dropped/a.wav")) for name in ("m0", "m1")]}
    answer = handler_of(batch)(event, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def _busy_once():
    sent = []

    def send(_queue, message, _delay_s=0):
        sent.append(message)
        if len(sent) == 1:
            raise StorageUnavailable("busy")

    return send


def test_a_name_that_no_container_takes_is_not_asked_for_again(batch):
    """S3 allows a backslash, and Azure, where outputs may go, does not."""
    assert handler_of(batch)(event_of("dropped/a%5Cb.wav"), None) == {"n_jobs": 0}


def test_an_error_that_may_quote_content_does_not_leave(capsys):
    def fail(event, _context):
        raise ValueError(f"what is {event}")

    with pytest.raises(SpeechError, match="could not be dealt with") as caught:
        hide_exception_text(fail)("canary", None)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "canary" not in capsys.readouterr().err
