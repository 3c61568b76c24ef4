"""From a dropped file to its transcript and to its end, on folders and a scripted transcriber."""

import io
import json
import wave
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import StorageUnavailable
from shared.formats.subtitle_options import SubtitleOptions
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, ResultFormat
from shared.jobs.outcome import JobStatus
from shared.jobs.outputs import OutputContext, transcript_outputs
from shared.jobs.purge import purge
from shared.jobs.store import JobStore
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_queue import MAX_DELIVERIES
from shared.transcript import Alternative, Phrase, Transcript
from shared.transcription.scripted_transcriber import ScriptedTranscriber

HELLO = Phrase(0, "en-US", 0.1, 0.8, (Alternative(0.9, "hello", "hello", "hello", "Hello."),))


def wav(seconds=1.0):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(int(32_000 * seconds)))
    return file.getvalue()


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "transcripts"):
        (tmp_path / name).mkdir()
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    folder = DropFolder(
        "audio",
        FolderContainer(tmp_path / "audio"),
        FolderContainer(tmp_path / "transcripts"),
        timedelta(hours=1),
        is_watched=True,
    )
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue, {"audio": folder})
    queue.close()


def names(container):
    return [entry.name for entry in container.list()]


def do_all(batch, transcriber):
    work = JobWorker(batch, transcriber)
    while (lease := batch.queue.lease(60, 0)) is not None:
        work.handle(lease.message, Attempt(lease.delivery_count))
        batch.queue.acknowledge(lease)


def drop(batch, name="calls/a b.wav", data=None, metadata=None):
    folder = batch.drop_folders["audio"]
    folder.input.put(name, data or wav(), metadata or {})
    return submit_dropped(folder, name, batch)


def test_a_dropped_file_becomes_a_transcript_beside_which_nothing_is_left_to_do(batch):
    job_id = drop(batch)
    do_all(batch, ScriptedTranscriber([HELLO]))
    folder = batch.drop_folders["audio"]
    assert names(folder.output) == ["calls/a b.wav.json"]
    written = folder.output.read("calls/a b.wav.json", 10_000)
    assert json.loads(written.data)["recognizedPhrases"][0]["nBest"][0]["display"] == "Hello."
    assert written.properties.content_type == "application/json"
    assert written.properties.metadata["sottojob"] == job_id
    assert written.properties.metadata["source"] == "calls/a b.wav"
    assert batch.store.summary(job_id).status is JobStatus.SUCCEEDED


def test_an_event_that_comes_twice_makes_one_job(batch):
    assert drop(batch) is not None
    folder = batch.drop_folders["audio"]
    assert submit_dropped(folder, "calls/a b.wav", batch) is None


def test_a_file_that_is_written_again_is_transcribed_again(batch):
    first = drop(batch)
    do_all(batch, ScriptedTranscriber([HELLO]))
    second = drop(batch, data=wav(2))
    do_all(batch, ScriptedTranscriber([HELLO]))
    assert first != second
    output = batch.drop_folders["audio"].output
    assert (
        json.loads(output.read("calls/a b.wav.json", 10_000).data)["durationMilliseconds"] == 2000
    )


def test_expired_transcripts_go_and_the_audio_stays(batch):
    job_id = drop(batch)
    do_all(batch, ScriptedTranscriber([HELLO]))
    folder = batch.drop_folders["audio"]
    expires_at = batch.store.summary(job_id).expires_at
    assert purge(batch, expires_at - timedelta(seconds=1)).n_jobs == 0
    done = purge(batch, expires_at + timedelta(seconds=30))
    assert (done.n_jobs, done.n_outputs) == (1, 1)
    assert done.latest == timedelta(seconds=30)
    assert names(folder.output) == []
    assert names(folder.input) == ["calls/a b.wav"]
    left = names(batch.store.container)
    assert [name.split("/")[0] for name in left] == ["expires", "gone"]
    # It is not new when the folder is looked through again, not even after years.
    assert submit_dropped(folder, "calls/a b.wav", batch) is None
    purge(batch, datetime.now(UTC) + timedelta(days=400))
    assert submit_dropped(folder, "calls/a b.wav", batch) is None
    folder.input.delete("calls/a b.wav")
    purge(batch, datetime.now(UTC) + timedelta(days=800))
    assert names(batch.store.container) == []


def test_a_file_that_is_no_audio_leaves_its_reason(batch):
    drop(batch, "notes.txt", b"buy milk")
    do_all(batch, ScriptedTranscriber([HELLO]))
    output = batch.drop_folders["audio"].output
    assert names(output) == ["notes.txt.error.json"]
    reason = json.loads(output.read("notes.txt.error.json", 10_000).data)
    assert reason["source"] == "notes.txt"
    assert reason["error"]["code"] == "InvalidAudio"


def test_a_passing_trouble_is_tried_five_times_then_reported(batch):
    job_id = drop(batch)
    work = JobWorker(batch, ScriptedTranscriber([StorageUnavailable("busy")]))
    message = batch.queue.lease(60, 0).message
    for number in range(1, MAX_DELIVERIES):
        with pytest.raises(StorageUnavailable):
            work.handle(message, Attempt(number))
    work.handle(message, Attempt(MAX_DELIVERIES))
    (outcome,) = batch.store.outcomes(job_id)
    assert (outcome.n_attempts, outcome.error_kind) == (5, "InaccessibleCustomerStorage")
    assert batch.store.summary(job_id).status is JobStatus.FAILED


def test_a_foreign_file_of_the_same_name_is_left_alone(batch):
    output = batch.drop_folders["audio"].output
    output.put("a.wav.json", b"mine")
    job_id = drop(batch, "a.wav")
    do_all(batch, ScriptedTranscriber([HELLO]))
    assert output.read("a.wav.json", 100).data == b"mine"
    assert batch.store.outcomes(job_id)[0].error_kind == "OutputTaken"


def test_ttml_has_its_media_type_and_the_rules_of_the_folder():
    words = "One two three four five six."
    said = replace(HELLO, n_best=(Alternative(0.9, "", "", "", words),))
    job = Job(
        id="7b3c1e6e-6ac1-4d0c-9f0e-0f4a86c1f1a0",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        files=(JobFile("a.wav", "a.wav"),),
        options=JobOptions(
            formats=(ResultFormat.TTML,), subtitles=SubtitleOptions(max_line_characters=14)
        ),
        target=DropTarget("audio"),
    )
    context = OutputContext(job, job.files[0], job.created_at, job.created_at)
    (output,) = transcript_outputs(Transcript(5.0, 1, (said,), ()), context)
    assert (output.suffix, output.content_type) == (".ttml", "application/ttml+xml")
    assert b">One two three<br/>four five six.</p>" in output.data


def test_options_of_the_folder_and_of_the_file_are_followed(batch):
    folder = batch.drop_folders["audio"]
    folder.input.put(
        "sotto.json",
        b'{"locales":["de-DE"],"formats":["json","srt","ttml","vtt","txt"],"timeToLive":"PT5S"}',
    )
    transcriber = ScriptedTranscriber([HELLO])
    job_id = drop(batch, "a.wav", metadata={"locales": "en-us", "wordtimestamps": "true"})
    do_all(batch, transcriber)
    assert names(folder.output) == [
        f"a.wav.{ending}" for ending in ("json", "srt", "ttml", "txt", "vtt")
    ]
    assert transcriber.requested[0].locales == ("en-US",)
    assert transcriber.requested[0].word_timestamps
    summary = batch.store.summary(job_id)
    assert summary.expires_at - summary.closed_at == timedelta(seconds=5)
