"""A configured process writes JSON lines without content, also for libraries."""

import json
import logging
import sys
import threading
import warnings

import pytest
import structlog

from shared.privacy.logs import configure_logging

CANARY = "remind me at five"


@pytest.fixture
def lines(capsys):
    """Configure logging; give a function that reads the lines written since. Restores all."""
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    state = logging.getLogRecordFactory(), root.handlers[:], root.level, logging.raiseExceptions
    for handler in state[1]:
        root.removeHandler(handler)  # pytest's own, which `force` would close
    configure_logging("info")

    def read():
        written = capsys.readouterr()
        assert written.out == ""
        assert CANARY not in written.err
        return [json.loads(line) for line in written.err.splitlines()]

    yield read
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(state[0])
    root.handlers, root.level, logging.raiseExceptions = state[1], state[2], state[3]
    access.propagate, access.disabled = True, False
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_a_line_is_json_with_time_and_level(lines):
    structlog.get_logger().info("request", route="/health", status=200, duration_ms=1.25)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "route": "/health", "status": 200, "duration_ms": 1.25
    }  # fmt: skip


def test_content_reaches_no_line(lines):
    log = structlog.get_logger().bind(text=CANARY)
    log.info("request", audio=CANARY.encode(), status=200)
    log.info("recognised %s", CANARY)
    log.info(CANARY)
    structlog.contextvars.bind_contextvars(speaker=CANARY)
    log.info("request")
    structlog.contextvars.clear_contextvars()
    assert [line["event"] for line in lines()] == [
        "request", "unnamed_event", "unnamed_event", "request"
    ]  # fmt: skip


def test_an_exception_leaves_its_type_only(lines):
    try:
        raise ValueError(CANARY)  # noqa: TRY301
    except ValueError:
        structlog.get_logger().exception("request_failed")
    (line,) = lines()
    assert line["error_type"] == "ValueError"
    assert "exception" not in line


def test_a_line_below_the_level_is_not_written(lines):
    structlog.get_logger().debug("request")
    assert lines() == []


def test_a_library_leaves_its_name_and_level_but_no_message(lines):
    logging.getLogger("httpx").warning("GET https://x.example/?q=%s", CANARY)
    try:
        raise RuntimeError(CANARY)  # noqa: TRY301
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception(CANARY, stack_info=True)
    first, second = lines()
    assert (first["event"], first["logger"], first["level"]) == (
        "library_message", "httpx", "warning"
    )  # fmt: skip
    assert (second["logger"], second["level"]) == ("uvicorn.error", "error")
    assert second["error_type"] == "RuntimeError"


def test_a_library_that_only_chats_is_not_logged(lines):
    logging.getLogger("httpx").info("HTTP Request: GET %s", CANARY)
    assert lines() == []


def test_a_handler_of_another_library_sees_no_message_either(lines):
    seen = []

    class Foreign(logging.Handler):
        def emit(self, record):
            seen.append((self.format(record), record.args, record.exc_info))

    logger = logging.getLogger("foreign")
    handler = Foreign()
    logger.addHandler(handler)
    try:
        raise RuntimeError(CANARY)  # noqa: TRY301
    except RuntimeError:
        logger.exception("said %s", CANARY)
    finally:
        logger.removeHandler(handler)
    lines()
    assert seen == [("library_message", (), None)]


def test_the_access_log_of_the_server_is_off(lines):
    logging.getLogger("uvicorn.access").error("GET /?key=%s", CANARY)
    assert lines() == []


def test_a_warning_leaves_no_text(lines):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
    assert [line["logger"] for line in lines()] == ["py.warnings"]


def test_an_uncaught_exception_leaves_its_type_only(lines):
    sys.excepthook(ValueError, ValueError(CANARY), None)
    thread_args = threading.ExceptHookArgs((OSError, OSError(CANARY), None, None))
    threading.excepthook(thread_args)
    assert [line["error_type"] for line in lines()] == ["ValueError", "OSError"]


def test_configuring_again_writes_no_line_twice(lines):
    configure_logging("info")
    structlog.get_logger().info("request")
    logging.getLogger("httpx").warning("x")
    assert len(lines()) == 2


def test_a_line_cannot_be_forged_with_a_line_break(lines):
    structlog.get_logger().info("request", error_code="a\n{}", method="GET\n")
    assert len(lines()) == 1
