"""Work on a job: one message at a time, in steps that may all be done twice.

    claim (the lease of the message) -> transcribe -> write with a condition -> mark the file
    -> close the job if that was its last -> acknowledge

Whoever dies in between leaves a message that is handed out again, and every step finds what it
did before.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from shared.audio.format import AudioLimits
from shared.errors import (
    AddressRefused,
    ConfigurationError,
    JobNotFound,
    StorageError,
)
from shared.formats.batch_report import ReportEntry, batch_report
from shared.jobs.attempt import Attempt, FileWork
from shared.jobs.batch import Batch
from shared.jobs.destination import write_to_destination
from shared.jobs.failure import (
    CRASHED,
)
from shared.jobs.job import Job, JobOrigin
from shared.jobs.names import REPORT_NAME, transcript_name
from shared.jobs.outcome import FileOutcome, FileStatus, close_job
from shared.jobs.outputs import (
    dropped_output_names,
    json_bytes,
    remove_own,
)
from shared.jobs.retention import clear_gone
from shared.jobs.submission import FAN_OUT_FILES
from shared.jobs.transcription import FileTranscription
from shared.jobs.web_hook_delivery import HookWork, WebHookDelivery
from shared.jobs.web_hook_notices import announce
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage
from shared.storage.work_queue import MAX_DELIVERIES, DeadLetter
from shared.transcription.transcriber import Transcriber

# A worker that waits for work has its message before the job behind it is written: a write later,
# which is milliseconds. Giving the message back instead costs five seconds in the container host.
_RECORD_PAUSES_S = (0.01, 0.03, 0.06, 0.15, 0.25, 0.5)

_JOBS_REMEMBERED = 8


class Work:
    """Does what messages ask for. Methods may be called from any thread."""

    def __init__(
        self, batch: Batch, transcriber: Transcriber, limits: AudioLimits | None = None
    ) -> None:
        self._batch = batch
        self._store = batch.store
        self._files = FileTranscription(batch, transcriber, limits or AudioLimits())
        # A job of 10,000 files is megabytes, the same for each of them, and never changes in
        # what work reads of it.
        self._job = lru_cache(_JOBS_REMEMBERED)(batch.store.job)
        self._started: dict[str, None] = {}
        self._hooks = WebHookDelivery(batch.store, batch.queue, batch.allowed_networks)

    def do(self, message: WorkMessage, attempt: Attempt) -> FileWork | HookWork | None:
        """Do what a message asks for; when this returns it may be acknowledged.

        Raises
        ------
        Whatever went wrong, if another try may end otherwise and this is not the last.
        LeaseLost, WorkStopped: from `attempt.go_on`.
        """
        if message.notice is not None:
            return self._hooks.deliver(message, message.notice)
        job = self._find(message.job_id, attempt)
        if job is None or message.file_index is None:
            return None
        self._start(job, attempt)
        if message.kind is WorkKind.FAN_OUT:
            self._fan_out(job, message.file_index, attempt)
            return None
        return self._finish(job, message.file_index, attempt)

    def bury(self, letter: DeadLetter) -> None:
        """Put into the report of its job what no worker could do: files that crash it."""
        message = letter.message
        if message is None or message.file_index is None:
            return
        job = self._find(message.job_id, Attempt(MAX_DELIVERIES))
        if job is None:
            return
        step = FAN_OUT_FILES if message.kind is WorkKind.FAN_OUT else 1
        for index in range(message.file_index, min(message.file_index + step, len(job.files))):
            outcome = self._store.outcome(job.id, index)
            if outcome is None:
                outcome = self._files.failed(job, index, CRASHED, MAX_DELIVERIES)
                outcome = self._store.finish(job.id, outcome)
            self._retract(job, outcome, is_last=True)
            self._settle(job, outcome)

    def _find(self, job_id: str, attempt: Attempt) -> Job | None:
        """Read a job; None where there is nothing to do for it any more."""
        pauses_s = iter(_RECORD_PAUSES_S if attempt.number == 1 else ())
        while True:
            try:
                return self._job(job_id)
            except JobNotFound:
                gone = self._store.gone(job_id)
                if gone is not None:
                    # An earlier try may have written after the job was deleted, and died.
                    clear_gone(self._batch, job_id, gone)
                    return None
                # The message was sent before its job was written; or the job never was.
                if attempt.is_last:
                    self._store.remove(job_id)
                    return None
                pause_s = next(pauses_s, None)
                if pause_s is None:
                    raise
            time.sleep(pause_s)
            attempt.check()

    def _start(self, job: Job, attempt: Attempt) -> None:
        """Say that the job runs; once in this process, for it is said for each of its files."""
        if job.origin is JobOrigin.REST and job.id not in self._started:
            # An earlier try may have died before it sent what it had to.
            if self._store.start(job.id) or attempt.number > 1:
                self._announce(HookEvent.TRANSCRIPTION_PROCESSING, job)
            self._started[job.id] = None
            while len(self._started) > _JOBS_REMEMBERED:
                del self._started[next(iter(self._started))]

    def _fan_out(self, job: Job, first: int, attempt: Attempt) -> None:
        for index in range(first, min(first + FAN_OUT_FILES, len(job.files))):
            attempt.check()
            self._batch.queue.send(WorkMessage(WorkKind.TRANSCRIBE, job.id, index))

    def _finish(self, job: Job, index: int, attempt: Attempt) -> FileWork | None:
        if not job.files:  # nothing but to be closed
            self._close(job, [])
            self._announce(HookEvent.TRANSCRIPTION_COMPLETION, job)
            return None
        outcome = self._store.outcome(job.id, index)
        if outcome is not None:
            self._retract(job, outcome, is_last=attempt.is_last)
            return FileWork(outcome, has_closed=self._settle(job, outcome))
        # A job of many files is remembered, so it may have been deleted since it was read.
        if len(job.files) > 1 and self._store.is_gone(job.id):
            self._undo(job, index)
            return None
        done = self._files.transcribe(job, index, attempt)
        outcome = self._store.finish(job.id, done.outcome)
        if outcome is not done.outcome or attempt.number > 1:
            self._retract(job, outcome, is_last=attempt.is_last)
        return replace(done, outcome=outcome, has_closed=self._settle(job, outcome))

    def _settle(self, job: Job, outcome: FileOutcome) -> bool:
        """Close the job if this was its last file; undo all where it was deleted meanwhile."""
        has_ended = self._store.has_all_finished(job, outcome.file_index)
        has_closed = has_ended and self._close(
            job, [outcome] if len(job.files) == 1 else self._store.outcomes(job.id)
        )
        # Looked for after the last write, so that a deletion at any moment is seen.
        if self._store.is_gone(job.id):
            self._undo(job, outcome.file_index)
            return False
        if has_ended:  # whoever has closed it may have died before he could send this
            self._announce(HookEvent.TRANSCRIPTION_COMPLETION, job)
        return has_closed

    def _announce(self, event: HookEvent, job: Job) -> None:
        announce(event, job, self._store, self._batch.queue)

    def _undo(self, job: Job, index: int) -> None:
        self._remove_outputs(job, index, ())
        self._store.remove(job.id)

    def _retract(self, job: Job, outcome: FileOutcome, *, is_last: bool) -> None:
        """Remove what another try of this file wrote that ended otherwise.

        In a container that can not be reached nothing could have been written; the job ends
        without that at the last try.
        """
        try:
            if job.origin is JobOrigin.REST and outcome.status is FileStatus.FAILED:
                self._store.remove_result(job.id, transcript_name(outcome.file_index))
            kept = [blob.name for blob in outcome.written]
            self._remove_outputs(job, outcome.file_index, kept)
        except (StorageError, ConfigurationError):
            if not is_last:
                raise

    def _remove_outputs(self, job: Job, index: int, kept: Sequence[str]) -> None:
        if job.origin is not JobOrigin.DROP:
            return  # what lies under the job goes with it
        output = self._batch.drop_folder(job.container or "").output
        for name in dropped_output_names(job.files[index], job.options):
            if name not in kept:
                remove_own(output, name, job.id)

    def _close(self, job: Job, outcomes: Sequence[FileOutcome]) -> bool:
        closing = close_job(job, outcomes)
        if job.origin is JobOrigin.REST:
            report = _report(job, outcomes)
            self._store.write_result(job.id, REPORT_NAME, report)
            closing = replace(closing, has_delivered_report=self._deliver_report(job, report))
        return self._store.close(job.id, closing)

    def _deliver_report(self, job: Job, report: bytes) -> bool:
        """Write the report to the destination; a job ends also where that can not be."""
        try:
            write_to_destination(self._batch, job, REPORT_NAME, report)
        except (StorageError, AddressRefused):
            return False
        return job.destination is not None


def _report(job: Job, outcomes: Sequence[FileOutcome]) -> bytes:
    entries = [
        ReportEntry(
            job.address_of(job.files[outcome.file_index]),
            outcome.status is FileStatus.SUCCEEDED,
            outcome.error_message,
            outcome.error_kind,
        )
        for outcome in outcomes
    ]
    return json_bytes(batch_report(entries))
