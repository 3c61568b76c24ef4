"""Kinds of the events that AWS sends, recognised by their keys.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Event = dict[str, Any]

_DEFAULT_STAGE = "$default"


class EventSource(StrEnum):
    """Sender of an event. S3_TEST: S3 tries out a notification that was just set up."""

    HTTP = "HTTP"
    S3 = "S3"
    S3_TEST = "S3 test"
    SQS = "SQS"
    EVENT_BRIDGE = "EventBridge"
    UNKNOWN = "unknown"


_RECORD_SOURCES = {"aws:s3": EventSource.S3, "aws:sqs": EventSource.SQS}


def source_of(event: object) -> EventSource:
    """Sender of an event of any shape; only its keys are read.

    HTTP are function URLs, API Gateway (REST and HTTP APIs) and Application Load Balancers. Of
    API Gateway's WebSockets and of CloudFront nothing is served: they are UNKNOWN.
    """
    if not isinstance(event, Mapping):
        return EventSource.UNKNOWN
    if _is_http(event):
        return EventSource.HTTP
    if event.get("Event") == "s3:TestEvent":
        return EventSource.S3_TEST
    if "detail-type" in event and "source" in event:
        return EventSource.EVENT_BRIDGE
    records = event.get("Records")
    first = records[0] if isinstance(records, list) and records else None
    source = first.get("eventSource") if isinstance(first, Mapping) else None
    return _RECORD_SOURCES.get(str(source), EventSource.UNKNOWN)


def is_scheduled(event: object) -> bool:
    """Whether a schedule sent the event: a rule of EventBridge, or EventBridge Scheduler."""
    return isinstance(event, Mapping) and event.get("detail-type") == "Scheduled Event"


def is_load_balanced(event: Mapping[str, Any]) -> bool:
    """Whether an HTTP event comes from an Application Load Balancer."""
    return "elb" in event["requestContext"]


def without_stage(event: Event) -> Event:
    """Return an HTTP event without the stage of an API Gateway in its path.

    A stage `prod` of an HTTP API arrives as `/prod/speech/...`. The event itself is not changed.
    """
    context = event["requestContext"]
    stage = context.get("stage", _DEFAULT_STAGE)
    if stage == _DEFAULT_STAGE:
        return event
    if http := context.get("http"):
        http = {**http, "path": _without_prefix(http["path"], f"/{stage}")}
        return {**event, "requestContext": {**context, "http": http}}
    return {**event, "path": _without_prefix(event["path"], f"/{stage}")}


def _is_http(event: Mapping[str, Any]) -> bool:
    context = event.get("requestContext")
    if not isinstance(context, Mapping):
        return False
    is_proxied = "httpMethod" in event and ("resource" in event or "version" in event)
    return "elb" in context or ("http" in context and "version" in event) or is_proxied


def _without_prefix(path: str, prefix: str) -> str:
    return path.removeprefix(prefix) or "/" if f"{path}/".startswith(f"{prefix}/") else path
