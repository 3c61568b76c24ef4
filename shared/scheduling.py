"""Slots of the processor: interactive work first, then files, then batches; no work starves.

A long job takes one slot per group of segments, so that a short request waits for a part of it,
never for the whole. The length of an audio that is still arriving is not known, its service so far
is: of two jobs of one priority the one with less service goes first (least attained service). A
steady flow of short jobs would starve a long one so, whatever its priority. Therefore each job has
a right to a share of the time since it began, and is behind by what it lacks of it.

Recognition and diarization share schedulers, since both take all cores. Each local voice has a
separate one, for the reason in `shared/synthesis/speech_synthesis.py`.
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
# Of the time since a job began: what it gets of a slot, however many other jobs come.
LEAST_SHARE = 0.1
# Service in advance for each step of priority. With the share above, a file that gets no slot at
# all is level with fresh interactive work, two steps higher, after ten minutes.
PRECEDENCE_S = 30.0

Resource = TypeVar("Resource")

CheckCancelled = Callable[[], None]
"""Raises where the work is cancelled; returns otherwise. Cheap, may be called from any thread."""


def never_cancelled() -> None:
    """Do not cancel: the default of every `check_cancelled`."""


class Priority(IntEnum):
    """Order in which work that waits for a slot is served; small is first, in steps.

    PARTIAL: words of speech under way, which no one needs once it has ended.
    """

    INTERACTIVE = 0
    PARTIAL = 1
    FILE = 2
    BATCH = 4


class Job:
    """A piece of work that takes one slot after the other, or several at once.

    Parameters
    ----------
    check_cancelled: called before a slot is taken and while the job waits for one; an exception of
        it propagates, and no slot is taken.
    clock: seconds, monotonic.
    """

    def __init__(
        self,
        priority: Priority,
        check_cancelled: CheckCancelled = never_cancelled,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.check_cancelled = check_cancelled
        self.clock = clock
        self._priority = priority
        self._began_s = clock()
        self._served_s = 0.0
        self._serving = threading.Lock()

    @property
    def rank(self) -> float:
        """Place among jobs that wait; small is first.

        The service that the job had, less the share of its time that it has a right to, plus the
        precedence of higher priorities. The time now is the same for all, and left out: so the
        order of two jobs does not change while both wait.
        """
        return self._priority * PRECEDENCE_S + self._served_s + LEAST_SHARE * self._began_s

    def add_service(self, seconds: float) -> None:
        """Count the time of a slot that the job had."""
        with self._serving:
            self._served_s += seconds


@dataclass(frozen=True, slots=True)
class Slot(Generic[Resource]):
    """The right to use a resource, as long as the block runs.

    waited_s: seconds between asking for the slot and having it.
    """

    resource: Resource
    waited_s: float


@dataclass(frozen=True, slots=True)
class SlotUse:
    """The slots of a scheduler at a moment, and the callers that wait for one."""

    n_slots: int
    n_in_use: int
    n_waiting: int


class Scheduler(Generic[Resource]):
    """Hands out one resource per slot. Methods may be called from any thread.

    Parameters
    ----------
    resources: one for each slot; the same engine several times where it serves several threads.
        The slot that has been free for longest is handed out first.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.n_slots = len(resources)
        self._free = list(resources)
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int]] = []
        self._tickets = itertools.count()

    @property
    def n_waiting(self) -> int:
        """Number of callers that wait for a slot."""
        with self._changed:
            return len(self._waiting)

    def use(self) -> SlotUse:
        """Return how its slots are used."""
        with self._changed:
            return SlotUse(self.n_slots, self.n_slots - len(self._free), len(self._waiting))

    @property
    def is_free(self) -> bool:
        """Whether a slot would be given at once."""
        with self._changed:
            return bool(self._free) and not self._waiting

    @contextmanager
    def slot(self, job: Job) -> Iterator[Slot[Resource]]:
        """Wait for a slot and hold it while the block runs. Never ask for a second one inside."""
        arrived_s = job.clock()
        resource = self._take(job)
        taken_s = job.clock()
        try:
            yield Slot(resource, taken_s - arrived_s)
        finally:
            job.add_service(job.clock() - taken_s)
            with self._changed:
                self._free.append(resource)
                self._changed.notify_all()

    def _take(self, job: Job) -> Resource:
        with self._changed:
            ticket = (job.rank, next(self._tickets))
            self._waiting.append(ticket)
            try:
                job.check_cancelled()
                while not (self._free and min(self._waiting) == ticket):
                    self._changed.wait(CANCELLATION_POLL_S)
                    job.check_cancelled()
                return self._free.pop(0)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
