"""Sources of the triggers of batch work: containers and a queue of one storage account."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.azure_app.host_storage import storage_connection
from shared.errors import ConfigurationError
from shared.jobs.batch_setup import BatchAddresses, storage_access
from shared.settings import DropFolderAddresses, Settings
from shared.storage.addresses import place_of


@dataclass(frozen=True, slots=True)
class TriggerSources:
    """Containers and queue that the host watches.

    connection: prefix of the app settings that name the account.
    queue: its name in the account. containers: likewise, by the name of the drop folder.
    """

    connection: str
    queue: str
    containers: Mapping[str, str]


def trigger_sources(
    settings: Settings, addresses: BatchAddresses, environment: Mapping[str, str]
) -> TriggerSources:
    """Name the sources of the triggers; `settings` are those of `with_host_storage`.

    Raises
    ------
    ConfigurationError: a queue or an input that no trigger can read from.
    """
    scheme, _, queue = addresses.queue.partition(":")
    if scheme != "azure":
        raise ConfigurationError(
            "SOTTO_QUEUE must be `azure:name` on Azure Functions: its trigger reads from the "
            "storage account of SOTTO_STORAGE, or else of the host."
        )
    containers = {folder.name: _container(folder, settings) for folder in addresses.drop_folders}
    return TriggerSources(storage_connection(environment), queue, containers)


def _container(folder: DropFolderAddresses, settings: Settings) -> str:
    access = storage_access(settings)
    _, account, _ = place_of("azure:any", access)
    kind, *place = place_of(folder.input, access)
    if kind != "azure" or place[0] != account:
        raise ConfigurationError(
            "SOTTO_DROP_FOLDERS: on Azure Functions an input must be a container of the storage "
            "account that `azure:` means, because the trigger reads from there."
        )
    return place[1]
