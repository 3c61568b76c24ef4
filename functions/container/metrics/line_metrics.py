"""Metrics that count log lines: whatever the log of a line may not have, they cannot have either.

So Prometheus, Application Insights and CloudWatch show the same numbers.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from functions.container.bounded_http import Refusal
from functions.container.metrics.contracts import OTHER, contract_of
from functions.container.metrics.table import FAILURES, LINE_METRICS, METHODS, Kind, Metric

# Of all other labels the series are shown with 0 before they count, so that the first event is an
# increase. Most deployments use few contracts.
_SHOWN_WHEN_USED = "contract"

_FILES = {"file_transcribed": "transcribed", "file_failed": "failed"}
# Lines that count one; the metric, then the values of its labels.
_SINGLE = {
    "job_accepted": ("sotto_jobs_accepted_total",),
    "job_closed": ("sotto_jobs_closed_total",),
    "job_failed": ("sotto_jobs_failed_total",),
    "work_postponed": ("sotto_work_retries_total",),
    "malformed_message": ("sotto_malformed_messages_total",),
    "dead_letter_reported": ("sotto_dead_letters_total", "reported"),
    "dead_letter_not_reported": ("sotto_dead_letters_total", "not_reported"),
    "malformed_dead_letter": ("sotto_dead_letters_total", "foreign"),
    "web_hook_delivered": ("sotto_web_hook_calls_total", "delivered"),
    "web_hook_postponed": ("sotto_web_hook_calls_total", "postponed"),
    "web_hook_given_up": ("sotto_web_hook_calls_total", "given_up"),
    "not_purged": ("sotto_purge_failures_total", "purge"),
    "job_not_purged": ("sotto_purge_failures_total", "job"),
    "container_not_purged": ("sotto_purge_failures_total", "container"),
    "outputs_not_reached": ("sotto_purge_failures_total", "outputs"),
}
_SERIOUS = frozenset({"warning", "error", "critical"})
_WITHOUT_TEXT = {"n_noise": "noise", "n_no_match": "no_match", "n_loops": "loop"}

Line = Mapping[str, Any]


class LineMetrics:
    """Counts the lines that it is given. May be called from any thread.

    clock: seconds since 1970.
    """

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._instruments = {metric.name: _instrument(metric, registry) for metric in LINE_METRICS}

    def take(self, line: Line) -> None:
        """Count a line, whose fields are those that the allow-list permits."""
        event = line["event"]
        if event == "request":
            self._request(line)
        elif event == "session":
            self._session(line)
        elif event in _FILES:
            self._file(line, _FILES[event])
        elif event in _SINGLE:
            self._count(*_SINGLE[event])
        else:
            self._process(event, line)

    def _request(self, line: Line) -> None:
        contract, method = contract_of(line.get("route", "")), line.get("method")
        method = method if method in METHODS else OTHER
        self._count("sotto_requests_total", contract, method, _status_class(line))
        self._count("sotto_request_body_bytes_total", contract, by=line.get("body_bytes", 0))
        self._observe_ms("sotto_request_duration_seconds", line.get("duration_ms"), contract)
        self._recognition(line, "request")

    def _session(self, line: Line) -> None:
        self._count("sotto_sessions_total", _status_class(line))
        self._count("sotto_session_turns_total", by=line.get("n_turns", 0))
        self._observe_ms("sotto_session_duration_seconds", line.get("duration_ms"))
        self._observe_ms("sotto_session_lag_seconds", line.get("lag_ms"))
        self._recognition(line, "session")

    def _file(self, line: Line, result: str) -> None:
        self._count("sotto_files_total", result)
        self._observe_ms("sotto_file_duration_seconds", line.get("duration_ms"), result)
        self._recognition(line, "file")

    def _recognition(self, line: Line, source: str) -> None:
        if "audio_ms" not in line:
            return
        self._count("sotto_audio_seconds_total", source, by=line["audio_ms"] / 1000)
        self._count(
            "sotto_recognition_seconds_total", source, by=line.get("recognition_ms", 0) / 1000
        )
        self._count("sotto_segments_total", source, by=line.get("n_segments", 0))
        self._count("sotto_decode_retries_total", source, by=line.get("n_retries", 0))
        for name, reason in _WITHOUT_TEXT.items():
            self._count("sotto_segments_without_text_total", reason, by=line.get(name, 0))
        self._observe_ms("sotto_slot_wait_seconds", line.get("queue_ms"), source)
        if "rtf" in line:
            self._child("sotto_real_time_factor", source).observe(line["rtf"])

    def _process(self, event: str, line: Line) -> None:
        match event:
            case "request_refused" if line.get("reason") in set(Refusal):
                self._count("sotto_request_heads_refused_total", line["reason"])
            case "purge_ended":
                self._child("sotto_purge_last_run_timestamp_seconds").set(self._clock())
            case "purged":
                self._count("sotto_purged_jobs_total", by=line.get("n_jobs", 0))
                self._count("sotto_purged_files_total", by=line.get("n_files", 0))
                self._observe_ms("sotto_purge_lateness_seconds", line.get("late_ms"))
            case "model_loaded":
                self._child("sotto_model_load_seconds").set(line.get("load_ms", 0) / 1000)
            case _ if line.get("level") in _SERIOUS:
                self._count("sotto_failures_total", event if event in FAILURES else OTHER)

    def _child(self, name: str, *values: str) -> Any:
        instrument = self._instruments[name]
        return instrument.labels(*values) if values else instrument

    def _count(self, name: str, *values: str, by: float = 1) -> None:
        self._child(name, *values).inc(by)

    def _observe_ms(self, name: str, duration_ms: float | None, *values: str) -> None:
        if duration_ms is not None:
            self._child(name, *values).observe(duration_ms / 1000)


def _status_class(line: Line) -> str:
    return f"{line.get('status', 500) // 100}xx"


def _instrument(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    names = tuple(metric.labels)
    instrument: Counter | Gauge | Histogram
    match metric.kind:
        case Kind.COUNTER:
            instrument = Counter(metric.name, metric.meaning, names, registry=registry)
        case Kind.GAUGE:
            instrument = Gauge(metric.name, metric.meaning, names, registry=registry)
        case Kind.HISTOGRAM:
            instrument = Histogram(
                metric.name, metric.meaning, names, registry=registry, buckets=metric.buckets
            )
    if names and _SHOWN_WHEN_USED not in names:
        for values in metric.series():
            instrument.labels(*values)
    return instrument
