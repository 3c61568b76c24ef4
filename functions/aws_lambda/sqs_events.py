"""Messages of SQS in an event, and the answer that returns failed ones to the queue.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from functions.aws_lambda.events import EventSource, source_of
from shared.errors import FeatureUnavailable
from shared.storage.work_queue import Receipt


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message. `delivery_count` includes this delivery."""

    receipt: Receipt
    delivery_count: int
    body: str = field(repr=False)


def received_messages(event: Any) -> list[ReceivedMessage]:
    """Messages of an event.

    Raises
    ------
    FeatureUnavailable: not an event of SQS, or a malformed one.
    """
    source = source_of(event)
    try:
        if source is EventSource.SQS:
            return [_message(record) for record in event["Records"]]
    except (KeyError, TypeError, ValueError):
        source = EventSource.UNKNOWN
    raise FeatureUnavailable(f"Events of the kind {source} are not served here.")


def failed_items(failed: Iterable[ReceivedMessage]) -> dict[str, Any]:
    """Answer that returns these messages to the queue and lets Lambda delete the others.

    The event source mapping must have `ReportBatchItemFailures`, or all are deleted.
    """
    return {"batchItemFailures": [{"itemIdentifier": message.receipt.id} for message in failed]}


def _message(record: dict[str, Any]) -> ReceivedMessage:
    return ReceivedMessage(
        Receipt(str(record["messageId"]), str(record["receiptHandle"])),
        int(record["attributes"]["ApproximateReceiveCount"]),
        str(record["body"]),
    )
