"""Workers: threads that take work from the queue, one file at a time each."""

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog

from functions.batch_log import file_line, log_malformed, log_retry, log_work
from functions.container.traces.ended_file import EndedFile, OnFileEnd
from shared.errors import (
    LeaseLost,
    MalformedMessage,
    QueueNotFound,
    StorageError,
    WorkStopped,
)
from shared.jobs.attempt import Attempt, FileResult
from shared.jobs.worker import JobWorker
from shared.privacy.log_fields import exception_fields
from shared.storage.work_message import WorkMessage
from shared.storage.work_queue import Lane, Lease, WorkQueue
from shared.web_hooks.delivery import HookResult

_WAIT_S = 20.0
_RETRY_S = 5  # after the first failed attempt; twice as long after each further one
_LONGEST_PAUSE_S = 30.0  # between two attempts at a queue that cannot be reached


class HeldLease:
    """A lease that a thread renews while the block runs.

    Parameters
    ----------
    stopping: set when this process is to end.
    grace_s: how long work may still continue then.
    """

    def __init__(
        self,
        queue: WorkQueue,
        lease: Lease,
        visibility_s: int,
        stopping: threading.Event,
        grace_s: float,
    ) -> None:
        self._queue = queue
        self.lease = lease
        self._visibility_s = visibility_s
        self._stopping = stopping
        self._grace_s = grace_s
        self._stopped_at_s: float | None = None
        self._is_lost = False
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._is_done.set()
        self._thread.join()

    def check_cancelled(self) -> None:
        """Raise `LeaseLost` or `WorkStopped` where the work has to end."""
        if self._is_lost or time.monotonic() >= self.lease.held_until_s:
            raise LeaseLost("The lease has expired.")
        if self._stopping.is_set():
            if self._stopped_at_s is None:
                self._stopped_at_s = time.monotonic()
            if time.monotonic() - self._stopped_at_s >= self._grace_s:
                raise WorkStopped("This process is to end.")

    def _keep(self) -> None:
        """Renew at a third of the time, so that two renewals may fail."""
        while not self._is_done.wait(self._visibility_s / 3):
            try:
                self.lease = self._queue.renew(self.lease, self._visibility_s)
            except LeaseLost:
                self._is_lost = True
                return
            except StorageError as error:  # a moment later it may work
                structlog.get_logger().warning("lease_not_renewed", **exception_fields(error))


class Worker(threading.Thread):
    """Takes messages from a lane of the queue until it is stopped; busy while it has one.

    Parameters
    ----------
    lease_s: how long a message is this worker's before it has to be renewed.
    grace_s: how long the file under way may still take after `stop`.
    on_file_end: traces of a process that has some.
    """

    def __init__(
        self,
        queue: WorkQueue,
        work: JobWorker,
        lease_s: int,
        grace_s: float,
        lane: Lane = Lane.FILES,
        *,
        on_file_end: OnFileEnd | None = None,
    ) -> None:
        super().__init__(name=f"worker-{lane.name.lower()}", daemon=True)
        self._queue = queue
        self._work = work
        self._lease_s = lease_s
        self._grace_s = grace_s
        self._lane = lane
        self._on_file_end = on_file_end
        self._stopping = threading.Event()
        self.is_busy = False

    def stop(self) -> None:
        """Take no more messages; the file under way has its grace."""
        self._stopping.set()

    def run(self) -> None:
        """Process messages until stopped; queue errors are logged and retried with back-off."""
        pause_s = 1.0
        while not self._stopping.is_set():
            try:
                lease = self._queue.lease(self._lease_s, _WAIT_S, self._lane)
                pause_s = 1.0
            except MalformedMessage as error:
                log_malformed(error)
            except QueueNotFound:
                with suppress(StorageError):
                    self._queue.prepare()
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            except Exception as error:  # noqa: BLE001 - the end of this thread would stay unnoticed
                if not self._stopping.is_set():
                    structlog.get_logger().error("queue_unavailable", **exception_fields(error))
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            else:
                if lease is not None:
                    self.is_busy = True
                    self._serve(lease)
                    self.is_busy = False

    def _trace(
        self,
        message: WorkMessage,
        done: FileResult | HookResult | None,
        start_ns: int,
        duration_s: float,
    ) -> None:
        """Hand over a file whose result is of this attempt."""
        if self._on_file_end is None or not isinstance(done, FileResult):
            return
        if done.cost is not None or done.cause is not None:
            line = file_line(message, done, duration_s)
            self._on_file_end(EndedFile(line, start_ns, time.time_ns(), done.stages))

    def _serve(self, lease: Lease) -> None:
        """Handle one message, then acknowledge or release it."""
        message, started, start_ns = lease.message, time.perf_counter(), time.time_ns()
        delay_s: int | None = None
        with HeldLease(self._queue, lease, self._lease_s, self._stopping, self._grace_s) as held:
            try:
                done = self._work.handle(
                    message, Attempt(lease.delivery_count, held.check_cancelled)
                )
                duration_s = time.perf_counter() - started
                log_work(message, done, duration_s)
                self._trace(message, done, start_ns, duration_s)
            except LeaseLost:  # another worker has it
                structlog.get_logger().warning("lease_lost", job_id=message.job_id)
                return
            except WorkStopped:
                delay_s = 0
            except Exception as error:  # noqa: BLE001 - the trigger's edge
                log_retry(message, lease.delivery_count, error)
                delay_s = _RETRY_S * 2 ** (lease.delivery_count - 1)
        # Only the latest lease is valid. After any error here the message comes again when that
        # lease ends, and the work is found done.
        try:
            if delay_s is None:
                self._queue.acknowledge(held.lease)
            else:
                self._queue.release(held.lease, delay_s)
        except Exception as error:  # noqa: BLE001 - as above
            structlog.get_logger().warning("message_not_settled", **exception_fields(error))
