"""Slots of the processor: interactive work first, then files, then batches.

A long job takes one slot per group of segments, so that a short request waits for a part of it,
never for the whole. Within a priority the job with the least service goes first (least attained
service): the length of an audio that is still arriving is not known, its service so far is.

Recognition and diarization share one scheduler, since both take all cores. Each local voice has a
separate scheduler, for the reason in `shared/synthesis/speech_synthesis.py`.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

CANCELLATION_POLL_S = 0.1

Resource = TypeVar("Resource")

CheckCancelled = Callable[[], None]
"""Raises where the work is cancelled; returns otherwise. Cheap, may be called often."""


def never_cancelled() -> None:
    """Do not cancel: the default of every `check_cancelled`."""


class Priority(IntEnum):
    """Order in which work that waits for a slot is served; small is first."""

    INTERACTIVE = 0
    FILE = 1
    BATCH = 2


@dataclass(frozen=True, slots=True)
class Slot(Generic[Resource]):
    """The right to use a resource, as long as the block runs.

    waited_s: seconds between asking for the slot and having it.
    """

    resource: Resource
    waited_s: float


class Scheduler(Generic[Resource]):
    """Hands out one resource per slot. Methods may be called from any thread.

    Parameters
    ----------
    resources: one for each slot; the same engine several times where it serves several threads.
        The slot that has been free for longest is handed out first.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._free = list(resources)
        self._changed = threading.Condition()
        self._waiting: list[tuple[Priority, int, int]] = []
        self._tickets = itertools.count()

    @property
    def n_waiting(self) -> int:
        """Number of callers that wait for a slot."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def slot(
        self,
        priority: Priority,
        n_served: int = 0,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> Iterator[Slot[Resource]]:
        """Wait for a slot and hold it while the block runs. Never ask for a second one inside.

        Parameters
        ----------
        n_served: segments, windows or sentences of this job that had a slot already.
        check_cancelled: called before the slot is taken and while the job waits; an exception of
            it propagates, and no slot is taken.
        """
        arrived = time.perf_counter()
        resource = self._take(priority, n_served, check_cancelled)
        try:
            yield Slot(resource, time.perf_counter() - arrived)
        finally:
            with self._changed:
                self._free.append(resource)
                self._changed.notify_all()

    def _take(self, priority: Priority, n_served: int, check_cancelled: CheckCancelled) -> Resource:
        with self._changed:
            ticket = (priority, n_served, next(self._tickets))
            self._waiting.append(ticket)
            try:
                check_cancelled()
                while not (self._free and min(self._waiting) == ticket):
                    self._changed.wait(CANCELLATION_POLL_S)
                    check_cancelled()
                return self._free.pop(0)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
