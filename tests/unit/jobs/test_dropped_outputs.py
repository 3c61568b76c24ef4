"""Outputs of two versions of a file, of two tries of one, and of two owners of a name."""

import json
import os
import random
from datetime import timedelta
from functools import partial

import pytest
from crashing import Life
from lives import (
    CANARY,
    DROPPED,
    SPOKEN,
    Dropped,
    Messages,
    World,
    wav,
    work_to_the_end,
)

from shared.errors import StorageUnavailable
from shared.jobs.attempt import Attempt
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.outcome import FileStatus
from shared.jobs.purge import purge
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.scheduling import never_cancelled
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import MAX_DELIVERIES, DeadLetter
from shared.transcription.scripted_transcriber import ScriptedTranscriber


@pytest.fixture
def world(tmp_path):
    messages = Messages(tmp_path)
    yield World(tmp_path / "world", messages, Life())
    messages.close()


@pytest.fixture
def batch(world):
    return world.process(world.life)


def drop(world, batch, data, metadata=None):
    """Drop a version of the file; the id of its job."""
    world.audio.put(DROPPED, data, metadata or {})
    return submit_dropped(batch.drop_folders["audio"], DROPPED, batch)


def outputs(world):
    return [entry.name.removeprefix(DROPPED) for entry in world.transcripts.list()]


def work(batch, *script):
    return JobWorker(batch, ScriptedTranscriber(script or [SPOKEN]))


def message(job_id):
    return WorkMessage(WorkKind.TRANSCRIBE, job_id, 0)


class Interrupted(ScriptedTranscriber):
    """A transcriber in whose time something else happens."""

    def __init__(self, meanwhile):
        super().__init__([SPOKEN])
        self._meanwhile = meanwhile

    def recognise(self, stream, options, check_cancelled=never_cancelled):
        """Read the audio, then let it happen."""
        results = list(super().recognise(stream, options, check_cancelled))
        self._meanwhile()
        yield from results


def test_an_older_version_leaves_the_newer_ones_transcript_alone(world, batch):
    """Its worker has read the file before it was replaced, and is late."""
    old = drop(world, batch, wav(0.1))

    def transcribe_a_newer_one():
        work(batch).handle(message(drop(world, batch, wav(0.5))), Attempt())

    JobWorker(batch, Interrupted(transcribe_a_newer_one)).handle(message(old), Attempt())
    written = json.loads(world.transcripts.read(f"{DROPPED}.json", 10_000).data)
    assert written["durationMilliseconds"] == 500
    (outcome,) = batch.store.outcomes(old)
    assert (outcome.status, outcome.written) == (FileStatus.SUCCEEDED, ())


def test_a_version_that_was_replaced_before_its_turn_says_nothing(world, batch):
    """Neither before the newer one is transcribed nor after it."""
    old = drop(world, batch, wav(0.1))
    new = drop(world, batch, wav(0.5))
    worker = work(batch)
    worker.handle(message(new), Attempt())
    worker.handle(message(old), Attempt())
    assert outputs(world) == [".json"]
    assert batch.store.outcome(old, 0).error_kind == "SourceChanged"
    assert batch.store.outcome(old, 0).written == ()


def test_the_reason_of_an_older_version_goes_when_a_newer_one_is_transcribed(world, batch):
    drop(world, batch, b"buy milk")
    work_to_the_end(batch)
    assert outputs(world) == [".error.json"]
    drop(world, batch, wav())
    work_to_the_end(batch)
    assert outputs(world) == [".json"]


def test_a_foreign_reason_stays(world, batch):
    world.transcripts.put(f"{DROPPED}.error.json", b"mine")
    drop(world, batch, wav())
    work_to_the_end(batch)
    assert outputs(world) == [".error.json", ".json"]


def test_a_try_that_fails_after_another_has_written_leaves_one_result(world, batch):
    """The first wrote its transcript and died; at the second the file was gone."""
    job_id = drop(world, batch, wav())
    finished = {JOB_KEY: job_id, "sourcemodified": ""}
    world.transcripts.create(f"{DROPPED}.json", b"{}", finished)
    world.audio.delete(DROPPED)
    work(batch).handle(message(job_id), Attempt(number=2))
    assert outputs(world) == [".error.json"]
    assert batch.store.outcome(job_id, 0).error_kind == "SourceNotFound"


def test_a_try_that_succeeds_after_another_has_failed_leaves_one_result(world, batch):
    job_id = drop(world, batch, wav())
    finished = {JOB_KEY: job_id, "sourcemodified": "9999"}
    world.transcripts.create(f"{DROPPED}.error.json", b"{}", finished)
    work(batch).handle(message(job_id), Attempt(number=2))
    assert outputs(world) == [".json"]


def test_of_two_tries_at_once_the_one_that_finished_first_counts(world, batch):
    """The second ends otherwise, and takes back what it wrote."""
    job_id = drop(world, batch, wav())
    other = work(batch, StorageUnavailable("busy"))
    give_up = partial(other.handle, message(job_id), Attempt(MAX_DELIVERIES))
    JobWorker(batch, Interrupted(give_up)).handle(message(job_id), Attempt())
    assert outputs(world) == [".error.json"]
    assert batch.store.outcome(job_id, 0).status is FileStatus.FAILED


