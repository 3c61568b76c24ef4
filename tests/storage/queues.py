"""New, empty queues of every kind for a test, and what is sent through them."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from shared.storage.aws_session import aws_client
from shared.storage.azure_queue import open_azure_queue_by_connection
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.sqs import open_sqs_queue
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import WorkQueue

JOB = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
REGION = "eu-west-1"


def piece(file_index: int = 0) -> WorkMessage:
    """One file of the job that all of these tests are about."""
    return WorkMessage(WorkKind.TRANSCRIBE, JOB, file_index)


def new_name() -> str:
    """Name that no queue has yet."""
    return f"work-{uuid.uuid4().hex[:12]}"


@contextmanager
def closing(queue: WorkQueue) -> Iterator[WorkQueue]:
    """Prepare a queue, and close it at the end."""
    try:
        queue.prepare()
        yield queue
    finally:
        queue.close()


def azure_queue(connection_string: str, max_deliveries: int) -> WorkQueue:
    """Open a queue that is not there yet."""
    return open_azure_queue_by_connection(connection_string, new_name(), max_deliveries)


def sqs_client(endpoint_url: str):
    """Make a client of boto3."""
    return aws_client("sqs", region=REGION, endpoint_url=endpoint_url)


def sqs_queue(endpoint_url: str, max_deliveries: int, *, redrive: bool = False) -> WorkQueue:
    """Make three queues as infrastructure would, with or without a redrive policy; open them."""
    client = sqs_client(endpoint_url)
    name = new_name()
    dead_url = client.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    dead_arn = client.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])
    policy = {
        "deadLetterTargetArn": dead_arn["Attributes"]["QueueArn"],
        "maxReceiveCount": max_deliveries,
    }
    attributes = {"RedrivePolicy": json.dumps(policy)} if redrive else {}
    url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    client.create_queue(QueueName=f"{name}-notices", Attributes=attributes)
    client.close()
    return open_sqs_queue(url, dead_url, max_deliveries)


def sqlite_queue(folder, max_deliveries: int) -> WorkQueue:
    """Open a queue in a file of this folder."""
    return open_sqlite_queue(folder / "queue.sqlite", max_deliveries)
