"""The queue of work: a message is delivered to one worker at a time until one acknowledges it.

    queue.send(WorkMessage(WorkKind.TRANSCRIBE, job_id, 3))
    lease = queue.lease(visibility_s=60, wait_s=20)
    ...
    queue.acknowledge(lease)

Delivery is at least once and in no guaranteed order: work must be idempotent. The message of a
worker that dies is delivered again when the lease ends. A message that was delivered too often, or
that is foreign, becomes a dead letter. The report of dead letters removes Sotto's; foreign ones
stay.

Notifications of web hooks have a separate lane, `lease(..., lane=Lane.NOTICES)`, so that a notice,
which takes a moment, does not wait for files, which take an hour.

`WorkQueue` is common to all technologies; they differ only in the adapter of the port
`MessageStore`: `azure_queue.py`, `sqs.py` and `sqlite_queue.py`. On Functions and Lambda the
platform receives messages and counts deliveries, and only `send`, `accept` and `dead_letters` are
used; queues and wire form are the same.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Protocol

from shared.errors import LeaseLost, MalformedMessage, StorageUnavailable
from shared.storage.work_message import WorkMessage

MAX_DELIVERIES = 5
"""Equal to `extensions.queues.maxDequeueCount` of Functions and the deployed `maxReceiveCount`."""

MAX_DELAY_S = 900
"""Longest delay of a sent message: SQS's limit."""

MAX_VISIBILITY_S = 43_200
"""Longest lease, 12 h from the delivery: SQS's limit."""

_SHORTEST_PAUSE_S = 0.02
# Bytes of a malformed message that are kept: enough to identify its sender, and within every
# queue's limit in Base64.
_KEPT_BYTES = 32_768


class Lane(Enum):
    """Lane of messages: work on files, or notices of web hooks."""

    FILES = auto()
    NOTICES = auto()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Opaque handle of a delivered message."""

    id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A delivered message of a store. `delivery_count` includes this delivery."""

    body: bytes = field(repr=False)
    receipt: Receipt
    delivery_count: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages of a queue at a moment, as far as its service counts them.

    n_messages: those that wait and those that a worker holds. Services of the cloud approximate.
    oldest_s: seconds for which the oldest message has waited; 0 without one, None where the
        service does not say.
    """

    n_messages: int
    oldest_s: float | None


class MessageStore(Protocol):
    """Port of one queue of a technology: bytes in, bytes out. May be called from any thread.

    Raises `QueueNotFound`, `AccessDenied` and `StorageUnavailable`; no error's message holds an
    address or content.
    """

    longest_pause_s: float
    """Longest pause between two polls of an empty queue, so the longest delay of a message."""

    def prepare(self) -> None:
        """Create the queue if it is missing and this identity may create it."""
        ...

    def put(self, body: bytes, delay_s: int) -> None:
        """Add a message that becomes visible after `delay_s`."""
        ...

    def take(self, visibility_s: int, wait_s: float) -> StoredMessage | None:
        """Receive a message and hide it from other workers for `visibility_s`.

        None if there is none. An adapter with long polling waits up to `wait_s` for one.
        """
        ...

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now, 0 for not at all; return its new receipt.

        Raises
        ------
        LeaseLost: the message was delivered again, or is deleted.
        """
        ...

    def remove(self, receipt: Receipt) -> None:
        """Delete a message.

        Raises
        ------
        LeaseLost: as above, if the service reports it.
        """
        ...

    def backlog(self) -> Backlog:
        """Count the messages; a call or two of the service."""
        ...

    def close(self) -> None:
        """Close connections and files."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """Exclusive right to a message, for a time.

    delivery_count: deliveries of the message, this one included; 1 for the first.
    held_until_s: on the clock of `time.monotonic`. Renew well before.
    lane: lane of the message.
    """

    message: WorkMessage
    delivery_count: int
    held_until_s: float
    receipt: Receipt = field(repr=False)
    lane: Lane = Lane.FILES


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is no longer delivered.

    message: None for a foreign message, or one of a later version: such a letter stays in the
        dead-letter queue.
    problem: description of the defect then, without its content.
    """

    message: WorkMessage | None
    problem: str | None = None


