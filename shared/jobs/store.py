"""The jobs of a Sotto, in one container: `names.py` says what lies where.

Every record is written once, with a condition, so that any number of workers agree on what
counts. Two rules make a crash between two writes harmless:

- What leads to a thing is written before the thing: the message before the job, the entry in
  `expires/` before `closed`. Either may lead to nothing; nothing is without its lead.
- Who deletes a job writes `gone/<id>` first; who writes into a job looks for that afterwards,
  and deletes what it wrote. One of the two comes second, and sees the other.
"""

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import AlreadyExists, BlobNotFound, JobNotFound
from shared.jobs import names
from shared.jobs.gone import MAX_GONE_BYTES, Gone
from shared.jobs.job import MAX_JOB_BYTES, Job, JobOrigin
from shared.jobs.outcome import MAX_RECORD_BYTES, Closing, FileOutcome
from shared.jobs.web_hook_store import WebHookStore
from shared.storage.blob import Blob, BlobEntry
from shared.storage.container import PAGE_SIZE, Container

JSON = "application/json"

_MAX_RESULT_BYTES = 1024 * 1024 * 1024

# Records of one job that are read, or blobs of it that are deleted, at the same time: they
# mostly wait for the storage.
_AT_ONCE = 16
_FEW = 8


class JobStore:
    """Records of jobs in a container. Methods may be called from any thread.

    `container` is also where transcripts of jobs of the batch API lie, and `web_hooks`.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        self.web_hooks = WebHookStore(container)

    def create(self, job: Job) -> bool:
        """Write a new job; False where it is there already."""
        if job.origin is JobOrigin.REST:
            self._create(names.created_name(job.id), b"")
        return self._create(names.job_name(job.id), job.to_json())

    def has_job(self, job_id: str) -> bool:
        """Tell whether there is such a job."""
        return self._is_there(names.job_name(job_id))

    def job(self, job_id: str) -> Job:
        """Read what was asked for. Raises `JobNotFound`."""
        return self.job_version(job_id)[0]

    def job_version(self, job_id: str) -> tuple[Job, str]:
        """Read what was asked for, and the ETag of that record. Raises `JobNotFound`."""
        try:
            blob = self.container.read(names.job_name(job_id), MAX_JOB_BYTES)
        except BlobNotFound:
            raise JobNotFound("There is no such job.") from None
        return Job.from_json(blob.data), blob.properties.etag

    def rename(self, job: Job, etag: str) -> None:
        """Write what a job is called, while its record still has this ETag.

        All else of it must be as it was: work remembers what it has read.

        Raises
        ------
        Changed: somebody else has written it, or it is gone.
        """
        self.container.replace(names.job_name(job.id), job.to_json(), etag, content_type=JSON)

    def created(self) -> Iterator[str]:
        """Ids of the jobs of the batch API, oldest first; one or the other may not be there."""
        for entry in self.container.list(names.CREATED_PREFIX):
            job_id = entry.name.removeprefix(names.CREATED_PREFIX)
            if names.is_job_id(job_id):
                yield job_id

    def start(self, job_id: str) -> bool:
        """Say that work on a job has begun; False where somebody has."""
        return self._create(names.started_name(job_id), b"")

    def started_at(self, job_id: str) -> datetime | None:
        """When work on a job began, in UTC; None while it has not."""
        with suppress(BlobNotFound):
            return self.container.properties(names.started_name(job_id)).last_modified
        return None

    def outcome(self, job_id: str, file_index: int) -> FileOutcome | None:
        """Read how a file ended; None while it has not."""
        return self._outcome(names.finished_name(job_id, file_index))

    def outcomes(self, job_id: str) -> list[FileOutcome]:
        """Read how all finished files ended, in their order."""
        finished = [entry.name for entry in self.container.list(names.finished_prefix(job_id))]
        if len(finished) <= 1:
            found = [self._outcome(name) for name in finished]
        else:
            with ThreadPoolExecutor(_AT_ONCE, "outcomes") as threads:
                found = list(threads.map(self._outcome, finished))
        return [outcome for outcome in found if outcome is not None]

    def finish(self, job_id: str, outcome: FileOutcome) -> FileOutcome:
        """Say how a file ended, unless somebody has; the one that counts from now on."""
        name = names.finished_name(job_id, outcome.file_index)
        if self._create(name, outcome.to_json()):
            return outcome
        return self._outcome(name) or outcome

    def has_all_finished(self, job: Job, file_index: int) -> bool:
        """Tell whether all files of a job are finished, of which `file_index` just has.

        Files are mostly finished in their order, so those behind this one are looked at first:
        one page tells, for all but the last ones. Whoever finishes last sees all the others.
        """
        n_files, prefix = len(job.files), names.finished_prefix(job.id)
        if n_behind := n_files - 1 - file_index:
            this = names.finished_name(job.id, file_index)
            expected = min(PAGE_SIZE, n_behind)
            behind = self.container.list(prefix, after=this, page_size=expected)
            if sum(1 for _ in itertools.islice(behind, expected)) < expected:
                return False
        return n_files == 1 or self.n_finished(job.id) == n_files

    def n_finished(self, job_id: str) -> int:
        """Count the finished files of a job."""
        return sum(1 for _ in self.container.list(names.finished_prefix(job_id)))

    def results(self, job_id: str, after: str | None = None) -> Iterator[BlobEntry]:
        """Transcripts and the report of a job, in the order of its files, the report last."""
        prefix = names.results_prefix(job_id)
        behind = None if after is None else prefix + after
        for entry in self.container.list(prefix, after=behind):
            yield replace(entry, name=entry.name.removeprefix(prefix))

    def result_entry(self, job_id: str, name: str) -> BlobEntry:
        """Look at a transcript or the report. Raises `BlobNotFound`."""
        entry = self.container.properties(names.result_name(job_id, name))
        return replace(entry, name=name)

    def result(self, job_id: str, name: str) -> Blob:
        """Read a transcript or the report. Raises `BlobNotFound`."""
        return self.container.read(names.result_name(job_id, name), _MAX_RESULT_BYTES)

    def remove_result(self, job_id: str, name: str) -> None:
        """Delete a transcript that does not count."""
        self.container.delete(names.result_name(job_id, name))

    def write_result(self, job_id: str, name: str, data: bytes, content_type: str = JSON) -> None:
        """Write a transcript or the report of a job, whatever an earlier try has left."""
        self.container.put(
            names.result_name(job_id, name), data, {"sottojob": job_id}, content_type
        )

    def closing(self, job_id: str) -> Closing | None:
        """Read how all of a job ended; None while it has not."""
        try:
            blob = self.container.read(names.closed_name(job_id), MAX_RECORD_BYTES)
        except BlobNotFound:
            return None
        return Closing.from_json(blob.data)

    def close(self, job_id: str, closing: Closing) -> bool:
        """Say how all of a job ended; False where somebody else has said it."""
        if closing.expires_at is not None:
            self.lead_to(job_id, closing.expires_at)
        return self._create(names.closed_name(job_id), closing.to_json())

    def is_gone(self, job_id: str) -> bool:
        """Tell whether a job was deleted."""
        return self._is_there(names.gone_name(job_id))

    def gone(self, job_id: str) -> Gone | None:
        """Read what is remembered of a job that was deleted; None of any other."""
        try:
            blob = self.container.read(names.gone_name(job_id), MAX_GONE_BYTES)
        except BlobNotFound:
            return None
        return Gone.from_json(blob.data)

    def mark_gone(self, job_id: str, gone: Gone) -> None:
        """Say that a job is deleted, before anything of it is; purging forgets it in its time."""
        self.lead_to(job_id, gone.until)
        # Whoever says it last says until when.
        self.container.put(names.gone_name(job_id), gone.to_json(), content_type=JSON)

    def forget_gone(self, job_id: str) -> None:
        """Forget that a job was deleted."""
        self.container.delete(names.gone_name(job_id))

    def lead_to(self, job_id: str, due: datetime) -> None:
        """Have purging look at a job when `due` (aware) has come."""
        self._create(names.expiry_name(due, job_id), b"")

    def remove(self, job_id: str, *, is_listed: bool = True) -> int:
        """Delete all that lies under a job, its own record last; how many blobs it was.

        Whoever is killed in between finds the record again. It is listed no more from the
        beginning.

        Parameters
        ----------
        is_listed: False where it is known to be no job of the batch API.
        """
        if is_listed:
            self.container.delete(names.created_name(job_id))
        own = names.job_name(job_id)
        others = (
            entry.name
            for entry in self.container.list(names.job_prefix(job_id))
            if entry.name != own
        )
        n_removed = 0
        while batch := list(itertools.islice(others, PAGE_SIZE)):
            self._delete_all(batch)
            n_removed += len(batch)
        self.container.delete(own)
        return n_removed + 1

    def expiries(self) -> Iterator[str]:
        """Names of the entries that lead to jobs with a time to live, the soonest first."""
        return (entry.name for entry in self.container.list(names.EXPIRES_PREFIX))

    def _delete_all(self, blobs: Sequence[str]) -> None:
        """Delete many at the same time, and the few of a job of one file without threads."""
        if len(blobs) <= _FEW:
            for name in blobs:
                self.container.delete(name)
            return
        with ThreadPoolExecutor(_AT_ONCE, "removal") as threads:
            list(threads.map(self.container.delete, blobs))

    def _outcome(self, name: str) -> FileOutcome | None:
        try:
            blob = self.container.read(name, MAX_RECORD_BYTES)
        except BlobNotFound:
            return None
        return FileOutcome.from_json(blob.data)

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
