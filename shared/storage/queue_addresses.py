"""Open the queue of work that an address names.

    https://account.queue.core.windows.net/work                with the process's identity
    azure:work                                                 in the account of StorageAccess
    https://sqs.eu-west-1.amazonaws.com/123456789012/work      with the role or profile
    /var/lib/sotto/queue.sqlite                                a file, for one machine

An SDK is imported on first use. No error quotes an address.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from shared.errors import ConfigurationError
from shared.storage.addresses import StorageAccess
from shared.storage.work_queue import WorkQueue

_AZURE_HOST = re.compile(r"[a-z0-9-]{3,60}\.queue\.[a-z0-9.-]+", re.IGNORECASE)
# With the suffix `-notices-poison` a name has 63 characters at most.
_AZURE_NAME = re.compile(r"(?=.{3,48}\Z)[a-z0-9](-?[a-z0-9])+")


def open_queue(
    address: str, dead_letters: str | None = None, access: StorageAccess | None = None
) -> WorkQueue:
    """Open the queue of an operator's setting. Its existence is not checked.

    Parameters
    ----------
    dead_letters: address of the dead-letter queue, which SQS needs.

    Raises
    ------
    ConfigurationError: invalid address.
    """
    access = access or StorageAccess()
    scheme, colon, rest = address.partition(":")
    if scheme == "azure" and colon:
        return _open_named(rest, access)
    if scheme in {"https", "http"} and colon:
        parts = urlsplit(address)
        name = parts.path.strip("/")
        if parts.scheme == "https" and _AZURE_HOST.fullmatch(parts.netloc):
            return _open_by_identity(f"https://{parts.netloc}", name, access)
        return _open_sqs(address, dead_letters)
    if "://" in address or not address:
        raise ConfigurationError("SOTTO_QUEUE must be the address of a queue, or a file.")
    from shared.storage.sqlite_queue import open_sqlite_queue  # noqa: PLC0415

    return open_sqlite_queue(Path(address).expanduser().absolute())


def _open_named(name: str, access: StorageAccess) -> WorkQueue:
    if access.azure_queue_service is not None:
        return _open_by_identity(access.azure_queue_service, name, access)
    if access.azure_connection_string is None:
        raise ConfigurationError(
            "A queue `azure:` needs SOTTO_STORAGE__queueServiceUri or SOTTO_STORAGE."
        )
    from shared.storage.azure_queue import open_azure_queue_by_connection  # noqa: PLC0415

    return open_azure_queue_by_connection(access.azure_connection_string, _check_name(name))


def _open_by_identity(account_url: str, name: str, access: StorageAccess) -> WorkQueue:
    from shared.storage.azure_queue import open_azure_queue_by_identity  # noqa: PLC0415

    return open_azure_queue_by_identity(account_url, _check_name(name), access.azure_client_id)


def _open_sqs(address: str, dead_letters: str | None) -> WorkQueue:
    if dead_letters is None:
        raise ConfigurationError("SOTTO_DEAD_LETTERS must be the dead-letter queue of SOTTO_QUEUE.")
    from shared.storage.sqs import open_sqs_queue  # noqa: PLC0415

    return open_sqs_queue(address, dead_letters)


def _check_name(name: str) -> str:
    if not _AZURE_NAME.fullmatch(name):
        raise ConfigurationError("The address has no valid name of an Azure queue.")
    return name