class WorkQueue:
    """A queue of work and its dead letters. May be called from any thread.

    Errors of `MessageStore` propagate. Durations out of range raise `ValueError`.

    Parameters
    ----------
    files, notices, dead: stores of the lanes and of dead letters. All are closed with the queue.
    max_deliveries: deliveries of a message before it becomes a dead letter.
    """

    def __init__(
        self,
        files: MessageStore,
        notices: MessageStore,
        dead: MessageStore,
        max_deliveries: int = MAX_DELIVERIES,
    ) -> None:
        self._lanes = {Lane.FILES: files, Lane.NOTICES: notices}
        self._dead = dead
        self._max_deliveries = max_deliveries
        self._arrival = threading.Condition()
        self._is_closed = False

    def prepare(self) -> None:
        """Create the three queues if they are missing and this identity may create them."""
        for store in (*self._lanes.values(), self._dead):
            store.prepare()

    def send(self, message: WorkMessage, delay_s: int = 0) -> None:
        """Add a message that becomes visible after `delay_s`, 0 to 900.

        The message is stored when this returns. It may be stored even if this raises.
        """
        _check(delay_s, 0, MAX_DELAY_S)
        self._lanes[lane_of(message)].put(message.to_json(), delay_s)
        self._notify_arrival()

    def lease(self, visibility_s: int, wait_s: float = 0, lane: Lane = Lane.FILES) -> Lease | None:
        """Lease a message for `visibility_s`, 1 to 43200; wait up to `wait_s` for one.

        None if there is none, or the queue was closed meanwhile. A message of another process is
        found after the store's `longest_pause_s` at most, one from this object at once.

        Raises
        ------
        MalformedMessage: a foreign message; it is a dead letter now.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        store, pause_s = self._lanes[lane], _SHORTEST_PAUSE_S
        deadline_s = time.monotonic() + wait_s
        while not self._is_closed:
            try:
                stored = store.take(visibility_s, max(0.0, deadline_s - time.monotonic()))
            except StorageUnavailable:
                if self._is_closed:  # by another thread meanwhile
                    break
                raise
            if stored is not None:
                lease = self._lease_of(stored, visibility_s, lane)
                if lease is not None:
                    return lease
                continue
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return None
            with self._arrival:
                if not self._is_closed:
                    self._arrival.wait(min(pause_s, left_s))
            pause_s = min(2 * pause_s, store.longest_pause_s)
        return None

    def renew(self, lease: Lease, visibility_s: int) -> Lease:
        """Extend a lease to `visibility_s` from now; return the new lease. The old one ends.

        Raises
        ------
        LeaseLost: the lease has expired, another worker has the message, or it is deleted. The
            caller must stop the work.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        _check_held(lease)
        held_until_s = time.monotonic() + visibility_s
        receipt = self._lanes[lease.lane].extend(lease.receipt, visibility_s)
        return replace(lease, held_until_s=held_until_s, receipt=receipt)

    def acknowledge(self, lease: Lease) -> None:
        """Delete a message whose results are written.

        Raises
        ------
        LeaseLost: as in `renew`. The message is delivered again; its work must be idempotent.
        """
        _check_held(lease)
        self._lanes[lease.lane].remove(lease.receipt)

    def release(self, lease: Lease, delay_s: int = 0) -> None:
        """Give a message back before its lease ends, for delivery after `delay_s`, 0 to 43200.

        Raises
        ------
        LeaseLost: as in `renew`. The message is visible again already.
        """
        _check(delay_s, 0, MAX_VISIBILITY_S)
        _check_held(lease)
        self._lanes[lease.lane].extend(lease.receipt, delay_s)
        self._notify_arrival()

    def accept(self, body: bytes) -> WorkMessage:
        """Parse a message that the platform has received and will delete.

        Raises
        ------
        MalformedMessage: a foreign message; it is a dead letter now.
        """
        try:
            return WorkMessage.from_json(body)
        except MalformedMessage:
            self._dead_letter(body)
            raise

    def dead_letters(self, visibility_s: int = 60) -> Iterator[DeadLetter]:
        """Drain Sotto's dead letters, and yield each foreign one once.

        A letter is deleted when the next one is requested: its report must be written by then. A
        letter at which the loop ends or crashes is delivered again after `visibility_s`. So are
        foreign ones, for an operator to inspect.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        kept: set[str] = set()
        # Without a wait SQS samples only some of its servers, and may find no message.
        while (stored := self._dead.take(visibility_s, 1)) is not None:
            if stored.receipt.id in kept:  # the round takes longer than `visibility_s`
                return
            letter = dead_letter(stored.body)
            yield letter
            if letter.message is None:
                kept.add(stored.receipt.id)
                continue
            # With two concurrent drains a letter may be reported twice, but is never lost.
            with suppress(LeaseLost):
                self._dead.remove(stored.receipt)

    def backlog(self) -> dict[str, Backlog]:
        """Count the messages of `files`, `notices` and `dead_letters`."""
        return {
            "files": self._lanes[Lane.FILES].backlog(),
            "notices": self._lanes[Lane.NOTICES].backlog(),
            "dead_letters": self._dead.backlog(),
        }

    def close(self) -> None:
        """End every waiting `lease`, and close connections and files."""
        with self._arrival:
            self._is_closed = True
            self._arrival.notify_all()
        for store in (*self._lanes.values(), self._dead):
            store.close()

    def _notify_arrival(self) -> None:
        """Wake the waiting workers of both lanes: they are few, and a poll is cheap."""
        with self._arrival:
            self._arrival.notify_all()

    def _lease_of(self, stored: StoredMessage, visibility_s: int, lane: Lane) -> Lease | None:
        """Lease a received message; None if it became a dead letter instead."""
        # Counted from here, a moment later than by the service. That is harmless: a worker that
        # works to the end of a lease has renewed too late anyway.
        held_until_s = time.monotonic() + visibility_s
        try:
            message = self.accept(stored.body)
        except MalformedMessage:
            self._remove_dead_lettered(stored.receipt, lane)
            raise
        if stored.delivery_count > self._max_deliveries:
            self._dead_letter(stored.body)
            self._remove_dead_lettered(stored.receipt, lane)
            return None
        return Lease(message, stored.delivery_count, held_until_s, stored.receipt, lane)

    def _dead_letter(self, body: bytes) -> None:
        """Add a message to the dead letters.

        The caller removes it from its queue afterwards, so that a crash leaves it in both.
        """
        self._dead.put(body[:_KEPT_BYTES], 0)

    def _remove_dead_lettered(self, receipt: Receipt, lane: Lane) -> None:
        with suppress(LeaseLost):
            self._lanes[lane].remove(receipt)


def lane_of(message: WorkMessage) -> Lane:
    """Return the lane of a message."""
    return Lane.FILES if message.notice is None else Lane.NOTICES


def dead_letter(body: bytes) -> DeadLetter:
    """Parse a dead letter."""
    try:
        return DeadLetter(WorkMessage.from_json(body))
    except MalformedMessage as error:
        return DeadLetter(None, str(error))


def _check_held(lease: Lease) -> None:
    """Refuse an expired lease, since not every store does.

    SQS accepts an old receipt, and may delete the message of another worker
    (DeleteMessage in the API reference).
    """
    if time.monotonic() >= lease.held_until_s:
        raise LeaseLost("The lease has expired.")


def _check(duration_s: int, low: int, high: int) -> None:
    if not low <= duration_s <= high:
        raise ValueError(f"must be {low} to {high} seconds")
