"""Loading of the model in a thread, in parallel with the other imports of a start.

This shortens the time from the start of a process to its first transcript: model and web stack
mostly wait for the disk or run outside of the interpreter lock, so they load in parallel.
"""

import atexit
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from shared.errors import SpeechError
from shared.native_memory import keep_giving_back
from shared.settings import Settings
from shared.ticks import milliseconds_from_seconds

if TYPE_CHECKING:
    from shared.transcription.local_transcriber import LocalTranscriber


class ModelLoading:
    """Creates the transcriber and loads its model; starts at once.

    `failure` is the error of the loading, or None; `on_failure` is called with it, in the thread.
    The default logs it and prints it for the operator; a request that needs the model tries again.
    """

    def __init__(
        self, settings: Settings, on_failure: Callable[[Exception], None] | None = None
    ) -> None:
        self.failure: Exception | None = None
        self.on_failure = on_failure or report_failure
        self._settings = settings
        self._transcriber: Future[LocalTranscriber] = Future()
        self._started_s = time.monotonic()
        self._thread = threading.Thread(target=self._load, name="model", daemon=True)
        self._thread.start()
        # An interpreter that ends while a thread is inside of CTranslate2 aborts (SIGABRT).
        atexit.register(self._thread.join)

    def transcriber(self) -> "LocalTranscriber":
        """Return the transcriber as soon as it exists, even before its model is loaded.

        Raises
        ------
        Exception: its module cannot be imported.
        """
        return self._transcriber.result()

    def wait(self, within_s: float | None = None) -> None:
        """Wait until the loading ends, or until `within_s` seconds after its start."""
        if within_s is None:
            self._thread.join()
            return
        elapsed_s = time.monotonic() - self._started_s
        self._thread.join(max(0.0, within_s - elapsed_s))

    def _load(self) -> None:
        keep_giving_back()
        try:
            from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415

            transcriber = LocalTranscriber(self._settings)
            self._transcriber.set_result(transcriber)
            transcriber.load()
        except Exception as error:  # noqa: BLE001 - handed to `on_failure` and to `transcriber`
            self.failure = error
            if not self._transcriber.done():
                self._transcriber.set_exception(error)
            self.on_failure(error)
            return
        import structlog  # noqa: PLC0415

        structlog.get_logger().info(
            "model_loaded",
            model=self._settings.model,
            compute_type=self._settings.compute_type,
            threads=self._settings.threads,
            load_ms=milliseconds_from_seconds(time.monotonic() - self._started_s),
        )


def report_failure(error: Exception) -> None:
    """Log that the model is not loaded; print the error for the operator."""
    import structlog  # noqa: PLC0415

    from shared.privacy.log_fields import exception_fields  # noqa: PLC0415

    structlog.get_logger().error("model_not_loaded", **exception_fields(error))
    if isinstance(error, SpeechError):  # its message is written for the operator
        sys.stderr.write(f"sotto: {error}\n")
