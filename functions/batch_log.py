"""One log line for each piece of batch work, the same on every host."""

from typing import Any

import structlog

from shared.errors import MalformedMessage
from shared.jobs.attempt import FileResult
from shared.jobs.outcome import FileStatus, JobStatus
from shared.jobs.purge import PurgeReport
from shared.privacy.log_fields import cost_fields, exception_fields
from shared.storage.work_message import WorkMessage
from shared.storage.work_queue import DeadLetter
from shared.ticks import milliseconds_from_seconds
from shared.web_hooks.delivery import Delivery, HookResult

_HOOK_LINES = {  # level: info, warning, error
    Delivery.DELIVERED: (20, "web_hook_delivered"),
    Delivery.POSTPONED: (30, "web_hook_postponed"),
    Delivery.GIVEN_UP: (40, "web_hook_given_up"),
}


def log_work(message: WorkMessage, work: FileResult | HookResult | None, duration_s: float) -> None:
    """Log the result of a message."""
    if isinstance(work, HookResult):
        _log_hook_work(message, work, duration_s)
        return
    if work is None or (work.cost is None and work.cause is None):
        return
    has_failed = work.outcome.status is FileStatus.FAILED
    structlog.get_logger().log(30 if has_failed else 20, **file_line(message, work, duration_s))
    if work.closed_as is not None:
        structlog.get_logger().info("job_closed", job_id=message.job_id)
    if work.closed_as is JobStatus.FAILED:
        structlog.get_logger().warning("job_failed", job_id=message.job_id)


def file_line(message: WorkMessage, work: FileResult, duration_s: float) -> dict[str, Any]:
    """Fields of the line of a file that has its result: event, sizes and times."""
    outcome = work.outcome
    has_failed = outcome.status is FileStatus.FAILED
    return {
        "event": "file_failed" if has_failed else "file_transcribed",
        "job_id": message.job_id,
        "n_attempts": outcome.n_attempts,
        "error_code": outcome.error_kind,
        "duration_ms": milliseconds_from_seconds(duration_s),
        **({} if work.cost is None else cost_fields(work.cost)),
        **({} if work.cause is None else exception_fields(work.cause)),
    }


def _log_hook_work(message: WorkMessage, work: HookResult, duration_s: float) -> None:
    if work.delivery is Delivery.DROPPED:
        return
    level, event = _HOOK_LINES[work.delivery]
    structlog.get_logger().log(
        level,
        event,
        job_id=message.job_id,
        n_attempts=message.attempt,
        status=work.status,
        duration_ms=milliseconds_from_seconds(duration_s),
        **({} if work.cause is None else exception_fields(work.cause)),
    )


def log_retry(message: WorkMessage, n_attempts: int, error: Exception) -> None:
    """Log a failed attempt that will be repeated."""
    structlog.get_logger().warning(
        "work_postponed",
        job_id=message.job_id,
        n_attempts=n_attempts,
        **exception_fields(error),
    )


def log_malformed(error: MalformedMessage) -> None:
    """Log a message that is not one of Sotto's, and is among the dead letters."""
    structlog.get_logger().error("malformed_message", **exception_fields(error))


def log_letter(letter: DeadLetter) -> None:
    """Log a dead letter. Foreign ones stay in the queue and are logged every round."""
    if letter.message is None:
        structlog.get_logger().warning("malformed_dead_letter")
    else:
        structlog.get_logger().error("dead_letter_reported", job_id=letter.message.job_id)


def log_letter_failure(error: Exception) -> None:
    """Log a dead letter that cannot be reported in its job at any try."""
    structlog.get_logger().error("dead_letter_not_reported", **exception_fields(error))


def log_purge(done: PurgeReport) -> None:
    """Log the numbers and failures of a purge."""
    log = structlog.get_logger()
    # Written at this level only: a purge that had nothing to remove is no news, but a metric.
    log.debug("purge_ended")
    for job_id, error in done.failures:
        log.error("job_not_purged", job_id=job_id, **exception_fields(error))
    for folder, job_ids in done.unreachable.items():
        log.error("outputs_not_reached", folder=folder, n_jobs=len(job_ids))
    for error in done.troubles:
        log.error("container_not_purged", **exception_fields(error))
    if done.n_foreign:
        log.warning("foreign_expiry_entries", n_files=done.n_foreign)
    if done.n_jobs or done.n_leftovers or not done.is_complete:
        log.info(
            "purged",
            n_jobs=done.n_jobs,
            n_files=done.n_outputs + done.n_records + done.n_leftovers,
            late_ms=milliseconds_from_seconds(done.latest.total_seconds()),
        )
