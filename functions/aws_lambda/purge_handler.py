"""Scheduled purge; it also records dead letters in the reports of their jobs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

from functions.aws_lambda.events import is_scheduled, source_of
from functions.aws_lambda.start import InvocationContext
from functions.batch_log import log_letter, log_letter_failure, log_purge
from shared.errors import FeatureUnavailable, StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.purge import purge
from shared.jobs.worker import JobWorker
from shared.privacy.log_fields import exception_fields

# Left at the end of an invocation for the job that is being removed. Of a short one half has to
# do. The next purge resumes a removal that was cut off.
_ENDING_S = 10.0


class PurgeHandler:
    """Reports dead letters, then purges."""

    def __init__(self, batch: BatchServices, work: JobWorker) -> None:
        self._batch = batch
        self._work = work

    def __call__(self, event: Any, context: InvocationContext) -> dict[str, Any]:
        """Purge; the numbers removed, and the longest lateness in seconds.

        Raises
        ------
        FeatureUnavailable: an event of another kind.
        StorageError: the storage cannot be read now; the next schedule continues.
        """
        if not is_scheduled(event):
            raise FeatureUnavailable(f"Events of the kind {source_of(event)} are not served here.")
        should_stop = _near_the_end(context)
        n_dead_letters, trouble = self._report_dead_letters(should_stop)
        done = purge(self._batch, datetime.now(UTC), should_stop)
        log_purge(done)
        if trouble:
            raise StorageError("The dead letters could not be taken into their reports.")
        return {
            "n_jobs": done.n_jobs,
            "n_outputs": done.n_outputs,
            "n_records": done.n_records,
            "n_leftovers": done.n_leftovers,
            "n_failures": len(done.failures) + done.n_unreachable,
            "n_dead_letters": n_dead_letters,
            "late_s": round(done.latest.total_seconds(), 3),
            "is_complete": done.is_complete,
        }

    def _report_dead_letters(self, should_stop: Callable[[], bool]) -> tuple[int, bool]:
        """Take the dead letters into their reports.

        How many there were of Sotto's, and whether the storage kept it from that.
        """
        n_letters = 0
        try:
            for letter in self._batch.queue.dead_letters():
                log_letter(letter)
                try:
                    self._work.fail_dead_letter(letter)
                except StorageError:
                    raise
                except Exception as error:  # noqa: BLE001 - of this letter, at every try
                    log_letter_failure(error)
                n_letters += letter.message is not None
                if should_stop():
                    break
        except StorageError as error:
            structlog.get_logger().error("dead_letters_not_reported", **exception_fields(error))
            return n_letters, True
        return n_letters, False


def _near_the_end(context: InvocationContext) -> Callable[[], bool]:
    ending_ms = min(1000 * _ENDING_S, context.get_remaining_time_in_millis() / 2)
    return lambda: context.get_remaining_time_in_millis() < ending_ms
