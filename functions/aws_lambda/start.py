"""Start and error boundary of a function, common to all handlers of this host."""

import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from functions.aws_lambda.configuration import function_settings
from shared.errors import ConfigurationError, SpeechError
from shared.privacy.core_dumps import forbid_core_dumps
from shared.privacy.log_fields import exception_fields
from shared.privacy.logs import configure_logging
from shared.privacy.telemetry_off import switch_telemetry_off
from shared.settings import Settings


class InvocationContext(Protocol):
    """Context of an invocation, as far as it is used here."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until this invocation is ended."""
        ...


# Lambda ends an initialisation after 10 s and begins it again inside the first invocation. A
# model that takes longer goes on loading in its thread, and the first event waits for it.
INITIALISATION_S = 8.0

Handler = Callable[[Any, InvocationContext], dict[str, Any]]


def start_batch(make: Callable[[Settings], Handler]) -> Handler:
    """Make the handler of a function of batch work.

    Never fails for a setting: a function that cannot be initialised is started again and
    again. The error is one line on standard error, and every event fails, so that its
    sender tries again or keeps it: nothing is lost.

    Parameters
    ----------
    make: raises `SpeechError` where the settings cannot be served.
    """
    forbid_core_dumps()
    switch_telemetry_off()
    try:
        settings = function_settings(os.environ)
        configure_logging(settings.log_level)
        return hide_exception_text(make(settings))
    except SpeechError as error:
        configure_logging()
        print_startup_error(error)
        return _not_set_up(str(error))


def hide_exception_text(handle: Handler) -> Handler:
    """Let no error out that may quote content: Lambda writes its message into the log.

    A `SpeechError` quotes nothing and passes. Of any other the kind is logged, and a sentence of
    ours is raised in its place.
    """

    def handle_event(event: Any, context: InvocationContext) -> dict[str, Any]:
        try:
            return handle(event, context)
        except SpeechError:
            raise
        except Exception as error:  # noqa: BLE001 - the trigger's edge
            structlog.get_logger().error("invocation_failed", **exception_fields(error))
        raise SpeechError("The event could not be dealt with. The log names the kind of error.")

    return handle_event


def print_startup_error(error: SpeechError) -> None:
    """Write why nothing is served; the sentence is made for the operator."""
    sys.stderr.write(f"sotto: {error}\n")


def _not_set_up(reason: str) -> Handler:
    def refuse(_event: Any, _context: InvocationContext) -> dict[str, Any]:
        raise ConfigurationError(reason)

    return refuse
