"""Adapter of Amazon SQS to the queue of work: a standard queue, `<name>-notices`, dead letters.

Infrastructure creates all three queues. A redrive policy to the dead-letter queue with a
`maxReceiveCount` of `max_deliveries` may dead-letter messages; without one this module does. Set
the retention of all to 14 days, SQS's maximum: its default is four.
"""

import math
import re
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

from shared.errors import (
    AccessDenied,
    ConfigurationError,
    LeaseLost,
    QueueNotFound,
    StorageError,
    StorageUnavailable,
)
from shared.storage.aws_session import aws_client
from shared.storage.library_logs import silence_library_logs
from shared.storage.translated_errors import translated
from shared.storage.work_queue import (
    MAX_DELIVERIES,
    Backlog,
    Receipt,
    StoredMessage,
    WorkQueue,
)

_LONGEST_WAIT_S = 20
_READ_TIMEOUT_S = _LONGEST_WAIT_S + 10
_ADDRESS = re.compile(r"(https?://(?:sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|[^/]+))/\S+")

# Those that wait, that a worker holds, and that are delayed.
_COUNTS_OF_MESSAGES = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

# Codes of the JSON protocol, and the names of some of them in the older query protocol.
_LOST = frozenset(
    {
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
        "ReceiptHandleIsInvalid",
        "InvalidParameterValue",
        "InvalidIdFormat",
    }
)
_MISSING = frozenset(
    {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "InvalidAddress"}
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_BUSY = frozenset({"RequestThrottled", "ThrottlingException", "Throttling", "OverLimit"})


def open_sqs_queue(
    queue_url: str, dead_letter_url: str, max_deliveries: int = MAX_DELIVERIES
) -> WorkQueue:
    """Open a queue with the role or credentials of the environment.

    Parameters
    ----------
    queue_url, dead_letter_url: such as `https://sqs.eu-west-1.amazonaws.com/123456789012/work`.
        Calls go to their host, which may be a private endpoint or an emulator.

    Raises
    ------
    ConfigurationError: invalid address, or neither it nor the environment names a region.
    """
    with ExitStack() as opened:
        files, notices, dead = (
            opened.enter_context(closing(SqsStore(url, _client(url))))
            for url in (queue_url, f"{queue_url}-notices", dead_letter_url)
        )
        opened.pop_all()
    return WorkQueue(files, notices, dead, max_deliveries)


def _client(queue_url: str) -> Any:
    """Make a client for the region and host of a queue's address."""
    found = _ADDRESS.fullmatch(queue_url)
    if found is None:
        raise ConfigurationError(
            "The address of an SQS queue must be a URL such as "
            "https://sqs.eu-west-1.amazonaws.com/123456789012/work."
        )
    endpoint_url, region = found.groups()
    silence_library_logs("boto3", "botocore", "urllib3")
    return aws_client(
        "sqs", region=region, endpoint_url=endpoint_url, read_timeout_s=_READ_TIMEOUT_S
    )


class SqsStore:
    """One queue: a `MessageStore`. `client` is boto3's, closed with the store."""

    # `take` waits itself; this is the pause between two of its calls.
    longest_pause_s = 0.02

    def __init__(self, queue_url: str, client: Any) -> None:
        self._url = queue_url
        self._client = client

    def prepare(self) -> None:
        """Check that the queue exists. Infrastructure creates it."""
        self._call("get_queue_attributes", _service_error, AttributeNames=["QueueArn"])

    def put(self, body: bytes, delay_s: int) -> None:
        """Add a message."""
        text = body.decode(errors="replace")
        self._call("send_message", _service_error, MessageBody=text, DelaySeconds=delay_s)

    def take(self, visibility_s: int, wait_s: float) -> StoredMessage | None:
        """Receive a message; waits for one for `wait_s`, at most 20 s."""
        answer = self._call(
            "receive_message",
            _service_error,
            MaxNumberOfMessages=1,
            VisibilityTimeout=visibility_s,
            WaitTimeSeconds=min(_LONGEST_WAIT_S, math.ceil(wait_s)),
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        for message in answer.get("Messages", ()):
            return StoredMessage(
                message["Body"].encode(errors="replace"),
                Receipt(message["MessageId"], message["ReceiptHandle"]),
                int(message["Attributes"]["ApproximateReceiveCount"]),
            )
        return None

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now. SQS keeps the receipt."""
        self._call(
            "change_message_visibility",
            _receipt_error,
            ReceiptHandle=receipt.token,
            VisibilityTimeout=visibility_s,
        )
        return receipt

    def remove(self, receipt: Receipt) -> None:
        """Delete a message. SQS may not report a lost one (see `WorkQueue`)."""
        self._call("delete_message", _receipt_error, ReceiptHandle=receipt.token)

    def backlog(self) -> Backlog:
        """Count the messages. Only CloudWatch knows the age of the oldest one."""
        answer = self._call(
            "get_queue_attributes", _service_error, AttributeNames=list(_COUNTS_OF_MESSAGES)
        )
        return Backlog(sum(int(answer["Attributes"][name]) for name in _COUNTS_OF_MESSAGES), None)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _call(
        self, operation: str, refusal: Callable[[Any], StorageError], **parameters: Any
    ) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        call = getattr(self._client, operation)
        call = translated(ClientError, refusal)(translated(BotoCoreError, _transport_error)(call))
        return call(QueueUrl=self._url, **parameters)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _receipt_error(error: Any) -> StorageError:
    """Translate an error about a receipt; it is invalid if the message is deleted."""
    if _code(error) in _LOST:
        return LeaseLost("Another worker has the message, or it is deleted.")
    return _service_error(error)


def _service_error(error: Any) -> StorageError:
    """Translate an error answer of the service."""
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _MISSING:
        return QueueNotFound("The queue does not exist.")
    if code in _DENIED or status in {401, 403}:
        return AccessDenied("The role or key does not permit this.")
    if code in _BUSY or status >= 500:
        return StorageUnavailable("The queue is busy.")
    return StorageError(f"The queue answered {status}.")


def _transport_error(error: Exception) -> StorageError:
    """Translate an error without an answer of the service."""
    if type(error).__name__ in {"NoCredentialsError", "PartialCredentialsError"}:
        return AccessDenied("There are no credentials for the queue.")
    return StorageUnavailable("The queue cannot be reached.")
