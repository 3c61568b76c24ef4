"""Deletion of jobs: by a purge when their time to live is over, and on request.

A purge reads the expiry entries from the soonest and stops at the first that is not due, so its
cost follows the number of expired jobs. Another run can resume the removal of a job anywhere:
its expiry entry is deleted last. Jobs are independent, so some are removed in parallel, and one
that cannot be removed is tried again later, behind the others.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from shared.errors import JobNotFound, MalformedJob, StorageError, StorageFull, StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import expiry_name, is_due, parse_expiry_name
from shared.jobs.job import Job
from shared.jobs.outcome import JobStatus, JobSummary, summarise_job
from shared.jobs.removal import (
    BegunRemoval,
    Removal,
    begin_removal,
    end_removal,
    remove_late_outputs,
    write_mark,
)
from shared.jobs.submission import id_of_dropped
from shared.jobs.tombstone import Tombstone, end_of_tombstone
from shared.time_to_live import is_expired, later

RETRIED_AFTER = timedelta(hours=1)
"""A job that could not be removed, and outputs out of reach, are tried again after this time."""

# One after the other for which the storage is unavailable: so it is for all, and each further
# job would wait for it. Other failures are of a single job and stop nothing.
_MOST_UNAVAILABLE = 20

# Jobs that are removed in parallel. It is mostly waiting for the storage, one call after the
# other, over no more connections than each client keeps open (Azure's keeps 10).
_AT_ONCE = 8

_WITHIN_MINUTE = timedelta(minutes=1, microseconds=-1)


def _never() -> bool:
    return False


@dataclass(slots=True)
class PurgeReport:
    """Numbers of what a purge has removed.

    n_records: of jobs and expiry entries. n_leftovers: of writes that a crash interrupted.
    latest: longest time between the expiry of a job and its removal.
    failures: ids of jobs that could not be removed, and the error; a later purge tries again.
    unreachable: by name of a drop folder that the settings have no more, ids of jobs whose
        outputs cannot be reached; a later purge tries again.
    troubles: errors of containers: leftovers stay, or the files of a watched folder are unknown.
    n_foreign: blobs among the expiry entries that are none.
    is_complete: False where it stopped before the end.
    """

    n_jobs: int = 0
    n_outputs: int = 0
    n_records: int = 0
    n_leftovers: int = 0
    latest: timedelta = timedelta()
    failures: list[tuple[str, Exception]] = field(default_factory=list)
    unreachable: dict[str, set[str]] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)
    n_foreign: int = 0
    is_complete: bool = True

    @property
    def n_unreachable(self) -> int:
        """Number of jobs whose outputs cannot be reached."""
        return sum(map(len, self.unreachable.values()))

    def add(self, other: "PurgeReport") -> None:
        """Add the numbers of another part of the jobs."""
        self.n_jobs += other.n_jobs
        self.n_outputs += other.n_outputs
        self.n_records += other.n_records
        self.latest = max(self.latest, other.latest)
        self.failures += other.failures
        for folder, job_ids in other.unreachable.items():
            self.unreachable.setdefault(folder, set()).update(job_ids)
        self.troubles += other.troubles

    def __str__(self) -> str:
        late = f", up to {self.latest.total_seconds():.0f} s late" if self.n_jobs else ""
        failed = f"; {len(self.failures)} jobs could not be removed" if self.failures else ""
        unreachable = (
            f"; outputs of {self.n_unreachable} jobs cannot be reached" if self.unreachable else ""
        )
        stopped = "" if self.is_complete else "; stopped before the end"
        return (
            f"{self.n_jobs} jobs{late}: {self.n_outputs} files in output containers, "
            f"{self.n_records} records and results; {self.n_leftovers} leftovers"
            f"{failed}{unreachable}{stopped}"
        )


def purge(
    batch: BatchServices, now: datetime, should_stop: Callable[[], bool] = _never
) -> PurgeReport:
    """Remove all jobs that have expired at `now` (aware), and leftovers of crashes.

    Raises
    ------
    StorageError: the container of jobs cannot be listed; jobs removed before stay removed.
    """
    done, run = PurgeReport(), _Purger(batch, now)
    unavailable: list[_Entry] = []  # one after the other

    def begun() -> Iterator[_Entry]:
        for entry in _due(batch.store.expiries(), now, done):
            if should_stop() or len(unavailable) >= _MOST_UNAVAILABLE:
                done.is_complete = False
                return
            yield entry

    entries = begun()
    with ThreadPoolExecutor(_AT_ONCE, "purge") as threads:
        while some := list(itertools.islice(entries, _AT_ONCE)):
            for entry, removed in zip(some, threads.map(run.process_entry, some), strict=True):
                done.add(removed)
                if any(_is_unavailable(error) for _, error in removed.failures):
                    unavailable.append(entry)
                elif len(unavailable) < _MOST_UNAVAILABLE:
                    unavailable.clear()
    if len(unavailable) >= _MOST_UNAVAILABLE:
        run.move_behind_others(unavailable)
    _remove_leftovers(batch, done)
    return done


def _remove_leftovers(batch: BatchServices, done: PurgeReport) -> None:
    for container in (batch.store.container, *(f.output for f in batch.drop_folders.values())):
        try:
            done.n_leftovers += container.remove_leftovers()
        except Exception as error:  # noqa: BLE001 - the other containers have leftovers, too
            done.troubles.append(error)


def _due(names: Iterable[str], now: datetime, done: PurgeReport) -> "Iterator[_Entry]":
    """Entries that are due; they are sorted, so the first that is not due ends them."""
    for name in names:
        found = parse_expiry_name(name)
        if found is None:
            done.n_foreign += 1
            continue
        minute, job_id = found
        if not is_due(minute, now):
            return
        yield _Entry(name, minute, job_id)


def _is_unavailable(error: Exception) -> bool:
    return isinstance(error, StorageUnavailable) and not isinstance(error, StorageFull)


def remove_job(batch: BatchServices, job: Job, summary: JobSummary | None) -> tuple[int, int]:
    """Delete a job at once, whether it has ended or not; the number of outputs and records.

    Input audio and results in the destination belong to the client: neither is touched. The
    next purge resumes a deletion that was killed.
    """
    removal = _remove_at_once(batch, job.id, job, summary)
    return removal.n_outputs, removal.n_records


def remove_listed_job(batch: BatchServices, job_id: str) -> None:
    """Delete a job of the batch API at once, if it exists, though its records cannot be read."""
    store = batch.store
    job: Job | None = None
    try:
        job = store.job(job_id)
    except JobNotFound:
        store.remove_remains(job_id)  # of a deletion that was killed on a full storage
        return
    except MalformedJob as error:
        store.report_unreadable(job_id, error)
    if job is None and not store.is_listed(job_id):
        return
    if job is not None and not job.is_listed:
        return
    summary: JobSummary | None = None
    try:
        summary = store.summary(job_id)
    except MalformedJob as error:
        store.report_unreadable(job_id, error)
    _remove_at_once(batch, job_id, job, summary)


def _remove_at_once(
    batch: BatchServices, job_id: str, job: Job | None, summary: JobSummary | None
) -> Removal:
    now, store = datetime.now(UTC), batch.store
    write_mark(job_id, lambda: store.schedule_purge(job_id, now))
    begun = begin_removal(batch, job_id, job, summary, now)
    removal = end_removal(batch, job_id, job, now, begun)
    if removal.unreachable is not None:
        store.schedule_purge(job_id, later(now, RETRIED_AFTER))
    if summary is not None and summary.expires_at is not None:
        store.container.delete(expiry_name(summary.expires_at, job_id))
    store.container.delete(expiry_name(now, job_id))
    return removal


def has_expired(summary: JobSummary | None, now: datetime) -> bool:
    """Whether the time to live of a job is over, purged or not."""
    return summary is not None and is_expired(summary.expires_at, now)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An expiry entry: its name in the container of jobs, its minute in UTC, its job."""

    name: str
    minute: datetime
    job_id: str


