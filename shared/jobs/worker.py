"""Work on jobs: one message at a time, in steps that may all be repeated.

    claim (the lease of the message) -> transcribe -> write with a condition -> mark the file
    -> close the job after its last file -> acknowledge

A worker that dies in between leaves a message that is handed out again, and every step finds
what it did before.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from shared.audio.format import AudioLimits
from shared.errors import (
    ConfigurationError,
    JobNotFound,
    MalformedJob,
    StorageError,
)
from shared.jobs.attempt import Attempt, FileResult
from shared.jobs.batch_services import BatchServices
from shared.jobs.failure import (
    CRASHED,
)
from shared.jobs.file_transcription import FileTranscription
from shared.jobs.job import Job
from shared.jobs.outcome import FileOutcome, JobStatus, summarise_job
from shared.jobs.removal import remove_late_outputs
from shared.jobs.submission import FAN_OUT_FILES
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage
from shared.storage.work_queue import MAX_DELIVERIES, DeadLetter
from shared.transcription.transcriber import Transcriber
from shared.web_hooks.delivery import HookResult, WebHookDelivery

# A waiting worker receives the message before its job is written, a matter of milliseconds.
# Releasing the message instead costs five seconds in the container host.
_RECORD_PAUSES_S = (0.01, 0.03, 0.06, 0.15, 0.25, 0.5)

_JOBS_REMEMBERED = 8


class JobWorker:
    """Handles work messages. Methods may be called from any thread."""

    def __init__(
        self, batch: BatchServices, transcriber: Transcriber, limits: AudioLimits | None = None
    ) -> None:
        self._batch = batch
        self._store = batch.store
        self._files = FileTranscription(batch, transcriber, limits or AudioLimits())
        # The record of a job of 10,000 files has megabytes, and is written once.
        self._job = lru_cache(_JOBS_REMEMBERED)(batch.store.job)
        self._started: dict[str, None] = {}
        self._hooks = WebHookDelivery(
            batch.web_hooks, batch.store, batch.queue, batch.allowed_networks
        )

    def handle(self, message: WorkMessage, attempt: Attempt) -> FileResult | HookResult | None:
        """Handle a message; it may be acknowledged when this returns.

        Raises
        ------
        Exception: of any kind, where another attempt may succeed and this is not the last.
        LeaseLost, WorkStopped: from `attempt.check_cancelled`.
        """
        if message.notice is not None:
            return self._hooks.deliver(message, message.notice)
        job = self._wait_for_record(message.job_id, attempt)
        if job is None or message.file_index is None or _is_duplicate(message, job):
            return None
        self._start(job, attempt)
        if message.kind is WorkKind.FAN_OUT:
            self._fan_out(job, message.file_index, attempt)
            return None
        return self._finish(job, message.file_index, attempt)

    def fail_dead_letter(self, letter: DeadLetter) -> None:
        """Record the file of a dead letter as failed: it crashed every worker that took it."""
        message = letter.message
        if message is None or message.file_index is None:
            return
        job = self._wait_for_record(message.job_id, Attempt(MAX_DELIVERIES))
        if job is None or _is_duplicate(message, job):
            return
        step = FAN_OUT_FILES if message.kind is WorkKind.FAN_OUT else 1
        for index in range(message.file_index, min(message.file_index + step, len(job.files))):
            outcome = self._store.outcome(job.id, index)
            if outcome is None:
                outcome = self._files.failed(job, index, CRASHED, MAX_DELIVERIES)
                outcome = self._store.finish(job.id, outcome)
            self._remove_stale_outputs(job, outcome, is_last=True)
            self._complete(job, outcome)

    def _wait_for_record(self, job_id: str, attempt: Attempt) -> Job | None:
        """Read a job, waiting for a record that is being written.

        None where it was deleted, or cannot be read.
        """
        pauses_s = iter(_RECORD_PAUSES_S if attempt.number == 1 else ())
        while True:
            try:
                return self._job(job_id)
            except MalformedJob as error:  # no attempt can read it; DELETE removes the job
                self._store.report_unreadable(job_id, error)
                return None
            except JobNotFound:
                tombstone = self._store.tombstone(job_id)
                if tombstone is not None:
                    # An earlier attempt may have written after the deletion, and died.
                    remove_late_outputs(self._batch, job_id, tombstone)
                    self._store.remove(job_id)
                    return None
                # The message is sent before its job is written, which may never happen.
                if attempt.is_last:
                    self._store.remove(job_id)
                    return None
                pause_s = next(pauses_s, None)
                if pause_s is None:
                    raise
            time.sleep(pause_s)
            attempt.check()

    def _start(self, job: Job, attempt: Attempt) -> None:
        """Mark the job as started and notify web hooks, once per process."""
        if job.is_listed and job.id not in self._started:
            # An earlier attempt may have died before it sent the notifications.
            if self._store.start(job.id) or attempt.number > 1:
                self._batch.announce(HookEvent.TRANSCRIPTION_PROCESSING, job)
            self._started[job.id] = None
            while len(self._started) > _JOBS_REMEMBERED:
                del self._started[next(iter(self._started))]

    def _fan_out(self, job: Job, first: int, attempt: Attempt) -> None:
        for index in range(first, min(first + FAN_OUT_FILES, len(job.files))):
            attempt.check()
            self._batch.queue.send(WorkMessage(WorkKind.TRANSCRIBE, job.id, index))

    def _finish(self, job: Job, index: int, attempt: Attempt) -> FileResult | None:
        if not job.files:  # the job is only closed
            self._close(job, [])
            self._batch.announce(HookEvent.TRANSCRIPTION_COMPLETION, job)
            return None
        outcome = self._store.outcome(job.id, index)
        if outcome is not None:
            self._remove_stale_outputs(job, outcome, is_last=attempt.is_last)
            return FileResult(outcome, closed_as=self._complete(job, outcome))
        # A job of many files is cached, so it may have been deleted since it was read.
        if len(job.files) > 1 and self._is_deleted(job):
            self._undo(job, index)
            return None
        done = self._files.transcribe(job, index, attempt)
        outcome = self._store.finish(job.id, done.outcome)
        if outcome is not done.outcome or attempt.number > 1:
            self._remove_stale_outputs(job, outcome, is_last=attempt.is_last)
        return replace(done, outcome=outcome, closed_as=self._complete(job, outcome))

    def _complete(self, job: Job, outcome: FileOutcome) -> JobStatus | None:
        """Close the job after its last file; undo everything if it was deleted meanwhile.

        Returns its status if this closed it.
        """
        has_ended = self._store.has_all_finished(job, outcome.file_index)
        outcomes = [outcome]
        if has_ended and len(job.files) > 1:
            outcomes = self._store.outcomes(job.id)
            has_ended = not self._repeat_unreadable(job, outcomes)
        closed_as = self._close(job, outcomes) if has_ended else None
        # Checked after the last write, so that no deletion is missed.
        if self._is_deleted(job):
            self._undo(job, outcome.file_index)
            return None
        if has_ended:  # the worker that closed it may have died before it sent this
            self._batch.announce(HookEvent.TRANSCRIPTION_COMPLETION, job)
        return closed_as

    def _repeat_unreadable(self, job: Job, outcomes: Sequence[FileOutcome]) -> bool:
        """Have files transcribed again whose outcome cannot be read; whether there are any."""
        missing = set(range(len(job.files))) - {outcome.file_index for outcome in outcomes}
        for index in sorted(missing):
            self._batch.queue.send(WorkMessage(WorkKind.TRANSCRIBE, job.id, index))
        return bool(missing)

    def _is_deleted(self, job: Job) -> bool:
        """Whether a job was deleted: on a full storage there is no tombstone, and no record."""
        return self._store.is_deleted(job.id) or not self._store.has_job(job.id)

    def _undo(self, job: Job, index: int) -> None:
        """Delete what was written after the job was deleted."""
        self._batch.outputs_of(job).remove_file(index)
        self._store.remove(job.id)

    def _remove_stale_outputs(self, job: Job, outcome: FileOutcome, *, is_last: bool) -> None:
        """Delete what another attempt at this file wrote and its outcome does not list.

        Nothing was written to a container that cannot be reached, so the last attempt ends
        without it.
        """
        try:
            self._batch.outputs_of(job).remove_stale(outcome)
        except (StorageError, ConfigurationError):
            if not is_last:
                raise

    def _close(self, job: Job, outcomes: Sequence[FileOutcome]) -> JobStatus | None:
        summary = summarise_job(job, outcomes)
        is_delivered = self._batch.outputs_of(job).write_report(outcomes)
        has_closed = self._store.close(job.id, replace(summary, has_delivered_report=is_delivered))
        return summary.status if has_closed else None


def _is_duplicate(message: WorkMessage, job: Job) -> bool:
    """Whether another host created the job, which has its own message."""
    ids = {message.submission_id, job.submission_id}
    return None not in ids and len(ids) > 1
