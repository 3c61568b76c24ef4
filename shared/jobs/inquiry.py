"""What the batch API is told of its jobs: one, all of them in their order, their results.

A job that was deleted, whose time is over, or that came in by a drop folder is not there for a
caller. One that is found after its time is removed at once, so that a purge which is late
shows nothing to anybody.
"""

import itertools
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from shared.errors import BlobNotFound, Changed, JobNotFound
from shared.jobs.batch import Batch
from shared.jobs.destination import destination_address
from shared.jobs.job import Job, JobOrigin
from shared.jobs.names import (
    REPORT_NAME,
    is_job_id,
    job_moment,
    transcript_index,
    transcript_name,
)
from shared.jobs.outcome import Closing, JobStatus, job_status
from shared.jobs.retention import is_over, remove_job
from shared.storage.blob import BlobEntry

_AT_ONCE = 16  # jobs that are read at the same time: it is mostly waiting for the storage
_ATTEMPTS = 10  # to write what others write too


@dataclass(frozen=True, slots=True)
class JobState:
    """A job and how it stands. last_action_at: when it got the status it has, in UTC."""

    job: Job
    status: JobStatus
    last_action_at: datetime
    closing: Closing | None = None


class JobView:
    """A job of which no more is read than is asked for.

    Whatever is asked may raise `JobNotFound`: there is no such job, or its time is over.
    """

    def __init__(self, batch: Batch, job_id: str, job: Job | None = None) -> None:
        self._batch = batch
        self._id = job_id
        self._given = job

    @cached_property
    def job(self) -> Job:
        """What was asked for."""
        job = self._given or self._batch.store.job(self._id)
        if job.origin is not JobOrigin.REST:
            raise JobNotFound("There is no such job.")
        return job

    @cached_property
    def closing(self) -> Closing | None:
        """How all of it ended; a job whose time is over is removed."""
        closing = self._batch.store.closing(self._id)
        if closing is not None and is_over(closing, datetime.now(UTC)):
            remove_job(self._batch, self.job, closing)
            raise _Expired("There is no such job.")
        return closing

    @cached_property
    def _started_at(self) -> datetime | None:
        return self._batch.store.started_at(self._id)

    @property
    def created_at(self) -> datetime:
        """When it was accepted, in UTC: its id says so."""
        return job_moment(self._id) or self.job.created_at

    @property
    def status(self) -> JobStatus:
        """How it stands."""
        return job_status(self.closing is None and self._started_at is not None, self.closing)

    @property
    def last_action_at(self) -> datetime:
        """When it got that status, in UTC."""
        if self.closing is not None:
            return self.closing.closed_at
        return self._started_at or self.created_at

    def state(self) -> JobState:
        """All of it."""
        return JobState(self.job, self.status, self.last_action_at, self.closing)


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A transcript or the report.

    id: UUID that follows from the job's and the blob's name.
    name: as the caller sees it. stored_name: among the results of the job.
    address: where it lies in the destination; None where only here.
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
    """Some of the jobs. next_skip: where the next ones begin; None where there are none."""

    states: tuple[JobState, ...]
    next_skip: int | None = None


def find_job(batch: Batch, job_id: str) -> JobState:
    """Read a job. Raises `JobNotFound`, also for an id that is none."""
    if not is_job_id(job_id):
        raise JobNotFound("There is no such job.")
    return JobView(batch, job_id).state()


def delete_job(batch: Batch, job_id: str) -> None:
    """Delete a job and its results at once, whether it has ended or not; no matter if it is there.

    What was written to its destination, and the audio, belong to others.
    """
    with suppress(JobNotFound):
        state = find_job(batch, job_id)
        remove_job(batch, state.job, state.closing)


