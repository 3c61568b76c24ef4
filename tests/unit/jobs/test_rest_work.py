"""Work on jobs of the batch API, where it differs from that on dropped files."""

import io
import wave
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.audio.format import AudioLimits
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import JobNotFound
from shared.jobs import worker as work_module
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import new_job_id, transcript_name
from shared.jobs.drop_folder import DropFolder
from shared.jobs.file_transcription import FileTranscription
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.outcome import FileOutcome, FileStatus
from shared.jobs.store import JobStore
from shared.jobs.submission import submit
from shared.jobs.worker import JobWorker
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_message import WorkKind, WorkMessage
from shared.transcript import Alternative, Phrase
from shared.transcription.scripted_transcriber import ScriptedTranscriber

HELLO = Phrase(0, "en-US", 0.1, 0.8, (Alternative(0.9, "hello", "hello", "hello", "Hello."),))


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "transcripts"):
        (tmp_path / name).mkdir()
    folder = DropFolder(
        "audio", FolderContainer(tmp_path / "audio"), FolderContainer(tmp_path / "transcripts")
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(32_000))
    folder.input.put("a.wav", file.getvalue())
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue, {"audio": folder})
    queue.close()


def job_of(n_files=1, **changes):
    created_at = datetime.now(UTC)
    files = tuple(
        JobFile(
            f"http://h/containers/audio/a.wav?{n}",
            f"contenturl_{n}.json",
            drop_folder="audio",
            blob="a.wav",
        )
        for n in range(n_files)
    )
    job = Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=files,
        options=JobOptions(locales=("en-US",)),
        time_to_live=timedelta(hours=6),
    )
    return replace(job, **changes)


def test_a_message_that_is_faster_than_its_job_waits_for_it(batch, monkeypatch):
    """Its worker has it before the job behind it is written."""
    job, slept_s = job_of(), []

    def sleep(pause_s):
        slept_s.append(pause_s)
        if len(slept_s) == 3:
            batch.store.create(job)

    monkeypatch.setattr(work_module, "_RECORD_PAUSES_S", (0.01, 0.02, 0.03, 0.04))
    monkeypatch.setattr(work_module.time, "sleep", sleep)
    done = JobWorker(batch, ScriptedTranscriber([HELLO])).handle(
        WorkMessage(WorkKind.TRANSCRIBE, job.id, 0), Attempt()
    )
    assert slept_s == [0.01, 0.02, 0.03]
    assert done.outcome.status is FileStatus.SUCCEEDED


def test_a_message_whose_job_never_was_is_given_up_in_the_end_with_its_entry(batch):
    """The host that accepted the job died before its record was written."""
    job = job_of()
    batch.store.container.create(f"created/{job.id}", b"")
    work = JobWorker(batch, ScriptedTranscriber([HELLO]))
    message = WorkMessage(WorkKind.TRANSCRIBE, job.id, 0)
    for number in range(1, 5):
        with pytest.raises(JobNotFound):
            work.handle(message, Attempt(number))
    assert work.handle(message, Attempt(5)) is None
    assert list(batch.store.container.list()) == []


def test_a_job_runs_when_its_first_file_is_taken(batch):
    job = job_of(3)
    submit(job, batch)
    assert batch.store.started_at(job.id) is None
    work = JobWorker(batch, ScriptedTranscriber([HELLO]))
    work.handle(batch.queue.lease(60).message, Attempt())
    began_at = batch.store.started_at(job.id)
    assert began_at is not None
    work.handle(batch.queue.lease(60).message, Attempt())
    assert batch.store.started_at(job.id) == began_at
    assert batch.store.summary(job.id) is None


def test_a_transcript_of_an_earlier_try_goes_where_the_file_failed_for_good(batch):
    """One try wrote it and died before it said so; the last one found the file broken."""
    job = job_of()
    batch.store.create(job)
    batch.store.write_result(job.id, transcript_name(0), b"{}")
    failed = FileOutcome(
        file_index=0,
        status=FileStatus.FAILED,
        finished_at=datetime.now(UTC),
        error_kind="InvalidAudio",
        error_message="It can not be decoded.",
    )
    batch.store.finish(job.id, failed)
    message = WorkMessage(WorkKind.TRANSCRIBE, job.id, 0)
    JobWorker(batch, ScriptedTranscriber([HELLO])).handle(message, Attempt(5))
    assert [entry.name for entry in batch.store.results(job.id)] == ["report.json"]


def test_the_duration_of_a_job_is_that_of_all_its_audio(batch):
    job = job_of(3)
    submit(job, batch)
    work = JobWorker(batch, ScriptedTranscriber([HELLO]))
    while (lease := batch.queue.lease(60)) is not None:
        work.handle(lease.message, Attempt())
        batch.queue.acknowledge(lease)
    assert batch.store.summary(job.id).audio_s == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("speakers", "longest_s"),
    [(None, 5 * 3600), (SpeakerRange(most=2), 4 * 3600)],
    ids=["without", "with"],
)
def test_diarization_limits_audio_to_four_hours(batch, speakers, longest_s):
    files = FileTranscription(batch, ScriptedTranscriber([HELLO]), AudioLimits())
    limits = files._limits_of(job_of(options=JobOptions(speakers=speakers)))
    assert limits.max_duration_s == longest_s
    assert limits.max_bytes == 2_500_000_000
