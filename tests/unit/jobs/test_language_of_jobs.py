"""A file whose speech is in none of the locales that are named: its failure, or the fallback."""

import io
import json
import wave

import pytest

from shared.errors import LanguageNotIdentified
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import JobOptions
from shared.jobs.store import JobStore
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.scheduling import never_cancelled
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.transcript import Alternative, Phrase
from shared.transcription.scripted_transcriber import ScriptedTranscriber

HELLO = Phrase(0, "en-US", 0.1, 0.8, (Alternative(0.9, "hello", "hello", "hello", "Hello."),))


class OneForeigner(ScriptedTranscriber):
    """Takes the first audio for none of the locales, and understands the others."""

    def recognise(self, stream, options, check_cancelled=never_cancelled):
        """Refuse once."""
        self._results = [HELLO] if self.requested else [LanguageNotIdentified("In none of them.")]
        return super().recognise(stream, options, check_cancelled)


@pytest.fixture
def batch(tmp_path):
    for name in ("jobs", "audio", "transcripts"):
        (tmp_path / name).mkdir()
    folder = DropFolder(
        "audio",
        FolderContainer(tmp_path / "audio"),
        FolderContainer(tmp_path / "transcripts"),
        is_watched=True,
    )
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    yield BatchServices(JobStore(FolderContainer(tmp_path / "jobs")), queue, {"audio": folder})
    queue.close()


def drop(batch, name):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(32_000))
    folder = batch.drop_folders["audio"]
    folder.input.put(name, file.getvalue())
    submit_dropped(folder, name, batch)


def test_a_dropped_file_in_none_of_its_locales_leaves_the_reason_and_others_go_on(batch):
    """Once and for good: trying again would hear the same."""
    batch.drop_folders["audio"].input.put("sotto.json", b'{"locales":["en-US","es-ES"]}')
    for name in ("first.wav", "second.wav"):
        drop(batch, name)
    work = JobWorker(batch, OneForeigner())
    while (lease := batch.queue.lease(60, 0)) is not None:
        work.handle(lease.message, Attempt())
        batch.queue.acknowledge(lease)
    output = batch.drop_folders["audio"].output
    assert [entry.name for entry in output.list()] == ["first.wav.error.json", "second.wav.json"]
    reason = json.loads(output.read("first.wav.error.json", 10_000).data)
    assert reason["error"]["code"] == "NoLanguageIdentified"


def test_a_job_hands_its_fallback_to_recognition():
    options = JobOptions(locales=("en-US", "de-DE"), fallback_locale="en-US")
    assert options.recognition_options().fallback_locale == "en-US"
    assert JobOptions(locales=("en-US", "de-DE")).recognition_options().fallback_locale is None
