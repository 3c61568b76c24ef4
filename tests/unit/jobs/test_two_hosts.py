"""Two hosts that watch one drop folder, with one queue: no file is transcribed twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from crashing import Killed, Life
from lives import LEASE_S, SPOKEN, Messages, World, wav

from shared.jobs.attempt import Attempt
from shared.jobs.outcome import FileStatus
from shared.jobs.store import JobStore
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import DeadLetter
from shared.transcription.scripted_transcriber import ScriptedTranscriber

N_FILES = 50


class EarlyStore(JobStore):
    """A store of a host that has looked for the job before another host created it."""

    def __init__(self, container):
        super().__init__(container)
        self._looked_for = set()

    def has_job(self, job_id):
        """Find none at first."""
        is_first = job_id not in self._looked_for
        self._looked_for.add(job_id)
        return not is_first and super().has_job(job_id)


class CountedTranscriber(ScriptedTranscriber):
    """A transcriber that counts the files that it was given."""

    def __init__(self):
        super().__init__([SPOKEN])
        self.n_files = 0

    def recognise(self, *arguments):
        """Recognise a file."""
        self.n_files += 1
        return super().recognise(*arguments)


@pytest.fixture
def world(tmp_path):
    messages = Messages(tmp_path)
    yield World(tmp_path / "world", messages, Life())
    messages.close()


def host(world):
    """Start a host; its batch."""
    batch = world.process(Life())
    object.__setattr__(batch, "store", EarlyStore(batch.store.container))
    return batch


def submit_all(batch, n_files=N_FILES):
    """Submit all files; the ids of the jobs that this host created."""
    folder = batch.drop_folders["audio"]
    ids = [submit_dropped(folder, f"{i}.wav", batch) for i in range(n_files)]
    return [job_id for job_id in ids if job_id is not None]


def work_off(batch, transcriber):
    work = JobWorker(batch, transcriber)
    while (lease := batch.queue.lease(LEASE_S)) is not None:
        work.handle(lease.message, Attempt(lease.delivery_count))
        batch.queue.acknowledge(lease)


def test_a_file_that_two_hosts_notice_at_once_is_transcribed_once(world):
    for i in range(N_FILES):
        world.audio.put(f"{i}.wav", wav())
    hosts, transcriber = [host(world), host(world)], CountedTranscriber()
    with ThreadPoolExecutor(2) as pool:
        created = list(pool.map(submit_all, hosts))
    assert len({*created[0], *created[1]}) == len(created[0]) + len(created[1]) == N_FILES
    assert world.messages.count() == 2 * N_FILES
    work_off(hosts[0], transcriber)
    assert transcriber.n_files == N_FILES
    assert len(list(world.transcripts.list())) == N_FILES
    assert world.messages.count() == 0


def test_a_file_of_a_killed_host_is_transcribed_once_by_the_other_after_the_lease(world):
    world.audio.put("0.wav", wav())
    killed, other = host(world), host(world)
    (job_id,) = submit_all(killed, 1)
    assert submit_all(other, 1) == []
    transcriber = CountedTranscriber()
    assert killed.queue.lease(LEASE_S).message.job_id == job_id  # and no more of it
    work_off(other, transcriber)  # the message of the other host
    assert transcriber.n_files == 0
    assert other.store.outcome(job_id, 0) is None
    world.messages.now_s += LEASE_S + 1
    work_off(other, transcriber)
    assert transcriber.n_files == 1
    assert other.store.outcome(job_id, 0).status is FileStatus.SUCCEEDED


def test_a_host_that_is_killed_before_it_creates_the_job_leaves_it_to_the_other(world):
    """Its message comes first, and is not the one that counts."""
    world.audio.put("0.wav", wav())
    life, transcriber = Life(ends_before=1), CountedTranscriber()
    with pytest.raises(Killed):
        submit_all(world.process(life), 1)
    assert world.messages.count() == 1
    other = host(world)
    (job_id,) = submit_all(other, 1)
    work_off(other, transcriber)
    assert transcriber.n_files == 1
    assert other.store.outcome(job_id, 0).status is FileStatus.SUCCEEDED


def test_the_dead_letter_of_a_message_that_does_not_count_fails_no_file(world):
    world.audio.put("0.wav", wav())
    batch = host(world)
    (job_id,) = submit_all(batch, 1)
    foreign = WorkMessage(WorkKind.TRANSCRIBE, job_id, 0, submission_id=job_id)
    JobWorker(batch, CountedTranscriber()).fail_dead_letter(DeadLetter(foreign))
    assert batch.store.outcome(job_id, 0) is None


def test_a_message_without_a_submission_counts_as_those_of_earlier_versions_do(world):
    world.audio.put("0.wav", wav())
    batch, transcriber = host(world), CountedTranscriber()
    (job_id,) = submit_all(batch, 1)
    earlier = WorkMessage(WorkKind.TRANSCRIBE, job_id, 0)
    JobWorker(batch, transcriber).handle(earlier, Attempt())
    assert transcriber.n_files == 1
