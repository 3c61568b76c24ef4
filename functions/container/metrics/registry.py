"""All metrics of one process, in a registry of their own."""

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from functions.container.metrics.backlog import BacklogCollector, CountMessages
from functions.container.metrics.line_metrics import LineMetrics
from functions.container.metrics.process_state import ProcessState, StateCollector
from functions.container.metrics.table import STATE_METRICS


class Metrics:
    """Metrics of this process. Methods may be called from any thread.

    lines: counts the log lines: the `watch` of `configure_logging`.
    """

    def __init__(self) -> None:
        # A switch of the library: without it each series has one more, the time of its start.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self.lines = LineMetrics(self._registry)
        ProcessCollector(registry=self._registry)

    def watch_process(self, state: ProcessState) -> None:
        """Show the state of the process from now on."""
        self._registry.register(StateCollector(STATE_METRICS, state))

    def watch_queue(self, count: CountMessages) -> None:
        """Show the depth of the queue from now on."""
        self._registry.register(BacklogCollector(count))

    def exposition(self) -> tuple[bytes, str]:
        """Write all metrics in Prometheus's text format; return them and the content type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4
