"""Every metric of Sotto: its name, type, labels with all of their values, and meaning.

`docs/operations.md` shows this table, dashboard and alerts may name nothing else (tests compare
them). No label has a value that a client chooses, so the number of series is bounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from types import MappingProxyType

from functions.container.bounded_http import Refusal
from functions.container.metrics.contracts import CONTRACTS, OTHER
from shared.version import VERSION


class Kind(StrEnum):
    """Type of a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    labels: names of labels with all of their values.
    buckets: upper bounds of a histogram.
    """

    name: str
    kind: Kind
    meaning: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    buckets: tuple[float, ...] = ()

    def series(self) -> list[tuple[str, ...]]:
        """All combinations of values of its labels."""
        return list(product(*self.labels.values()))


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
SOURCES = ("request", "session", "file")
LANES = ("files", "notices", "dead_letters")
FAILURES = (
    "connections_exhausted", "dead_letters_not_reported", "files_not_submitted", "folder_not_read",
    "folder_not_watched", "lease_lost", "lease_not_renewed", "library_message",
    "message_not_settled",
    "model_not_loaded", "queue_unavailable", "recognition_failed", "request_failed",
    "session_failed", "synthesis_failed", "translation_failed", "uncaught_exception",
    "unexpected_error", OTHER,
)  # fmt: skip
"""Events that `sotto_failures_total` counts by name; further warnings and errors are `other`."""

_SHORT_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LONG_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)
_LATE_S = (1, 10, 60, 120, 300, 600, 900, 1800, 3600, 21_600, 86_400)
_RTF = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5)

_SOURCE = MappingProxyType({"source": SOURCES})
_LANE = MappingProxyType({"lane": LANES})
_BOUND = MappingProxyType({"bound": ("work", "transfer", "memory")})
_SLOTS = MappingProxyType({"slots": ("short", "files")})

LINE_METRICS = (
    # Requests
    Metric(
        "sotto_requests_total", Kind.COUNTER, "requests that have ended",
        {"contract": CONTRACTS, "method": METHODS, "status_class": STATUS_CLASSES},
    ),
    Metric(
        "sotto_request_duration_seconds", Kind.HISTOGRAM, "time of a whole request",
        {"contract": CONTRACTS}, _LONG_S,
    ),
    Metric(
        "sotto_request_body_bytes_total", Kind.COUNTER, "bytes of bodies", {"contract": CONTRACTS}
    ),
    Metric(
        "sotto_request_heads_refused_total", Kind.COUNTER,
        "request heads that the HTTP server refuses", {"reason": tuple(Refusal)},
    ),
    # Real time
    Metric(
        "sotto_sessions_total", Kind.COUNTER, "sessions that have ended; `1xx` were accepted",
        {"status_class": STATUS_CLASSES},
    ),
    Metric(
        "sotto_session_duration_seconds", Kind.HISTOGRAM, "time of a session", buckets=_LONG_S
    ),
    Metric("sotto_session_turns_total", Kind.COUNTER, "turns of sessions"),
    Metric(
        "sotto_session_lag_seconds", Kind.HISTOGRAM,
        "longest time that audio of a session waited to be decoded", buckets=_SHORT_S,
    ),
    # Recognition
    Metric("sotto_audio_seconds_total", Kind.COUNTER, "length of recognised audio", _SOURCE),
    Metric(
        "sotto_recognition_seconds_total", Kind.COUNTER, "time in slots of the engine", _SOURCE
    ),
    Metric(
        "sotto_real_time_factor", Kind.HISTOGRAM, "time in slots by length of the audio",
        _SOURCE, _RTF,
    ),
    Metric(
        "sotto_slot_wait_seconds", Kind.HISTOGRAM,
        "time that one recognition waits for slots, in all", _SOURCE, _SHORT_S,
    ),
    Metric("sotto_segments_total", Kind.COUNTER, "stretches of speech", _SOURCE),
    Metric("sotto_decode_retries_total", Kind.COUNTER, "segments read again", _SOURCE),
    Metric(
        "sotto_segments_without_text_total", Kind.COUNTER, "stretches of speech without a text",
        {"reason": ("noise", "no_match", "loop")},
    ),
    # Batch
    Metric("sotto_jobs_accepted_total", Kind.COUNTER, "jobs that this process has accepted"),
    Metric(
        "sotto_jobs_closed_total", Kind.COUNTER, "jobs that ended with a file of this process"
    ),
    Metric("sotto_jobs_failed_total", Kind.COUNTER, "those of which no file has a transcript"),
    Metric(
        "sotto_files_total", Kind.COUNTER, "files that have a result",
        {"result": ("transcribed", "failed")},
    ),
    Metric(
        "sotto_file_duration_seconds", Kind.HISTOGRAM, "time of the last attempt at a file",
        {"result": ("transcribed", "failed")}, _LONG_S,
    ),
    Metric("sotto_work_retries_total", Kind.COUNTER, "attempts that failed and are repeated"),
    Metric(
        "sotto_dead_letters_total", Kind.COUNTER,
        "dead letters: reported in their jobs, not reported, or foreign (each round anew)",
        {"kind": ("reported", "not_reported", "foreign")},
    ),
    Metric(
        "sotto_malformed_messages_total", Kind.COUNTER, "foreign messages in the queue of work"
    ),
    Metric(
        "sotto_web_hook_calls_total", Kind.COUNTER, "notifications of web hooks",
        {"result": ("delivered", "postponed", "given_up")},
    ),
    # Purge
    Metric("sotto_purged_jobs_total", Kind.COUNTER, "jobs that were removed at their end"),
    Metric(
        "sotto_purged_files_total", Kind.COUNTER, "outputs, records and leftovers that were removed"
    ),
    Metric(
        "sotto_purge_lateness_seconds", Kind.HISTOGRAM,
        "greatest delay of a removal after its time, of each purge that removed something",
        buckets=_LATE_S,
    ),
    Metric(
        "sotto_purge_failures_total", Kind.COUNTER,
        "failures: of a whole purge, or of a job, a container, the outputs of a folder",
        {"of": ("purge", "job", "container", "outputs")},
    ),
    Metric(
        "sotto_purge_last_run_timestamp_seconds", Kind.GAUGE,
        "when a purge last came to its end, seconds since 1970; 0: none yet",
    ),
    # The process
    Metric("sotto_model_load_seconds", Kind.GAUGE, "time from the start to the loaded model"),
    Metric(
        "sotto_failures_total", Kind.COUNTER,
        "warnings and errors that no other metric counts, by event of the log line",
        {"event": FAILURES},
    ),
)  # fmt: skip

STATE_METRICS = (
    Metric("sotto_build_info", Kind.GAUGE, "1; the label is the version", {"version": (VERSION,)}),
    Metric("sotto_model_loaded", Kind.GAUGE, "1 if the model is in memory, else 0"),
    Metric("sotto_slots", Kind.GAUGE, "slots of recognition", _SLOTS),
    Metric("sotto_slots_in_use", Kind.GAUGE, "slots in use", _SLOTS),
    Metric("sotto_slots_waiting", Kind.GAUGE, "pieces of work that wait for a slot", _SLOTS),
    Metric(
        "sotto_admission_limit", Kind.GAUGE,
        "requests that are worked for at once, transfers, bytes of bodies", _BOUND,
    ),
    Metric("sotto_admission_in_use", Kind.GAUGE, "taken of that limit", _BOUND),
    Metric("sotto_admission_admitted_total", Kind.COUNTER, "taken of that limit in all", _BOUND),
    Metric("sotto_admission_refused_total", Kind.COUNTER, "requests refused for it", _BOUND),
    Metric("sotto_sessions_open", Kind.GAUGE, "open sessions"),
    Metric("sotto_sessions_limit", Kind.GAUGE, "sessions that may be open"),
    Metric("sotto_sessions_refused_total", Kind.COUNTER, "sessions refused for it"),
)  # fmt: skip

QUEUE_METRICS = (
    Metric("sotto_queue_reachable", Kind.GAUGE, "1 if the queue could be counted, else 0"),
    Metric(
        "sotto_queue_messages", Kind.GAUGE,
        "messages that wait or that a worker holds; counted every 15 s at most", _LANE,
    ),
    Metric(
        "sotto_queue_oldest_message_age_seconds", Kind.GAUGE,
        "time that the oldest message has waited; SQS does not say", _LANE,
    ),
)  # fmt: skip

METRICS = (*LINE_METRICS, *STATE_METRICS, *QUEUE_METRICS)

PROCESS_METRICS = (
    "process_cpu_seconds_total", "process_max_fds", "process_open_fds",
    "process_resident_memory_bytes", "process_start_time_seconds", "process_virtual_memory_bytes",
)  # fmt: skip
"""Metrics of the process that the library adds, without labels."""
