"""When events arise: at each of the four changes of a job, also when a worker dies at it."""

import io
import wave
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.errors import StorageFull, StorageUnavailable
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import new_job_id
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import Job, JobFile
from shared.jobs.outcome import JobStatus
from shared.jobs.purge import purge, remove_job
from shared.jobs.queries import latest_jobs
from shared.jobs.store import JobStore
from shared.jobs.submission import submit
from shared.jobs.worker import JobWorker
from shared.storage.folder import FolderContainer
from shared.storage.work_message import HookEvent, WorkKind
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.web_hooks.delivery import Delivery
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook

CREATED = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
CREATION, PROCESSING, COMPLETION, DELETION, *_ = HookEvent
HOOK = WebHook(
    id="5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11",
    created_at=CREATED,
    last_action_at=CREATED,
    web_url="https://me.example/cb",
    events=(CREATION, PROCESSING, COMPLETION, DELETION),
    api=ApiAddress("https://host/speechtotext", "2024-11-15"),
    challenge_id="9a02b1de-77f0-4a7e-8a0d-2d1b7c3f4e55",
    status=HookStatus.SUCCEEDED,
)


class _Queue:
    """Keeps notices apart from work; the notice numbered `fails_at` cannot be sent, once."""

    def __init__(self):
        self.work, self.notices, self.fails_at = [], [], None

    def send(self, message, _delay_s=0):
        if message.notice is None:
            self.work.append(message)
            return
        if len(self.notices) == self.fails_at:
            self.fails_at = None
            raise StorageUnavailable("The queue is not there.")
        self.notices.append(message)

    @property
    def told(self):
        return [message.notice.event for message in self.notices]


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "transcripts"):
        (tmp_path / name).mkdir()
    audio = FolderContainer(tmp_path / "audio")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(32_000))
    audio.put("a.wav", file.getvalue())
    folder = DropFolder("audio", audio, FolderContainer(tmp_path / "transcripts"))
    batch = BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), _Queue(), {"audio": folder})
    batch.web_hooks.create(HOOK)
    return batch


def rest_job(n_files=1, time_to_live=None):
    """Job whose files lie in the service's own folder, so that nothing is fetched."""
    source = "http://127.0.0.1:5000/containers/audio/a.wav"
    files = tuple(
        JobFile(source, f"contenturl_{n}.json", drop_folder="audio", blob="a.wav")
        for n in range(n_files)
    )
    created_at = datetime.now(UTC)
    return Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=files,
        time_to_live=time_to_live,
    )


def do_all(batch, number=1):
    work = JobWorker(batch, ScriptedTranscriber())
    while batch.queue.work:
        work.handle(batch.queue.work[0], Attempt(number))
        batch.queue.work.pop(0)


@pytest.mark.parametrize("n_files", [0, 1, 3, 12])
def test_a_job_sends_a_notice_of_each_of_its_four_changes_once(batch, n_files):
    """Of twelve files the work is fanned out by a message of its own."""
    job = rest_job(n_files)
    submit(job, batch)
    assert batch.queue.told == [CREATION]
    do_all(batch)
    assert batch.queue.told == [CREATION, PROCESSING, COMPLETION]
    remove_job(batch, job, batch.store.summary(job.id))
    assert batch.queue.told == [CREATION, PROCESSING, COMPLETION, DELETION]
    assert {message.job_id for message in batch.queue.notices} == {job.id}


def test_the_end_of_its_time_is_a_deletion(batch):
    job = rest_job(time_to_live=timedelta(hours=6))
    submit(job, batch)
    do_all(batch)
    purge(batch, datetime.now(UTC) + timedelta(hours=7))
    assert batch.queue.told == [CREATION, PROCESSING, COMPLETION, DELETION]
    assert not batch.store.has_job(job.id)


@pytest.mark.parametrize("n_files", [0, 1, 3])
@pytest.mark.parametrize("lost", [PROCESSING, COMPLETION])
def test_a_worker_that_dies_between_a_change_and_its_notice_has_it_sent_by_the_next(
    batch, n_files, lost
):
    """The invocation id stays the same, so a receiver recognises the repetition."""
    job = rest_job(n_files)
    submit(job, batch)
    batch.queue.fails_at = 1 if lost is PROCESSING else 2
    with pytest.raises(StorageUnavailable):
        do_all(batch)
    if lost is COMPLETION:
        assert batch.store.summary(job.id).status is not JobStatus.RUNNING
    do_all(batch, number=2)  # in another process
    assert list(dict.fromkeys(batch.queue.told)) == [CREATION, PROCESSING, COMPLETION]
    ids = {message.notice.invocation_id for message in batch.queue.notices}
    assert len(ids) == 3


