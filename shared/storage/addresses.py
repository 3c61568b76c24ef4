"""Open the container that an address names.

    https://account.blob.core.windows.net/calls?sv=...&sig=...   with its signature
    https://account.blob.core.windows.net/calls                  with the process's identity
    azure:calls                                                  in the account of StorageAccess
    s3://bucket/prefix                                           with the role or profile
    /srv/calls, ./calls, ~/calls, file:///srv/calls              a folder

An SDK is imported on first use. No error quotes an address.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from shared.errors import AddressRefused, ConfigurationError
from shared.storage.container import Container

if TYPE_CHECKING:
    from shared.storage.azure_blob import AzureBlobContainer

# Public, China, US government; `storage.azure.net` is for accounts in DNS zones.
_AZURE_HOST = re.compile(
    r"[a-z0-9]{3,24}(-secondary)?(\.z\d{1,2}|\.privatelink)?\.blob\."
    r"(core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|storage\.azure\.net)"
)
_AZURE_CONTAINER = re.compile(r"\$root|\$web|(?=.{3,63}\Z)[a-z0-9](-?[a-z0-9])+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageAccess:
    """Settings that are common to all containers.

    azure_client_id: of a user-assigned identity; None takes the process's own.
    azure_connection_string: of the account of `azure:` addresses; for the emulator.
    azure_blob_service, azure_queue_service: addresses of that account's services, used with the
        identity.
    s3_region, s3_endpoint: None takes the environment's, and AWS's own.
    emulator_hosts: `host:port` that may be used over HTTP and count as Azure's.
    """

    azure_client_id: str | None = None
    azure_connection_string: str | None = field(default=None, repr=False)
    azure_blob_service: str | None = None
    azure_queue_service: str | None = None
    s3_region: str | None = None
    s3_endpoint: str | None = None
    emulator_hosts: tuple[str, ...] = ()


def open_container(
    address: str, access: StorageAccess | None = None, *, is_private: bool = False
) -> Container:
    """Open a container of an operator's setting. Its existence is not checked.

    Parameters
    ----------
    is_private: a folder's new files are their owner's alone.

    Raises
    ------
    ConfigurationError: invalid address.
    """
    access = access or StorageAccess()
    scheme, colon, rest = address.partition(":")
    if scheme in {"https", "http"} and colon:
        return _open_url(_split(address), access)
    if scheme == "azure" and colon:
        return _open_named(rest, access)
    if scheme == "s3" and colon:
        return _open_bucket(_split(address), access)
    return _open_folder(address, is_private=is_private)


def open_client_container(url: str, access: StorageAccess | None = None) -> Container:
    """Open a client-supplied container.

    Its address must be of Azure's storage service, over HTTPS, and carry a signature: a client
    cannot use this process's identity or make it connect to another host.

    Raises
    ------
    AddressRefused
    """
    access = access or StorageAccess()
    try:
        parts = urlsplit(url)
        is_meant = _is_azure(parts, access) and bool(parse_qs(parts.query).get("sig"))
    except ValueError:
        is_meant = False
    if not is_meant:
        raise AddressRefused("The address is no container of Azure Blob Storage with a signature.")
    return _azure_adapter().from_url(url)


def place_of(address: str, access: StorageAccess | None = None) -> tuple[str, ...]:
    """Path of a container; a container inside another one has a longer path.

    Raises
    ------
    ConfigurationError: invalid address.
    """
    access = access or StorageAccess()
    scheme, colon, rest = address.partition(":")
    if scheme in {"https", "http"} and colon:
        parts = _split(address)
        *account, container = parts.path.strip("/").split("/")
        return ("azure", *(account or [_account_of(parts.netloc)]), container)
    if scheme == "azure" and colon:
        return ("azure", _account_name(access), rest)
    if scheme == "s3" and colon:
        parts = _split(address)
        return ("s3", parts.netloc, *(part for part in parts.path.split("/") if part))
    return ("folder", *_folder_path(address).resolve().parts)


def unsigned_address(address: str) -> str:
    """Address of a container without its signature; a folder's is absolute."""
    scheme, colon, _ = address.partition(":")
    if colon and scheme in {"https", "http", "azure", "s3"}:
        return address.partition("?")[0].rstrip("/")
    return str(_folder_path(address))


