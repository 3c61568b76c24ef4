"""The queue triggers: one message is one piece of work; what nobody could do is reported.

The host leases a message, renews the lease while the function runs, counts the deliveries, and
puts into `<queue>-poison` what failed too often (`queues` in host.json).

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import time

import azure.functions as func
import structlog

from functions.azure_app.invocation import InvocationLimit, attempt
from functions.azure_app.trigger_sources import TriggerSources
from functions.batch_log import log_retry, log_work
from shared.errors import MalformedMessage
from shared.jobs.attempt import Attempt
from shared.jobs.work import Work
from shared.privacy.log_fields import exception_fields
from shared.storage.work_message import WorkMessage
from shared.storage.work_queue import DeadLetter


def create_blueprint(work: Work, sources: TriggerSources, limit: InvocationLimit) -> func.Blueprint:
    """Functions `work`, for the queue, and `buried`, for the host's poison queue beside it."""
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    @blueprint.function_name("work")
    @blueprint.queue_trigger("delivery", sources.queue, sources.connection)
    def deliver(delivery: func.QueueMessage) -> None:
        message, number = _read(delivery), delivery.dequeue_count or 1
        if message is None:
            return

        def do() -> None:
            started = time.perf_counter()
            done = work.do(message, Attempt(number, deadline=limit.from_now()))
            log_work(message, done, time.perf_counter() - started)

        attempt(do, lambda error: log_retry(message, number, error))

    @blueprint.function_name("buried")
    @blueprint.queue_trigger("delivery", f"{sources.queue}-poison", sources.connection)
    def buried(delivery: func.QueueMessage) -> None:
        message, log = _read(delivery), structlog.get_logger()
        if message is None:
            return
        log.error("message_buried", job_id=message.job_id)
        attempt(
            lambda: work.bury(DeadLetter(message)),
            lambda error: log.error(
                "letters_not_reported", job_id=message.job_id, **exception_fields(error)
            ),
        )

    return blueprint


def _read(delivery: func.QueueMessage) -> WorkMessage | None:
    """What a message asks for; None, and a line in the log, where it is not one of Sotto's."""
    try:
        return WorkMessage.from_json(delivery.get_body())
    except MalformedMessage as error:
        structlog.get_logger().error("message_dropped", **exception_fields(error))
        return None
