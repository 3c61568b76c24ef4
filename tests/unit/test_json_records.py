"""A record is written only if its reader takes it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from shared.errors import MalformedJob, UnstorableRecord
from shared.jobs.blob_names import new_job_id
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, RestTarget, ResultFormat
from shared.jobs.labels import JobLabels
from shared.jobs.limits import MAX_REQUESTED_LOCALES
from shared.jobs.outcome import FileOutcome, FileStatus, JobStatus, JobSummary, WrittenBlob
from shared.jobs.requested_properties import RequestedProperties
from shared.jobs.store import JobStore
from shared.jobs.tombstone import Tombstone
from shared.json_fields import JsonFields
from shared.json_records import read_record, write_record
from shared.storage.folder import FolderContainer
from shared.storage.work_message import (
    MAX_ATTEMPTS,
    MAX_FILES,
    HookEvent,
    HookNotice,
    WorkKind,
    WorkMessage,
)
from shared.web_hooks.hook import EVENT_NAMES, ApiAddress, WebHook
from shared.web_hooks.store import WebHookStore

NOW = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
JOB_ID = new_job_id(NOW)
HOOK_ID = "5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11"
EMOJI = "\N{GRINNING FACE}"  # four bytes of UTF-8, two escapes of six in ASCII
CONTROL = "\x01"  # six bytes of JSON in any case
PROPERTIES = 10
NAME_BYTES = 1024


@pytest.fixture
def container(tmp_path):
    return FolderContainer(tmp_path)


def custom_properties(sign):
    return tuple((f"{n}".ljust(64, sign), 256 * sign) for n in range(PROPERTIES))


def largest_hook(sign):
    """Hook of the greatest members that `functions/api/web_hooks/definition.py` takes."""
    return WebHook(
        id=HOOK_ID,
        created_at=NOW,
        last_action_at=NOW,
        web_url="https://me.example/".ljust(2000, sign),
        events=EVENT_NAMES,
        api=ApiAddress("https://host/speechtotext".ljust(2000, "a"), "2024-11-15"),
        challenge_id="9a02b1de-77f0-4a7e-8a0d-2d1b7c3f4e55",
        display_name=500 * sign,
        description=2000 * sign,
        custom_properties=custom_properties(sign),
        secret=1000 * sign,
        failure="The address did not answer.",
    )


def largest_labels(sign):
    """Labels of the greatest members that `functions/api/batch_jobs/definition.py` takes."""
    return JobLabels(
        display_name=512 * sign,
        description=4000 * sign,
        custom_properties=custom_properties(sign),
    )


def job(files, **members):
    return Job(id=JOB_ID, created_at=NOW, files=files, time_to_live=timedelta(days=31), **members)


@pytest.mark.parametrize("sign", [EMOJI, CONTROL, "a"], ids=["emoji", "control", "letter"])
def test_the_largest_web_hook_that_the_api_takes_is_read_back(container, sign):
    store, hook = WebHookStore(container), largest_hook(sign)
    store.create(hook)
    assert store.all() == [hook]


@pytest.mark.parametrize("sign", [EMOJI, CONTROL, "a"], ids=["emoji", "control", "letter"])
def test_the_largest_labels_that_the_api_takes_are_read_back(container, sign):
    store, labels = JobStore(container), largest_labels(sign)
    store.change_labels(JOB_ID, labels, None)
    found, _ = store.labels(JOB_ID)
    assert found == labels


def test_the_largest_job_over_addresses_is_read_back(container):
    """A thousand addresses; all of a body of 4 MB."""
    locales = tuple(f"aa-{n:032}" for n in range(MAX_REQUESTED_LOCALES))
    address = "https://store.example/".ljust(4000, EMOJI)
    stored = job(
        tuple(JobFile(address, f"contenturl_{n}.json") for n in range(1000)),
        target=RestTarget(
            destination="https://a.blob.core.windows.net/x?sig=".ljust(8000, EMOJI),
            requested=RequestedProperties(candidate_locales=locales, mapped_locales=locales),
        ),
        labels=largest_labels(EMOJI),
        options=JobOptions(locales=locales, channels=tuple(range(64)), formats=tuple(ResultFormat)),
    )
    store = JobStore(container)
    store.create(stored)
    assert store.job(JOB_ID) == stored


def test_the_largest_job_over_a_drop_folder_of_this_service_is_read_back():
    """10,000 blobs with names of 1,024 bytes, each in its address, its name and its result."""
    name = (NAME_BYTES // 4) * EMOJI
    address = f"https://host/containers/{125 * 'a'}/{quote(name)}"
    file = JobFile(address, f"{name}.json", drop_folder=125 * "a", blob=name)
    written = job(MAX_FILES * (file,)).to_json()
    assert len(Job.from_json(written).files) == MAX_FILES


def test_the_largest_outcome_summary_and_tombstone_are_read_back(container):
    name = (NAME_BYTES // 4) * EMOJI
    written = tuple(WrittenBlob(f"{name}.{n}", 128 * "e", 125 * "a") for n in range(6))
    outcome = FileOutcome(
        file_index=MAX_FILES - 1,
        status=FileStatus.FAILED,
        finished_at=NOW,
        error_kind="InvalidData",
        error_message=1000 * EMOJI,
        written=written,
    )
    summary = JobSummary(
        status=JobStatus.FAILED,
        closed_at=NOW,
        n_succeeded=0,
        n_failed=MAX_FILES,
        expires_at=NOW,
        error_message=1000 * EMOJI,
    )
    tombstone = Tombstone(
        until=NOW,
        container=125 * "a",
        address=f"/{4000 * EMOJI}",
        outputs=tuple(blob.name for blob in written),
    )
    store = JobStore(container)
    store.finish(JOB_ID, outcome)
    store.close(JOB_ID, summary)
    store.write_tombstone(JOB_ID, tombstone)
    assert store.outcome(JOB_ID, outcome.file_index) == outcome
    assert store.summary(JOB_ID) == summary
    assert store.tombstone(JOB_ID) == tombstone


@pytest.mark.parametrize("event", HookEvent)
def test_the_largest_messages_are_read_back(event):
    notice = HookNotice(HOOK_ID, event, HOOK_ID)
    for message in (
        WorkMessage(WorkKind.WEB_HOOK, JOB_ID, None, MAX_ATTEMPTS, notice),
        WorkMessage(WorkKind.TRANSCRIBE, JOB_ID, MAX_FILES - 1, MAX_ATTEMPTS),
    ):
        assert WorkMessage.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    "record",
    [
        JobLabels(description=11_000 * "a"),
        JobLabels(custom_properties=tuple((str(n), "a") for n in range(11))),
        JobLabels(display_name="\ud800"),
        Tombstone(until=NOW, outputs=33 * ("a",)),
        job((), target=DropTarget("calls", output=11_000 * "a")),
        job((JobFile(11_000 * "a", "a.json"),)),
        job((), options=JobOptions(locales=(36 * "a",))),
        FileOutcome(file_index=MAX_FILES, status=FileStatus.FAILED, finished_at=NOW),
        JobSummary(status=JobStatus.FAILED, closed_at=NOW, n_succeeded=0, n_failed=0, audio_s=1e12),
    ],
    ids=lambda record: type(record).__name__,
)
def test_a_record_that_its_reader_would_refuse_is_not_written(record):
    with pytest.raises(UnstorableRecord):
        record.to_json()


def test_more_bytes_than_the_reader_takes_are_not_written():
    def read(fields):
        return fields.text("a")

    assert read_record(write_record({"a": "12"}, 16, read), 16, read) == "12"
    with pytest.raises(UnstorableRecord):
        write_record({"a": "123"}, 16, read)


@pytest.mark.parametrize(
    "error", [ValueError, TypeError, OverflowError, ZeroDivisionError, KeyError, IndexError]
)
def test_a_record_of_which_nothing_can_be_made_is_malformed(error):
    """The message names the kind of error and quotes nothing."""

    def read(_fields: JsonFields) -> None:
        raise error("quoted text")

    with pytest.raises(MalformedJob) as refused:
        read_record(b'{"v":1}', 100, read)
    assert "quoted" not in str(refused.value)
