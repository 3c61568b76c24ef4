"""The queue triggers: each message is one piece of work; dead letters are reported.

The host leases a message, renews the lease while the function runs, counts the deliveries, and
puts into `<queue>-poison` what failed too often (`queues` in host.json). Foreign messages
move there at once, and from there the host moves them to `<queue>-poison-poison`.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
"""

import time
from functools import partial

import azure.functions as func
import structlog

from functions.azure_app.invocation import InvocationFailed, InvocationLimit, attempt
from functions.azure_app.trigger_sources import TriggerSources
from functions.batch_log import log_letter, log_malformed, log_retry, log_work
from shared.errors import MalformedMessage, StorageError
from shared.jobs.attempt import Attempt
from shared.jobs.worker import JobWorker
from shared.privacy.log_fields import exception_fields
from shared.storage.azure_queue import NOTICES_ENDING
from shared.storage.work_message import WorkMessage
from shared.storage.work_queue import WorkQueue, dead_letter


def create_blueprint(
    work: JobWorker, queue: WorkQueue, sources: TriggerSources, limit: InvocationLimit
) -> func.Blueprint:
    """Functions `work` and `notices`, for the lanes of the queue, and `buried`, for dead letters.

    queue: that `sources` names.
    """
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    def deliver(delivery: func.QueueMessage) -> None:
        message, number = _accepted(delivery, queue), delivery.dequeue_count or 1
        if message is None:
            return

        def do() -> None:
            started = time.perf_counter()
            done = work.handle(message, Attempt(number, deadline=limit.from_now()))
            log_work(message, done, time.perf_counter() - started)

        attempt(do, lambda error: log_retry(message, number, error))

    for name, lane in (("work", sources.queue), ("notices", f"{sources.queue}{NOTICES_ENDING}")):
        trigger = blueprint.queue_trigger("delivery", lane, sources.connection)
        blueprint.function_name(name)(trigger(deliver))

    @blueprint.function_name("buried")
    @blueprint.queue_trigger("delivery", f"{sources.queue}-poison", sources.connection)
    def buried(delivery: func.QueueMessage) -> None:
        letter = dead_letter(delivery.get_body())
        log_letter(letter)
        if letter.message is None:
            raise InvocationFailed
        attempt(lambda: work.fail_dead_letter(letter), partial(_log_not_reported, letter.message))

    return blueprint


def _accepted(delivery: func.QueueMessage, queue: WorkQueue) -> WorkMessage | None:
    """Read a message; None where it is not one of Sotto's, and a dead letter now."""
    try:
        return queue.accept(delivery.get_body())
    except MalformedMessage as error:
        log_malformed(error)
        return None
    except StorageError as error:
        structlog.get_logger().error("message_not_dead_lettered", **exception_fields(error))
    raise InvocationFailed


def _log_not_reported(message: WorkMessage, error: Exception) -> None:
    structlog.get_logger().error(
        "dead_letters_not_reported", job_id=message.job_id, **exception_fields(error)
    )
