"""The timer trigger: expired jobs are purged, on one instance at a time.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import time
from datetime import UTC, datetime

import azure.functions as func
import structlog

from functions.azure_app.invocation import InvocationLimit, attempt
from functions.batch_log import log_purge
from shared.jobs.batch_services import BatchServices
from shared.jobs.purge import purge as purge_jobs
from shared.privacy.log_fields import exception_fields

# The next run continues where this one stopped.
_LONGEST_S = 600.0


def create_blueprint(batch: BatchServices, every_s: int, limit: InvocationLimit) -> func.Blueprint:
    """Function `purge`, every so many seconds. Never at a start: each new instance would purge."""
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]
    longest_s = min(_LONGEST_S, limit.within_s or _LONGEST_S)

    @blueprint.function_name("purge")
    @blueprint.timer_trigger("timer", ncrontab(every_s), run_on_startup=False)
    def purge(timer: func.TimerRequest) -> None:  # noqa: ARG001 - it says when, which is now
        stop_at_s = time.monotonic() + longest_s

        def remove() -> None:
            now = datetime.now(UTC)
            log_purge(purge_jobs(batch, now, lambda: time.monotonic() >= stop_at_s))

        attempt(remove, _log_failure)

    return blueprint


def ncrontab(every_s: int) -> str:
    """Schedule that fires at least every so many seconds, 1 to 86400: six fields, seconds first.

    Steps of the last unit that fits begin anew with each minute, hour or day, so where they do
    not divide it one of them is shorter: `*/7` minutes is 0, 7, ... 56, 0.
    """
    for unit_s, steps, fields in (
        (1, 60, "{} * * * * *"),
        (60, 60, "0 {} * * * *"),
        (3600, 24, "0 0 {} * * *"),
    ):
        step = every_s // unit_s
        if step < steps:
            return fields.format("*" if step == 1 else f"*/{step}")
    return "0 0 0 * * *"


def _log_failure(error: Exception) -> None:
    structlog.get_logger().error("not_purged", **exception_fields(error))
