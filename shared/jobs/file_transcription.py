"""Transcription of one file of a job: read it, transcribe it, write outputs or the failure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.audio.format import AudioLimits
from shared.audio.stream import open_audio
from shared.errors import (
    ConfigurationError,
    InvalidDropOptions,
    LeaseLost,
    OutputTaken,
    StorageError,
    Unstorable,
    WorkStopped,
)
from shared.jobs.attempt import Attempt, FileResult
from shared.jobs.batch_services import BatchServices
from shared.jobs.failure import Failure, exhausted, permanent_failure
from shared.jobs.job import DropTarget, Job, RestTarget
from shared.jobs.outcome import FileOutcome, FileStatus, WrittenBlob
from shared.jobs.outputs import OutputContext
from shared.stages import Stage, StageName, timed_stage
from shared.storage.work_queue import MAX_DELIVERIES
from shared.transcript import RecognitionCost
from shared.transcription.transcribe import transcribe
from shared.transcription.transcriber import Transcriber

_LONGEST_WITH_SPEAKERS_S = 240 * 60  # the contract's limit, as the next one
_MAX_BLOB_BYTES = 2_500_000_000


class FileTranscription:
    """Transcribes files of jobs. Methods may be called from any thread."""

    def __init__(self, batch: BatchServices, transcriber: Transcriber, limits: AudioLimits) -> None:
        self._batch = batch
        self._transcriber = transcriber
        self._limits = limits

    def transcribe(self, job: Job, index: int, attempt: Attempt) -> FileResult:
        """Transcribe a file and write its outputs.

        Raises
        ------
        Exception: of any kind, where another attempt may succeed and this is not the last.
        LeaseLost, WorkStopped: from `attempt.check_cancelled`.
        """
        stages: list[Stage] = []
        try:
            written = self._transcribe(job, index, attempt, stages)
        except (LeaseLost, WorkStopped):
            raise
        except Exception as error:  # any error that a file causes ends in its report
            failure = permanent_failure(error)
            if failure is None and attempt.is_last:
                failure = exhausted(error)
            if failure is None:
                raise
            outcome = self.failed(job, index, failure, attempt.number)
            return FileResult(outcome, cause=error, stages=tuple(stages))
        outcome = FileOutcome(
            file_index=index,
            status=FileStatus.SUCCEEDED,
            finished_at=written.context.finished_at,
            n_attempts=attempt.number,
            audio_s=written.cost.audio_s,
            written=written.blobs,
        )
        return FileResult(outcome, written.cost, stages=tuple(stages))

    def _transcribe(
        self, job: Job, index: int, attempt: Attempt, stages: list[Stage]
    ) -> "_Written":
        if isinstance(job.target, DropTarget) and job.target.refusal is not None:
            raise InvalidDropOptions(job.target.refusal)
        file = job.files[index]
        self._batch.outputs_of(job).check(index)
        with (
            timed_stage(stages, StageName.RECOGNISE),
            self._batch.open_source(job, file) as source,
            open_audio(source.audio, limits=self._limits_of(job)) as stream,
        ):
            options = job.options.recognition_options()
            transcript = transcribe(self._transcriber, stream, options, attempt.check)
        attempt.check_cancelled()
        context = OutputContext(job, file, source.modified_at or job.created_at, datetime.now(UTC))
        with timed_stage(stages, StageName.WRITE):
            blobs = self._batch.outputs_of(job).write(transcript, context, index)
        return _Written(context, blobs, transcript.cost)

    def _limits_of(self, job: Job) -> AudioLimits:
        """Limits of one audio: the API's for its size, diarization's for its duration."""
        longest_s, max_bytes = self._limits.max_duration_s, self._limits.max_bytes
        if job.options.speakers is not None:
            longest_s = min(longest_s, _LONGEST_WITH_SPEAKERS_S)
        if isinstance(job.target, RestTarget):
            max_bytes = max(max_bytes, _MAX_BLOB_BYTES)  # `BatchServices` takes less of an address
        return replace(self._limits, max_duration_s=longest_s, max_bytes=max_bytes)

    def failed(self, job: Job, index: int, failure: Failure, n_attempts: int) -> FileOutcome:
        """Write why a file has no transcript; the outcome for the record of its job."""
        finished_at = datetime.now(UTC)
        context = OutputContext(job, job.files[index], job.created_at, finished_at)
        written: tuple[WrittenBlob, ...] = ()
        try:
            written = self._batch.outputs_of(job).write_failure(failure, context)
        except (StorageError, OutputTaken, ConfigurationError) as error:
            # The reason cannot be written either: only the record of the job has it.
            is_final = isinstance(error, OutputTaken | Unstorable)
            if n_attempts < MAX_DELIVERIES and not is_final:
                raise
        return FileOutcome(
            file_index=index,
            status=FileStatus.FAILED,
            finished_at=finished_at,
            n_attempts=n_attempts,
            error_kind=failure.kind,
            error_message=failure.message,
            written=written,
        )


@dataclass(frozen=True, slots=True)
class _Written:
    context: OutputContext
    blobs: tuple[WrittenBlob, ...]
    cost: RecognitionCost
