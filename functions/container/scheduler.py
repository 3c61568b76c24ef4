"""The scheduler: purges expired jobs, and reports files that no worker could process."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from functions.batch_log import log_letter, log_letter_failure, log_purge
from shared.errors import StorageError
from shared.jobs.batch_services import BatchServices
from shared.jobs.purge import purge
from shared.jobs.worker import JobWorker
from shared.privacy.log_fields import exception_fields


class Scheduler(threading.Thread):
    """Does its round at once and then every `every_s` seconds, until it is stopped."""

    def __init__(self, batch: BatchServices, work: JobWorker, every_s: float) -> None:
        super().__init__(name="scheduler", daemon=True)
        self._batch = batch
        self._work = work
        self._every_s = every_s
        self._stopping = threading.Event()
        self.is_busy = True  # until it has stopped

    def stop(self) -> None:
        """End the round under way soon, and begin no other."""
        self._stopping.set()

    def run(self) -> None:
        """Purge and report, round after round."""
        while not self._stopping.is_set():
            _log_and_continue("dead_letters_not_reported", self._report_letters)
            _log_and_continue("not_purged", self._purge)
            self._stopping.wait(self._every_s)

    def _purge(self) -> None:
        log_purge(purge(self._batch, datetime.now(UTC), self._stopping.is_set))

    def _report_letters(self) -> None:
        for letter in self._batch.queue.dead_letters():
            log_letter(letter)
            try:
                self._work.fail_dead_letter(letter)
            except StorageError:
                raise  # this letter comes again, behind the others
            except Exception as error:  # noqa: BLE001 - the trigger's edge: of this letter alone
                log_letter_failure(error)


def _log_and_continue(event: str, step: Callable[[], None]) -> None:
    """Run a step and log its error, of any kind: the next round tries again.

    If this thread ended, transcripts would outlive their time unnoticed.
    """
    try:
        step()
    except Exception as error:  # noqa: BLE001 - the trigger's edge
        structlog.get_logger().error(event, **exception_fields(error))
