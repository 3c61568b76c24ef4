"""The blob triggers: a file in a drop folder becomes a job and its message. Nothing reads it here.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
"""

from collections.abc import Callable
from functools import cache

import azure.functions as func
import structlog

from functions.azure_app.blob_reference import BlobReference
from functions.azure_app.invocation import attempt
from functions.azure_app.trigger_sources import TriggerSources
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.submission import submit_dropped
from shared.privacy.log_fields import exception_fields

_SOURCES = {
    "event_grid": func.BlobSource.EVENT_GRID,
    "polling": func.BlobSource.LOGS_AND_CONTAINER_SCAN,
}


def create_blueprint(batch: BatchServices, sources: TriggerSources, source: str) -> func.Blueprint:
    """Function `drop_<name>` for each drop folder. source: `SOTTO_BLOB_TRIGGER`."""
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]
    # Made once in a process, and only by one that sends: a failure is not remembered.
    prepare = cache(batch.queue.prepare)
    for folder in batch.drop_folders.values():
        blueprint.function_name(f"drop_{folder.name}")(
            blueprint.blob_trigger(
                "blob",
                f"{sources.containers[folder.name]}/{{name}}",
                sources.connection,
                _SOURCES[source],
            )(_trigger(folder, batch, prepare))
        )
    return blueprint


def _trigger(
    folder: DropFolder, batch: BatchServices, prepare: Callable[[], None]
) -> Callable[[BlobReference], None]:
    def drop(blob: BlobReference) -> None:
        def submit() -> None:
            prepare()
            job_id = submit_dropped(folder, blob.name, batch)
            if job_id is not None:
                structlog.get_logger().info("job_accepted", job_id=job_id)

        attempt(submit, _log_failure)

    return drop


def _log_failure(error: Exception) -> None:
    structlog.get_logger().warning("file_not_submitted", **exception_fields(error))
