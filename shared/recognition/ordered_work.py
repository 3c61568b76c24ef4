"""Work in several threads whose results come in the order in which it was submitted."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from shared.scheduling import CANCELLATION_POLL_S, CheckCancelled

Result = TypeVar("Result")


class OrderedWork(Generic[Result]):
    """Tasks in threads, several of them one submission. Close it: no thread is left then.

    Parameters
    ----------
    start_thread: called by each thread when it starts.
    check_cancelled: called while results are waited for; an exception of it propagates.
    """

    def __init__(
        self, n_threads: int, start_thread: Callable[[], None], check_cancelled: CheckCancelled
    ) -> None:
        self._threads = ThreadPoolExecutor(n_threads, "file", initializer=start_thread)
        self._check_cancelled = check_cancelled
        self._most_ahead = n_threads + 1
        self._submitted: deque[list[Future[Result]]] = deque()

    def submit(self, tasks: Sequence[Callable[[], Result]]) -> None:
        """Start tasks as soon as threads are free."""
        self._submitted.append([self._threads.submit(task) for task in tasks])

    def finished(self) -> Iterator[list[Result]]:
        """Yield results of submissions that are finished, in their order.

        Waits where more than a task for each thread and one more are under way: so no more than
        that is kept ready in memory. An exception of a task is raised in its place.
        """
        while self._submitted:
            n_unfinished = sum(not task.done() for tasks in self._submitted for task in tasks)
            if n_unfinished > self._most_ahead:
                self._wait_for_one()
            elif all(task.done() for task in self._submitted[0]):
                yield self._take_first()
            else:
                return

    def rest(self) -> Iterator[list[Result]]:
        """Wait for all submissions and yield their results, in their order."""
        while self._submitted:
            if all(task.done() for task in self._submitted[0]):
                yield self._take_first()
            else:
                self._wait_for_one()

    def close(self) -> None:
        """Begin no further task, and wait for those under way."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _take_first(self) -> list[Result]:
        return [task.result() for task in self._submitted.popleft()]

    def _wait_for_one(self) -> None:
        unfinished = [task for tasks in self._submitted for task in tasks if not task.done()]
        wait(unfinished, timeout=CANCELLATION_POLL_S, return_when=FIRST_COMPLETED)
        self._check_cancelled()
