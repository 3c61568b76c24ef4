"""Slots of one recognition: they give it an engine, and count what it costs."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace

from shared.recognition.engines.engine import RecognitionEngine
from shared.scheduling import CheckCancelled, Job, Priority, Scheduler
from shared.transcript import DropReason, RecognitionCost


class RecognitionSlots:
    """Slots of one audio, one after the other or several at once. Thread-safe.

    Parameters
    ----------
    scheduler: that of the first slots; `use` names another.
    check_cancelled: called before a slot is taken and while one is waited for; its exception
        propagates.
    """

    def __init__(
        self,
        scheduler: Scheduler[RecognitionEngine],
        priority: Priority,
        check_cancelled: CheckCancelled,
    ) -> None:
        self._scheduler = scheduler
        self._check_cancelled = check_cancelled
        self._job = Job(priority, self.check)
        self._counting = threading.Lock()
        self._cost = RecognitionCost()
        self._is_closed = False

    @property
    def cost(self) -> RecognitionCost:
        """Cost so far."""
        return self._cost

    def check(self) -> None:
        """Raise where the work is cancelled.

        Raises
        ------
        CancelledError: `close` was called.
        """
        if self._is_closed:
            raise CancelledError
        self._check_cancelled()

    def close(self) -> None:
        """End the waiting for slots, of all threads."""
        self._is_closed = True

    def use(self, scheduler: Scheduler[RecognitionEngine]) -> None:
        """Take slots from this scheduler from now on."""
        self._scheduler = scheduler

    @property
    def is_free(self) -> bool:
        """Whether a slot would be given at once."""
        return self._scheduler.is_free

    def begin_job(self, priority: Priority) -> None:
        """Take the next slots as a new job, which has had no service.

        The parts of a long stream are jobs of their own: of two streams the older one would
        wait for the other else.
        """
        self._job = Job(priority, self.check)

    @contextmanager
    def slot(self) -> Iterator[RecognitionEngine]:
        """Hold a slot's engine during the block, and add its time to the cost."""
        job = self._job
        clock = job.clock
        with self._scheduler.slot(job) as slot:
            taken_s = clock()
            yield slot.resource
        self._add(queue_s=slot.waited_s, recognition_s=clock() - taken_s)

    def count(self, n_segments: int, n_retries: int, dropped: Sequence[DropReason]) -> None:
        """Add segments, readings again, and the reasons of what has no text."""
        self._add(
            n_segments=n_segments,
            n_retries=n_retries,
            n_noise=dropped.count(DropReason.NOISE),
            n_no_match=dropped.count(DropReason.NO_MATCH),
            n_loops=dropped.count(DropReason.LOOP),
        )

    def _add(self, **more: float) -> None:
        with self._counting:
            cost = self._cost
            sums = {name: getattr(cost, name) + value for name, value in more.items()}
            self._cost = replace(cost, **sums)
