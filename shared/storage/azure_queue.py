"""Adapter of Azure Queue Storage to the queue of work.

Notices wait in `<name>-notices`. The dead-letter queue is `<name>-poison`, which the Functions host
uses as well, and bodies are Base64, as its trigger expects (`messageEncoding` in host.json).
Messages have no expiry: the service's default would delete them after seven days.

The service has no long polling. An empty queue is polled with pauses of up to a second, which
costs an idle worker 86,400 calls a day.
"""

import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from shared.errors import (
    AccessDenied,
    AlreadyExists,
    ConfigurationError,
    LeaseLost,
    QueueNotFound,
    StorageError,
)
from shared.storage.azure_account import CLIENT_OPTIONS, azure_credential, storage_error
from shared.storage.library_logs import silence_library_logs
from shared.storage.translated_errors import translated
from shared.storage.work_queue import (
    MAX_DELIVERIES,
    Backlog,
    Receipt,
    StoredMessage,
    WorkQueue,
)

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError
    from azure.storage.queue import QueueClient

_R = TypeVar("_R")

NOTICES_ENDING = "-notices"
"""Suffix of the queue of notices."""

_FOREVER = -1
# 404 and 400; a malformed receipt counts as an expired one.
_LOST = frozenset({"MessageNotFound", "PopReceiptMismatch", "InvalidQueryParameterValue"})
_MISSING = frozenset({"QueueNotFound", "QueueBeingDeleted"})


def open_azure_queue_by_identity(
    account_url: str,
    name: str,
    client_id: str | None = None,
    max_deliveries: int = MAX_DELIVERIES,
) -> WorkQueue:
    """Open a queue as the managed identity of this process.

    It needs the role Storage Queue Data Contributor; Storage Queue Data Message Processor and
    Sender are enough where infrastructure has made all three queues.

    Parameters
    ----------
    account_url: such as `https://account.queue.core.windows.net`.
    client_id: of a user-assigned identity.
    """
    from azure.storage.queue import QueueClient  # noqa: PLC0415

    def client(queue_name: str) -> "QueueClient":
        return QueueClient(account_url, queue_name, azure_credential(client_id), **CLIENT_OPTIONS)

    return _open(client, name, max_deliveries)


def open_azure_queue_by_connection(
    connection_string: str, name: str, max_deliveries: int = MAX_DELIVERIES
) -> WorkQueue:
    """Open a queue with a connection string, for the emulator and for accounts without roles.

    Raises
    ------
    ConfigurationError: the connection string is invalid.
    """
    from azure.storage.queue import QueueClient  # noqa: PLC0415

    def client(queue_name: str) -> "QueueClient":
        return QueueClient.from_connection_string(connection_string, queue_name, **CLIENT_OPTIONS)

    try:
        return _open(client, name, max_deliveries)
    except ValueError:
        raise ConfigurationError(
            "The connection string of the queue must name an account or its queue endpoint."
        ) from None


def _open(client: "Callable[[str], QueueClient]", name: str, max_deliveries: int) -> WorkQueue:
    files, notices, dead = (
        AzureStore(client(f"{name}{ending}")) for ending in ("", NOTICES_ENDING, "-poison")
    )
    return WorkQueue(files, notices, dead, max_deliveries)


class AzureStore:
    """One queue of an account: a `MessageStore`."""

    longest_pause_s = 1.0

    def __init__(self, client: "QueueClient") -> None:
        silence_library_logs("azure", "urllib3")
        self._client = client

    def prepare(self) -> None:
        """Create the queue if it is missing and this identity may create it."""
        # For a worker that may only process messages, infrastructure creates the queue; if it has
        # not, the first call fails with `QueueNotFound`.
        with suppress(AlreadyExists, AccessDenied):
            _call(self._client.create_queue)

    def put(self, body: bytes, delay_s: int) -> None:
        """Add a message."""
        text = base64.b64encode(body).decode()
        _call(
            self._client.send_message,
            text,
            visibility_timeout=delay_s,
            time_to_live=_FOREVER,
        )

    def take(self, visibility_s: int, wait_s: float) -> StoredMessage | None:  # noqa: ARG002 - may wait, need not
        """Receive a message; None at once if none is visible."""
        message = _call(self._client.receive_message, visibility_timeout=visibility_s)
        if message is None:
            return None
        receipt = Receipt(message.id, message.pop_receipt or "")
        return StoredMessage(_decode(message.content), receipt, message.dequeue_count or 1)

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now; return its new receipt."""
        updated = _call(
            self._client.update_message,
            receipt.id,
            receipt.token,
            visibility_timeout=visibility_s,
        )
        return Receipt(receipt.id, updated.pop_receipt or "")

    def remove(self, receipt: Receipt) -> None:
        """Delete a message."""
        _call(self._client.delete_message, receipt.id, receipt.token)

    def backlog(self) -> Backlog:
        """Count the messages; the service approximates. The oldest waits since it was put."""
        properties = _call(self._client.get_queue_properties)
        oldest = _call(self._client.peek_messages, max_messages=1)
        put_at = oldest[0].inserted_on if oldest else None
        oldest_s = 0.0 if put_at is None else (datetime.now(UTC) - put_at).total_seconds()
        return Backlog(properties.approximate_message_count or 0, max(0.0, oldest_s))

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def _decode(content: str) -> bytes:
    """Decode the Base64. A body that is none is returned unchanged, for the parser to refuse.

    The SDK's own policy raises instead, and the message could never be removed.
    """
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return content.encode()


def _call(operation: Callable[..., _R], *args: Any, **kwargs: Any) -> _R:
    """Call the SDK and translate its errors."""
    from azure.core.exceptions import AzureError  # noqa: PLC0415

    return translated(AzureError, _failure)(operation)(*args, **kwargs)


def _failure(error: "AzureError") -> StorageError:
    code = getattr(error, "error_code", None)
    if code in _LOST:
        return LeaseLost("Another worker has the message, or it is deleted.")
    if code in _MISSING:
        return QueueNotFound("The queue does not exist.")
    if code == "QueueAlreadyExists":
        return AlreadyExists("The queue exists already.")
    return storage_error(error)