def _account_of(host: str) -> str:
    """Account in a host name; its copy in the secondary region is the same account."""
    return host.lower().partition(".")[0].removesuffix("-secondary")


def _account_name(access: StorageAccess) -> str:
    if access.azure_blob_service is not None:
        return _account_of(_split(access.azure_blob_service).netloc)
    found = re.search(r"(?i)\bAccountName=([^;]+)", access.azure_connection_string or "")
    return found[1] if found else ""


def _open_url(parts: SplitResult, access: StorageAccess) -> Container:
    if not _is_azure(parts, access):
        raise ConfigurationError(
            "The address of a container is that of an Azure storage account over HTTPS, with the "
            "container as its whole path."
        )
    if parse_qs(parts.query).get("sig"):
        return _azure_adapter().from_url(parts.geturl())
    if parts.scheme != "https":
        raise ConfigurationError("The identity's token is not sent without HTTPS.")
    return _azure_adapter().with_identity(parts.geturl(), access.azure_client_id)


def _is_azure(parts: SplitResult, access: StorageAccess) -> bool:
    *account, container = parts.path.strip("/").split("/")
    if not _AZURE_CONTAINER.fullmatch(container) or parts.fragment:
        return False
    if parts.netloc in access.emulator_hosts:
        return len(account) == 1  # the emulator has the account in the path
    return (
        parts.scheme == "https"
        and not account
        and _AZURE_HOST.fullmatch(parts.netloc.lower()) is not None
    )


def _open_named(name: str, access: StorageAccess) -> Container:
    if not _AZURE_CONTAINER.fullmatch(name):
        raise ConfigurationError("The address has no valid name of an Azure container.")
    if access.azure_blob_service is not None:
        return _open_url(_split(f"{access.azure_blob_service.rstrip('/')}/{name}"), access)
    if access.azure_connection_string is None:
        raise ConfigurationError(
            "An address `azure:` needs SOTTO_STORAGE__blobServiceUri or SOTTO_STORAGE."
        )
    return _azure_adapter().from_connection_string(access.azure_connection_string, name)


def _open_bucket(parts: SplitResult, access: StorageAccess) -> Container:
    if not _BUCKET.fullmatch(parts.netloc) or parts.query or parts.fragment:
        raise ConfigurationError("An address in S3 is `s3://bucket` or `s3://bucket/prefix`.")
    from shared.storage.aws_session import aws_client  # noqa: PLC0415
    from shared.storage.s3 import S3Container  # noqa: PLC0415 - boto3 takes a third of a second

    prefix = parts.path.strip("/")
    client = aws_client("s3", region=access.s3_region, endpoint_url=access.s3_endpoint)
    return S3Container(client, parts.netloc, f"{prefix}/" if prefix else "")


def _open_folder(address: str, *, is_private: bool) -> Container:
    from shared.storage.folder import FolderContainer  # noqa: PLC0415 - needs POSIX

    return FolderContainer(_folder_path(address), is_private=is_private)


def _folder_path(address: str) -> Path:
    path = unquote(address.removeprefix("file://")) if address.startswith("file:///") else address
    if not path or "://" in path or "\0" in path:
        raise ConfigurationError("A container is a folder, an `s3://` or an `https://` address.")
    # Absolute, so that a later change of the working directory has no effect.
    return Path(path).expanduser().absolute()


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        failure = ConfigurationError("The address of a container cannot be read.")
    raise failure


def _azure_adapter() -> "type[AzureBlobContainer]":
    from shared.storage.azure_blob import AzureBlobContainer  # noqa: PLC0415 - half a second

    return AzureBlobContainer