def change_job(batch: Batch, job_id: str, change: Callable[[Job], Job]) -> JobState:
    """Give a job another name, description or properties of its caller's own.

    Parameters
    ----------
    change: makes the new one of the old; called again where somebody else was faster.

    Raises
    ------
    JobNotFound: there is none.
    Changed: others change it again and again.
    """
    for _ in range(_ATTEMPTS):
        find_job(batch, job_id)
        job, etag = batch.store.job_version(job_id)
        changed = change(job)
        with suppress(Changed):
            batch.store.rename(changed, etag)
            return JobView(batch, job_id, changed).state()
    raise Changed("Others change the same job.")


def job_states(
    batch: Batch, is_meant: Callable[[JobView], bool] = lambda _view: True
) -> Iterator[JobState]:
    """All jobs there are, oldest first; read as they are asked for, a few in advance.

    Parameters
    ----------
    is_meant: leaves the others out. Of those no more is read than it asks for.
    """
    states = _read_in_order(batch, batch.store.created(), is_meant)
    return (state for state, _ in states if state)


def page_of_jobs(batch: Batch, skip: int, top: int) -> Page:
    """Jobs behind the `skip` oldest, up to `top` of them; none of the skipped ones is read."""
    states: list[JobState] = []
    ids = itertools.islice(batch.store.created(), skip, None)
    for state, is_listed in _read_in_order(batch, ids, lambda _view: True):
        if state is not None and len(states) == top:
            return Page(tuple(states), skip)
        if state is not None:
            states.append(state)
        skip += is_listed
    return Page(tuple(states))


def result_files(batch: Batch, state: JobState) -> Iterator[ResultFile]:
    """Transcripts of a job in the order of its files, then the report; none before its end."""
    if state.closing is None:
        return
    for entry in batch.store.results(state.job.id):
        found = _result_file(state, entry)
        if found is not None:
            yield found


def find_result(batch: Batch, state: JobState, file_id: str) -> ResultFile:
    """Find a result by its id. Raises `JobNotFound`."""
    found = None
    name = _stored_name(state, file_id)
    if name is not None:
        with suppress(BlobNotFound):
            found = _result_file(state, batch.store.result_entry(state.job.id, name))
    if found is None:
        raise JobNotFound("The job has no such file.")
    return found


def read_result(batch: Batch, job_id: str, file_id: str) -> bytes:
    """Read a transcript or the report. Raises `JobNotFound`, also while the job has not ended."""
    name = _stored_name(find_job(batch, job_id), file_id)
    if name is not None:
        with suppress(BlobNotFound):
            return batch.store.result(job_id, name).data
    raise JobNotFound("The job has no such file.")


def _stored_name(state: JobState, file_id: str) -> str | None:
    """Result that has an id. 1,000 are tried in a millisecond, sooner than they are listed."""
    if state.closing is None:
        return None
    names = itertools.chain(map(transcript_name, range(len(state.job.files))), [REPORT_NAME])
    return next((name for name in names if _file_id(state.job, name) == file_id), None)


def _file_id(job: Job, stored_name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(job.id), stored_name))


def _result_file(state: JobState, entry: BlobEntry) -> ResultFile | None:
    job, name = state.job, entry.name
    index = transcript_index(name)
    is_delivered = state.closing is not None and state.closing.has_delivered_report
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
    batch: Batch, ids: Iterator[str], is_meant: Callable[[JobView], bool]
) -> Iterator[tuple[JobState | None, bool]]:
    """Read jobs; None for one that is not there or not meant, and whether its id stays listed."""

    def read(job_id: str) -> tuple[JobState | None, bool]:
        view = JobView(batch, job_id)
        try:
            return view.state() if is_meant(view) else None, True
        except _Expired:
            return None, False
        except JobNotFound:  # it is being accepted, or removed
            return None, True

    with ThreadPoolExecutor(_AT_ONCE, "inquiry") as threads:
        ahead = deque(threads.submit(read, job_id) for job_id in itertools.islice(ids, _AT_ONCE))
        while ahead:
            yield ahead.popleft().result()
            # Each that is done makes room for one, so that none waits for the slowest of many.
            ahead.extend(threads.submit(read, job_id) for job_id in itertools.islice(ids, 1))


class _Expired(JobNotFound):
    """The time of the job is over; it is removed."""
