"""One file of a job: read, transcribed, and written in the formats asked for; or why not."""

from collections.abc import Iterable
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
from shared.jobs.attempt import Attempt, FileWork
from shared.jobs.batch import Batch
from shared.jobs.destination import write_to_destination
from shared.jobs.failure import (
    SOURCE_CHANGED,
    Failure,
    exhausted,
    permanent_failure,
)
from shared.jobs.job import Job, JobOrigin
from shared.jobs.names import transcript_name
from shared.jobs.outcome import FileOutcome, FileStatus, WrittenBlob
from shared.jobs.outputs import (
    Finished,
    Output,
    failure_output,
    remove_older_failure,
    transcript_outputs,
    write_dropped,
)
from shared.storage.work_queue import MAX_DELIVERIES
from shared.transcript import RecognitionCost, Transcript
from shared.transcription.transcribe import transcribe
from shared.transcription.transcriber import Transcriber

_LONGEST_WITH_SPEAKERS_S = 240 * 60  # the contract's limit, as the next one
_MAX_BLOB_BYTES = 2_500_000_000


class FileTranscription:
    """Transcribes files of jobs. Methods may be called from any thread."""

    def __init__(self, batch: Batch, transcriber: Transcriber, limits: AudioLimits) -> None:
        self._batch = batch
        self._store = batch.store
        self._transcriber = transcriber
        self._limits = limits

    def transcribe(self, job: Job, index: int, attempt: Attempt) -> FileWork:
        """Transcribe a file and write what becomes of it.

        Raises
        ------
        Whatever went wrong, if another try may end otherwise and this is not the last.
        LeaseLost, WorkStopped: from `attempt.go_on`.
        """
        try:
            written = self._transcribe(job, index, attempt)
        except (LeaseLost, WorkStopped):
            raise
        except Exception as error:  # the edge: whatever a file does to us ends in its report
            failure = permanent_failure(error)
            if failure is None and attempt.is_last:
                failure = exhausted(error)
            if failure is None:
                raise
            return FileWork(
                self.failed(job, index, failure, attempt.number), RecognitionCost(), error
            )
        outcome = FileOutcome(
            file_index=index,
            status=FileStatus.SUCCEEDED,
            finished_at=written.finished.finished_at,
            n_attempts=attempt.number,
            audio_s=written.cost.audio_s,
            written=written.blobs,
        )
        return FileWork(outcome, written.cost)

    def _transcribe(self, job: Job, index: int, attempt: Attempt) -> "_Written":
        if job.refusal is not None:
            raise InvalidDropOptions(job.refusal)
        file = job.files[index]
        with (
            self._batch.open_source(job, file) as source,
            open_audio(source.audio, limits=self._limits_of(job)) as stream,
        ):
            options = job.options.recognition_options()
            transcript = transcribe(self._transcriber, stream, options, attempt.check)
        attempt.go_on()
        finished = Finished(job, file, source.modified_at or job.created_at, datetime.now(UTC))
        if job.origin is JobOrigin.REST:
            self._write_result(transcript, finished, index)
            return _Written(finished, (), transcript.cost)
        return _Written(finished, self._write(transcript, finished), transcript.cost)

    def _limits_of(self, job: Job) -> AudioLimits:
        """Limits of one audio: of the API for its size, of telling speakers apart for its time."""
        longest_s, max_bytes = self._limits.max_duration_s, self._limits.max_bytes
        if job.options.max_speakers is not None:
            longest_s = min(longest_s, _LONGEST_WITH_SPEAKERS_S)
        if job.origin is JobOrigin.REST:
            max_bytes = max(max_bytes, _MAX_BLOB_BYTES)  # of an address `Batch` accepts less
        return replace(self._limits, max_duration_s=longest_s, max_bytes=max_bytes)

    def _write_result(self, transcript: Transcript, finished: Finished, index: int) -> None:
        """Write the transcript of a REST job: first where a failure is to leave none here."""
        (output,) = transcript_outputs(transcript, finished, str(index))
        job, file = finished.job, finished.file
        write_to_destination(self._batch, job, file.result_name, output.data)
        self._store.write_result(job.id, transcript_name(index), output.data, output.content_type)

    def _write(self, transcript: Transcript, finished: Finished) -> tuple[WrittenBlob, ...]:
        job, file = finished.job, finished.file
        written = self._write_dropped(
            transcript_outputs(transcript, finished, file.source), finished
        )
        remove_older_failure(self._batch.drop_folder(job.container or "").output, finished)
        return written

    def _write_dropped(
        self, outputs: Iterable[Output], finished: Finished
    ) -> tuple[WrittenBlob, ...]:
        folder = self._batch.drop_folder(finished.job.container or "")
        written = (
            write_dropped(folder.output, folder.name, output, finished) for output in outputs
        )
        return tuple(blob for blob in written if blob is not None)

    def failed(self, job: Job, index: int, failure: Failure, n_attempts: int) -> FileOutcome:
        """Write why a file has no transcript; an outcome for the record of its job."""
        finished_at = datetime.now(UTC)
        written: tuple[WrittenBlob, ...] = ()
        # The newer version has a job of its own, which says what there is to say.
        if job.origin is JobOrigin.DROP and failure.kind != SOURCE_CHANGED:
            finished = Finished(job, job.files[index], job.created_at, finished_at)
            try:
                written = self._write_dropped([failure_output(failure, finished)], finished)
            except (StorageError, OutputTaken, ConfigurationError) as error:
                # Not even that can be written. Then the record of the job has to do.
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
    finished: Finished
    blobs: tuple[WrittenBlob, ...]
    cost: RecognitionCost
