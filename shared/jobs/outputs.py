"""What becomes of one file: its transcript in the formats asked for, or why there is none.

In the output container of a drop folder every output says in its metadata whose it is. Nobody
else's file is ever replaced, and no newer transcript by an older one.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from shared.errors import (
    AlreadyExists,
    BlobNotFound,
    Changed,
    OutputTaken,
    StorageUnavailable,
    Unstorable,
)
from shared.formats.batch_result import BatchResultOptions, batch_result
from shared.formats.plain_text import plain_text
from shared.formats.rttm import rttm
from shared.formats.source_address import source_text
from shared.formats.subtitles import srt, webvtt
from shared.jobs.drop_folder import ERROR_SUFFIX
from shared.jobs.failure import Failure
from shared.jobs.job import Job, JobFile, JobOptions, ResultFormat
from shared.jobs.outcome import WrittenBlob
from shared.jobs.time_to_live import expiry
from shared.json_fields import moment_text
from shared.storage.blob import BlobProperties
from shared.storage.container import Container
from shared.transcript import Transcript

JOB_KEY = "sottojob"
"""Metadata key of the job that wrote a blob."""

_MODIFIED_KEY = "sourcemodified"
_LONGEST_SOURCE = 1200  # of 2000 bytes of metadata
_ATTEMPTS = 4

_CONTENT_TYPES = {
    ResultFormat.BATCH_JSON: "application/json",
    ResultFormat.SRT: "application/x-subrip",
    ResultFormat.VTT: "text/vtt; charset=utf-8",
    ResultFormat.TEXT: "text/plain; charset=utf-8",
    ResultFormat.RTTM: "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Output:
    """A blob to be written."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What outputs of one file say about it: its job, its place there, times (aware)."""

    job: Job
    file: JobFile
    source_modified_at: datetime
    finished_at: datetime

    def metadata(self) -> dict[str, str]:
        """Metadata of an output."""
        metadata = {JOB_KEY: self.job.id, _MODIFIED_KEY: _ordered(self.source_modified_at)}
        expires_at = expiry(self.finished_at, self.job.time_to_live)
        if expires_at is not None:
            metadata["expiresat"] = moment_text(expires_at)
        if len(quote(self.file.source)) <= _LONGEST_SOURCE:
            metadata["source"] = self.file.source
        return metadata


def transcript_outputs(transcript: Transcript, finished: Finished, named: str) -> Iterator[Output]:
    """Write a transcript in all formats of its job.

    Parameters
    ----------
    named: what the outputs are called, before the ending of their format.
    """
    options = finished.job.options
    for result_format in options.formats:
        yield Output(
            f"{named}.{result_format}",
            _written(transcript, finished, options, result_format),
            _CONTENT_TYPES[result_format],
        )


def failure_output(failure: Failure, finished: Finished) -> Output:
    """Say why there is no transcript."""
    reason = {
        "source": source_text(finished.file.source),
        "timestamp": _second_text(finished.finished_at),
        "error": {"code": failure.kind, "message": failure.message},
    }
    return Output(f"{finished.file.source}{ERROR_SUFFIX}", json_bytes(reason), "application/json")


def write_dropped(
    container: Container, folder_name: str, output: Output, finished: Finished
) -> WrittenBlob | None:
    """Write an output of a dropped file; None where a newer one is there already.

    An output of the same job is left as it is: another try has written it, whole.

    Raises
    ------
    OutputTaken: a file of that name is not Sotto's.
    StorageUnavailable: others write the same name again and again.
    """
    metadata = finished.metadata()
    for _ in range(_ATTEMPTS):
        with suppress(AlreadyExists):
            etag = container.create(output.name, output.data, metadata, output.content_type)
            return WrittenBlob(output.name, etag, folder_name)
        with suppress(BlobNotFound, Changed):
            there = container.properties(output.name)
            if there.metadata.get(JOB_KEY) == finished.job.id:
                return WrittenBlob(output.name, there.etag, folder_name)
            if not _may_replace(there, finished):
                return None
            etag = container.replace(
                output.name, output.data, there.etag, metadata, output.content_type
            )
            return WrittenBlob(output.name, etag, folder_name)
    raise StorageUnavailable("Others write the same output.")


def remove_own(container: Container, name: str, job_id: str, etag: str | None = None) -> bool:
    """Delete an output while it still is what this job wrote; whether it was there.

    Parameters
    ----------
    etag: of what was written; None where that is not known, and the job's id has to do.
    """
    # A name that the container can not give to a blob has none.
    with suppress(BlobNotFound, Changed, Unstorable):
        there = container.properties(name)
        if there.metadata.get(JOB_KEY) == job_id and etag in {None, there.etag}:
            container.delete(name, there.etag)
            return True
    return False


def remove_older_failure(container: Container, finished: Finished) -> None:
    """Delete what said that an older version of a file could not be transcribed."""
    name = f"{finished.file.source}{ERROR_SUFFIX}"
    with suppress(BlobNotFound, Changed, OutputTaken, Unstorable):
        there = container.properties(name)
        if _may_replace(there, finished):
            container.delete(name, there.etag)


def dropped_output_names(file: JobFile, options: JobOptions) -> Iterator[str]:
    """Names that outputs of a dropped file may have."""
    for result_format in options.formats:
        yield f"{file.source}.{result_format}"
    yield f"{file.source}{ERROR_SUFFIX}"


def _may_replace(there: BlobProperties, finished: Finished) -> bool:
    if JOB_KEY not in there.metadata:
        raise OutputTaken("A file that Sotto did not write has the name of the output.")
    return there.metadata.get(_MODIFIED_KEY, "") <= _ordered(finished.source_modified_at)


def _written(
    transcript: Transcript, finished: Finished, options: JobOptions, result_format: ResultFormat
) -> bytes:
    if result_format is ResultFormat.SRT:
        return srt(transcript).encode()
    if result_format is ResultFormat.VTT:
        return webvtt(transcript).encode()
    if result_format is ResultFormat.TEXT:
        return plain_text(transcript).encode()
    if result_format is ResultFormat.RTTM:
        return rttm(transcript.phrases, finished.file.source).encode()
    result = batch_result(
        transcript,
        finished.job.address_of(finished.file),
        finished.finished_at,
        BatchResultOptions(
            channels=options.channels,
            word_timestamps=options.word_timestamps,
            display_word_timestamps=options.display_word_timestamps,
            names_locale=len(options.locales) != 1,
            punctuation=options.punctuation,
        ),
    )
    return json_bytes(result)


def json_bytes(value: object) -> bytes:
    """Write JSON as it leaves, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _ordered(moment: datetime) -> str:
    """Write a time so that texts are in the order of their times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _second_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
