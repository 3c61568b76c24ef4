"""Set-up of batch work of a function: buckets and a queue, nothing on one machine."""

from urllib.parse import urlsplit

from shared.errors import ConfigurationError
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import BatchAddresses, configured_addresses, open_batch, storage_access
from shared.settings import Settings
from shared.storage.addresses import place_of


def open_function_batch(settings: Settings) -> BatchServices:
    """Open the containers and the queue that the settings name.

    Raises
    ------
    ConfigurationError: they name none, or one on a single machine: a function has no folder
        that lasts or that its other instances see.
    """
    addresses = configured_addresses(settings)
    if addresses is None:
        raise ConfigurationError(
            "SOTTO_JOBS must name the container where jobs are kept, and SOTTO_BATCH must not be "
            "false, for a function of batch work."
        )
    _refuse_local(addresses, settings)
    return open_batch(settings, addresses)


def _refuse_local(addresses: BatchAddresses, settings: Settings) -> None:
    access = storage_access(settings)
    folders = addresses.drop_folders
    containers = [addresses.jobs, *(a for folder in folders for a in (folder.input, folder.output))]
    if any(place_of(address, access)[0] == "folder" for address in containers):
        raise ConfigurationError(
            "SOTTO_JOBS and SOTTO_DROP_FOLDERS must name buckets on AWS Lambda, such as "
            "s3://bucket/prefix: a function has no folder that lasts."
        )
    if urlsplit(addresses.queue).scheme not in {"https", "http", "azure"}:
        raise ConfigurationError(
            "SOTTO_QUEUE must name an SQS queue on AWS Lambda: a function has no file that lasts."
        )
