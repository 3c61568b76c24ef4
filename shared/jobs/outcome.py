"""Outcomes of files, and the summary of a job at its end.

Each record is written once, so that no two workers ever change the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from shared.jobs.job import Job
from shared.jobs.limits import MAX_OUTPUTS
from shared.json_fields import JsonFields, moment_text
from shared.json_records import optional, read_record, texts, write_record
from shared.storage.work_message import MAX_FILES
from shared.time_to_live import expiry

MAX_RECORD_BYTES = 1024 * 1024

_LONGEST_S = 1_000_000_000


class JobStatus(StrEnum):
    """The contract's words. A status never goes back; `Running` includes waiting."""

    NOT_STARTED = "NotStarted"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class FileStatus(StrEnum):
    """Status of a finished file."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class WrittenBlob:
    """A result that Sotto wrote; purging deletes it only while it has this ETag.

    container: None is the container of jobs, else a drop folder's output by its name.
    """

    name: str = field(repr=False)
    etag: str
    container: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """Outcome of one file.

    n_attempts: from 1.
    audio_s: length of the audio; None where it could not be read.
    error_kind, error_message: for the report, where it failed. They quote neither content nor
        the query of an address.
    """

    file_index: int
    status: FileStatus
    finished_at: datetime
    n_attempts: int = 1
    audio_s: float | None = None
    error_kind: str | None = None
    error_message: str | None = None
    written: tuple[WrittenBlob, ...] = ()

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "file": self.file_index,
                "status": self.status,
                "finishedAt": moment_text(self.finished_at),
                "attempts": self.n_attempts,
                "audioSeconds": self.audio_s,
                "errorKind": self.error_kind,
                "errorMessage": self.error_message,
                "written": [_write_blob(blob) for blob in self.written],
            },
            MAX_RECORD_BYTES,
            self._from_fields,
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_RECORD_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            file_index=fields.integer("file", 0, MAX_FILES - 1),
            status=fields.member("status", FileStatus),
            finished_at=fields.moment("finishedAt"),
            n_attempts=fields.integer("attempts", 1, 1_000_000),
            audio_s=optional(
                fields, "audioSeconds", lambda name: fields.number(name, 0, _LONGEST_S)
            ),
            error_kind=optional(fields, "errorKind", fields.text),
            error_message=optional(fields, "errorMessage", fields.text),
            written=tuple(fields.items("written", MAX_OUTPUTS, _read_blob)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """Summary of a job that has ended.

    expires_at: end of its time to live; None is never.
    error_kind, error_message: why the job failed as a whole.
    audio_s: length of all audio that was read.
    has_delivered_report: whether the report is in the destination as well.
    """

    status: JobStatus
    closed_at: datetime
    n_succeeded: int
    n_failed: int
    expires_at: datetime | None = None
    error_kind: str | None = None
    error_message: str | None = None
    audio_s: float = 0.0
    has_delivered_report: bool = False

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "status": self.status,
                "closedAt": moment_text(self.closed_at),
                "succeeded": self.n_succeeded,
                "failed": self.n_failed,
                "expiresAt": None if self.expires_at is None else moment_text(self.expires_at),
                "errorKind": self.error_kind,
                "errorMessage": self.error_message,
                "audioSeconds": self.audio_s,
                "reportDelivered": self.has_delivered_report,
            },
            MAX_RECORD_BYTES,
            self._from_fields,
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_RECORD_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            status=fields.member("status", JobStatus),
            closed_at=fields.moment("closedAt"),
            n_succeeded=fields.integer("succeeded", 0, MAX_FILES),
            n_failed=fields.integer("failed", 0, MAX_FILES),
            expires_at=optional(fields, "expiresAt", fields.moment),
            error_kind=optional(fields, "errorKind", fields.text),
            error_message=optional(fields, "errorMessage", fields.text),
            audio_s=optional(
                fields, "audioSeconds", lambda name: fields.number(name, 0, _LONGEST_S)
            )
            or 0.0,
            has_delivered_report=bool(optional(fields, "reportDelivered", fields.flag)),
        )


def summarise_job(job: Job, outcomes: Sequence[FileOutcome]) -> JobSummary:
    """Summarise a job all of whose files are finished.

    It has succeeded if any file has: the report names single failures. It ended with its last
    file, so every worker computes the same summary.

    Raises
    ------
    ValueError: a file has no outcome, or two.
    """
    if sorted(outcome.file_index for outcome in outcomes) != list(range(len(job.files))):
        raise ValueError("each file of the job must have one outcome")
    n_failed = sum(outcome.status is FileStatus.FAILED for outcome in outcomes)
    has_failed = n_failed == len(outcomes)
    closed_at = max((outcome.finished_at for outcome in outcomes), default=job.created_at)
    return JobSummary(
        status=JobStatus.FAILED if has_failed else JobStatus.SUCCEEDED,
        closed_at=closed_at,
        n_succeeded=len(outcomes) - n_failed,
        n_failed=n_failed,
        expires_at=expiry(closed_at, job.time_to_live),
        error_kind="InvalidData" if has_failed else None,
        error_message="None of the files could be transcribed." if has_failed else None,
        audio_s=sum(outcome.audio_s or 0.0 for outcome in outcomes),
    )


def job_status(has_started: bool, summary: JobSummary | None) -> JobStatus:
    """Status of a job: by its summary, else by whether a worker has taken a file of it."""
    if summary is not None:
        return summary.status
    return JobStatus.RUNNING if has_started else JobStatus.NOT_STARTED


def _write_blob(blob: WrittenBlob) -> list[str]:
    return [blob.name, blob.etag, *([] if blob.container is None else [blob.container])]


def _read_blob(item: JsonFields) -> WrittenBlob:
    return WrittenBlob(*texts(item, 2, 3))
