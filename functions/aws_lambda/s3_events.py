"""Events of S3: which objects were written.

As a notification of the bucket, direct or in a message of SQS:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
Through EventBridge:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from functions.aws_lambda.events import EventSource, source_of
from shared.errors import FeatureUnavailable


@dataclass(frozen=True, slots=True)
class CreatedObject:
    """An object that was written, under the key that S3 itself has for it."""

    bucket: str
    key: str = field(repr=False)


def created_objects(event: Any) -> list[CreatedObject]:
    """Objects that an event names; none for events of other kinds of S3.

    Raises
    ------
    FeatureUnavailable: no event of S3, or none that can be read.
    """
    source = source_of(event)
    try:
        if source is EventSource.S3_TEST:
            return []
        if source is EventSource.S3:
            return [_of_record(record) for record in event["Records"] if _is_creation(record)]
        if source is EventSource.EVENT_BRIDGE and event["source"] == "aws.s3":
            return [_of_detail(event["detail"])] if event["detail-type"] == "Object Created" else []
    except (AttributeError, KeyError, TypeError):
        source = EventSource.UNKNOWN
    raise FeatureUnavailable(f"Events of the kind {source} are not served here.")


def _is_creation(record: dict[str, Any]) -> bool:
    return str(record["eventName"]).startswith("ObjectCreated:")


def _of_record(record: dict[str, Any]) -> CreatedObject:
    """Undo the form encoding of a notification's key: `a+b%2B.wav` is `a b+.wav`."""
    s3 = record["s3"]
    return CreatedObject(str(s3["bucket"]["name"]), unquote_plus(s3["object"]["key"]))


def _of_detail(detail: dict[str, Any]) -> CreatedObject:
    """Take the key as it is: through EventBridge S3 sends it without any encoding."""
    return CreatedObject(str(detail["bucket"]["name"]), str(detail["object"]["key"]))
