"""Whole lives of jobs, from the audio to the last purge, that processes may die in."""

import io
import json
import re
import wave
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crashing import Killed, Life, MortalContainer, MortalStore

from shared.errors import JobNotFound
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices, OpenSource
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, ResultFormat
from shared.jobs.purge import purge, remove_job
from shared.jobs.store import JobStore
from shared.jobs.submission import submit, submit_dropped
from shared.jobs.worker import JobWorker
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import SqliteStore
from shared.storage.work_queue import WorkQueue
from shared.transcript import Alternative, Phrase
from shared.transcription.scripted_transcriber import ScriptedTranscriber

CANARY = "marzipan"
SPOKEN = Phrase(0, "en-US", 0.1, 0.8, (Alternative(0.9, CANARY, CANARY, CANARY, "Marzipan."),))
TIME_TO_LIVE = timedelta(hours=1)
LEASE_S = 60
REST_JOB = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
DROPPED = "calls/a b.wav"

_TIMES = re.compile(r'"(timestamp|\w+At|until)":"[^"]*"|"attempts":\d+')
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ETAG = re.compile(r'"[0-9a-f]+-[0-9a-f]+-[0-9a-f]{10,}"')
_MINUTE = re.compile(r"\d{8}T\d{4}Z")


def wav(seconds=0.1):
    """Make silence, 16 bit mono at 16 kHz: what is said in it the transcriber was told."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(2 * int(16_000 * seconds)))
    return file.getvalue()


class BatchInMemory(BatchServices):
    """A batch whose addresses all lead to the same audio."""

    @contextmanager
    def open_source(self, job, file):
        """Open what lies in the drop folder, or that audio."""
        if isinstance(job.target, DropTarget):
            with super().open_source(job, file) as source:
                yield source
        else:
            yield OpenSource(io.BytesIO(wav()))


class Messages:
    """A queue's file and the clock of its leases. Opening one takes longer than a life in it."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 0.0
        path = folder / "queue.sqlite"
        self.stores = self.waiting, self.notices, self.dead = tuple(
            SqliteStore(path, place, lambda: self.now_s) for place in ("waiting", "notices", "dead")
        )
        for store in self.stores:
            store._read("PRAGMA synchronous = OFF", ())

    def count(self) -> int:
        """Messages waiting or dead."""
        ((n,),) = self.waiting._read("SELECT count(*) FROM messages", ())
        return int(n)

    def clear(self) -> None:
        """Make it as new."""
        self.waiting._write("DELETE FROM messages", ())

    def close(self) -> None:
        """Close the file."""
        for store in self.stores:
            store.close()


class World:
    """Folders and a queue that outlive the processes which use them, and the one there is now."""

    def __init__(self, root: Path, messages: Messages, life: Life) -> None:
        self._root = root
        self.messages = messages
        self.life = life
        messages.clear()
        for name in ("jobs", "audio", "transcripts"):
            (root / name).mkdir(parents=True)
        self.jobs, self.audio, self.transcripts = map(
            self._folder, ("jobs", "audio", "transcripts")
        )

    def _folder(self, name: str) -> FolderContainer:
        return FolderContainer(self._root / name)

    def process(self, life: Life) -> BatchServices:
        """Start a process; its batch."""
        folder = DropFolder(
            "audio",
            MortalContainer(self._folder("audio"), life),
            MortalContainer(self._folder("transcripts"), life),
            TIME_TO_LIVE,
        )
        return BatchInMemory(
            JobStore(MortalContainer(self._folder("jobs"), life)),
            WorkQueue(*(MortalStore(store, life) for store in self.messages.stores)),
            {"audio": folder},
        )

    def live(self, step: Callable[[BatchServices], object]) -> None:
        """Do a step, and if its process dies start another one that does it again."""
        try:
            step(self.process(self.life))
        except Killed:
            self.life = self.life.next()
            self.messages.now_s += LEASE_S + 1
            step(self.process(self.life))

    def listing(self) -> dict[str, dict[str, object]]:
        """All that is stored, without times, versions and ids of jobs."""
        return {
            "jobs": _listing(self.jobs),
            "transcripts": _listing(self.transcripts),
            "audio": _listing(self.audio),
        }


