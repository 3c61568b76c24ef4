"""The queue of work: what was sent is handed to one worker at a time until one has done it.

    queue.send(WorkMessage(WorkKind.TRANSCRIBE, job_id, 3))
    lease = queue.lease(visibility_s=60, wait_s=20)
    ...
    queue.acknowledge(lease)

Delivery is at least once and in no promised order: work must give the same result when it is
done twice. A worker that dies loses nothing: its message is handed out again when the lease
ends. A message that was handed out too often, or that is not one of Sotto's, goes to the
dead-letter place. From there a report takes it; what is not Sotto's stays.

What web hooks are to be told waits in a lane of its own, `lease(..., lane=Lane.NOTICES)`, so that
a notice of a moment does not wait behind files of an hour.

Here is what all queues have in common; the technologies differ only in a `MessageStore`, the
port: `azure_queue.py`, `sqs.py` and `sqlite_queue.py`. On Functions and Lambda the platform
takes messages out and counts deliveries, and only `send`, `accept` and `dead_letters` are used;
the places and the wire form are the same.
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
"""As `extensions.queues.maxDequeueCount` of Functions, and `maxReceiveCount` as we deploy it."""

MAX_DELAY_S = 900
"""Longest delay of a message that is sent: SQS takes no more."""

MAX_VISIBILITY_S = 43_200
"""Longest lease, 12 h: SQS takes no more, counted from when the message was handed out."""

_SHORTEST_PAUSE_S = 0.02
# Of what is malformed so much is kept: enough to tell whose it is, and no more than any queue
# takes in Base64.
_KEPT_BYTES = 32_768


class Lane(Enum):
    """Which messages a worker takes: work on files, or notices of web hooks."""

    FILES = auto()
    NOTICES = auto()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a store needs to know its message again: opaque."""

    id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as a store hands it out. `delivery_count` counts this time as well."""

    body: bytes = field(repr=False)
    receipt: Receipt
    delivery_count: int


class MessageStore(Protocol):
    """One lane or place of a technology: bytes in, bytes out. May be called from any thread.

    Raises `QueueNotFound`, `AccessDenied` and `StorageUnavailable`; no message of an error
    holds an address or content.
    """

    longest_pause_s: float
    """Between two looks at an empty queue, so the longest time a message lies unnoticed."""

    def prepare(self) -> None:
        """Make the queue where it is missing and may be made."""
        ...

    def put(self, body: bytes, delay_s: int) -> None:
        """Add a message that nobody sees before `delay_s` is over."""
        ...

    def take(self, visibility_s: int, wait_s: float) -> StoredMessage | None:
        """Hand out a message that nobody else sees for `visibility_s`.

        None where there is none. The call may wait up to `wait_s` for one, where the service
        can; it need not.
        """
        ...

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now; 0 shows it at once. The old receipt ends.

        Raises
        ------
        LeaseLost: the message was handed out again, or is gone.
        """
        ...

    def remove(self, receipt: Receipt) -> None:
        """Delete a message.

        Raises
        ------
        LeaseLost: as above, where the service tells.
        """
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """A message that this worker alone has, for a time.

    delivery_count: how often it was handed out, this time included; 1 for the first.
    held_until_s: on the clock of `time.monotonic`. Renew well before.
    lane: that it was taken from.
    """

    message: WorkMessage
    delivery_count: int
    held_until_s: float
    receipt: Receipt = field(repr=False)
    lane: Lane = Lane.FILES


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is not handed out any more.

    message: None where it is not one of Sotto's, or of a later version of it: such a letter
        stays where it is.
    problem: then what is wrong with it, without a word of what it held.
    """

    message: WorkMessage | None
    problem: str | None = None


class WorkQueue:
    """A queue of work and its dead-letter place. May be called from any thread.

    What `MessageStore` raises comes through. Durations out of range are a `ValueError`.

    Parameters
    ----------
    files, notices: where messages wait. dead: where they end that nobody could deal with. All
        are closed with the queue.
    max_deliveries: so often a message is handed out, then it is dead.
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
        """Make both lanes and the dead-letter place where they are missing and may be made."""
        for store in (*self._lanes.values(), self._dead):
            store.prepare()

    def send(self, message: WorkMessage, delay_s: int = 0) -> None:
        """Add a message; nobody gets it before `delay_s` is over, 0 to 900.

        When this returns the message is stored. Where it raises it may be stored as well.
        """
        _check(delay_s, 0, MAX_DELAY_S)
        self._lanes[lane_of(message)].put(message.to_json(), delay_s)
        self._tell_arrival()

    def lease(self, visibility_s: int, wait_s: float = 0, lane: Lane = Lane.FILES) -> Lease | None:
        """Take a message out for `visibility_s`, 1 to 43200; wait up to `wait_s` for one.

        None where there was none, or the queue was closed meanwhile. A message that another
        process sends is noticed after the store's `longest_pause_s` at most, one from this
        object at once.

        Raises
        ------
        MalformedMessage: what came is not one of Sotto's. It is among the dead letters.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        store, pause_s = self._lanes[lane], _SHORTEST_PAUSE_S
        deadline_s = time.monotonic() + wait_s
        while not self._is_closed:
            try:
                stored = store.take(visibility_s, max(0.0, deadline_s - time.monotonic()))
            except StorageUnavailable:
                if self._is_closed:  # under our hands
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
        """Keep a message for `visibility_s` from now, under a new lease; the old one ends.

        Raises
        ------
        LeaseLost: the lease has expired, or somebody else has the message by now, or it is
            gone. Stop working on it.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        _check_held(lease)
        held_until_s = time.monotonic() + visibility_s
        receipt = self._lanes[lease.lane].extend(lease.receipt, visibility_s)
        return replace(lease, held_until_s=held_until_s, receipt=receipt)

    def acknowledge(self, lease: Lease) -> None:
        """Delete a message whose work is done and written.

        Raises
        ------
        LeaseLost: as in `renew`. The work will be done again, and must find itself done.
        """
        _check_held(lease)
        self._lanes[lease.lane].remove(lease.receipt)

    def release(self, lease: Lease, delay_s: int = 0) -> None:
        """Give a message back before its time, to be handed out after `delay_s`, 0 to 43200.

        Raises
        ------
        LeaseLost: as in `renew`. Then it is given back already.
        """
        _check(delay_s, 0, MAX_VISIBILITY_S)
        _check_held(lease)
        self._lanes[lease.lane].extend(lease.receipt, delay_s)
        self._tell_arrival()

    def accept(self, body: bytes) -> WorkMessage:
        """Read a message that the platform has taken out of the queue, to delete it afterwards.

        Raises
        ------
        MalformedMessage: it is not one of Sotto's. It is among the dead letters.
        """
        try:
            return WorkMessage.from_json(body)
        except MalformedMessage:
            self._bury(body)
            raise

    def dead_letters(self, visibility_s: int = 60) -> Iterator[DeadLetter]:
        """Drain the dead-letter place of what is Sotto's, and look at the rest once.

        A letter is deleted when the next one is asked for: what it says must be written by
        then. One that the loop broke off at, or crashed at, comes again after `visibility_s`.
        So does what is not Sotto's, for a person to look at: nobody else may know what it is.
        """
        _check(visibility_s, 1, MAX_VISIBILITY_S)
        kept: set[str] = set()
        # Without a wait SQS asks only some of its machines, and may find nothing.
        while (stored := self._dead.take(visibility_s, 1)) is not None:
            if stored.receipt.id in kept:  # this round takes longer than letters are hidden
                return
            letter = dead_letter(stored.body)
            yield letter
            if letter.message is None:
                kept.add(stored.receipt.id)
                continue
            # Somebody else drains too; then a letter is reported twice, but never lost.
            with suppress(LeaseLost):
                self._dead.remove(stored.receipt)

    def close(self) -> None:
        """End every waiting `lease`, and let go of connections and files."""
        with self._arrival:
            self._is_closed = True
            self._arrival.notify_all()
        for store in (*self._lanes.values(), self._dead):
            store.close()

    def _tell_arrival(self) -> None:
        """Wake the workers that wait, of both lanes: there are few, and looking is cheap."""
        with self._arrival:
            self._arrival.notify_all()

    def _lease_of(self, stored: StoredMessage, visibility_s: int, lane: Lane) -> Lease | None:
        """Lease a message that was taken; None where it had to be buried instead."""
        # Counted from here, a moment later than the service counts. It does not matter: who
        # works to the end of a lease has renewed too late anyway.
        held_until_s = time.monotonic() + visibility_s
        try:
            message = self.accept(stored.body)
        except MalformedMessage:
            self._remove_buried(stored.receipt, lane)
            raise
        if stored.delivery_count > self._max_deliveries:
            self._bury(stored.body)
            self._remove_buried(stored.receipt, lane)
            return None
        return Lease(message, stored.delivery_count, held_until_s, stored.receipt, lane)

    def _bury(self, body: bytes) -> None:
        """Put a message among the dead letters.

        It is taken out of its queue afterwards, so that a crash leaves it in both places and
        not in none.
        """
        self._dead.put(body[:_KEPT_BYTES], 0)

    def _remove_buried(self, receipt: Receipt, lane: Lane) -> None:
        with suppress(LeaseLost):
            self._lanes[lane].remove(receipt)


def lane_of(message: WorkMessage) -> Lane:
    """Lane that a message waits in."""
    return Lane.FILES if message.notice is None else Lane.NOTICES


def dead_letter(body: bytes) -> DeadLetter:
    """Read what lies among the dead letters."""
    try:
        return DeadLetter(WorkMessage.from_json(body))
    except MalformedMessage as error:
        return DeadLetter(None, str(error))


def _check_held(lease: Lease) -> None:
    """Refuse an expired lease whatever the store would say: SQS would say nothing.

    Deleting with an old receipt succeeds there, and may delete the message under somebody
    else's hands (DeleteMessage in the API reference).
    """
    if time.monotonic() >= lease.held_until_s:
        raise LeaseLost("The lease has expired.")


def _check(duration_s: int, low: int, high: int) -> None:
    if not low <= duration_s <= high:
        raise ValueError(f"must be {low} to {high} seconds")
