"""Forty files, three workers that are killed again and again, and a storage that goes away.

One Azurite has the containers and the queue. Six workers are killed with SIGKILL, two at a time
at three moments, so that no message can be hit more than three times, and Azurite is stopped and
started again in between. A seed draws the workers and the moments; the step of its work at which
a worker dies depends on the machine.
"""

import binascii
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import wave
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient
from emulators import azurite

from benchmarks.purge import folder_batch
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.outcome import FileStatus
from shared.jobs.store import JobStore
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.storage.addresses import StorageAccess, open_container
from shared.storage.azure_queue import open_azure_queue_by_connection
from shared.storage.work_message import WorkMessage
from shared.transcription.local_transcriber import LocalTranscriber

PROJECT = Path(__file__).resolve().parent.parent.parent
N_FILES, N_WORKERS, N_KILLED_AT_ONCE = 40, 3, 2
LEASE_S = 10
SEED = 4
PATIENCE_S = 240
FOLDER = "calls"
CONTAINERS = ("jobs", "audio", "transcripts")
TIMESTAMP = re.compile(rb'"timestamp":"[^"]*"')


class Account:
    """An Azurite that can be stopped and goes on where it ended, and what lies in it."""

    def __init__(self, location, running: ExitStack) -> None:
        self._location = location
        self._running = running
        self._azurite = running.enter_context(ExitStack())
        self._ports = (0, 0)
        self.start()

    def start(self):
        """Start it, at the ports of the first time."""
        at = self._azurite.enter_context(azurite(self._location, *self._ports))
        self._ports = tuple(urlsplit(url).port for url in (at.blob_url, at.queue_url))
        self.connection_string = at.connection_string

    def stop(self):
        """Stop it."""
        self._azurite.close()

    def make_containers(self):
        """Make the containers that a deployment has made."""
        with BlobServiceClient.from_connection_string(self.connection_string) as service:
            for name in CONTAINERS:
                service.create_container(name)

    @contextmanager
    def batch(self):
        """Open the batch that the workers have."""
        access = StorageAccess(azure_connection_string=self.connection_string)
        jobs, audio, transcripts = (open_container(f"azure:{name}", access) for name in CONTAINERS)
        queue = open_azure_queue_by_connection(self.connection_string, "work")
        queue.prepare()
        yield BatchServices(JobStore(jobs), queue, {FOLDER: DropFolder(FOLDER, audio, transcripts)})
        queue.close()

    def n_messages(self, queue):
        """Count messages, those in work among them."""
        with QueueClient.from_connection_string(self.connection_string, queue) as client:
            return client.get_queue_properties().approximate_message_count

    def messages(self, queue):
        """Look at some messages without taking them."""
        with QueueClient.from_connection_string(self.connection_string, queue) as client:
            return [message.content for message in client.peek_messages(max_messages=32)]


class Workers:
    """Worker processes; their output goes into one file for each."""

    def __init__(self, account, folder) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")}
        self._environment = kept | {
            "SOTTO_JOBS": "azure:jobs",
            "SOTTO_QUEUE": "azure:work",
            "SOTTO_DROP_FOLDERS": f"{FOLDER}=azure:audio>azure:transcripts",
            "SOTTO_STORAGE": account.connection_string,
            "SOTTO_LEASE_S": str(LEASE_S),
            "SOTTO_MODEL_FOLDER": str(Settings.from_environment().model_folder),
            "SOTTO_THREADS": "1",
        }
        self.running = []
        self.outputs = []

    def start(self, n_workers):
        """Start further ones."""
        for _ in range(n_workers):
            path = self._folder / f"worker-{len(self.outputs)}.log"
            self.outputs.append(path)
            with path.open("wb") as output:
                self.running.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "functions.container", "worker"],
                        cwd=PROJECT,
                        env=self._environment,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                    )
                )

    def kill(self, victims):
        """Kill some as the kernel does."""
        for victim in victims:
            self.running.remove(victim)
            victim.kill()
            victim.wait(30)

    def stop(self):
        """Ask all to end; their exit statuses."""
        for worker in self.running:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(60) for worker in self.running]


