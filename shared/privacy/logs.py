"""Logging as JSON lines on standard error that can not carry content.

Our own lines pass the allow-list of `log_fields`. Messages of third-party libraries are
emptied where they are made, in the record factory, so that no handler, whoever attached it
(uvicorn, the Functions worker, Lambda's runtime), ever sees one: what is left is logger,
level, and the type of an exception. uvicorn must be started with `log_config=None,
access_log=False`, or it puts handlers of its own beside ours.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from shared.privacy.log_fields import exception_fields, keep_allowed_fields, name_exception

LIBRARY_EVENT = "library_message"

# Without its message a library's chatter below a warning says nothing.
_LIBRARY_LEVEL = logging.WARNING


def configure_logging(level: str = "info") -> None:
    """Set up the logging of this process; calling it again replaces the former set-up.

    `level` is the least severe line of ours that is written: debug, info, warning or error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            keep_allowed_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_standard_error,
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(_emptied_record)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # would print a record's arguments when a handler fails
    logging.basicConfig(level=_LIBRARY_LEVEL, handlers=[_LibraryHandler()], force=True)
    access_log = logging.getLogger("uvicorn.access")  # one line per request is ours
    access_log.handlers, access_log.propagate, access_log.disabled = [], False, True
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


def _standard_error(*_args: object) -> structlog.WriteLogger:
    """Write to what standard error is now, not to what it was at configuration."""
    return structlog.WriteLogger(sys.stderr)


class _LibraryHandler(logging.Handler):
    """Writes that a library had something to say, and how bad it was."""

    def __init__(self) -> None:
        super().__init__(_LIBRARY_LEVEL)

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        fields = getattr(record, "error_fields", {})
        log.log(min(record.levelno, logging.CRITICAL), LIBRARY_EVENT, logger=record.name, **fields)


def _emptied_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """Make a record without message, arguments, traceback and stack."""
    record = logging.LogRecord(*args, **kwargs)
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = LIBRARY_EVENT, ()
    record.exc_info = record.exc_text = record.stack_info = None
    record.error_fields = {} if error is None else exception_fields(error)
    return record


def _log_uncaught(
    _type: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    if not isinstance(error, KeyboardInterrupt):
        structlog.get_logger().critical("uncaught_exception", exc_info=error)


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    structlog.get_logger().critical("uncaught_exception", exc_info=args.exc_value)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    structlog.get_logger().error("unraisable_exception", exc_info=args.exc_value)
