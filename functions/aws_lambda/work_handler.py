"""Work from SQS: done within the time of an invocation, or returned to the queue."""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from functions.aws_lambda.sqs_events import ReceivedMessage, failed_items, received_messages
from functions.aws_lambda.start import InvocationContext
from functions.batch_log import log_malformed, log_retry, log_work
from shared.errors import MalformedMessage, StorageError, WorkStopped
from shared.jobs.attempt import Attempt, Deadline
from shared.jobs.worker import JobWorker
from shared.privacy.log_fields import exception_fields
from shared.storage.work_message import WorkMessage
from shared.storage.work_queue import Lease, WorkQueue, lane_of

# Left at the end of an invocation for the segments that are being recognised, and for saying in
# the report that the file takes too long: the time is looked at once in 16 segments, which is
# two minutes of speech and 15 s on two busy cores. Of a short invocation a quarter has to do.
_ENDING_S = 60.0

# Delay of the next delivery of a message, by the number of its delivery. Without it the queue's
# visibility timeout would have to pass, which is six times the timeout of this function: too
# long for a message that came a moment before its job was written.
_PAUSES_S = (5, 20, 80, 320)


class WorkHandler:
    """Does the work of messages, one after the other.

    Parameters
    ----------
    queue: that the messages come from.
    prepare: makes sure of the model; raises `ModelMissing` or `EngineUnavailable`.
    """

    def __init__(self, work: JobWorker, queue: WorkQueue, prepare: Callable[[], None]) -> None:
        self._work = work
        self._queue = queue
        self._prepare = prepare

    def __call__(self, event: Any, context: InvocationContext) -> dict[str, Any]:
        """Handle the messages of one event; which of them to return to the queue.

        Raises
        ------
        FeatureUnavailable: an event of another kind.
        ModelError, EngineUnavailable: nothing can be recognised. All messages go back.
        """
        deadline = deadline_of(context)
        messages = received_messages(event)
        self._prepare()
        failed = [
            message
            for place, message in enumerate(messages)
            if not self._do(message, deadline, is_first=place == 0)
        ]
        return failed_items(failed)

    def _do(self, received: ReceivedMessage, deadline: Deadline, *, is_first: bool) -> bool:
        """Do the work of a message; whether it may be deleted."""
        try:
            message = self._queue.accept(received.body.encode(errors="replace"))
        except MalformedMessage as error:
            log_malformed(error)
            return True
        except StorageError as error:  # the redrive policy makes it a dead letter in the end
            structlog.get_logger().error("message_not_dead_lettered", **exception_fields(error))
            return False
        started_s = time.perf_counter()
        try:
            done = self._work.handle(message, _attempt(received, deadline, is_first=is_first))
        except Exception as error:  # noqa: BLE001 - the trigger's edge
            log_retry(message, received.delivery_count, error)
            self._give_back(message, received)
            return False
        log_work(message, done, time.perf_counter() - started_s)
        return True

    def _give_back(self, message: WorkMessage, received: ReceivedMessage) -> None:
        """Return a message to the queue with a short delay."""
        pause_s = _PAUSES_S[min(received.delivery_count, len(_PAUSES_S)) - 1]
        # Lambda holds it; until when it does not say.
        lane = lane_of(message)
        lease = Lease(message, received.delivery_count, math.inf, received.receipt, lane)
        with suppress(StorageError):  # then it comes when the queue's time is over
            self._queue.release(lease, pause_s)


def deadline_of(context: InvocationContext) -> Deadline:
    """When work has to end so that this invocation can: the limit is named as it was set."""
    remaining_s = context.get_remaining_time_in_millis() / 1000
    at_s = time.monotonic() + remaining_s - min(_ENDING_S, remaining_s / 4)
    return Deadline(at_s, f"{_duration_text(round(remaining_s))} of AWS Lambda")


def _duration_text(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    amount, unit = (seconds, "second") if rest else (minutes, "minute")
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def _attempt(received: ReceivedMessage, deadline: Deadline, *, is_first: bool) -> Attempt:
    """An attempt. Only a file that had the whole invocation fails for its length."""
    whole = Attempt(received.delivery_count, deadline=deadline)
    if is_first or whole.is_last:
        return whole

    def check_cancelled() -> None:
        if time.monotonic() >= deadline.at_s:
            raise WorkStopped("The time of this invocation is over.")

    check_cancelled()
    return Attempt(received.delivery_count, check_cancelled)