def wait_until(is_so, what):
    """Look again and again: other processes have no way to tell."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline_s, what
        threading.Event().wait(0.2)


def files(spoken_clip):
    """Forty recordings of the same three words, each a little longer than the one before."""
    with wave.open(io.BytesIO(spoken_clip.wav)) as reader:
        sample_rate = reader.getframerate()
        pcm = reader.readframes(int(1.4 * sample_rate))
    made = {}
    for number in range(N_FILES):
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(1)
            writer.setsampwidth(2)
            writer.setframerate(sample_rate)
            writer.writeframes(bytes(2 * (number * sample_rate // 100)) + pcm)
        made[f"call {number:02}.wav"] = file.getvalue()
    return made


def drop(batch, recordings):
    """Drop the files, with their events."""
    folder = next(iter(batch.drop_folders.values()))
    options = {"locales": ["en-US"], "formats": ["json", "srt"]}
    folder.input.put("sotto.json", json.dumps(options).encode())
    for name, data in recordings.items():
        folder.input.put(name, data)
        assert submit_dropped(folder, name, batch) is not None


def results(batch):
    """Outputs as they are, but for the time when they were written."""
    output = next(iter(batch.drop_folders.values())).output
    return {
        entry.name: TIMESTAMP.sub(b"", output.read(entry.name, 1_000_000).data)
        for entry in output.list()
    }


@pytest.fixture(scope="module")
def recordings(spoken_clip):
    return files(spoken_clip)


@pytest.fixture(scope="module")
def undisturbed(recordings, model_folder, tmp_path_factory):
    """Return the results of one worker that is never killed, in folders."""
    batch = folder_batch(tmp_path_factory.mktemp("undisturbed"))
    drop(batch, recordings)
    work = JobWorker(batch, LocalTranscriber(Settings(threads=1, model_folder=model_folder)))
    while (lease := batch.queue.lease(600)) is not None:
        work.handle(lease.message, Attempt(lease.delivery_count))
        batch.queue.acknowledge(lease)
    batch.queue.close()
    return results(batch)


@pytest.mark.timeout(600)  # half a minute on two idle cores
def test_killed_workers_and_a_restarted_storage_change_nothing(recordings, undisturbed, tmp_path):
    draw = random.Random(SEED)  # noqa: S311 - which worker dies is no secret
    rounds = [draw.randrange(first, first + 6) for first in (3, 13, 23)]
    storage = tmp_path / "azurite"
    storage.mkdir()
    with ExitStack() as running:
        account = Account(storage, running)
        account.make_containers()
        with account.batch() as batch:
            drop(batch, recordings)
            waiting = account.messages("work")

            def n_done():
                return sum(1 for _ in batch.drop_folders[FOLDER].output.list()) // 2

            workers = Workers(account, tmp_path)
            running.callback(lambda: workers.kill(list(workers.running)))
            workers.start(N_WORKERS)
            for number, at in enumerate(rounds):
                wait_until(lambda at=at: n_done() >= at, f"{at} files were not done")
                workers.kill(draw.sample(workers.running, N_KILLED_AT_ONCE))
                workers.start(N_KILLED_AT_ONCE)
                if number == 1:
                    account.stop()
                    account.start()
            closed = "/closed"
            wait_until(
                lambda: (
                    sum(e.name.endswith(closed) for e in batch.store.container.list("jobs/"))
                    == N_FILES
                ),
                "jobs were not closed",
            )
            wait_until(lambda: account.n_messages("work") == 0, "messages were left")
            assert workers.stop() == [0] * N_WORKERS
            workers.running.clear()

            assert results(batch) == undisturbed
            records = sorted(entry.name for entry in batch.store.container.list())
            ids = {name.split("/")[1] for name in records}
            assert records == sorted(
                f"jobs/{job_id}/{part}"
                for job_id in ids
                for part in ("job.json", "finished/00000.json", "closed")
            )
            assert len(ids) == N_FILES
            outcomes = [batch.store.outcome(job_id, 0) for job_id in ids]
            assert {outcome.status for outcome in outcomes} == {FileStatus.SUCCEEDED}
            assert max(outcome.n_attempts for outcome in outcomes) > 1, "nobody died at work"
            assert account.n_messages("work-poison") == 0
            stored = [batch.store.container.read(name, 1_000_000).data for name in records]
    logs = b"".join(path.read_bytes() for path in workers.outputs)
    ends = re.findall(rb"job_closed[^\n]*", logs)
    print(  # noqa: T201 - a figure to report
        f"killed at {rounds} files; tries: "
        f"{sorted(outcome.n_attempts for outcome in outcomes if outcome.n_attempts > 1)}; "
        f"{len(ends)} ends of jobs logged"
    )
    assert len(ends) <= N_FILES
    # Words and sound lie in the containers that are named for them and nowhere else.
    for message in waiting:
        assert WorkMessage.from_json(message_body(message)).file_index == 0
    sound = next(iter(recordings.values()))[2000:2064]
    assert b"children" in b"".join(undisturbed.values()).lower()
    for seen in (*stored, logs):
        assert b"children" not in seen.lower()
        assert sound not in seen


def message_body(content):
    """Undo the Base64 of Azure's queue."""
    return binascii.a2b_base64(content)
