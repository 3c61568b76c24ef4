"""A dropped file with the roles of a deployment, in Azurite: each ability is enough, and needed.

Azurite enforces the permissions of shared access signatures, not roles. The letters below are those
of the built-in roles: Storage Blob Data Reader is `rl`, Storage Blob Data Contributor is `rcwdl`.
"""

import io
import wave
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.purge import FOLDER, new_batch
from shared.errors import AccessDenied
from shared.jobs.attempt import Attempt
from shared.jobs.purge import purge
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.transcript import Alternative, Phrase
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from tests.storage.containers import azure_address, azure_container, names

READER, CONTRIBUTOR = "rl", "rcwdl"
ROLES = {"jobs": CONTRIBUTOR, "audio": READER, "transcripts": CONTRIBUTOR}
NAME = "call.wav"

# Ability taken away: the step that fails without it. Creating and overwriting are one ability: the
# permission `w` includes `c`, and a role has both or neither.
NEEDED = {
    ("audio", "r"): "submit",
    ("jobs", "r"): "submit",
    ("jobs", "cw"): "submit",
    ("transcripts", "r"): "work",
    ("transcripts", "cw"): "work",
    ("jobs", "l"): "purge",
    ("jobs", "d"): "purge",
    ("transcripts", "d"): "purge",
}
# The roles carry these too, and no step needs them. The container host, which watches folders by
# listing them, needs the first.
NOT_NEEDED = [("audio", "l"), ("transcripts", "l")]


def wav():
    """A second of silence, 16 bit mono at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(32_000))
    return file.getvalue()


class Deployment:
    """The three containers of a deployment, a file in one of them, and what is done with it."""

    def __init__(self, azurite, root):
        self._azurite, self._root, self._addresses = azurite, root, {}
        self._opened = ExitStack()
        for kind in ROLES:
            self._addresses[kind] = azure_address(azurite, "racwdl")
        self.all_powerful = {
            kind: azure_container(address) for kind, address in self._addresses.items()
        }
        self.all_powerful["audio"].create(NAME, wav())

    def batch(self, roles):
        """The batch of a process whose identity has these roles."""
        containers = {}
        for kind, permissions in roles.items():
            name = self._addresses[kind].partition("?")[0].rpartition("/")[2]
            containers[kind] = azure_container(azure_address(self._azurite, permissions, name))
        batch = new_batch(
            (containers[kind] for kind in ("jobs", "audio", "transcripts")), self._root
        )
        self._opened.callback(batch.queue.close)
        return batch

    def close(self):
        """Close the queues of all batches."""
        self._opened.close()


@pytest.fixture
def deployment(azure_storage, tmp_path):
    with closing(Deployment(azure_storage, tmp_path)) as opened:
        yield opened


def submit(batch):
    assert submit_dropped(batch.drop_folders[FOLDER], NAME, batch)


def work(batch):
    spoken = Phrase(0, "en-US", 0.1, 0.8, (Alternative(0.9, "hello", "hello", "hello", "Hello."),))
    lease = batch.queue.lease(60)
    JobWorker(batch, ScriptedTranscriber([spoken])).handle(lease.message, Attempt(1))
    batch.queue.acknowledge(lease)


def remove_expired(batch):
    report = purge(batch, datetime.now(UTC) + timedelta(days=31))
    for _, error in report.failures:
        raise error
    assert report.n_jobs == 1


STEPS = {"submit": submit, "work": work, "purge": remove_expired}


def test_the_roles_are_enough_from_the_file_to_the_end_of_its_time(deployment):
    batch = deployment.batch(ROLES)
    for step in STEPS.values():
        step(batch)
    assert names(deployment.all_powerful["transcripts"]) == []
    assert names(deployment.all_powerful["audio"]) == [NAME]


@pytest.mark.parametrize(("container", "taken"), NEEDED, ids="-".join)
def test_each_ability_is_needed_by_a_step(deployment, container, taken):
    failing = NEEDED[container, taken]
    full = deployment.batch(ROLES)
    for name, step in STEPS.items():
        if name == failing:
            break
        step(full)
    left = "".join(letter for letter in ROLES[container] if letter not in taken)
    with pytest.raises(AccessDenied):
        STEPS[failing](deployment.batch(ROLES | {container: left}))


@pytest.mark.parametrize(("container", "taken"), NOT_NEEDED, ids="-".join)
def test_the_steps_work_without_an_ability_that_only_the_role_brings(deployment, container, taken):
    left = "".join(letter for letter in ROLES[container] if letter not in taken)
    batch = deployment.batch(ROLES | {container: left})
    for step in STEPS.values():
        step(batch)


def test_every_ability_of_a_role_is_in_one_of_the_tables():
    covered = {(kind, letter) for kind, taken in [*NEEDED, *NOT_NEEDED] for letter in taken}
    granted = {(kind, letter) for kind, letters in ROLES.items() for letter in letters}
    assert covered == granted


@pytest.mark.parametrize(
    "use",
    [
        lambda audio: audio.create("planted.wav", b"RIFF"),
        lambda audio: audio.put(NAME, b"RIFF"),
        lambda audio: audio.delete(NAME),
    ],
    ids=["create", "overwrite", "delete"],
)
def test_a_process_cannot_change_the_audio_of_a_customer(deployment, use):
    audio = deployment.batch(ROLES).drop_folders[FOLDER].input
    before = deployment.all_powerful["audio"].properties(NAME).etag
    with pytest.raises(AccessDenied):
        use(audio)
    assert deployment.all_powerful["audio"].properties(NAME).etag == before
    assert names(deployment.all_powerful["audio"]) == [NAME]
