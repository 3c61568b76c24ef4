"""The allow-list of log fields, each with its reason and the pattern of its text.

`keep_allowed_fields` deletes all other fields and runs last before rendering: a log line cannot
carry speech, text, a key or a signed URL, not even by mistake. Numbers and short names pass;
sentences and exceptions do not.
"""

import math
import re
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from numbers import Integral, Real
from types import TracebackType
from typing import Any

from shared.ticks import milliseconds_from_seconds
from shared.transcript import RecognitionCost

NUMBER = None

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,47}")
_METHOD = re.compile(r"[A-Z]{3,9}")
_ROUTE = re.compile(r"(/[A-Za-z0-9_.:~{}-]{0,48}){1,12}")
_IDENTIFIER = re.compile(r"[0-9a-fA-F-]{1,36}")
_NAME_OF_FOLDER = re.compile(r"[a-z0-9-]{1,125}")
_LOCATION = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,95}:[0-9]{1,6}")
_TIME = re.compile(r"[0-9T:.+-]{10,32}Z?")


@dataclass(frozen=True, slots=True)
class LogField:
    """Reason for a field, and the pattern that its text must match; None allows numbers only."""

    reason: str
    pattern: re.Pattern[str] | None = NUMBER


ALLOWED_FIELDS: Mapping[str, LogField] = {
    # The line
    "event": LogField("name of the event, fixed in the code", _EVENT),
    "level": LogField("severity", _NAME),
    "timestamp": LogField("time, UTC", _TIME),
    "logger": LogField("module of a third-party library whose message was dropped", _NAME),
    # The request
    "route": LogField("template such as `/jobs/{id}`; a real path may name files", _ROUTE),
    "method": LogField("HTTP method", _METHOD),
    "status": LogField("HTTP status"),
    "request_id": LogField("joins a line to a client's report; hexadecimal", _IDENTIFIER),
    "job_id": LogField("joins the lines of one batch job; hexadecimal", _IDENTIFIER),
    "hook_id": LogField("web hook whose record cannot be read; hexadecimal", _IDENTIFIER),
    "folder": LogField("name of a drop folder that the settings no longer have", _NAME_OF_FOLDER),
    "error_code": LogField("outer code of the answer, such as `InvalidArgument`", _NAME),
    "error_type": LogField("class of an exception, never its message", _NAME),
    "error_at": LogField("module and line that raised it, never a source line", _LOCATION),
    "issuer": LogField("place of an issuer in `SOTTO_OIDC_ISSUER`, from 1"),
    "reason": LogField("why the HTTP server refused a request head, one of `Refusal`", _NAME),
    # Sizes and times
    "body_bytes": LogField("size of the upload"),
    "audio_ms": LogField("length of the audio"),
    "duration_ms": LogField("whole request"),
    "queue_ms": LogField("part of it spent waiting"),
    "recognition_ms": LogField("part of it spent in the engine"),
    "rtf": LogField("processing time by audio time"),
    "n_channels": LogField("channels recognised"),
    "n_segments": LogField("stretches of speech found"),
    "n_phrases": LogField("phrases returned"),
    "n_retries": LogField("segments read again"),
    "n_noise": LogField("stretches of speech that the decoder finds no words in"),
    "n_no_match": LogField("stretches of speech whose text has no letter or digit"),
    "n_loops": LogField("stretches of speech whose text came to no end"),
    "n_assessed_words": LogField("words whose pronunciation was assessed"),
    "n_turns": LogField("turns of a real-time session"),
    "lag_ms": LogField("longest time that audio of a session waited to be decoded"),
    "n_files": LogField("files of a batch, or removed by a purge"),
    "n_jobs": LogField("jobs that a purge has removed"),
    "n_attempts": LogField("attempts at a file, this one included"),
    "late_ms": LogField("greatest delay of a removal after its time"),
    # The process
    "model": LogField("catalogue name of the loaded model", _NAME),
    "engine": LogField("engine that runs it", _NAME),
    "compute_type": LogField("number format of its weights", _NAME),
    "threads": LogField("threads of one recognition"),
    "load_ms": LogField("time to load it"),
    "port": LogField("port of the listener"),
    "n_connections": LogField("connections open when they or the descriptors are used up"),
    "n_fields_dropped": LogField(
        "fields that this list does not allow, so that a mistake is visible"
    ),
}


def keep_allowed_fields(
    _logger: object, _method: str, event_dict: MutableMapping[str, Any]
) -> dict[str, Any]:
    """Delete every field that `ALLOWED_FIELDS` does not permit: a structlog processor, run last.

    An event that is no name becomes `unnamed_event`. Deleted fields are counted in
    `n_fields_dropped`.
    """
    kept: dict[str, Any] = {}
    n_dropped = 0
    for key, value in event_dict.items():
        field = ALLOWED_FIELDS.get(key)
        harmless = None if field is None else _permitted_value(value, field.pattern)
        if harmless is not None:
            kept[key] = harmless
        elif value is not None:
            n_dropped += 1
    kept.setdefault("event", "unnamed_event")
    if n_dropped:
        kept["n_fields_dropped"] = n_dropped
    return kept


def name_exception(
    _logger: object, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace `exc_info` by `error_type` and `error_at`: a structlog processor."""
    exc_info = event_dict.pop("exc_info", None)
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    elif exc_info is True:
        exc_info = sys.exception()
    if isinstance(exc_info, BaseException):
        event_dict.update(exception_fields(exc_info))
    return event_dict


def exception_fields(error: BaseException) -> dict[str, str]:
    """Describe an exception by its class and the innermost line of Sotto that it passed."""
    fields = {"error_type": type(error).__name__}
    place = _innermost_location(error.__traceback__)
    if place is not None:
        fields["error_at"] = place
    return fields


def cost_fields(cost: RecognitionCost) -> dict[str, float]:
    """Describe the cost of a recognition; `rtf` only where there was audio."""
    fields: dict[str, float] = {
        "audio_ms": milliseconds_from_seconds(cost.audio_s),
        "queue_ms": milliseconds_from_seconds(cost.queue_s),
        "recognition_ms": milliseconds_from_seconds(cost.recognition_s),
        "n_segments": cost.n_segments,
        "n_retries": cost.n_retries,
        "n_noise": cost.n_noise,
        "n_no_match": cost.n_no_match,
        "n_loops": cost.n_loops,
    }
    if cost.audio_s > 0:
        fields["rtf"] = cost.recognition_s / cost.audio_s
    return fields


def _innermost_location(traceback: TracebackType | None) -> str | None:
    """`module:line` inside `shared` or `functions`; of any module if the traceback has neither."""
    place, is_ours = None, False
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        ours = module.startswith(("shared.", "functions."))
        if ours or not is_ours:
            place, is_ours = f"{module}:{traceback.tb_lineno}", ours
        traceback = traceback.tb_next
    return place


def _permitted_value(value: object, pattern: re.Pattern[str] | None) -> bool | float | str | None:
    """Return the value as a plain number or name, None if it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return round(number, 3) if math.isfinite(number) else None
    if pattern is not None and isinstance(value, str) and pattern.fullmatch(value):
        return str(value)
    return None
