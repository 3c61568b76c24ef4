"""What the triggers of batch work watch: containers and a queue of one storage account."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.azure_app.host_storage import storage_connection
from shared.errors import ConfigurationError
from shared.jobs.places import BatchPlaces, storage_access
from shared.settings import DropFolderAddresses, Settings
from shared.storage.addresses import place_of


@dataclass(frozen=True, slots=True)
class TriggerSources:
    """What the host watches.

    connection: what the names of the app settings begin with that lead to the account.
    queue: its name in the account. containers: likewise, by the name of the drop folder.
    """

    connection: str
    queue: str
    containers: Mapping[str, str]


def trigger_sources(
    settings: Settings, places: BatchPlaces, environment: Mapping[str, str]
) -> TriggerSources:
    """Name what triggers watch; `settings` are those of `with_host_storage`.

    Raises
    ------
    ConfigurationError: a queue or an input that no trigger can read from.
    """
    scheme, _, queue = places.queue.partition(":")
    if scheme != "azure":
        raise ConfigurationError(
            "SOTTO_QUEUE must be `azure:name` on Azure Functions: its trigger reads from the "
            "storage account of SOTTO_STORAGE, or else of the host."
        )
    containers = {folder.name: _container(folder, settings) for folder in places.drop_folders}
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
