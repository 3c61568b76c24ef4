"""All triggers of batch work, on the containers and the queue that the settings name."""

from collections.abc import Mapping

import azure.functions as func

from functions.azure_app import blob_batch, drop_queue, purge_timer, work_queue
from functions.azure_app.invocation import invocation_limit
from functions.azure_app.trigger_sources import TriggerSources, trigger_sources
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import configured_addresses, open_batch
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.transcription.transcriber import Transcriber


def open_app_batch(settings: Settings) -> BatchServices | None:
    """Open the containers and the queue; None where the settings name no place for jobs.

    Raises
    ------
    ConfigurationError: addresses that cannot be used.
    """
    addresses = configured_addresses(settings)
    return None if addresses is None else open_batch(settings, addresses)  # the SDKs load in 0.3 s


def create_blueprints(
    settings: Settings,
    environment: Mapping[str, str],
    transcriber: Transcriber,
    batch: BatchServices | None = None,
) -> list[func.Blueprint]:
    """One for each kind of trigger; none where the settings name no place for jobs.

    batch: opened from the settings; opened here where it is not given.

    Raises
    ------
    ConfigurationError: addresses that cannot be used, or not from here.
    """
    addresses = configured_addresses(settings)
    if addresses is None:
        return []
    sources = trigger_sources(settings, addresses, environment)
    limit = invocation_limit(environment)
    batch = batch or open_batch(settings, addresses)
    return [
        _create_drop_blueprint(batch, sources, settings.blob_trigger),
        work_queue.create_blueprint(JobWorker(batch, transcriber), batch.queue, sources, limit),
        purge_timer.create_blueprint(batch, settings.purge_every_s, limit),
    ]


def _create_drop_blueprint(
    batch: BatchServices, sources: TriggerSources, source: str
) -> func.Blueprint:
    """Trigger of dropped files. source: `SOTTO_BLOB_TRIGGER`."""
    if source == "queue":
        return drop_queue.create_blueprint(batch, sources)
    return blob_batch.create_blueprint(batch, sources, source)
