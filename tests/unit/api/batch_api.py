"""An app with batch work on folders, a worker with scripted text, and its client."""

import io
import wave
from dataclasses import dataclass, field
from pathlib import Path

from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.api.management.rate_limit import N_REQUESTS
from shared.errors import JobNotFound
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.storage.addresses import StorageAccess
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_queue import WorkQueue
from shared.transcript import Alternative, Phrase, Word
from shared.transcription.scripted_transcriber import ScriptedTranscriber

KEY = "k"
JOBS = "/speechtotext/transcriptions"
OLD_JOBS = "/speechtotext/v3.2/transcriptions"
DATED = {"api-version": "2024-11-15"}
HELLO = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.1,
    duration_s=0.8,
    n_best=(Alternative(0.96, "hello world", "hello world", "hello world", "Hello, world."),),
    words=(Word("hello", 0.1, 0.4, 0.97), Word("world", 0.5, 0.4, 0.95)),
    display_words=(Word("Hello,", 0.1, 0.4, 0.97), Word("world.", 0.5, 0.4, 0.95)),
)


def wav(seconds=1.0):
    """Make silence, 16 bit mono at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(2 * int(16_000 * seconds)))
    return file.getvalue()


@dataclass
class BatchApi:
    """The app's client, what is behind it, and a worker to be called."""

    batch: BatchServices
    settings: Settings
    transcriber: ScriptedTranscriber
    client: TestClient = field(init=False)
    _n_left: int = N_REQUESTS

    def __post_init__(self) -> None:
        self.client = self.another_client()

    def unhurried_client(self) -> TestClient:
        """Give a client that is not told to wait however often this is called."""
        self._n_left -= 1
        if self._n_left <= 0:
            self.client, self._n_left = self.another_client(), N_REQUESTS
        return self.client

    def another_client(self) -> TestClient:
        """Make a client of another instance of the service."""
        client = TestClient(create_app(self.settings, self.transcriber, self.batch))
        client.headers["Ocp-Apim-Subscription-Key"] = KEY
        return client

    def work(self) -> None:
        """Do all messages there are."""
        work = JobWorker(self.batch, self.transcriber)
        while (lease := self.batch.queue.lease(60)) is not None:
            try:
                work.handle(lease.message, Attempt(lease.delivery_count))
            except JobNotFound:
                self.batch.queue.release(lease)
            else:
                self.batch.queue.acknowledge(lease)

    def submit(self, definition, version=DATED):
        """Post a job in the second generation."""
        return self.client.post(
            "/speechtotext/transcriptions:submit", params=version, json=definition
        )

    def drop(self, name, data=None):
        """Put audio into the drop folder; the address under which it is this service's own."""
        self.batch.drop_folders["audio"].input.put(name, data or wav())
        return f"http://testserver/containers/audio/{name}"

    def stored(self) -> list[str]:
        """Names of all that is stored of jobs."""
        return [entry.name for entry in self.batch.store.container.list()]


def definition(*urls, **properties):
    """Body of a job over these addresses."""
    return {
        "displayName": "calls of monday",
        "locale": "en-US",
        "contentUrls": list(urls),
        "properties": {"timeToLiveHours": 48, **properties},
    }


def old_definition(url, **properties):
    """Body of a job of the first generation."""
    return {"displayName": "d", "locale": "en-US", "contentUrls": [url], "properties": properties}


def submit_many(api, n_jobs):
    """Submit jobs named `job 0`, `job 1` and so on; what was answered to each."""
    return [
        api.submit(definition(api.drop("a.wav")) | {"displayName": f"job {n}"}).json()
        for n in range(n_jobs)
    ]


def make_batch(root: Path, queue: WorkQueue, access: StorageAccess | None = None) -> BatchServices:
    """Make the batch: jobs and a drop folder `audio` on folders of this machine."""
    for name in ("jobs", "audio", "transcripts"):
        (root / name).mkdir(exist_ok=True)
    folder = DropFolder(
        "audio", FolderContainer(root / "audio"), FolderContainer(root / "transcripts")
    )
    return BatchServices(
        JobStore(FolderContainer(root / "jobs")),
        queue,
        {"audio": folder},
        access=access or StorageAccess(),
    )


def make_api(root: Path, *results, **settings):
    """Make the app; the queue has to be closed."""
    queue = open_sqlite_queue(root / "queue.sqlite")
    return BatchApi(
        make_batch(root, queue),
        Settings(keys=(KEY,), **settings),
        ScriptedTranscriber(results or (HELLO,), locales=("de-DE", "en-US", "fr-FR")),
    )
