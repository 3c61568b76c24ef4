"""A job as it is stored: what was asked for, how each file ended, how all of it ended.

Three records, each written once, so that no two workers ever change the same one: `Job` when
the job is accepted, a `FileOutcome` for each file that is finished, a `Closing` at the end.
`names.py` says where they lie. They are JSON objects with a version; what can not be read
strictly is a `MalformedJob`.

A source may be an address with a signature in its query: sources stay out of `repr`, and so
out of every error text and log.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from shared.errors import InvalidTimeToLive, MalformedJob
from shared.jobs.time_to_live import duration_text, expiry, parse_duration
from shared.json_fields import FieldError, JsonFields, moment_text
from shared.recognition.options import Priority, ProfanityMode, RecognitionOptions
from shared.storage.work_message import MAX_FILES

MAX_JOB_BYTES = 32 * 1024 * 1024
MAX_RECORD_BYTES = 1024 * 1024

_VERSION = 1
_MAX_CHANNELS = 64
_MAX_LOCALES = 1000
_MAX_OUTPUTS = 16

Record = TypeVar("Record")


class JobOrigin(StrEnum):
    """How a job came in: by REST, or as a file in a drop folder."""

    REST = "rest"
    DROP = "drop"


class JobStatus(StrEnum):
    """The contract's words. There is no way back, and `Running` includes waiting."""

    NOT_STARTED = "NotStarted"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class FileStatus(StrEnum):
    """How one file ended."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class ResultFormat(StrEnum):
    """What a transcript is written as, named by its ending."""

    BATCH_JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TEXT = "txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How the files of a job are to be transcribed.

    locales: the job's own first; further ones are candidates to identify the language among.
    language_per_phrase: identify it again for each phrase (the contract's `Continuous`).
    channels: that are transcribed where a file has them; empty mixes all of them to one.
    word_timestamps, display_word_timestamps: which words the result lists.
    punctuation: display text with punctuation; False leaves words alone.
    max_speakers: of diarization; None labels no speakers.
    formats: what each transcript is written as.
    """

    locales: tuple[str, ...] = ()
    language_per_phrase: bool = False
    channels: tuple[int, ...] = (0, 1)
    word_timestamps: bool = False
    display_word_timestamps: bool = False
    punctuation: bool = True
    profanity: ProfanityMode = ProfanityMode.MASKED
    max_speakers: int | None = None
    formats: tuple[ResultFormat, ...] = (ResultFormat.BATCH_JSON,)

    def recognition_options(self) -> RecognitionOptions:
        """What recognition is asked for. Batch work gives way to everybody else."""
        return RecognitionOptions(
            locales=self.locales,
            channels=self.channels,
            word_timestamps=self.word_timestamps or self.display_word_timestamps,
            profanity=self.profanity,
            priority=Priority.BATCH,
        )


