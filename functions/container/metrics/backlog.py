"""Depth of the queue of work, counted seldom: each count is some calls, for which clouds charge."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

import structlog
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from functions.container.metrics.process_state import Samples, families
from functions.container.metrics.table import QUEUE_METRICS
from shared.privacy.log_fields import exception_fields
from shared.storage.work_queue import Backlog

CACHED_S = 15.0
"""Time for which a count is shown again."""

_WAIT_S = 2.0
"""Time that a scrape waits for a count. Afterwards the queue counts as out of reach."""

CountMessages = Callable[[], Mapping[str, Backlog]]


class BacklogCollector(Collector):
    """Collects the numbers of a queue. A count that is slow delays one scrape, for a moment.

    Parameters
    ----------
    count: `WorkQueue.backlog`.
    clock: seconds, monotonic.
    """

    def __init__(self, count: CountMessages, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._turn = threading.Lock()
        self._counting: threading.Thread | None = None
        self._counted_at_s = -CACHED_S
        self._backlog: Mapping[str, Backlog] | None = None
        self._is_reachable = True

    def collect(self) -> Iterable[Family]:
        """Show the last count, or count anew if it is too old."""
        with self._turn:
            counting = self._counting
            if counting is None or not counting.is_alive():
                counting = None
                if self._clock() - self._counted_at_s >= CACHED_S:
                    counting = threading.Thread(target=self._count_now, name="backlog", daemon=True)
                    self._counting = counting
                    counting.start()
        if counting is not None:
            counting.join(_WAIT_S)
        return families(
            QUEUE_METRICS, self._samples(is_late=bool(counting and counting.is_alive()))
        )

    def _samples(self, *, is_late: bool) -> Samples:
        backlog = None if is_late else self._backlog
        if backlog is None:
            return {"sotto_queue_reachable": {(): 0}}
        ages: dict[tuple[str, ...], float] = {
            (lane,): of.oldest_s for lane, of in backlog.items() if of.oldest_s is not None
        }
        return {
            "sotto_queue_reachable": {(): 1},
            "sotto_queue_messages": {(lane,): of.n_messages for lane, of in backlog.items()},
            "sotto_queue_oldest_message_age_seconds": ages,
        }

    def _count_now(self) -> None:
        self._counted_at_s = self._clock()
        try:
            self._backlog = self._count()
            self._is_reachable = True
        except Exception as error:  # noqa: BLE001 - the end of this thread would stay unnoticed
            self._backlog = None
            if self._is_reachable:  # one line, until it was reached again
                structlog.get_logger().warning("queue_not_counted", **exception_fields(error))
            self._is_reachable = False
