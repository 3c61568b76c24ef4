"""Outputs of one file: its transcript in the formats of its job, or the reason of a failure.

`JobOutputs` is the port to where they go: `rest_outputs.py` and `dropped_outputs.py`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote

from shared.formats.batch_result import BatchResultOptions, batch_result
from shared.formats.rttm import rttm
from shared.formats.source_address import source_text
from shared.formats.subtitles import SubtitleFormat, render_subtitles
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.drop_folder import ERROR_SUFFIX
from shared.jobs.failure import Failure
from shared.jobs.job import Job, JobFile, JobOptions, ResultFormat
from shared.jobs.outcome import FileOutcome, WrittenBlob
from shared.jobs.output_names import SOURCE_HASH_KEY, SOURCE_KEY, source_hash
from shared.json_fields import moment_text
from shared.time_to_live import expiry
from shared.transcript import Transcript

MODIFIED_KEY = "sourcemodified"
_LONGEST_SOURCE = 1200  # of 2000 bytes of metadata

_CONTENT_TYPES = {
    ResultFormat.BATCH_JSON: "application/json",
    ResultFormat.SRT: "application/x-subrip",
    ResultFormat.VTT: "text/vtt; charset=utf-8",
    ResultFormat.TTML: "application/ttml+xml",
    ResultFormat.TEXT: "text/plain; charset=utf-8",
    ResultFormat.RTTM: "text/plain; charset=utf-8",
}

_SUBTITLE_FORMATS = {
    ResultFormat.SRT: SubtitleFormat.SRT,
    ResultFormat.VTT: SubtitleFormat.VTT,
    ResultFormat.TTML: SubtitleFormat.TTML,
    ResultFormat.TEXT: SubtitleFormat.TEXT,
}


@dataclass(frozen=True, slots=True)
class Output:
    """A blob to be written; its name is that of its file with this suffix."""

    suffix: str
    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class OutputContext:
    """File that outputs belong to, and the times (aware) that they name."""

    job: Job
    file: JobFile
    source_modified_at: datetime
    finished_at: datetime

    def metadata(self) -> dict[str, str]:
        """Metadata of an output."""
        metadata = {JOB_KEY: self.job.id, MODIFIED_KEY: ordered_text(self.source_modified_at)}
        expires_at = expiry(self.finished_at, self.job.time_to_live)
        if expires_at is not None:
            metadata["expiresat"] = moment_text(expires_at)
        if len(quote(self.file.source)) <= _LONGEST_SOURCE:
            metadata[SOURCE_KEY] = self.file.source
        else:
            metadata[SOURCE_HASH_KEY] = source_hash(self.file.source)
        return metadata


class JobOutputs(Protocol):
    """Where the outputs of one job go, and which of them may be deleted. Safe in any thread.

    Methods that write or delete raise `StorageError`, and `ConfigurationError` where the place
    is not configured any more.
    """

    @property
    def drop_folder(self) -> str | None:
        """Drop folder that the outputs lie in; None where they lie below the job."""
        ...

    def names(self) -> tuple[str, ...]:
        """Every name that an output in the drop folder may have."""
        ...

    def check(self, file_index: int) -> None:
        """Raise what `write` would because of the names of the outputs, before any work is done."""
        ...

    def write(
        self, transcript: Transcript, context: OutputContext, file_index: int
    ) -> tuple[WrittenBlob, ...]:
        """Write the transcript of a file. Raises `OutputTaken`: a foreign file has the name."""
        ...

    def write_failure(self, failure: Failure, context: OutputContext) -> tuple[WrittenBlob, ...]:
        """Write why a file has no transcript, where that is not left to the report."""
        ...

    def remove_stale(self, outcome: FileOutcome) -> None:
        """Delete outputs that another attempt wrote and this outcome does not list."""
        ...

    def remove_file(self, file_index: int) -> None:
        """Delete the outputs of a file that lie outside the job."""
        ...

    def remove_all(self) -> int:
        """Delete the outputs of all files that lie outside the job; their number."""
        ...

    def write_report(self, outcomes: Sequence[FileOutcome]) -> bool:
        """Write the report; whether the destination of the client has it, too."""
        ...


def transcript_outputs(transcript: Transcript, context: OutputContext) -> Iterator[Output]:
    """Write a transcript in all formats of its job."""
    options = context.job.options
    for result_format in options.formats:
        yield Output(
            f".{result_format}",
            _written(transcript, context, options, result_format),
            _CONTENT_TYPES[result_format],
        )


def failure_output(failure: Failure, context: OutputContext) -> Output:
    """Write the reason of a failure, as a blob beside the transcripts."""
    reason = {
        "source": source_text(context.file.source),
        "timestamp": _second_text(context.finished_at),
        "error": {"code": failure.kind, "message": failure.message},
    }
    return Output(ERROR_SUFFIX, json_bytes(reason), "application/json")


def _written(
    transcript: Transcript, context: OutputContext, options: JobOptions, result_format: ResultFormat
) -> bytes:
    subtitle_format = _SUBTITLE_FORMATS.get(result_format)
    if subtitle_format is not None:
        return render_subtitles(transcript, subtitle_format, options.subtitles).encode()
    if result_format is ResultFormat.RTTM:
        return rttm(transcript.phrases, context.file.source).encode()
    result = batch_result(
        transcript,
        context.job.address_of(context.file),
        context.finished_at,
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
    """Write compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def ordered_text(moment: datetime) -> str:
    """Write a time in UTC such that texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _second_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
