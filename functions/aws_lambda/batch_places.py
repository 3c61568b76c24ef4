"""Where batch work of a function lives: buckets and a queue, nothing on one machine."""

from urllib.parse import urlsplit

from shared.errors import ConfigurationError
from shared.jobs.batch import Batch
from shared.jobs.places import BatchPlaces, named_places, open_batch, storage_access
from shared.settings import Settings
from shared.storage.addresses import place_of


def open_function_batch(settings: Settings) -> Batch:
    """Open the containers and the queue that the settings name.

    Raises
    ------
    ConfigurationError: they name none, or what is on one machine only: a function has no folder
        that lasts, and none that its other instances see.
    """
    places = named_places(settings)
    if places is None:
        raise ConfigurationError(
            "SOTTO_JOBS must name the container where jobs are kept, and SOTTO_BATCH must not be "
            "false, for a function of batch work."
        )
    _refuse_local(places, settings)
    return open_batch(settings, places)


def _refuse_local(places: BatchPlaces, settings: Settings) -> None:
    access = storage_access(settings)
    folders = places.drop_folders
    containers = [places.jobs, *(a for folder in folders for a in (folder.input, folder.output))]
    if any(place_of(address, access)[0] == "folder" for address in containers):
        raise ConfigurationError(
            "SOTTO_JOBS and SOTTO_DROP_FOLDERS must name buckets on AWS Lambda, such as "
            "s3://bucket/prefix: a function has no folder that lasts."
        )
    if urlsplit(places.queue).scheme not in {"https", "http", "azure"}:
        raise ConfigurationError(
            "SOTTO_QUEUE must name an SQS queue on AWS Lambda: a function has no file that lasts."
        )