def delete(batch, job):
    remove_job(batch, job, batch.store.summary(job.id))


def let_expire(batch, _job):
    purge(batch, datetime.now(UTC) + timedelta(hours=7))


@pytest.mark.parametrize("remove", [delete, let_expire])
@pytest.mark.parametrize("error", [StorageUnavailable, StorageFull, RuntimeError])
def test_a_deletion_does_not_depend_on_its_notice(batch, monkeypatch, remove, error):
    job = rest_job(time_to_live=timedelta(hours=6))
    submit(job, batch)
    do_all(batch)

    def refuse(_message, _delay_s=0):
        raise error("The queue takes nothing.")

    monkeypatch.setattr(batch.queue, "send", refuse)
    remove(batch, job)
    assert not list(batch.store.container.list("jobs/"))
    assert not list(batch.store.container.list("created/"))
    assert batch.store.is_deleted(job.id)


def test_a_notice_that_cannot_be_queued_before_a_deletion_is_queued_after_it(batch):
    job = rest_job()
    submit(job, batch)
    do_all(batch)
    batch.queue.fails_at = 3
    delete(batch, job)
    assert batch.queue.told[3:] == [DELETION]


@pytest.mark.parametrize("damage", [b"", b'{"v":1,"id":', b"[]", b'{"v":2}', bytes(100_000)])
def test_a_hook_that_cannot_be_read_stops_no_job_and_no_other_hook(batch, damage):
    damaged = "00000000-8a57-4c3c-9a3e-0f6f5d1c2b11"
    batch.store.container.put(f"hooks/{damaged}/hook.json", damage)
    with capture_logs() as lines:
        job = rest_job(time_to_live=timedelta(hours=6))
        submit(job, batch)
        do_all(batch)
        let_expire(batch, job)
    assert batch.queue.told == [CREATION, PROCESSING, COMPLETION, DELETION]
    assert not list(batch.store.container.list("jobs/"))
    assert [(line["event"], line["hook_id"]) for line in lines if "hook_id" in line] == [
        ("web_hook_unreadable", damaged)
    ]


def test_a_notice_to_a_hook_that_cannot_be_read_is_dropped(batch):
    submit(rest_job(), batch)
    (notice,) = batch.queue.notices
    batch.store.container.put(f"hooks/{HOOK.id}/hook.json", b"{")
    work = JobWorker(batch, ScriptedTranscriber()).handle(notice, Attempt())
    assert work.delivery is Delivery.DROPPED


def test_a_job_that_was_deleted_while_it_ran_does_not_complete(batch):
    job = rest_job(2)
    submit(job, batch)
    work = JobWorker(batch, ScriptedTranscriber())
    work.handle(batch.queue.work[0], Attempt())
    remove_job(batch, job, None)
    work.handle(batch.queue.work[1], Attempt())
    assert batch.queue.told == [CREATION, PROCESSING, DELETION]


def test_a_notice_is_work_like_any_other(batch):
    """The hook is deleted, so there is nothing to send."""
    submit(rest_job(), batch)
    (notice,) = batch.queue.notices
    assert notice.kind is WorkKind.WEB_HOOK
    batch.web_hooks.delete(HOOK.id)
    JobWorker(batch, ScriptedTranscriber()).handle(notice, Attempt())
    assert len(batch.queue.notices) == 1


def test_a_test_takes_the_latest_job_that_each_event_fits(batch):
    assert latest_jobs(batch, HOOK.events) == {}
    older, newer, deleted = rest_job(), rest_job(), rest_job()
    submit(older, batch)
    do_all(batch)
    for job in (newer, deleted):
        submit(job, batch)
    remove_job(batch, deleted, None)
    assert latest_jobs(batch, HOOK.events) == {
        CREATION: newer.id,
        PROCESSING: older.id,
        COMPLETION: older.id,
    }
    assert latest_jobs(batch, (DELETION, "ping")) == {}
