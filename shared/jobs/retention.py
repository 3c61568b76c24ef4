"""The end of a job: what Sotto wrote for it is deleted, and nothing else.

A purge follows the index of expiries from its beginning and stops at the first entry that is
not due, so its cost is that of what expires. Each job is removed in an order that another run
can take up anywhere: the entry that leads to it goes last. Jobs know nothing of each other, so
some are removed at the same time.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from shared.errors import ConfigurationError, JobError, JobNotFound, StorageError
from shared.jobs.batch import Batch
from shared.jobs.gone import Gone
from shared.jobs.job import Job, JobOrigin
from shared.jobs.names import expiry_name, is_due, parse_expiry_name
from shared.jobs.outcome import Closing
from shared.jobs.outputs import dropped_output_names, remove_own
from shared.jobs.submission import id_of_dropped
from shared.jobs.time_to_live import is_expired
from shared.jobs.web_hook_notices import announce
from shared.storage.work_message import HookEvent

GONE_FOR = timedelta(days=15)
"""How long it is remembered that a job is gone: SQS delivers a message for up to 14 days."""

# About so many in one purge; then it is the storage, and every further job would wait for it.
_MOST_FAILURES = 20

# Jobs that are removed at the same time. It is mostly waiting for the storage, one call after the
# other, and no more connections than every client keeps open (10 are those of Azure's).
_AT_ONCE = 8


def _never() -> bool:
    return False


@dataclass(slots=True)
class Purge:
    """What a purge has removed, for people to read.

    n_records: of jobs and in their index. n_leftovers: of writes that a crash interrupted.
    latest: how long after its time the latest of the jobs was removed.
    failures: ids of jobs that could not be removed, and why; the next purge tries again.
    is_complete: False where it stopped before the end.
    """

    n_jobs: int = 0
    n_outputs: int = 0
    n_records: int = 0
    n_leftovers: int = 0
    latest: timedelta = timedelta()
    failures: list[tuple[str, Exception]] = field(default_factory=list)
    is_complete: bool = True

    def add(self, other: "Purge") -> None:
        """Count what was removed of some of the jobs."""
        self.n_jobs += other.n_jobs
        self.n_outputs += other.n_outputs
        self.n_records += other.n_records
        self.latest = max(self.latest, other.latest)
        self.failures += other.failures

    def __str__(self) -> str:
        late = f", up to {self.latest.total_seconds():.0f} s late" if self.n_jobs else ""
        failed = f"; {len(self.failures)} jobs could not be removed" if self.failures else ""
        stopped = "" if self.is_complete else "; stopped before the end"
        return (
            f"{self.n_jobs} jobs{late}: {self.n_outputs} files in output containers, "
            f"{self.n_records} records and results; {self.n_leftovers} leftovers{failed}{stopped}"
        )


def purge(batch: Batch, now: datetime, should_stop: Callable[[], bool] = _never) -> Purge:
    """Remove all jobs whose time is over at `now` (aware), and leftovers of crashes.

    Raises
    ------
    StorageError: the container of jobs can not be used; what is removed is removed.
    """
    done, run = Purge(), _Run(batch, now)

    def begun() -> Iterator[_Entry]:
        for entry in _due(batch.store.expiries(), now):
            if should_stop() or len(done.failures) >= _MOST_FAILURES:
                done.is_complete = False
                return
            yield entry

    entries = begun()
    with ThreadPoolExecutor(_AT_ONCE, "purge") as threads:
        while some := list(itertools.islice(entries, _AT_ONCE)):
            for removed in threads.map(run.follow, some):
                done.add(removed)
    containers = [batch.store.container, *(f.output for f in batch.drop_folders.values())]
    done.n_leftovers = sum(container.remove_leftovers() for container in containers)
    return done


def _due(names: Iterable[str], now: datetime) -> "Iterator[_Entry]":
    """Entries of jobs that may be over; behind the first that can not be, no other is."""
    for name in names:
        found = parse_expiry_name(name)
        if found is None:
            continue
        minute, job_id = found
        if not is_due(minute, now):
            return
        yield _Entry(name, job_id)


def remove_job(batch: Batch, job: Job, closing: Closing | None) -> tuple[int, int]:
    """Delete a job at once, whether it has ended or not; how many outputs and records it was.

    Input audio and what a job wrote to its destination are their owners': neither is touched.
    What is killed half-way is taken up by the next purge.
    """
    now = datetime.now(UTC)
    batch.store.lead_to(job.id, now)
    announce(HookEvent.TRANSCRIPTION_DELETION, job, batch.store, batch.queue)
    batch.store.mark_gone(job.id, _gone(job, closing, now))
    n_outputs, n_records = _remove_all(batch, job)
    if closing is not None and closing.expires_at is not None:
        batch.store.container.delete(expiry_name(closing.expires_at, job.id))
    batch.store.container.delete(expiry_name(now, job.id))
    return n_outputs, n_records


def clear_gone(batch: Batch, job_id: str, gone: Gone) -> None:
    """Delete what work on a job has written after the job was deleted."""
    if gone.container is not None:
        output = batch.drop_folder(gone.container).output
        for name in gone.outputs:
            remove_own(output, name, job_id)
    batch.store.remove(job_id)


def is_over(closing: Closing | None, now: datetime) -> bool:
    """Tell whether a job is to be treated as gone: its time is over, purged or not."""
    return closing is not None and is_expired(closing.expires_at, now)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What leads to a job, by its name in the container of jobs."""

    name: str
    job_id: str