@dataclass(frozen=True, slots=True)
class JobFile:
    """One input.

    source: address, or name in the drop folder's container.
    result_name: of its transcript, as the client sees it: `contenturl_3.json`.
    etag: version of the blob that is meant; None takes whatever is there.
    """

    source: str = field(repr=False)
    result_name: str = field(repr=False)
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What was asked for.

    id: UUID in lower case.
    created_at: aware, in UTC.
    container: drop folder that the files lie in, by its configured name; None for addresses.
    time_to_live: from the end of the job; None keeps it until it is deleted.
    destination: container that the results are written to as well, as it was named.
    """

    id: str
    origin: JobOrigin
    created_at: datetime
    files: tuple[JobFile, ...]
    options: JobOptions = JobOptions()
    container: str | None = None
    time_to_live: timedelta | None = None
    display_name: str = field(default="", repr=False)
    description: str | None = field(default=None, repr=False)
    custom_properties: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    destination: str | None = field(default=None, repr=False)

    def to_json(self) -> bytes:
        """Write the record."""
        return _write(
            {
                "id": self.id,
                "origin": self.origin,
                "createdAt": moment_text(self.created_at),
                "files": [_write_file(file) for file in self.files],
                "options": _write_options(self.options),
                "container": self.container,
                "timeToLive": (
                    None if self.time_to_live is None else duration_text(self.time_to_live)
                ),
                "displayName": self.display_name,
                "description": self.description,
                "customProperties": [list(pair) for pair in self.custom_properties],
                "destination": self.destination,
            }
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return _read(body, MAX_JOB_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            id=fields.uuid("id"),
            origin=fields.member("origin", JobOrigin),
            created_at=fields.moment("createdAt"),
            files=tuple(fields.items("files", MAX_FILES, _read_file)),
            options=_read_options(fields.fields("options")),
            container=_optional(fields, "container", fields.text),
            time_to_live=_optional(
                fields, "timeToLive", lambda name: _read_duration(fields.text(name))
            ),
            display_name=fields.text("displayName"),
            description=_optional(fields, "description", fields.text),
            custom_properties=tuple(fields.items("customProperties", 10, _read_pair)),
            destination=_optional(fields, "destination", fields.text),
        )


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
    """How one file ended.

    n_attempts: from 1.
    audio_s: length of the audio; None where it could not be read.
    error_kind, error_message: for the report, where it failed. A sentence of ours: it quotes
        neither content nor the query of an address.
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
        return _write(
            {
                "file": self.file_index,
                "status": self.status,
                "finishedAt": moment_text(self.finished_at),
                "attempts": self.n_attempts,
                "audioSeconds": self.audio_s,
                "errorKind": self.error_kind,
                "errorMessage": self.error_message,
                "written": [_write_blob(blob) for blob in self.written],
            }
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return _read(body, MAX_RECORD_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            file_index=fields.integer("file", 0, MAX_FILES - 1),
            status=fields.member("status", FileStatus),
            finished_at=fields.moment("finishedAt"),
            n_attempts=fields.integer("attempts", 1, 1_000_000),
            audio_s=_optional(
                fields, "audioSeconds", lambda name: fields.number(name, 0, 1_000_000_000)
            ),
            error_kind=_optional(fields, "errorKind", fields.text),
            error_message=_optional(fields, "errorMessage", fields.text),
            written=tuple(fields.items("written", _MAX_OUTPUTS, _read_blob)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How all of a job ended.

    expires_at: when it has to be gone; None is never.
    error_kind, error_message: why the job failed as a whole.
    """

    status: JobStatus
    closed_at: datetime
    n_succeeded: int
    n_failed: int
    expires_at: datetime | None = None
    error_kind: str | None = None
    error_message: str | None = None

    def to_json(self) -> bytes:
        """Write the record."""
        return _write(
            {
                "status": self.status,
                "closedAt": moment_text(self.closed_at),
                "succeeded": self.n_succeeded,
                "failed": self.n_failed,
                "expiresAt": None if self.expires_at is None else moment_text(self.expires_at),
                "errorKind": self.error_kind,
                "errorMessage": self.error_message,
            }
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return _read(body, MAX_RECORD_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            status=fields.member("status", JobStatus),
            closed_at=fields.moment("closedAt"),
            n_succeeded=fields.integer("succeeded", 0, MAX_FILES),
            n_failed=fields.integer("failed", 0, MAX_FILES),
            expires_at=_optional(fields, "expiresAt", fields.moment),
            error_kind=_optional(fields, "errorKind", fields.text),
            error_message=_optional(fields, "errorMessage", fields.text),
        )


def close_job(job: Job, outcomes: Sequence[FileOutcome], closed_at: datetime) -> Closing:
    """Sum up a job all of whose files are finished; `closed_at` is aware.

    It has succeeded if any file has: single failures are the report's. The same files give the
    same closing but for its time, whoever finishes last.

    Raises
    ------
    ValueError: a file has no outcome, or two.
    """
    if sorted(outcome.file_index for outcome in outcomes) != list(range(len(job.files))):
        raise ValueError("each file of the job must have one outcome")
    n_failed = sum(outcome.status is FileStatus.FAILED for outcome in outcomes)
    has_failed = n_failed == len(outcomes)
    return Closing(
        status=JobStatus.FAILED if has_failed else JobStatus.SUCCEEDED,
        closed_at=closed_at,
        n_succeeded=len(outcomes) - n_failed,
        n_failed=n_failed,
        expires_at=expiry(closed_at, job.time_to_live),
        error_kind="InvalidData" if has_failed else None,
        error_message="None of the files could be transcribed." if has_failed else None,
    )


def job_status(n_finished: int, closing: Closing | None) -> JobStatus:
    """Status of a job, from the number of its finished files and its closing."""
    if closing is not None:
        return closing.status
    return JobStatus.RUNNING if n_finished else JobStatus.NOT_STARTED


def _write(record: dict[str, Any]) -> bytes:
    present = {name: value for name, value in record.items() if value is not None}
    return json.dumps({"v": _VERSION} | present, separators=(",", ":"), allow_nan=False).encode()


def _read(body: bytes, max_bytes: int, read: Callable[[JsonFields], Record]) -> Record:
    """Read a record to its last field."""
    try:
        fields = JsonFields.parse(body, max_bytes)
        fields.integer("v", _VERSION, _VERSION)
        record = read(fields)
        fields.end()
    except FieldError as error:
        raise MalformedJob(f"The record of a job can not be read: {error}.") from None
    return record


def _optional(fields: JsonFields, name: str, take: Callable[[str], Record]) -> Record | None:
    return take(name) if fields.has(name) else None


def _write_file(file: JobFile) -> list[str]:
    """A list, not an object: 10,000 files of a job are read for each of them."""
    return [file.source, file.result_name, *([] if file.etag is None else [file.etag])]


def _read_file(item: JsonFields) -> JobFile:
    return JobFile(*_texts(item, 2, 3))


def _read_pair(item: JsonFields) -> tuple[str, str]:
    key, value = _texts(item, 2, 2)
    return key, value


def _write_blob(blob: WrittenBlob) -> list[str]:
    return [blob.name, blob.etag, *([] if blob.container is None else [blob.container])]


def _read_blob(item: JsonFields) -> WrittenBlob:
    return WrittenBlob(*_texts(item, 2, 3))


def _texts(item: JsonFields, low: int, high: int) -> list[str]:
    texts = item.items("item", high, lambda text: text.text("item"))
    if len(texts) < low:
        raise FieldError(f"an item must have {low} texts or more")
    return texts


def _read_duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except InvalidTimeToLive as error:
        raise FieldError(str(error)) from None


def _write_options(options: JobOptions) -> dict[str, Any]:
    return {
        "locales": options.locales,
        "languagePerPhrase": options.language_per_phrase,
        "channels": options.channels,
        "wordTimestamps": options.word_timestamps,
        "displayWordTimestamps": options.display_word_timestamps,
        "punctuation": options.punctuation,
        "profanity": options.profanity,
        "maxSpeakers": options.max_speakers,
        "formats": options.formats,
    }


def _read_options(fields: JsonFields) -> JobOptions:
    options = JobOptions(
        locales=tuple(fields.items("locales", _MAX_LOCALES, lambda item: item.text("item", 35))),
        language_per_phrase=fields.flag("languagePerPhrase"),
        channels=tuple(
            fields.items(
                "channels",
                _MAX_CHANNELS,
                lambda item: item.integer("item", 0, _MAX_CHANNELS - 1),
            )
        ),
        word_timestamps=fields.flag("wordTimestamps"),
        display_word_timestamps=fields.flag("displayWordTimestamps"),
        punctuation=fields.flag("punctuation"),
        profanity=fields.member("profanity", ProfanityMode),
        max_speakers=_optional(
            fields, "maxSpeakers", lambda name: fields.integer(name, 1, _MAX_CHANNELS)
        ),
        formats=tuple(
            fields.items(
                "formats", len(ResultFormat), lambda item: item.member("item", ResultFormat)
            )
        ),
    )
    fields.end()
    return options