class _Purger:
    """One purge. Methods may be called from any thread."""

    def __init__(self, batch: BatchServices, now: datetime) -> None:
        self._batch = batch
        self._store = batch.store
        self._now = now.astimezone(UTC)
        self._watching = threading.Lock()
        self._troubles: list[Exception] = []

    def process_entry(self, entry: _Entry) -> PurgeReport:
        """Remove the job of an entry, then the entry unless it is needed again.

        An error of any kind is reported: the other jobs have expired as well.
        """
        done = PurgeReport()
        try:
            if self._is_settled(entry, done):
                self._store.container.delete(entry.name)
                done.n_records += 1
        except Exception as error:  # noqa: BLE001 - as above
            done.failures.append((entry.job_id, error))
            if not _is_unavailable(error):
                self._move(entry, later(self._now, RETRIED_AFTER))
        return done

    def move_behind_others(self, entries: Iterable[_Entry]) -> None:
        """Move entries behind all that are due: their jobs may be the only ones in trouble."""
        for entry in entries:
            if not self._move(entry, self._now):
                return

    def _move(self, entry: _Entry, due: datetime) -> bool:
        """Write an entry anew, then delete the old one; whether that succeeded."""
        with suppress(StorageError):
            if expiry_name(due, entry.job_id) != entry.name:
                self._store.schedule_purge(entry.job_id, due)
                self._store.container.delete(entry.name)
            return True
        return False

    def _is_settled(self, entry: _Entry, done: PurgeReport) -> bool:
        """Remove the job of an entry, if it is over; whether the entry can be deleted."""
        job_id = entry.job_id
        job: Job | None = None
        try:
            job = self._store.job(job_id)
        except JobNotFound:
            done.n_records += self._store.remove_remains(job_id)
            self._settle_tombstone(job_id, done)
            return True
        except MalformedJob as error:
            self._store.report_unreadable(job_id, error)
        summary, was_deleted = self._summary(entry, job), False
        begun = BegunRemoval()
        if summary is not None and has_expired(summary, self._now):
            begun = begin_removal(self._batch, job_id, job, summary, self._now)
            done.latest = self._now - (summary.expires_at or self._now)
        elif not self._store.is_deleted(job_id):
            # Due within this minute. Or the worker died between the entry and `closed`: then the
            # job is closed again, with the same end and the same entry. Any other entry is of a
            # deletion that has not begun.
            at = None if summary is None else summary.expires_at
            return summary is not None and (at is None or expiry_name(at, job_id) != entry.name)
        else:
            # A deletion died before its end, and this may be the entry of its own tombstone.
            was_deleted = True
        removal = end_removal(self._batch, job_id, job, self._now, begun)
        done.n_outputs, done.n_records = removal.n_outputs, removal.n_records
        done.n_jobs = 1
        if removal.unreachable is not None:
            self._try_again(job_id, removal.unreachable, done)
        elif was_deleted:
            self._settle_tombstone(job_id, done)
        return True

    def _summary(self, entry: _Entry, job: Job | None) -> JobSummary | None:
        """Summary of a job; if its record cannot be read, one of the outcomes or the entry.

        The outcomes give the same summary as at the end of the job. Where they cannot be read
        either the entry itself has the minute.
        """
        try:
            return self._store.summary(entry.job_id)
        except MalformedJob as error:
            self._store.report_unreadable(entry.job_id, error)
        if job is not None:
            with suppress(ValueError):  # not every file has an outcome that can be read
                return summarise_job(job, self._store.outcomes(job.id))
        return JobSummary(
            status=JobStatus.FAILED,
            closed_at=entry.minute,
            n_succeeded=0,
            n_failed=0,
            expires_at=later(entry.minute, _WITHIN_MINUTE),
        )

    def _settle_tombstone(self, job_id: str, done: PurgeReport) -> None:
        """Delete a tombstone whose time is over, unless its file lies in a watched folder.

        Such a folder is listed at every start, and the file would be accepted as new. An entry
        before that time was left by a purge that was killed, or is for outputs out of reach.
        """
        tombstone = self._store.tombstone(job_id)
        if tombstone is None:
            return
        if not remove_late_outputs(self._batch, job_id, tombstone):
            if tombstone.until <= self._now:
                renewed = replace(tombstone, until=end_of_tombstone(self._now))
                self._store.write_tombstone(job_id, renewed)
            self._try_again(job_id, tombstone.container or "", done)
            return
        if tombstone.until > self._now:
            return
        with self._watching:
            is_watched = self._watched_ids is None or job_id in self._watched_ids
            done.troubles += self._new_troubles()
        if is_watched:
            self._store.write_tombstone(job_id, Tombstone(until=end_of_tombstone(self._now)))
        else:
            self._store.delete_tombstone(job_id)

    def _try_again(self, job_id: str, folder: str, done: PurgeReport) -> None:
        self._store.schedule_purge(job_id, later(self._now, RETRIED_AFTER))
        done.unreachable.setdefault(folder, set()).add(job_id)

    @cached_property
    def _watched_ids(self) -> frozenset[str] | None:
        """Ids of the files in watched folders; None where one cannot be listed."""
        try:
            return frozenset(
                id_of_dropped(folder, blob)
                for folder in self._batch.drop_folders.values()
                if folder.is_watched
                for blob in folder.input.list()
            )
        except Exception as error:  # noqa: BLE001 - tombstones are kept until it can be listed
            self._troubles.append(error)
            return None

    def _new_troubles(self) -> list[Exception]:
        """Errors of watched folders that are not reported yet; call it under the lock."""
        troubles, self._troubles = self._troubles, []
        return troubles
