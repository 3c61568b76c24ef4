"""The start of the server: settings from the environment, one process, one port.

The time from the start of the process to its first transcript counts, so the model loads in a
thread while the web stack is imported: both mostly wait for the disk or run outside of the
interpreter lock. Imports that cost time stand where they are needed for that reason.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from shared.errors import SpeechError
from shared.jobs.places import local_places, open_batch
from shared.models.folder import locate_model, required_models
from shared.privacy.telemetry_off import switch_telemetry_off
from shared.settings import Settings
from shared.ticks import milliseconds_from_seconds

if TYPE_CHECKING:
    from functions.container.background import Background
    from shared.recognition.recogniser import Recogniser

EXIT_FAILURE = 1


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit status of the process.

    Arguments of the original speech containers (`Eula=accept Billing=… ApiKey=…`) may be given
    and mean nothing here.
    """
    switch_telemetry_off()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, _exit_at_once)
    try:
        settings = Settings.from_environment()
        for name in required_models(settings):
            locate_model(name, settings.model_folder)
        return _serve(settings)
    except SpeechError as error:  # its message is written for the operator
        sys.stderr.write(f"sotto: {error}\n")
        return EXIT_FAILURE


class ModelThread(threading.Thread):
    """Makes the recogniser and loads its model.

    `recogniser` is a future of the recogniser, loaded or not. `failure` is why the model could
    not be loaded; `on_failure` is called then.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="model", daemon=True)
        self._settings = settings
        self.recogniser: Future[Recogniser] = Future()
        self.failure: Exception | None = None
        self.on_failure: Callable[[], None] = _nothing

    def run(self) -> None:
        """Import, make, load."""
        started = time.perf_counter()
        try:
            from shared.recognition.recogniser import Recogniser  # noqa: PLC0415

            recogniser = Recogniser(self._settings)
            self.recogniser.set_result(recogniser)
            recogniser.load()
        except Exception as error:  # noqa: BLE001 - raised again in the main thread
            self.failure = error
            if not self.recogniser.done():
                self.recogniser.set_exception(error)
            self.on_failure()
            return
        import structlog  # noqa: PLC0415

        structlog.get_logger().info(
            "model_loaded",
            model=self._settings.model,
            compute_type=self._settings.compute_type,
            load_ms=milliseconds_from_seconds(time.perf_counter() - started),
        )


def _serve(settings: Settings) -> int:
    from shared.privacy.logs import configure_logging  # noqa: PLC0415

    configure_logging(settings.log_level)
    model = ModelThread(settings)
    model.start()
    try:
        _serve_with(settings, model)
    finally:
        # An interpreter that ends while a thread is inside of CTranslate2 is aborted (SIGABRT).
        model.join()
    if model.failure is not None:
        raise model.failure
    return 0


def _serve_with(settings: Settings, model: ModelThread) -> None:
    from functions.api.app import create_app  # noqa: PLC0415
    from functions.api.authentication import require_safe_binding  # noqa: PLC0415
    from functions.container.background import Background  # noqa: PLC0415
    from functions.container.http_server import HttpServer, open_listener  # noqa: PLC0415

    require_safe_binding(settings)
    places = local_places(settings)
    batch = open_batch(settings, places, watches=True) if places is not None else None
    app = create_app(settings, model.recogniser.result(), batch)
    server = HttpServer(app, settings, open_listener(settings))

    def stop() -> None:
        server.should_exit = True

    model.on_failure = stop
    if model.failure is not None:
        return
    if batch is None or places is None:
        server.serve_until_stopped()
        return
    background = Background(settings, places, batch)
    working = threading.Thread(target=_work, args=(background, model), name="batch", daemon=True)
    working.start()
    server.serve_until_stopped()
    working.join()
    background.stop()


def _work(background: "Background", model: ModelThread) -> None:
    """Start batch work when the model is there: nobody waits for it."""
    model.join()
    if model.failure is None:
        background.start(model.recogniser.result())


def _exit_at_once(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Stop while nothing is served yet, without waiting for the model."""
    os._exit(0)


def _nothing() -> None:
    pass
