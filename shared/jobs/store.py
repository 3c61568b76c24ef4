"""Store of jobs in one container; `blob_names.py` has its layout.

Every record but a caller's labels is written once, with a condition, so that any number of
workers agree on it. Two rules make a crash between two writes harmless:

- A pointer is written before its target (message before job, expiry entry before `closed`): a
  pointer may dangle, a target is always reachable.
- Deletion writes the tombstone first; every writer checks it last. Whichever comes second sees
  the other and deletes what was written.

A record that cannot be read raises `MalformedJob` where its content decides, and is logged and
counts as absent where it does not: labels, outcomes, tombstones.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from shared.errors import AlreadyExists, BlobNotFound, Changed, JobNotFound, MalformedJob
from shared.jobs import blob_names
from shared.jobs.job import MAX_JOB_BYTES, Job
from shared.jobs.labels import MAX_LABELS_BYTES, JobLabels
from shared.jobs.outcome import MAX_RECORD_BYTES, FileOutcome, JobSummary
from shared.jobs.tombstone import MAX_TOMBSTONE_BYTES, Tombstone, end_of_tombstone
from shared.storage.blob import Blob, BlobEntry
from shared.storage.container import PAGE_SIZE, Container
from shared.storage.json_blob import Record, UnreadableRecords, read_json_blob

JSON = "application/json"

_MAX_RESULT_BYTES = 1024 * 1024 * 1024

# Blobs of one job that are read or deleted in parallel: it is mostly waiting for the storage.
_AT_ONCE = 16
_FEW = 8


class JobStore:
    """Records of jobs, and results of jobs of the batch API. Safe in any thread."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self._unreadable = UnreadableRecords()

    def create(self, job: Job, record: bytes | None = None) -> bool:
        """Write a new job; False where it exists already. Raises `UnstorableRecord`.

        Parameters
        ----------
        record: `job.to_json()`, where the caller has it.
        """
        record = record or job.to_json()
        if job.is_listed:
            self._create(blob_names.created_name(job.id), b"")
        return self._create(blob_names.job_name(job.id), record)

    def has_job(self, job_id: str) -> bool:
        """Whether a job is stored."""
        return self._is_there(blob_names.job_name(job_id))

    def job(self, job_id: str) -> Job:
        """Read a job as it was accepted. Raises `JobNotFound`, `MalformedJob`."""
        try:
            return self._read(blob_names.job_name(job_id), MAX_JOB_BYTES, Job.from_json)
        except BlobNotFound:
            raise JobNotFound("There is no such job.") from None

    def is_listed(self, job_id: str) -> bool:
        """Whether a job is in the list of the batch API, which needs no record of it."""
        return self._is_there(blob_names.created_name(job_id))

    def report_unreadable(self, job_id: str, error: Exception) -> None:
        """Log once that a record of a job cannot be read."""
        self._unreadable.report("job_unreadable", error, job_id=job_id)

    def labels(self, job_id: str) -> tuple[JobLabels | None, str] | None:
        """Read labels that were changed, and their ETag; None where the job's own hold.

        The labels are None where their record cannot be read: the job's own are shown then.
        """
        name = blob_names.labels_name(job_id)
        with suppress(BlobNotFound):
            try:
                return read_json_blob(self.container, name, MAX_LABELS_BYTES, JobLabels.from_json)
            except MalformedJob as error:
                self.report_unreadable(job_id, error)
                return None, self.container.properties(name).etag
        return None

    def change_labels(self, job_id: str, labels: JobLabels, etag: str | None) -> None:
        """Write labels while they still have this ETag; None while there are none.

        Raises
        ------
        Changed: another caller was faster.
        JobNotFound: the job was deleted meanwhile.
        """
        name = blob_names.labels_name(job_id)
        if etag is not None:
            self.container.replace(name, labels.to_json(), etag, content_type=JSON)
        elif not self._create(name, labels.to_json()):
            raise Changed("The labels of the job were changed meanwhile.")
        # Checked after the write, so that no deletion is missed.
        if self.is_deleted(job_id):
            self.container.delete(name)
            raise JobNotFound("There is no such job.")

    def created(self) -> Iterator[str]:
        """Ids of the jobs of the batch API, oldest first; a few may not exist."""
        for entry in self.container.list(blob_names.CREATED_PREFIX):
            job_id = entry.name.removeprefix(blob_names.CREATED_PREFIX)
            if blob_names.is_job_id(job_id):
                yield job_id

    def start(self, job_id: str) -> bool:
        """Mark that work on a job has begun; False where it was marked before."""
        return self._create(blob_names.started_name(job_id), b"")

    def started_at(self, job_id: str) -> datetime | None:
        """When work on a job began, in UTC; None before that."""
        with suppress(BlobNotFound):
            return self.container.properties(blob_names.started_name(job_id)).last_modified
        return None

    def outcome(self, job_id: str, file_index: int) -> FileOutcome | None:
        """Read the outcome of a file; None before its end, or where it cannot be read."""
        return self._outcome(job_id, blob_names.finished_name(job_id, file_index))

    def outcomes(self, job_id: str) -> list[FileOutcome]:
        """Read the outcomes of all finished files, in their order, without unreadable ones."""
        finished = [entry.name for entry in self.container.list(blob_names.finished_prefix(job_id))]
        read = partial(self._outcome, job_id)
        if len(finished) <= 1:
            found = [read(name) for name in finished]
        else:
            with ThreadPoolExecutor(_AT_ONCE, "outcomes") as threads:
                found = list(threads.map(read, finished))
        return [outcome for outcome in found if outcome is not None]

    def finish(self, job_id: str, outcome: FileOutcome) -> FileOutcome:
        """Record the outcome of a file unless it has one that can be read; the recorded one."""
        name = blob_names.finished_name(job_id, outcome.file_index)
        if self._create(name, outcome.to_json()):
            return outcome
        try:
            return self._read(name, MAX_RECORD_BYTES, FileOutcome.from_json)
        except BlobNotFound:  # the job was deleted meanwhile
            return outcome
        except MalformedJob as error:
            self.report_unreadable(job_id, error)
            self.container.put(name, outcome.to_json(), content_type=JSON)
            return outcome

    def has_all_finished(self, job: Job, file_index: int) -> bool:
        """Whether all files of a job are finished, of which `file_index` just has been.

        Files are mostly finished in their order, so those behind this one are listed first: one
        page decides for all but the last ones. The worker that finishes last sees all others.
        """
        n_files, prefix = len(job.files), blob_names.finished_prefix(job.id)
        if n_behind := n_files - 1 - file_index:
            this = blob_names.finished_name(job.id, file_index)
            expected = min(PAGE_SIZE, n_behind)
            behind = self.container.list(prefix, after=this, page_size=expected)
            if sum(1 for _ in itertools.islice(behind, expected)) < expected:
                return False
        return n_files == 1 or self.n_finished(job.id) == n_files

    def n_finished(self, job_id: str) -> int:
        """Count the finished files of a job."""
        return sum(1 for _ in self.container.list(blob_names.finished_prefix(job_id)))

    def results(self, job_id: str, after: str | None = None) -> Iterator[BlobEntry]:
        """Transcripts and the report of a job, in the order of its files, the report last."""
        prefix = blob_names.results_prefix(job_id)
        behind = None if after is None else prefix + after
        for entry in self.container.list(prefix, after=behind):
            yield replace(entry, name=entry.name.removeprefix(prefix))

    def result_entry(self, job_id: str, name: str) -> BlobEntry:
        """Find a transcript or the report. Raises `BlobNotFound`."""
        entry = self.container.properties(blob_names.result_name(job_id, name))
        return replace(entry, name=name)

    def result(self, job_id: str, name: str) -> Blob:
        """Read a transcript or the report. Raises `BlobNotFound`."""
        return self.container.read(blob_names.result_name(job_id, name), _MAX_RESULT_BYTES)

    def remove_result(self, job_id: str, name: str) -> None:
        """Delete a transcript of a file that has failed."""
        self.container.delete(blob_names.result_name(job_id, name))

    def write_result(self, job_id: str, name: str, data: bytes, content_type: str = JSON) -> None:
        """Write a transcript or the report of a job, over one of an earlier attempt."""
        self.container.put(
            blob_names.result_name(job_id, name), data, {blob_names.JOB_KEY: job_id}, content_type
        )

    def summary(self, job_id: str) -> JobSummary | None:
        """Read the summary of a job; None before its end. Raises `MalformedJob`."""
        name = blob_names.closed_name(job_id)
        with suppress(BlobNotFound):
            return self._read(name, MAX_RECORD_BYTES, JobSummary.from_json)
        return None

    def close(self, job_id: str, summary: JobSummary) -> bool:
        """Record the end of a job; False where it was recorded before."""
        if summary.expires_at is not None:
            self.schedule_purge(job_id, summary.expires_at)
        return self._create(blob_names.closed_name(job_id), summary.to_json())

    def is_deleted(self, job_id: str) -> bool:
        """Whether a job has a tombstone."""
        return self._is_there(blob_names.tombstone_name(job_id))

    def tombstone(self, job_id: str) -> Tombstone | None:
        """Read the tombstone of a job; None where it has none.

        One that cannot be read lasts as long as it would have: its blob tells when it was written.
        """
        name = blob_names.tombstone_name(job_id)
        with suppress(BlobNotFound):
            try:
                return self._read(name, MAX_TOMBSTONE_BYTES, Tombstone.from_json)
            except MalformedJob as error:
                self.report_unreadable(job_id, error)
                return Tombstone(
                    until=end_of_tombstone(self.container.properties(name).last_modified)
                )
        return None

    def write_tombstone(self, job_id: str, tombstone: Tombstone) -> None:
        """Write a tombstone, before anything of the job is deleted; a purge removes it."""
        self.schedule_purge(job_id, tombstone.until)
        # The last writer decides until when.
        self.container.put(
            blob_names.tombstone_name(job_id), tombstone.to_json(), content_type=JSON
        )

    def delete_tombstone(self, job_id: str) -> None:
        """Delete a tombstone, and labels whose writer died before it saw that tombstone."""
        self.container.delete(blob_names.labels_name(job_id))
        self.container.delete(blob_names.tombstone_name(job_id))

    def schedule_purge(self, job_id: str, due: datetime) -> None:
        """Let the purge at `due` (aware) look at a job."""
        self._create(blob_names.expiry_name(due, job_id), b"")

    def remove(self, job_id: str, *, is_listed: bool = True) -> int:
        """Delete all blobs of a job, its own record last; their number.

        After a crash in between the record is found again. It leaves the list of jobs first.

        Parameters
        ----------
        is_listed: False for a job that is known not to be in that list.
        """
        if is_listed:
            self.container.delete(blob_names.created_name(job_id))
        own = blob_names.job_name(job_id)
        n_removed = self._remove_all_of(blob_names.job_prefix(job_id), kept=own)
        self.container.delete(own)
        return n_removed + 1

    def remove_record(self, job_id: str) -> None:
        """Delete the record of a job before its other blobs: by then it does not exist."""
        self.container.delete(blob_names.job_name(job_id))

    def remove_results(self, job_id: str) -> int:
        """Delete the transcripts and the report of a job, and nothing else; their number."""
        return self._remove_all_of(blob_names.results_prefix(job_id))

    def remove_remains(self, job_id: str) -> int:
        """Delete what lies below a job that has no record; the number of blobs."""
        n_removed = self._remove_all_of(blob_names.job_prefix(job_id))
        if n_removed:
            self.container.delete(blob_names.created_name(job_id))
        return n_removed

    def expiries(self) -> Iterator[str]:
        """Names of the expiry entries, the soonest first."""
        return (entry.name for entry in self.container.list(blob_names.EXPIRES_PREFIX))

    def _remove_all_of(self, prefix: str, kept: str | None = None) -> int:
        entries = self.container.list(prefix, complete=True)
        names = (entry.name for entry in entries if entry.name != kept)
        n_removed = 0
        while some := list(itertools.islice(names, PAGE_SIZE)):
            self._delete_all(some)
            n_removed += len(some)
        return n_removed

    def _delete_all(self, blobs: Sequence[str]) -> None:
        """Delete many in parallel, and the few of a job of one file without threads."""
        if len(blobs) <= _FEW:
            for name in blobs:
                self.container.delete(name)
            return
        with ThreadPoolExecutor(_AT_ONCE, "removal") as threads:
            list(threads.map(self.container.delete, blobs))

    def _outcome(self, job_id: str, name: str) -> FileOutcome | None:
        try:
            return self._read(name, MAX_RECORD_BYTES, FileOutcome.from_json)
        except BlobNotFound:
            return None
        except MalformedJob as error:
            self.report_unreadable(job_id, error)
            return None

    def _read(self, name: str, max_bytes: int, read: Callable[[bytes], Record]) -> Record:
        return read_json_blob(self.container, name, max_bytes, read)[0]

    def _create(self, name: str, data: bytes) -> bool:
        with suppress(AlreadyExists):
            self.container.create(name, data, content_type=JSON)
            return True
        return False

    def _is_there(self, name: str) -> bool:
        with suppress(BlobNotFound):
            self.container.properties(name)
            return True
        return False
