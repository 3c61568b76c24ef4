"""The queue trigger of dropped files: Event Grid writes an event for each into a queue.

https://learn.microsoft.com/azure/event-grid/handler-storage-queues
"""

from collections.abc import Callable, Mapping
from functools import cache, partial

import azure.functions as func
import structlog

from functions.azure_app.event_grid import created_blobs
from functions.azure_app.invocation import attempt
from functions.azure_app.trigger_sources import TriggerSources
from functions.dropped_files import DroppedFile, accept_dropped
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.privacy.log_fields import exception_fields

DROPPED_ENDING = "-dropped"
"""Suffix of the queue of events."""


def create_blueprint(batch: BatchServices, sources: TriggerSources) -> func.Blueprint:
    """Function `dropped`, for the files of all drop folders; none where there is no folder.

    The host puts what fails too often into `<queue>-dropped-poison`.
    """
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]
    if not sources.containers:
        return blueprint
    # Made once in a process, and only by one that sends: a failure is not remembered.
    prepare = cache(batch.queue.prepare)
    folders = {c: batch.drop_folder(name) for name, c in sources.containers.items()}

    @blueprint.function_name("dropped")
    @blueprint.queue_trigger("delivery", f"{sources.queue}{DROPPED_ENDING}", sources.connection)
    def dropped(delivery: func.QueueMessage) -> None:
        attempt(partial(accept_all, delivery.get_body(), folders, batch, prepare), _log_failure)

    return blueprint


def accept_all(
    body: bytes,
    folders: Mapping[str, DropFolder],
    batch: BatchServices,
    prepare: Callable[[], None],
) -> None:
    """Accept the files of one message.

    folders: by the name of the container.

    Raises
    ------
    MalformedMessage: no event.
    StorageError: a file could not be accepted, and may be when the message comes again.
    """
    files = [
        DroppedFile(folders[blob.container], blob.names)
        for blob in created_blobs(body)
        if blob.container in folders
    ]
    if not files:
        structlog.get_logger().info("event_ignored")
        return
    prepare()
    accept_dropped(files, batch)


def _log_failure(error: Exception) -> None:
    structlog.get_logger().error("event_not_accepted", **exception_fields(error))
