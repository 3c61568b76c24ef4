"""Logging as JSON lines on standard error that cannot carry content.

Sotto's own lines pass the allow-list of `log_fields`. The record factory empties the messages of
third-party libraries, so that no handler (of uvicorn, the Functions worker or Lambda's runtime)
sees one; logger, level and the type of an exception remain. uvicorn must be started with
`log_config=None, access_log=False`, or it adds its own handlers.
"""

import logging
import sys
import threading
from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog

from shared.privacy.log_fields import exception_fields, keep_allowed_fields, name_exception

LIBRARY_EVENT = "library_message"

LineWatch = Callable[[Mapping[str, Any]], None]
"""Takes each line that Sotto logs, with the fields that the allow-list permits."""

# Without its message a library's line below a warning has no information.
_LIBRARY_LEVEL = logging.WARNING


def configure_logging(level: str = "info", watch: LineWatch | None = None) -> None:
    """Set up the logging of this process; a second call replaces the set-up.

    Parameters
    ----------
    level: least severe level of Sotto's lines that are written: debug, info, warning or error.
    watch: called with each line, of any level, whether it is written or not; it must not raise.
    """
    watched = (
        [] if watch is None else [_Watched(watch, logging.getLevelNamesMapping()[level.upper()])]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            keep_allowed_fields,
            *watched,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("debug" if watched else level),
        logger_factory=_standard_error,
        cache_logger_on_first_use=False,
    )
    logging.setLogRecordFactory(_make_empty_record)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # it would print a record's arguments when a handler fails
    logging.basicConfig(level=_LIBRARY_LEVEL, handlers=[_LibraryHandler()], force=True)
    access_log = logging.getLogger("uvicorn.access")  # Sotto logs one line per request itself
    access_log.handlers, access_log.propagate, access_log.disabled = [], False, True
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


class _Watched:
    """Hands each line over, then drops those that are less severe than `level`."""

    def __init__(self, watch: LineWatch, level: int) -> None:
        self._watch = watch
        self._level = level

    def __call__(
        self, _logger: object, _method: str, event_dict: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        self._watch(event_dict)
        if logging.getLevelNamesMapping().get(str(event_dict["level"]).upper(), 0) < self._level:
            raise structlog.DropEvent
        return event_dict


def _standard_error(*_args: object) -> structlog.WriteLogger:
    """Write to the present standard error, not to the one at configuration."""
    return structlog.WriteLogger(sys.stderr)


class _LibraryHandler(logging.Handler):
    """Writes one line for a library's message: its logger and level."""

    def __init__(self) -> None:
        super().__init__(_LIBRARY_LEVEL)

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        fields = getattr(record, "error_fields", {})
        log.log(min(record.levelno, logging.CRITICAL), LIBRARY_EVENT, logger=record.name, **fields)


def _make_empty_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
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
