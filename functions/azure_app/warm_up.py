"""The model, loaded in time that nobody waits for."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable

import azure.functions as func
import structlog
from azure.functions.warmup import WarmUpContext

from shared.errors import SpeechError
from shared.ticks import milliseconds_from_seconds


def load_in_background(load: Callable[[], None]) -> None:
    """Load while the host learns about the functions; a request meanwhile waits for the rest.

    A failure is logged, not raised: the next request tries again, and is answered 503.
    """

    def run() -> None:
        started = time.perf_counter()
        log = structlog.get_logger()
        try:
            load()
        except Exception as error:
            log.exception("model_not_loaded")
            if isinstance(error, SpeechError):  # its message is written for the operator
                sys.stderr.write(f"sotto: {error}\n")
            return
        log.info("model_loaded", load_ms=milliseconds_from_seconds(time.perf_counter() - started))

    threading.Thread(target=run, name="model", daemon=True).start()


def create_blueprint(load: Callable[[], None]) -> func.Blueprint:
    """Function `warmup`: the platform waits for it before a further instance gets requests.

    https://learn.microsoft.com/azure/azure-functions/functions-bindings-warmup
    """
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    @blueprint.function_name("warmup")  # the name is the platform's
    @blueprint.warm_up_trigger("context_of_warmup")
    def warmup(context_of_warmup: WarmUpContext) -> None:  # noqa: ARG001 - it carries nothing
        with contextlib.suppress(SpeechError):  # in the log already
            load()

    return blueprint