@pytest.mark.parametrize("others", [(), ("sourcemodified",)])
def test_an_output_that_its_owner_changed_is_not_deleted_with_the_job(world, batch, others):
    """The name is the same but Sotto did not write the content: a purge leaves it."""
    drop(world, batch, wav())
    work_to_the_end(batch)
    name = f"{DROPPED}.json"
    world.transcripts.put(name, b"corrected", dict.fromkeys(others, "2026"))
    (job_id,) = {e.name.split("/")[1] for e in world.jobs.list("jobs/")}
    done = purge(batch, batch.store.summary(job_id).expires_at + timedelta(seconds=1))
    assert (done.n_jobs, done.n_outputs) == (1, 0)
    assert world.transcripts.read(name, 100).data == b"corrected"


def test_options_that_cannot_be_read_are_the_files_reason(world, batch):
    drop(world, batch, wav(), {"formats": "docx"})
    work_to_the_end(batch)
    reason = json.loads(world.transcripts.read(f"{DROPPED}.error.json", 10_000).data)
    assert reason["error"]["code"] == "InvalidOptions"
    assert "docx" not in reason["error"]["message"]


@pytest.mark.parametrize(
    "name",
    ["a" * 251, "a" * 255, "ü" * 127, "calls/" + "日" * 85],
    ids=["251", "255", "254", "255 inside"],
)
def test_a_name_that_is_too_long_for_an_output_fails_its_file(world, batch, name):
    """Nothing is transcribed, and the reason lies in the folder under a shorter name."""
    world.audio.put(name, wav())
    job_id = submit_dropped(batch.drop_folders["audio"], name, batch)
    transcriber = ScriptedTranscriber([SPOKEN])
    JobWorker(batch, transcriber).handle(message(job_id), Attempt())
    assert transcriber.requested == []
    outcome = batch.store.outcome(job_id, 0)
    assert (outcome.status, outcome.error_kind) == (FileStatus.FAILED, "InvalidName")
    assert outcome.n_attempts == 1
    (reason,) = world.transcripts.list()
    assert reason.name.endswith(".error.json")
    assert json.loads(world.transcripts.read(reason.name, 10_000).data)["source"] == name
    done = purge(batch, batch.store.summary(job_id).expires_at)
    assert (done.failures, done.n_outputs) == ([], 1)
    assert list(world.transcripts.list()) == []


def test_a_file_that_is_written_again_while_the_clock_is_behind_replaces_its_transcript(
    world, batch, tmp_path
):
    """Or that is copied with its time over a newer one."""
    for seconds, modified_s in ((0.1, 2_000_000_000), (0.5, 1_800_000_000)):
        world.audio.put(DROPPED, wav(seconds))
        os.utime(tmp_path / "world/audio" / DROPPED, (modified_s, modified_s))
        job_id = submit_dropped(batch.drop_folders["audio"], DROPPED, batch)
        work(batch).handle(message(job_id), Attempt())
        written = json.loads(world.transcripts.read(f"{DROPPED}.json", 10_000).data)
        assert written["durationMilliseconds"] == 1000 * seconds
    assert outputs(world) == [".json"]


def test_a_file_and_a_folder_may_want_one_name(world, batch):
    """An output of `a` and the folder of an output of `a.json/b`, in either order."""
    for first, second in (("a", "a.json/b"), ("c.json/d", "c")):
        for name in (first, second):
            world.audio.put(name, wav())
            job_id = submit_dropped(batch.drop_folders["audio"], name, batch)
            work(batch).handle(message(job_id), Attempt())
            assert batch.store.outcome(job_id, 0).status is FileStatus.SUCCEEDED
            (blob,) = batch.store.outcome(job_id, 0).written
            result = json.loads(world.transcripts.read(blob.name, 10_000).data)
            assert result["source"] == name
    assert len(list(world.transcripts.list())) == 4


def test_a_name_that_only_a_reason_could_not_have_is_transcribed(world, batch):
    name = "a" * 246
    world.audio.put(name, wav())
    submit_dropped(batch.drop_folders["audio"], name, batch)
    work_to_the_end(batch)
    assert [entry.name for entry in world.transcripts.list()] == [f"{name}.json"]


def test_no_store_but_the_two_of_the_drop_folder_has_words_or_sound(world, batch, tmp_path):
    """After a transcript, a failure, and a file that kills its workers: in all bytes there are."""
    noise = random.Random(7).randbytes(6400)  # noqa: S311 - sound that is found again
    audio = wav().replace(bytes(3200), noise[:3200])
    assert noise[:64] in audio
    Dropped(audio=audio).prepare(world)
    Dropped().submit(batch)
    work_to_the_end(batch)
    drop(world, batch, b"buy " + CANARY.encode())
    work_to_the_end(batch)
    killer = drop(world, batch, audio + noise)
    work(batch).fail_dead_letter(DeadLetter(message(killer)))
    batch.queue._dead._inner.put(message(killer).to_json(), 0)

    seen = {
        path: path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and not {"transcripts", "audio"} & set(path.parts)
    }
    assert len(seen) > 10
    assert any(path.name.startswith("queue.sqlite") for path in seen)
    for path, data in seen.items():
        assert CANARY.encode() not in data.lower(), path
        assert noise[:32] not in data, path
