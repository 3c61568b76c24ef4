"""`sotto worker`: takes work from the queue, without an API.

Any number of workers, on one machine or many, share a queue. They need the settings of the model
and of batch work.
"""

import signal
import sys
import threading
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from functions.model_loading import ModelLoading
from shared.errors import ConfigurationError, SpeechError
from shared.jobs.batch_setup import local_addresses, open_batch
from shared.models.folder import locate_model, required_models
from shared.privacy.core_dumps import forbid_core_dumps
from shared.privacy.telemetry_off import switch_telemetry_off
from shared.settings import Settings

if TYPE_CHECKING:
    from functions.container.background import Background
    from functions.container.metrics.registry import Metrics
    from shared.transcription.local_transcriber import LocalTranscriber

EXIT_FAILURE = 1


def main() -> int:
    """Work until SIGTERM or SIGINT; return the exit status of the process."""
    forbid_core_dumps()
    switch_telemetry_off()
    stopped = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda _signal, _frame: stopped.set())
    try:
        settings = Settings.from_environment()
        for name in required_models(settings):
            locate_model(name, settings.model_folder)
        _work(settings, stopped)
    except SpeechError as error:  # its message is written for the operator
        sys.stderr.write(f"sotto: {error}\n")
        return EXIT_FAILURE
    return 0


def _work(settings: Settings, stopped: threading.Event) -> None:
    from functions.container.background import Background  # noqa: PLC0415
    from functions.container.traces.tracing import open_tracing  # noqa: PLC0415
    from shared.privacy.logs import configure_logging  # noqa: PLC0415

    metrics = _metrics(settings)
    configure_logging(settings.log_level, None if metrics is None else metrics.lines.take)
    addresses = local_addresses(settings)
    if addresses is None:
        raise ConfigurationError("SOTTO_BATCH is off: there is nothing to work on.")
    batch = open_batch(settings, addresses)
    tracing = open_tracing(settings)
    background = Background(
        settings, addresses, batch, None if tracing is None else tracing.file_ended
    )
    model = ModelLoading(settings, on_failure=lambda _error: None)
    with ExitStack() as served:
        if tracing is not None:
            served.callback(tracing.close)
        if metrics is not None:
            metrics.watch_queue(batch.queue.backlog)
            served.enter_context(_metrics_port(settings, metrics, model, background))
        background.start(_loaded_transcriber(model), least_workers=1)
        sys.stdout.write("Sotto works on the queue; SIGTERM ends it.\n")
        sys.stdout.flush()
        stopped.wait()
        background.stop()


def _metrics(settings: Settings) -> "Metrics | None":
    """Metrics of this process, if it has a port for them."""
    if settings.metrics_port == 0:
        return None
    from functions.container.metrics.registry import Metrics  # noqa: PLC0415

    return Metrics()


def _metrics_port(
    settings: Settings, metrics: "Metrics", model: ModelLoading, background: "Background"
) -> AbstractContextManager[None]:
    from functions.container.metrics.port import metrics_port  # noqa: PLC0415
    from functions.container.metrics.process_state import ProcessState  # noqa: PLC0415

    transcriber = model.transcriber()
    metrics.watch_process(ProcessState(lambda: transcriber.loaded, transcriber.slot_use))
    return metrics_port(settings, metrics, lambda: background.is_alive, lambda: transcriber.loaded)


def _loaded_transcriber(model: ModelLoading) -> "LocalTranscriber":
    model.wait()
    if model.failure is not None:
        raise model.failure
    return model.transcriber()
