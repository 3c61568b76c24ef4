"""Deletion of jobs: by a purge when their time to live is over, and on request.

A purge reads the expiry entries from the soonest and stops at the first that is not due, so its
cost follows the number of expired jobs. Another run can resume the removal of a job anywhere:
its expiry entry is deleted last. Jobs are independent, so some are removed in parallel.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from shared.errors import ConfigurationError, JobError, JobNotFound, StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import expiry_name, is_due, parse_expiry_name
from shared.jobs.dropped_outputs import delete_if_ours
from shared.jobs.job import Job
from shared.jobs.outcome import JobSummary
from shared.jobs.submission import id_of_dropped
from shared.jobs.tombstone import Tombstone
from shared.storage.work_message import HookEvent
from shared.time_to_live import is_expired

TOMBSTONE_LIFETIME = timedelta(days=15)
"""Tombstones outlive every message of their job: SQS keeps one for up to 14 days."""

# Of one purge, about. More are due to the storage, and each further job would wait for it.
_MOST_FAILURES = 20

# Jobs that are removed in parallel. It is mostly waiting for the storage, one call after the
# other, over no more connections than each client keeps open (Azure's keeps 10).
_AT_ONCE = 8


def _never() -> bool:
    return False


@dataclass(slots=True)
class PurgeReport:
    """Numbers of what a purge has removed.

    n_records: of jobs and expiry entries. n_leftovers: of writes that a crash interrupted.
    latest: longest time between the expiry of a job and its removal.
    failures: ids of jobs that could not be removed, and the error; the next purge tries again.
    is_complete: False where it stopped before the end.
    """

    n_jobs: int = 0
    n_outputs: int = 0
    n_records: int = 0
    n_leftovers: int = 0
    latest: timedelta = timedelta()
    failures: list[tuple[str, Exception]] = field(default_factory=list)
    is_complete: bool = True

    def add(self, other: "PurgeReport") -> None:
        """Add the numbers of another part of the jobs."""
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


def purge(
    batch: BatchServices, now: datetime, should_stop: Callable[[], bool] = _never
) -> PurgeReport:
    """Remove all jobs that have expired at `now` (aware), and leftovers of crashes.

    Raises
    ------
    StorageError: the container of jobs cannot be used; jobs removed before stay removed.
    """
    done, run = PurgeReport(), _Purger(batch, now)

    def begun() -> Iterator[_Entry]:
        for entry in _due(batch.store.expiries(), now):
            if should_stop() or len(done.failures) >= _MOST_FAILURES:
                done.is_complete = False
                return
            yield entry

    entries = begun()
    with ThreadPoolExecutor(_AT_ONCE, "purge") as threads:
        while some := list(itertools.islice(entries, _AT_ONCE)):
            for removed in threads.map(run.process_entry, some):
                done.add(removed)
    containers = [batch.store.container, *(f.output for f in batch.drop_folders.values())]
    done.n_leftovers = sum(container.remove_leftovers() for container in containers)
    return done


def _due(names: Iterable[str], now: datetime) -> "Iterator[_Entry]":
    """Entries that are due; they are sorted, so the first that is not due ends them."""
    for name in names:
        found = parse_expiry_name(name)
        if found is None:
            continue
        minute, job_id = found
        if not is_due(minute, now):
            return
        yield _Entry(name, job_id)


def remove_job(batch: BatchServices, job: Job, summary: JobSummary | None) -> tuple[int, int]:
    """Delete a job at once, whether it has ended or not; the number of outputs and records.

    Input audio and results in the destination belong to the client: neither is touched. The
    next purge resumes a deletion that was killed.
    """
    now = datetime.now(UTC)
    batch.store.schedule_purge(job.id, now)
    batch.announce(HookEvent.TRANSCRIPTION_DELETION, job)
    batch.store.write_tombstone(job.id, _tombstone(batch, job, summary, now))
    n_outputs, n_records = _remove_all(batch, job)
    if summary is not None and summary.expires_at is not None:
        batch.store.container.delete(expiry_name(summary.expires_at, job.id))
    batch.store.container.delete(expiry_name(now, job.id))
    return n_outputs, n_records


def remove_late_outputs(batch: BatchServices, job_id: str, tombstone: Tombstone) -> None:
    """Delete what a worker wrote after the job was deleted."""
    if tombstone.container is not None:
        output = batch.drop_folder(tombstone.container).output
        for name in tombstone.outputs:
            delete_if_ours(output, name, job_id)
    batch.store.remove(job_id)


def has_expired(summary: JobSummary | None, now: datetime) -> bool:
    """Whether the time to live of a job is over, purged or not."""
    return summary is not None and is_expired(summary.expires_at, now)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An expiry entry, by its name in the container of jobs."""

    name: str
    job_id: str


