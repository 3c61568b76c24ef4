"""Metrics that count log lines."""

import ast
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from functions.api.app import create_app
from functions.api.realtime.sessions import Sessions
from functions.container.metrics.contracts import OTHER, contract_of
from functions.container.metrics.line_relay import LineRelay
from functions.container.metrics.registry import Metrics
from functions.container.metrics.table import FAILURES, METRICS
from shared.privacy.logs import configure_logging
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber

PROJECT = Path(__file__).parents[4]
REQUEST = {
    "event": "request", "level": "info", "route": "/speechtotext/transcriptions:transcribe",
    "method": "POST", "status": 200, "duration_ms": 2500, "body_bytes": 320_044,
    "audio_ms": 10_000, "queue_ms": 400, "recognition_ms": 1500, "rtf": 0.15, "n_segments": 4,
    "n_retries": 1, "n_noise": 2, "n_no_match": 0, "n_loops": 1,
}  # fmt: skip


@pytest.fixture
def metrics():
    return Metrics()


def samples(metrics):
    """Values of the exposition by name and labels, as a scraper reads them."""
    text = metrics.exposition()[0].decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(metrics, name, **labels):
    """Value of one series."""
    return samples(metrics)[name, *sorted(labels.items())]


def test_a_request_counts_by_contract_and_class_of_its_status(metrics):
    metrics.lines.take(REQUEST)
    metrics.lines.take(REQUEST | {"status": 429})
    labels = {"contract": "fast_transcription", "method": "POST"}
    assert value(metrics, "sotto_requests_total", **labels, status_class="2xx") == 1
    assert value(metrics, "sotto_requests_total", **labels, status_class="4xx") == 1
    times = {"contract": "fast_transcription"}
    assert value(metrics, "sotto_request_duration_seconds_sum", **times) == 5
    assert value(metrics, "sotto_request_duration_seconds_bucket", **times, le="2.5") == 2
    assert value(metrics, "sotto_request_duration_seconds_bucket", **times, le="1.0") == 0
    assert value(metrics, "sotto_request_body_bytes_total", **times) == 640_088


def test_a_recognition_counts_its_audio_time_and_retries(metrics):
    metrics.lines.take(REQUEST)
    source = {"source": "request"}
    assert value(metrics, "sotto_audio_seconds_total", **source) == 10
    assert value(metrics, "sotto_recognition_seconds_total", **source) == 1.5
    assert value(metrics, "sotto_segments_total", **source) == 4
    assert value(metrics, "sotto_decode_retries_total", **source) == 1
    assert value(metrics, "sotto_slot_wait_seconds_sum", **source) == pytest.approx(0.4)
    assert value(metrics, "sotto_real_time_factor_sum", **source) == pytest.approx(0.15)
    without_text = "sotto_segments_without_text_total"
    assert value(metrics, without_text, reason="noise") == 2
    assert value(metrics, without_text, reason="loop") == 1


def test_a_request_without_a_recognition_counts_no_audio(metrics):
    metrics.lines.take(
        {"event": "request", "route": "/ready", "method": "GET", "status": 503, "duration_ms": 1}
    )
    assert value(metrics, "sotto_audio_seconds_total", source="request") == 0
    assert value(metrics, "sotto_real_time_factor_count", source="request") == 0


def test_a_session_counts_its_turns_and_its_lag(metrics):
    metrics.lines.take(
        {"event": "session", "status": 101, "duration_ms": 61_000, "n_turns": 3, "lag_ms": 800}
    )
    metrics.lines.take({"event": "session", "status": 401, "duration_ms": 1})
    assert value(metrics, "sotto_sessions_total", status_class="1xx") == 1
    assert value(metrics, "sotto_sessions_total", status_class="4xx") == 1
    assert value(metrics, "sotto_session_turns_total") == 3
    assert value(metrics, "sotto_session_lag_seconds_sum") == pytest.approx(0.8)
    assert value(metrics, "sotto_session_lag_seconds_count") == 1


@pytest.mark.parametrize(
    ("event", "name", "labels"),
    [
        ("file_transcribed", "sotto_files_total", {"result": "transcribed"}),
        ("file_failed", "sotto_files_total", {"result": "failed"}),
        ("job_accepted", "sotto_jobs_accepted_total", {}),
        ("job_closed", "sotto_jobs_closed_total", {}),
        ("job_failed", "sotto_jobs_failed_total", {}),
        ("work_postponed", "sotto_work_retries_total", {}),
        ("dead_letter_reported", "sotto_dead_letters_total", {"kind": "reported"}),
        ("malformed_dead_letter", "sotto_dead_letters_total", {"kind": "foreign"}),
        ("web_hook_given_up", "sotto_web_hook_calls_total", {"result": "given_up"}),
        ("not_purged", "sotto_purge_failures_total", {"of": "purge"}),
        ("queue_unavailable", "sotto_failures_total", {"event": "queue_unavailable"}),
        ("a_later_event", "sotto_failures_total", {"event": "other"}),
    ],
)
def test_an_event_of_batch_work_counts_one(metrics, event, name, labels):
    before = samples(metrics)
    metrics.lines.take({"event": event, "level": "error", "duration_ms": 10})
    after = samples(metrics)
    assert after[name, *sorted(labels.items())] == before[name, *sorted(labels.items())] + 1
    changed = {key[0] for key in after if after[key] != before.get(key) and key[0] != name}
    assert {key for key in changed if not key.startswith("process_")} <= {
        "sotto_file_duration_seconds_bucket", "sotto_file_duration_seconds_sum",
        "sotto_file_duration_seconds_count",
    }  # fmt: skip


