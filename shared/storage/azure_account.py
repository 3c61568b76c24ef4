"""Common parts of the adapters of an Azure storage account (blobs, queues).

Azure's packages are imported on first use: `azure-identity` alone takes half a second.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from shared.errors import AccessDenied, StorageError, StorageFull, StorageUnavailable

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.exceptions import AzureError

_INSUFFICIENT_STORAGE = 507  # HTTP's status for it, RFC 4918

# A try times out after 20 s. Three retries follow after 1, 3 and 5 s, with a jitter of 3 s so that
# many workers do not retry at once.
CLIENT_OPTIONS: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 20,
    "retry_total": 3,
    "retry_connect": 3,
    "retry_read": 3,
    "retry_status": 3,
    "initial_backoff": 1,
    "increment_base": 2,
}


@cache
def azure_credential(client_id: str | None = None) -> "TokenCredential":
    """Return the identity of this process; it caches its token until that expires.

    In the cloud this is the managed identity (`client_id`, else `AZURE_CLIENT_ID`, selects a
    user-assigned one), on a developer's machine the logged-in user. It never prompts.
    """
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415

    # An explicit None would override the environment's.
    chosen = {} if client_id is None else {"managed_identity_client_id": client_id}
    return DefaultAzureCredential(exclude_interactive_browser_credential=True, **chosen)


def storage_error(error: "AzureError") -> StorageError:
    """Translate an error of the SDK. Its message quotes addresses, so it is dropped."""
    status = getattr(error, "status_code", None)
    if status in {401, 403}:
        return AccessDenied("The storage account does not permit this.")
    if status == _INSUFFICIENT_STORAGE:
        return StorageFull("The storage account has no room for this.")
    # No status: refused, timed out or aborted, after all retries.
    if status is None or status in {408, 429} or status >= 500:
        return StorageUnavailable("The storage account cannot be reached.")
    return StorageError(f"The storage account answered {status}.")
