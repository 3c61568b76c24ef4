"""The rules of traces that need no collector."""

from functions.container.traces.tracing import _with_wait, open_tracing, remove_variables
from shared.settings import Settings
from shared.stages import Stage, StageName

MS = 1_000_000


def test_without_a_collector_nothing_is_traced():
    assert open_tracing(Settings()) is None


def test_the_wait_is_drawn_from_the_begin_of_recognition_and_within_it():
    recognising = Stage(StageName.RECOGNISE, 100 * MS, 400 * MS)
    assert _with_wait([recognising], 50) == [
        recognising, Stage(StageName.WAIT, 100 * MS, 150 * MS),
    ]  # fmt: skip
    # Threads of a file wait at the same time: their sum may be more than the whole.
    assert _with_wait([recognising], 900)[1].end_ns == 400 * MS
    assert _with_wait([recognising], 0) == [recognising]
    assert _with_wait([], 50) == []


def test_variables_of_opentelemetry_are_removed_and_no_others():
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://elsewhere", "SOTTO_TRACES": "x"}
    remove_variables(environment)
    assert environment == {"SOTTO_TRACES": "x"}