class _Purger:
    """One purge. Methods may be called from any thread."""

    def __init__(self, batch: BatchServices, now: datetime) -> None:
        self._batch = batch
        self._store = batch.store
        self._now = now.astimezone(UTC)
        self._watching = threading.Lock()

    def process_entry(self, entry: _Entry) -> PurgeReport:
        """Remove the job of an entry, then the entry unless it is needed again."""
        done = PurgeReport()
        try:
            if self._is_settled(entry.name, entry.job_id, done):
                self._store.container.delete(entry.name)
                done.n_records += 1
        except (StorageError, JobError, ConfigurationError) as error:
            done.failures.append((entry.job_id, error))
        return done

    def _is_settled(self, name: str, job_id: str, done: PurgeReport) -> bool:
        """Remove the job of an entry, if it is over; whether the entry can be deleted."""
        try:
            job = self._store.job(job_id)
        except JobNotFound:
            self._delete_tombstone_if_over(job_id)
            return True
        summary, was_deleted = self._store.summary(job_id), False
        if summary is not None and has_expired(summary, self._now):
            self._batch.announce(HookEvent.TRANSCRIPTION_DELETION, job)
            self._store.write_tombstone(job_id, _tombstone(self._batch, job, summary, self._now))
            done.latest = self._now - (summary.expires_at or self._now)
        elif not self._store.is_deleted(job_id):
            # Due within this minute. Or the worker died between the entry and `closed`: then the
            # job is closed again, with the same end and the same entry. Any other entry is of a
            # deletion that has not begun.
            at = None if summary is None else summary.expires_at
            return summary is not None and (at is None or expiry_name(at, job_id) != name)
        else:
            # A deletion died before its end, and this may be the entry of its own tombstone.
            was_deleted = True
        done.n_outputs, done.n_records = _remove_all(self._batch, job)
        done.n_jobs = 1
        if was_deleted:
            self._delete_tombstone_if_over(job_id)
        return True

    def _delete_tombstone_if_over(self, job_id: str) -> None:
        """Delete a tombstone whose time is over, unless its file lies in a watched folder.

        Such a folder is listed at every start, and the file would be accepted as new. An entry
        before that time was left by a purge that was killed.
        """
        tombstone = self._store.tombstone(job_id)
        if tombstone is None or tombstone.until > self._now:
            return
        with self._watching:
            is_watched = job_id in self._watched_ids
        if is_watched:
            self._store.write_tombstone(job_id, Tombstone(until=_forgotten_at(self._now)))
        else:
            self._store.delete_tombstone(job_id)

    @cached_property
    def _watched_ids(self) -> frozenset[str]:
        return frozenset(
            id_of_dropped(folder, blob)
            for folder in self._batch.drop_folders.values()
            if folder.is_watched
            for blob in folder.input.list()
        )


def _tombstone(
    batch: BatchServices, job: Job, summary: JobSummary | None, now: datetime
) -> Tombstone:
    """Tombstone of a job. It holds names, which are private, only while a worker may be active."""
    outputs = batch.outputs_of(job)
    if summary is not None or outputs.drop_folder is None:
        return Tombstone(until=_forgotten_at(now))
    return Tombstone(
        until=_forgotten_at(now), container=outputs.drop_folder, outputs=outputs.names()
    )


def _forgotten_at(now: datetime) -> datetime:
    """End of a tombstone, in whole minutes as expiry entries are."""
    return (now.astimezone(UTC) + TOMBSTONE_LIFETIME).replace(second=0, microsecond=0)


def _remove_all(batch: BatchServices, job: Job) -> tuple[int, int]:
    """Delete the outputs and the records of a job; the number of each."""
    n_outputs = batch.outputs_of(job).remove_all()
    return n_outputs, batch.store.remove(job.id, is_listed=job.is_listed)
