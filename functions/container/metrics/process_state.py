"""Metrics that are read from the process at each scrape: slots, places, sessions, model."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from functions.api.admission import Admission
from functions.api.realtime.sessions import Sessions
from functions.container.metrics.table import Kind, Metric
from shared.scheduling import SlotUse
from shared.version import VERSION


@dataclass(frozen=True, slots=True)
class ProcessState:
    """The parts of a process that have numbers.

    is_loaded: whether the model is in memory.
    slot_use: see `LocalTranscriber.slot_use`.
    admission, sessions: of a process that serves the API.
    """

    is_loaded: Callable[[], bool]
    slot_use: Callable[[], Mapping[str, SlotUse]]
    admission: Admission | None = None
    sessions: Sessions | None = None


Samples = dict[str, Mapping[tuple[str, ...], float]]
"""Values by the name of their metric, then by the values of its labels."""


class StateCollector(Collector):
    """Collects the numbers of a `ProcessState`."""

    def __init__(self, metrics: Iterable[Metric], state: ProcessState) -> None:
        self._metrics = tuple(metrics)
        self._state = state

    def collect(self) -> Iterable[Family]:
        """Read the numbers. Blocks for no longer than a lock of theirs is held."""
        return families(self._metrics, self._samples())

    def _samples(self) -> Samples:
        state = self._state
        slots = state.slot_use()
        bounds = {} if state.admission is None else state.admission.use()
        samples: Samples = {
            "sotto_build_info": {(VERSION,): 1},
            "sotto_model_loaded": {(): float(state.is_loaded())},
            "sotto_slots": {(name,): use.n_slots for name, use in slots.items()},
            "sotto_slots_in_use": {(name,): use.n_in_use for name, use in slots.items()},
            "sotto_slots_waiting": {(name,): use.n_waiting for name, use in slots.items()},
            "sotto_admission_limit": {(name,): use.limit for name, use in bounds.items()},
            "sotto_admission_in_use": {(name,): use.n_taken for name, use in bounds.items()},
            "sotto_admission_admitted_total": {
                (name,): use.n_admitted for name, use in bounds.items()
            },
            "sotto_admission_refused_total": {
                (name,): use.n_refused for name, use in bounds.items()
            },
        }
        if state.sessions is not None:
            samples |= {
                "sotto_sessions_open": {(): len(state.sessions)},
                "sotto_sessions_limit": {(): state.sessions.limit},
                "sotto_sessions_refused_total": {(): state.sessions.n_refused},
            }
        return samples


def families(metrics: Iterable[Metric], samples: Samples) -> Iterable[Family]:
    """Yield the families of metrics that have samples."""
    for metric in metrics:
        values = samples.get(metric.name)
        if not values:
            continue
        kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
        family = kind(metric.name, metric.meaning, labels=tuple(metric.labels))
        for labels, value in values.items():
            family.add_metric(labels, value)
        yield family
