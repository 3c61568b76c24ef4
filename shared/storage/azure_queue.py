"""A queue of work in Azure Queue Storage.

Notices wait in `<name>-notices`. The dead-letter place is `<name>-poison`, where the Functions
host puts messages as well, and bodies are Base64, as its trigger expects (`messageEncoding` in
host.json). Messages never expire on their own: without being told so, the service forgets them
after seven days.

The service has no call that waits. An empty queue is looked at with pauses of up to a second,
which costs an idle worker 86,400 calls a day.
"""

import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
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
from shared.storage.work_queue import MAX_DELIVERIES, Receipt, StoredMessage, WorkQueue

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError
    from azure.storage.queue import QueueClient

_R = TypeVar("_R")

NOTICES_ENDING = "-notices"
"""What the name of the queue of notices has behind that of the queue."""

_FOREVER = -1
# 404 and 400; a receipt that is no receipt at all counts as one that is not valid any more.
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
    ConfigurationError: it is none.
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
        """Make the queue where it is missing; left alone where this identity may not."""
        # Of a worker that may only process messages infrastructure has made the queue, or the
        # first call will say that it is missing.
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
        """Hand out a message; None at once where none is visible."""
        message = _call(self._client.receive_message, visibility_timeout=visibility_s)
        if message is None:
            return None
        receipt = Receipt(message.id, message.pop_receipt or "")
        return StoredMessage(_decode(message.content), receipt, message.dequeue_count or 1)

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now, under a new receipt."""
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

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def _decode(content: str) -> bytes:
    """Undo the Base64. What is none is no message of ours, and judged as it is.

    The SDK's own policy raises for it instead, and the message could never be got rid of.
    """
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return content.encode()


def _call(operation: Callable[..., _R], *args: Any, **kwargs: Any) -> _R:
    """Call the SDK; its errors leave as ours."""
    from azure.core.exceptions import AzureError  # noqa: PLC0415

    return translated(AzureError, _failure)(operation)(*args, **kwargs)


def _failure(error: "AzureError") -> StorageError:
    code = getattr(error, "error_code", None)
    if code in _LOST:
        return LeaseLost("Somebody else has the message, or it is gone.")
    if code in _MISSING:
        return QueueNotFound("The queue is not there.")
    if code == "QueueAlreadyExists":
        return AlreadyExists("The queue is there already.")
    return storage_error(error)