def _listing(container: FolderContainer) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in container.list():
        blob = container.read(entry.name, 1_000_000)
        kept = {
            key: _UUID.sub("<job>", value)
            for key, value in blob.properties.metadata.items()
            if key not in {"expiresat", "sourcemodified"}
        }
        name = _MINUTE.sub("<minute>", _UUID.sub("<job>", entry.name))
        found[name] = (_timeless(blob.data), blob.properties.content_type, kept)
    return found


def _timeless(data: bytes) -> object:
    if not data.startswith(b"{"):
        return data
    text = _ETAG.sub('"<etag>"', _UUID.sub("<job>", data.decode()))
    return json.loads(_TIMES.sub('"_":0', text))


def work_to_the_end(batch: BatchServices) -> None:
    """Do all messages, as a worker does, then report what no worker could do."""
    work = JobWorker(batch, ScriptedTranscriber([SPOKEN]))
    while (lease := batch.queue.lease(LEASE_S)) is not None:
        try:
            work.handle(lease.message, Attempt(lease.delivery_count))
        except JobNotFound:
            batch.queue.release(lease)
        else:
            batch.queue.acknowledge(lease)
    for letter in batch.queue.dead_letters():
        work.fail_dead_letter(letter)


@dataclass(frozen=True)
class Dropped:
    """A file in a drop folder. Its event comes at least once: to each process anew."""

    formats: tuple[ResultFormat, ...] = (ResultFormat.BATCH_JSON, ResultFormat.SRT)
    audio: bytes = wav()

    def prepare(self, world: World) -> None:
        """Drop the file."""
        world.audio.put(
            DROPPED, self.audio, {"formats": ",".join(self.formats)}, "application/octet-stream"
        )

    def submit(self, batch: BatchServices) -> None:
        """Submit the dropped file."""
        submit_dropped(batch.drop_folders["audio"], DROPPED, batch)

    def deliver_again(self, batch: BatchServices) -> None:
        """Submit it once more."""
        self.submit(batch)


@dataclass(frozen=True)
class Submitted:
    """A job of the batch API. Its client tries again until it is accepted, and never after."""

    n_files: int

    def prepare(self, world: World) -> None:
        """Nothing lies anywhere."""

    def submit(self, batch: BatchServices) -> None:
        """Submit the job."""
        job = Job(
            id=REST_JOB,
            created_at=datetime.now(UTC),
            files=tuple(
                JobFile(f"https://store.example/{i}.wav", f"contenturl_{i}.json")
                for i in range(self.n_files)
            ),
            options=JobOptions(locales=("en-US",)),
            time_to_live=TIME_TO_LIVE,
        )
        submit(job, batch)

    def deliver_again(self, batch: BatchServices) -> None:
        """No event comes twice here."""


@dataclass(frozen=True)
class End:
    """The storage after the work, after the purge, and when all records may be forgotten."""

    worked: object
    purged: object
    forgotten: object
    n_messages: int
    n_closed: int


def live_to_the_end(world: World, work: Dropped | Submitted) -> End:
    """Go the whole way, with one death at most."""
    work.prepare(world)
    world.live(work.submit)

    def finish(batch: BatchServices) -> None:
        work.deliver_again(batch)
        work_to_the_end(batch)

    world.live(finish)
    worked = world.listing()
    n_messages = world.messages.count()
    expired = datetime.now(UTC) + TIME_TO_LIVE + timedelta(seconds=1)

    def end(batch: BatchServices) -> None:
        purge(batch, expired)

    world.live(end)

    def late(batch: BatchServices) -> None:
        finish(batch)
        end(batch)

    world.live(late)
    purged = world.listing()
    world.live(lambda batch: purge(batch, expired + timedelta(days=16)))
    created = [name for operation, name in world.life.done if operation == "create"]
    n_closed = sum(name.endswith("/closed") for name in created)
    return End(worked, purged, world.listing(), n_messages, n_closed)


def delete_by(world: World) -> Callable[[], None]:
    """Delete every job there is, as another process."""

    def delete() -> None:
        delete_all(world.process(Life()))

    return delete


def delete_all(batch: BatchServices) -> None:
    """Delete every job there is."""
    ids = {entry.name.split("/")[1] for entry in batch.store.container.list("jobs/")}
    for job_id in ids:
        try:
            job = batch.store.job(job_id)
        except JobNotFound:
            continue
        remove_job(batch, job, batch.store.summary(job_id))
