"""Queries of the batch API: one job, all jobs in their order, their results.

A job that was deleted, has expired, or came from a drop folder does not exist for a caller. An
expired job is removed when it is found, so that a late purge shows nothing.
"""

import itertools
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from shared.errors import (
    BlobNotFound,
    Changed,
    JobNotFound,
    MalformedJob,
    StorageUnavailable,
)
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import (
    REPORT_NAME,
    is_job_id,
    job_moment,
    transcript_index,
    transcript_name,
)
from shared.jobs.job import Job
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import JobStatus, JobSummary, job_status
from shared.jobs.purge import has_expired, remove_listed_job
from shared.jobs.rest_outputs import destination_address
from shared.jobs.store import JobStore
from shared.privacy.incidents import report_failure
from shared.privacy.log_fields import exception_fields
from shared.storage.blob import BlobEntry
from shared.storage.work_message import HookEvent

_AT_ONCE = 16  # jobs that are read in parallel: it is mostly waiting for the storage
_ATTEMPTS = 10  # to change labels that other callers change too
_LATEST_JOBS = 100


@dataclass(frozen=True, slots=True)
class JobState:
    """A job, its current labels and its status. last_action_at: of that status, in UTC."""

    job: Job
    labels: JobLabels
    status: JobStatus
    last_action_at: datetime
    summary: JobSummary | None = None


class JobView:
    """A job whose records are read when they are needed.

    Every property may raise `JobNotFound`: there is no such job, or it has expired.
    """

    def __init__(self, batch: BatchServices, job_id: str) -> None:
        self._batch = batch
        self._id = job_id

    @cached_property
    def job(self) -> Job:
        """The job as it was accepted."""
        job = self._batch.store.job(self._id)
        if not job.is_listed:
            raise JobNotFound("There is no such job.")
        return job

    @cached_property
    def labels(self) -> JobLabels:
        """The labels as the caller changed them last."""
        changed, _ = self._batch.store.labels(self._id) or (None, None)
        return changed or self.job.labels

    @cached_property
    def summary(self) -> JobSummary | None:
        """The summary, None before the end; an expired job is removed."""
        summary = self._batch.store.summary(self._id)
        if summary is not None and has_expired(summary, datetime.now(UTC)):
            raise _Expired(is_removed=self._remove_expired())
        return summary

    def _remove_expired(self) -> bool:
        """Remove the job; False where that failed, and the next purge tries again."""
        try:
            remove_listed_job(self._batch, self._id)
        except Exception as error:  # noqa: BLE001 - no caller sees the job, removed or not
            report_failure("job_not_purged", job_id=self._id, **exception_fields(error))
            return False
        return True

    @cached_property
    def _started_at(self) -> datetime | None:
        return self._batch.store.started_at(self._id)

    @property
    def created_at(self) -> datetime:
        """When it was accepted, in UTC, from its id."""
        return job_moment(self._id) or self.job.created_at

    @property
    def status(self) -> JobStatus:
        """The contract's status."""
        return job_status(self.summary is None and self._started_at is not None, self.summary)

    @property
    def last_action_at(self) -> datetime:
        """When the job got its status, in UTC."""
        if self.summary is not None:
            return self.summary.closed_at
        return self._started_at or self.created_at

    def state(self) -> JobState:
        """Read all of it."""
        return JobState(self.job, self.labels, self.status, self.last_action_at, self.summary)


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A transcript or the report.

    id: UUID, a function of the job's id and the blob's name.
    name: as the caller sees it. stored_name: among the results of the job.
    address: in the destination; None where the result lies only here.
    """

    id: str
    name: str = field(repr=False)
    stored_name: str
    size_bytes: int
    created_at: datetime
    address: str | None = field(default=None, repr=False)

    @property
    def is_report(self) -> bool:
        """Whether this is the report."""
        return self.stored_name == REPORT_NAME


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the jobs. next_skip: start of the next page; None after the last."""

    states: tuple[JobState, ...]
    next_skip: int | None = None


def find_job(batch: BatchServices, job_id: str) -> JobState:
    """Read a job. Raises `JobNotFound`, also for a text that is no id."""
    if not is_job_id(job_id):
        raise JobNotFound("There is no such job.")
    return JobView(batch, job_id).state()


def delete_job(batch: BatchServices, job_id: str) -> None:
    """Delete a job and its results at once, if it exists, whether it has ended or not.

    Results in its destination, and the audio, belong to the client and stay. No record of the job
    need be readable.
    """
    if is_job_id(job_id):
        remove_listed_job(batch, job_id)


def change_labels(
    batch: BatchServices, job_id: str, change: Callable[[JobLabels], JobLabels]
) -> JobState:
    """Change name, description or custom properties of a job.

    Parameters
    ----------
    change: makes the new labels of the current ones; repeated where another caller was faster.

    Raises
    ------
    JobNotFound: there is no such job.
    Changed: other callers keep changing the labels.
    """
    for _ in range(_ATTEMPTS):
        state = find_job(batch, job_id)
        found = batch.store.labels(job_id)
        before, etag = (None, None) if found is None else found
        changed = change(before or state.job.labels)
        with suppress(Changed):
            batch.store.change_labels(job_id, changed, etag)
            return replace(state, labels=changed)
    raise Changed("Other callers keep changing the job.")