def test_a_purge_shows_how_late_it_is_and_when_it_ran():
    from functions.container.metrics.line_metrics import LineMetrics  # noqa: PLC0415

    metrics = Metrics()
    metrics._registry = registry = type(metrics._registry)()
    lines = LineMetrics(registry, clock=lambda: 1_796_000_000.0)
    lines.take({"event": "purge_ended", "level": "debug"})
    lines.take({"event": "purged", "level": "info", "n_jobs": 2, "n_files": 14, "late_ms": 95_000})
    assert value(metrics, "sotto_purge_last_run_timestamp_seconds") == 1_796_000_000
    assert value(metrics, "sotto_purged_jobs_total") == 2
    assert value(metrics, "sotto_purged_files_total") == 14
    assert value(metrics, "sotto_purge_lateness_seconds_bucket", le="120.0") == 1
    assert value(metrics, "sotto_purge_lateness_seconds_bucket", le="60.0") == 0


@pytest.mark.parametrize(
    "event",
    [
        "request", "session", "file_transcribed", "file_failed", "purged", "model_loaded",
        "request_refused", "purge_ended",
    ],
)  # fmt: skip
def test_a_line_that_lacks_a_field_is_no_error(metrics, event):
    """The allow-list drops a value that is no number, and no line may fail for that."""
    metrics.lines.take({"event": event, "level": "info", "audio_ms": 1})
    assert samples(metrics)


def test_lines_below_the_level_of_the_log_count_all_the_same(metrics, capsys):
    try:
        configure_logging("warning", metrics.lines.take)
        structlog.get_logger().info("job_accepted")
        structlog.get_logger().warning("work_postponed")
    finally:
        structlog.reset_defaults()
    assert value(metrics, "sotto_jobs_accepted_total") == 1
    assert value(metrics, "sotto_work_retries_total") == 1
    written = capsys.readouterr().err
    assert "work_postponed" in written
    assert "job_accepted" not in written


def test_lines_of_the_start_count_once_there_are_metrics(metrics):
    relay = LineRelay()
    relay.take({"event": "model_loaded", "level": "info", "load_ms": 700})
    relay.pass_to(metrics.lines.take)
    relay.take({"event": "job_accepted", "level": "info"})
    assert value(metrics, "sotto_model_load_seconds") == pytest.approx(0.7)
    assert value(metrics, "sotto_jobs_accepted_total") == 1


def test_a_field_that_the_log_may_not_have_reaches_no_metric(metrics):
    """The canaries stand in fields of the line, and the line passes the allow-list first."""
    try:
        configure_logging("error", metrics.lines.take)
        structlog.get_logger().info(
            "request", route="/canary one/said it", method="POST canary", status=200,
            text="canary text", error_code="canary code", duration_ms=3,
        )  # fmt: skip
        structlog.get_logger().error("canary event that is a sentence")
    finally:
        structlog.reset_defaults()
    text = metrics.exposition()[0].decode()
    assert "canary" not in text
    assert 'sotto_requests_total{contract="other",method="other",status_class="2xx"} 1.0' in text


def test_every_route_has_a_contract():
    """A new router needs its row, or its requests count as `other`."""
    app = create_app(
        Settings(), ScriptedTranscriber(), sessions=Sessions(1), exposition=lambda: (b"", "")
    )
    pages = ["/swagger", "/swagger/{name}", "/openapi.json", "/playground/{name}"]
    paths = [*app.openapi()["paths"], *pages]
    assert "/metrics" in paths
    assert [path for path in paths if contract_of(path) == OTHER] == []
    assert contract_of("/unmatched") == OTHER
    assert contract_of("/{path:path}") == OTHER


def test_the_events_that_are_declared_are_logged_somewhere():
    declared = {event for event in FAILURES if event != OTHER}
    assert declared - events_of_the_code() == set()


def test_the_number_of_series_is_bounded():
    """However many clients there are, and whatever they request."""
    n_series = sum(
        len(metric.series()) * (len(metric.buckets) + 3 if metric.buckets else 1)
        for metric in METRICS
    )
    assert n_series < 1_200


def events_of_the_code():
    """All strings of the code that are shaped as the name of an event."""
    return {
        node.value
        for folder in ("functions", "shared")
        for file in (PROJECT / folder).rglob("*.py")
        if file.parent.name != "metrics"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
