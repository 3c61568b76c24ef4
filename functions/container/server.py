"""The start of the server: settings from the environment, one process, one port.

The model loads in parallel with the web stack, so slow imports are inside of functions.
"""

import dataclasses
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from functions.container.metrics.line_relay import LineRelay
from functions.container.original_arguments import api_keys
from functions.model_loading import ModelLoading
from shared.errors import KeysMissing, SpeechError
from shared.jobs.batch_setup import local_addresses, open_batch
from shared.models.folder import locate_model, required_models
from shared.privacy.core_dumps import forbid_core_dumps
from shared.privacy.telemetry_off import switch_telemetry_off
from shared.settings import Settings

if TYPE_CHECKING:
    from functions.container.background import Background
    from functions.container.http_server import HttpServer
    from functions.container.metrics.registry import Metrics

EXIT_FAILURE = 1


def main(arguments: Sequence[str] = (), *, advice: str = "") -> int:
    """Serve until SIGTERM or SIGINT; return the exit status of the process.

    Parameters
    ----------
    arguments: those of the original speech containers (`Eula=accept Billing=… ApiKey=…`).
        `ApiKey` is one of the keys that clients may present, the others are ignored.
    advice: printed where the start is refused for want of a key.
    """
    forbid_core_dumps()
    switch_telemetry_off()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, _exit_at_once)
    try:
        settings = Settings.from_environment()
        keys = (*settings.keys, *api_keys(arguments, os.environ))
        settings = dataclasses.replace(settings, keys=keys)
        for name in required_models(settings):
            locate_model(name, settings.model_folder)
        return _serve(settings)
    except SpeechError as error:  # its message is written for the operator
        sys.stderr.write(f"sotto: {error}\n")
        if isinstance(error, KeysMissing):
            sys.stderr.write(advice)
        return EXIT_FAILURE


def _serve(settings: Settings) -> int:
    from shared.privacy.logs import configure_logging  # noqa: PLC0415

    lines = LineRelay()
    configure_logging(settings.log_level, lines.take)
    model = ModelLoading(settings, on_failure=_ignore_failure)
    from functions.container.metrics.registry import Metrics  # noqa: PLC0415

    metrics = Metrics()
    lines.pass_to(metrics.lines.take)
    _serve_with(settings, model, metrics)
    model.wait()
    if model.failure is not None:
        raise model.failure
    return 0


def _serve_with(settings: Settings, model: ModelLoading, metrics: "Metrics") -> None:
    from functions.api.admission import admission_of  # noqa: PLC0415
    from functions.api.app import create_app  # noqa: PLC0415
    from functions.api.realtime.sessions import Sessions  # noqa: PLC0415
    from functions.api.safe_binding import require_safe_binding  # noqa: PLC0415
    from functions.container.http_server import HttpServer, open_listener  # noqa: PLC0415
    from functions.container.metrics.port import metrics_port  # noqa: PLC0415
    from functions.container.metrics.process_state import ProcessState  # noqa: PLC0415
    from functions.container.traces.tracing import open_tracing  # noqa: PLC0415

    require_safe_binding(settings)
    addresses = local_addresses(settings)
    batch = open_batch(settings, addresses, watches=True) if addresses is not None else None
    transcriber = model.transcriber()
    sessions, admission = Sessions(settings.session_limit), admission_of(settings)
    metrics.watch_process(
        ProcessState(lambda: transcriber.loaded, transcriber.slot_use, admission, sessions)
    )
    if batch is not None:
        metrics.watch_queue(batch.queue.backlog)
    tracing = open_tracing(settings)
    app = create_app(
        settings,
        transcriber,
        batch,
        admission=admission,
        sessions=sessions,
        exposition=metrics.exposition,
        on_request_end=None if tracing is None else tracing.request_ended,
    )
    server = HttpServer(app, settings, open_listener(settings), sessions=sessions)

    def stop(_error: Exception) -> None:
        server.should_exit = True

    def make_background() -> "Background | None":
        """Import batch work while the first requests are served, and set it up."""
        if batch is None or addresses is None:
            return None
        from functions.container.background import Background  # noqa: PLC0415

        on_file_end = None if tracing is None else tracing.file_ended
        return Background(settings, addresses, batch, on_file_end)

    model.on_failure = stop
    if model.failure is not None:
        return
    with ExitStack() as opened:
        if tracing is not None:
            opened.callback(tracing.close)
        opened.enter_context(
            metrics_port(settings, metrics, lambda: True, lambda: transcriber.loaded)
        )
        if batch is None:
            server.serve_until_stopped()
        else:
            _serve_beside_batch(server, model, make_background)


def _serve_beside_batch(
    server: "HttpServer", model: ModelLoading, make_background: "Callable[[], Background | None]"
) -> None:
    def stop_if_failed(started: "Future[Background | None]") -> None:
        # Else the failure would show when the server stops, and jobs would wait until then.
        if started.exception() is not None:
            server.should_exit = True

    with ThreadPoolExecutor(1, thread_name_prefix="batch") as starting:
        starting_up = starting.submit(_start_background, model, make_background)
        starting_up.add_done_callback(stop_if_failed)

        def begin_stop() -> None:
            # At the same time as the requests, not after them: both have one grace.
            if starting_up.done() and starting_up.exception() is None:
                background = starting_up.result()
                if background is not None:
                    background.begin_stop()

        server.on_stopping = begin_stop
        server.serve_until_stopped()
    background = starting_up.result()
    if background is not None:
        background.stop()


def _start_background(
    model: ModelLoading, make_background: "Callable[[], Background | None]"
) -> "Background | None":
    """Start batch work once the model is loaded."""
    model.wait()
    background = make_background()
    if background is not None and model.failure is None:
        background.start(model.transcriber())
    return background


def _exit_at_once(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Exit before the server starts, without waiting for the model."""
    os._exit(0)


def _ignore_failure(_error: Exception) -> None:
    """Ignore a failure here: `_serve` raises it at its end."""
