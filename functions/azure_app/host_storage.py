"""The storage account of a function app: `SOTTO_STORAGE`'s, or the host's own.

https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
"""

from collections.abc import Mapping
from dataclasses import replace

from shared.settings import Settings

_OURS, _HOSTS = "SOTTO_STORAGE", "AzureWebJobsStorage"
_SUFFIXES = ("", "__blobServiceUri", "__queueServiceUri")


def storage_connection(environment: Mapping[str, str]) -> str:
    """Prefix of the app settings that name the account to triggers."""
    is_ours = any(environment.get(_OURS + suffix, "").strip() for suffix in _SUFFIXES)
    return _OURS if is_ours else _HOSTS


def with_host_storage(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Let `azure:` addresses mean the host's account where `SOTTO_STORAGE` names none."""
    if storage_connection(environment) == _OURS:
        return settings
    account = environment.get(f"{_HOSTS}__accountName", "").strip()

    def service(kind: str) -> str | None:
        written = environment.get(f"{_HOSTS}__{kind}ServiceUri", "").strip()
        named = f"https://{account}.{kind}.core.windows.net" if account else None
        return written or named

    return replace(
        settings,
        storage_connection=environment.get(_HOSTS, "").strip() or None,
        blob_service=service("blob"),
        queue_service=service("queue"),
    )