def job_states(
    batch: BatchServices, is_meant: Callable[[JobView], bool] = lambda _view: True
) -> Iterator[JobState]:
    """All jobs, oldest first; read on demand, a few in advance.

    Parameters
    ----------
    is_meant: selects jobs. Of the others it reads only the records that it needs.
    """
    states = _read_in_order(batch, batch.store.created(), is_meant)
    return (state for state, _ in states if state)


def page_of_jobs(batch: BatchServices, skip: int, top: int) -> Page:
    """Up to `top` jobs after the `skip` oldest, which are not read."""
    states: list[JobState] = []
    ids = itertools.islice(batch.store.created(), skip, None)
    for state, is_listed in _read_in_order(batch, ids, lambda _view: True):
        if state is not None and len(states) == top:
            return Page(tuple(states), skip)
        if state is not None:
            states.append(state)
        skip += is_listed
    return Page(tuple(states))


def result_files(batch: BatchServices, state: JobState) -> Iterator[ResultFile]:
    """Transcripts of a job in the order of its files, then the report; empty before its end."""
    if state.summary is None:
        return
    for entry in batch.store.results(state.job.id):
        found = _result_file(state, entry)
        if found is not None:
            yield found


def find_result(batch: BatchServices, state: JobState, file_id: str) -> ResultFile:
    """Find a result by its id. Raises `JobNotFound`."""
    found = None
    name = _stored_name(state, file_id)
    if name is not None:
        with suppress(BlobNotFound):
            found = _result_file(state, batch.store.result_entry(state.job.id, name))
    if found is None:
        raise JobNotFound("The job has no such file.")
    return found


def read_result(batch: BatchServices, job_id: str, file_id: str) -> bytes:
    """Read a transcript or the report. Raises `JobNotFound`, also while the job has not ended."""
    name = _stored_name(find_job(batch, job_id), file_id)
    if name is not None:
        with suppress(BlobNotFound):
            return batch.store.result(job_id, name).data
    raise JobNotFound("The job has no such file.")


def latest_jobs(batch: BatchServices, events: Sequence[str]) -> dict[HookEvent, str]:
    """Latest job that each of these events has happened to, among the last hundred: ids by event.

    No deleted job is left, so deletion has none.
    """
    wanted = [event for event in _HAS_HAPPENED if event in events]
    found: dict[HookEvent, str] = {}
    for job_id in reversed(deque(batch.store.created(), maxlen=_LATEST_JOBS)):
        if len(found) == len(wanted):
            break
        if not batch.store.has_job(job_id) or batch.store.is_deleted(job_id):
            continue
        for event in wanted:
            if event not in found and _HAS_HAPPENED[event](batch.store, job_id):
                found[event] = job_id
    return found


def _has_ended(store: JobStore, job_id: str) -> bool:
    with suppress(MalformedJob):
        return store.summary(job_id) is not None
    return True


_HAS_HAPPENED: Mapping[HookEvent, Callable[[JobStore, str], bool]] = {
    HookEvent.TRANSCRIPTION_CREATION: lambda _store, _id: True,
    HookEvent.TRANSCRIPTION_PROCESSING: lambda store, id_: store.started_at(id_) is not None,
    HookEvent.TRANSCRIPTION_COMPLETION: _has_ended,
}


def _stored_name(state: JobState, file_id: str) -> str | None:
    """Find a result by id: trying 1,000 names takes a millisecond, less than a listing."""
    if state.summary is None:
        return None
    names = itertools.chain(map(transcript_name, range(len(state.job.files))), [REPORT_NAME])
    return next((name for name in names if _file_id(state.job, name) == file_id), None)


def _file_id(job: Job, stored_name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(job.id), stored_name))


def _result_file(state: JobState, entry: BlobEntry) -> ResultFile | None:
    job, name = state.job, entry.name
    index = transcript_index(name)
    is_delivered = state.summary is not None and state.summary.has_delivered_report
    if index is not None and index < len(job.files):
        name, is_delivered = job.files[index].result_name, True
    elif name != REPORT_NAME:
        return None
    return ResultFile(
        id=_file_id(job, entry.name),
        name=name,
        stored_name=entry.name,
        size_bytes=entry.size_bytes,
        created_at=entry.last_modified,
        address=destination_address(job, name) if is_delivered else None,
    )


def _read_in_order(
    batch: BatchServices, ids: Iterator[str], is_meant: Callable[[JobView], bool]
) -> Iterator[tuple[JobState | None, bool]]:
    """Read jobs; None for one that is missing or not selected, and whether its id stays listed."""

    def read(job_id: str) -> tuple[JobState | None, bool]:
        view = JobView(batch, job_id)
        try:
            return view.state() if is_meant(view) else None, True
        except _Expired as expired:
            return None, not expired.is_removed
        except JobNotFound:  # the job is being accepted or removed
            return None, True
        except (StorageUnavailable, Changed):
            raise
        except Exception as error:  # noqa: BLE001 - one record of any kind hides no other job
            batch.store.report_unreadable(job_id, error)
            return None, True

    with ThreadPoolExecutor(_AT_ONCE, "queries") as threads:
        ahead = deque(threads.submit(read, job_id) for job_id in itertools.islice(ids, _AT_ONCE))
        while ahead:
            yield ahead.popleft().result()
            # One is started for each that has ended, so that none waits for the slowest of many.
            ahead.extend(threads.submit(read, job_id) for job_id in itertools.islice(ids, 1))


class _Expired(JobNotFound):
    """The job has expired. is_removed: it left the list of jobs."""

    def __init__(self, *, is_removed: bool) -> None:
        super().__init__("There is no such job.")
        self.is_removed = is_removed