class _Run:
    """One purge: what it knows while it goes from job to job. May be used by many threads."""

    def __init__(self, batch: Batch, now: datetime) -> None:
        self._batch = batch
        self._store = batch.store
        self._now = now.astimezone(UTC)
        self._watching = threading.Lock()

    def follow(self, entry: _Entry) -> Purge:
        """Do what an entry asks for, and delete it when it has done its duty."""
        done = Purge()
        try:
            if self._has_ended(entry.name, entry.job_id, done):
                self._store.container.delete(entry.name)
                done.n_records += 1
        except (StorageError, JobError, ConfigurationError) as error:
            done.failures.append((entry.job_id, error))
        return done

    def _has_ended(self, name: str, job_id: str, done: Purge) -> bool:
        """Do what an entry asks for; whether it has done its duty."""
        try:
            job = self._store.job(job_id)
        except JobNotFound:
            self._forget(job_id)
            return True
        closing = self._store.closing(job_id)
        if closing is not None and is_over(closing, self._now):
            announce(HookEvent.TRANSCRIPTION_DELETION, job, self._store, self._batch.queue)
            self._store.mark_gone(job_id, _gone(job, closing, self._now))
            done.latest = self._now - (closing.expires_at or self._now)
        elif not self._store.is_gone(job_id):
            # In a moment. Or whoever wrote the entry died before `closed`: then the job is still
            # under way and is closed again, with the same end and the same entry. Any other entry
            # is of a deletion that has not begun.
            at = None if closing is None else closing.expires_at
            return closing is not None and (at is None or expiry_name(at, job_id) != name)
        # Else whoever deleted it died before the end.
        done.n_outputs, done.n_records = _remove_all(self._batch, job)
        done.n_jobs = 1
        return True

    def _forget(self, job_id: str) -> None:
        """Forget that a job is gone when it is time, unless its file lies in a watched folder.

        Such a folder is looked through at every start, and the file would be new then. Before
        its time an entry is what a purge has left that was killed.
        """
        gone = self._store.gone(job_id)
        if gone is None or gone.until > self._now:
            return
        with self._watching:
            is_watched = job_id in self._watched_ids
        if is_watched:
            self._store.mark_gone(job_id, Gone(until=_forgotten_at(self._now)))
        else:
            self._store.forget_gone(job_id)

    @cached_property
    def _watched_ids(self) -> frozenset[str]:
        return frozenset(
            id_of_dropped(folder, blob)
            for folder in self._batch.drop_folders.values()
            if folder.is_watched
            for blob in folder.input.list()
        )


def _gone(job: Job, closing: Closing | None, now: datetime) -> Gone:
    """What is remembered. Names only where a worker may be at the job: they are its owner's."""
    until = _forgotten_at(now)
    if closing is not None or job.container is None:
        return Gone(until=until)
    names = (name for file in job.files for name in dropped_output_names(file, job.options))
    return Gone(until=until, container=job.container, outputs=tuple(names))


def _forgotten_at(now: datetime) -> datetime:
    """In whole minutes, as the index has it: the entry is due when this is over."""
    return (now.astimezone(UTC) + GONE_FOR).replace(second=0, microsecond=0)


def _remove_all(batch: Batch, job: Job) -> tuple[int, int]:
    """Delete the outputs and the records of a job; how many of each."""
    n_outputs = _remove_outputs(batch, job)
    return n_outputs, batch.store.remove(job.id, is_listed=job.origin is JobOrigin.REST)


def _remove_outputs(batch: Batch, job: Job) -> int:
    """Delete what was written for dropped files, while it still is that."""
    if job.origin is not JobOrigin.DROP or job.container is None:
        return 0
    folder = batch.drop_folder(job.container)
    # One file, as dropped ones have, is asked for by its name: a listing costs a call more.
    outcomes = (batch.store.outcome(job.id, index) for index in range(len(job.files)))
    written: dict[str, str | None] = {
        blob.name: blob.etag for outcome in outcomes if outcome for blob in outcome.written
    }
    if not written:  # somebody may have written and died before saying so
        written = dict.fromkeys(
            name for file in job.files for name in dropped_output_names(file, job.options)
        )
    return sum(remove_own(folder.output, name, job.id, etag) for name, etag in written.items())
