"""Admission: the bounds on what one process does and holds for its requests at a time.

A request holds a place of work while the server works for it. While it waits for its client, which
sends a body or reads a response, it holds one of the more numerous places of transfer: slow clients
do not keep others from work. The bytes of all bodies count in one budget of memory.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from shared.errors import AudioTooLarge, QueueFull
from shared.memory_limit import memory_limit_bytes
from shared.settings import Settings

# A transfer costs a socket, a task and 64 KB, not a thread: far more fit than work does.
TRANSFERS_PER_PLACE = 4
LEAST_TRANSFERS = 400
# One of several callers has at most half of everything, so that another finds room beside it.
SHARE_OF_KEY = 0.5
# Audio that is decoded while it arrives holds a place of work for as long as its client sends.
# Beyond half of the places it is received first.
SHARE_OF_ARRIVING = 0.5


# The rest is for models, for audio that is decoded, and for other programs.
SHARE_OF_MACHINE = 0.25


@dataclass(frozen=True, slots=True)
class BoundUse:
    """A bound at a moment; what it has admitted and refused since the start of the process.

    Of the bytes of bodies `n_admitted` is a number of bytes, `n_refused` one of requests.
    """

    limit: int
    n_taken: int
    n_admitted: int
    n_refused: int


class Admission:
    """Counts the requests under way and their bytes; safe to use from any thread.

    Parameters
    ----------
    limit: requests that the server may work for at once, `SOTTO_QUEUE_LIMIT`.
    memory_bytes: bytes of bodies that may be held at once, `SOTTO_UPLOAD_MEMORY_BYTES`; None: any
        number.
    n_keys: configured keys, and callers of issuers. With several, each has at most
        `SHARE_OF_KEY` of places and bytes.
    """

    def __init__(self, limit: int, *, memory_bytes: int | None = None, n_keys: int = 0) -> None:
        share = SHARE_OF_KEY if n_keys > 1 else 1.0
        self._bounds = _Bounds(
            lock=threading.Lock(),
            work=_Bound(limit, share),
            transfers=_Bound(max(LEAST_TRANSFERS, TRANSFERS_PER_PLACE * limit), share),
            arriving=_Bound(int(limit * SHARE_OF_ARRIVING), 1.0),
            n_bytes=None if memory_bytes is None else _Bound(memory_bytes, share),
        )

    def use(self) -> dict[str, BoundUse]:
        """Return the use of each bound: `work`, `transfer`, and `memory` where it is bounded."""
        bounds = {"work": self._bounds.work, "transfer": self._bounds.transfers}
        if self._bounds.n_bytes is not None:
            bounds["memory"] = self._bounds.n_bytes
        with self._bounds.lock:
            return {name: bound.use() for name, bound in bounds.items()}

    @contextmanager
    def receive(self, caller: str = "") -> Iterator["AdmittedRequest"]:
        """Hold a place of transfer while the block runs, or what the request changes it into.

        caller: identifies the key or identity of the request, see `caller_of`.

        Raises
        ------
        QueueFull: too many transfers are under way.
        """
        request = AdmittedRequest(self._bounds, caller)
        request.begin_transfer()
        try:
            yield request
        finally:
            request.end()

    @contextmanager
    def enter(self, caller: str = "") -> Iterator["AdmittedRequest"]:
        """Do as `receive` does; refuse a request at once that could not begin to work now.

        Raises
        ------
        QueueFull: too many requests are under way.
        """
        with self._bounds.lock:
            if not self._bounds.work.has_room(caller):
                raise self._bounds.work.refusal()
        with self.receive(caller) as request:
            yield request

    @contextmanager
    def admit(self, caller: str = "") -> Iterator["AdmittedRequest"]:
        """Hold a place of work while the block runs.

        Raises
        ------
        QueueFull: too many requests are under way.
        """
        with self.enter(caller) as request:
            request.begin_work()
            yield request


class AdmittedRequest:
    """The share of one request in the bounds of `Admission`; `end` gives it back."""

    def __init__(self, bounds: "_Bounds", caller: str) -> None:
        self._bounds = bounds
        self._caller = caller
        self._place: _Bound | None = None
        self._is_arriving = False
        self._n_bytes = 0

    def begin_transfer(self) -> None:
        """Take a place of transfer.

        Raises
        ------
        QueueFull: there is none.
        """
        with self._bounds.lock:
            self._admit_to(self._bounds.transfers)

    def begin_work(self) -> None:
        """Change the place of transfer for one of work; the body is received.

        Raises
        ------
        QueueFull: there is none.
        """
        with self._bounds.lock:
            self._admit_to(self._bounds.work)

    def begin_work_on_arriving(self) -> bool:
        """Change the place for one of work while the body arrives; False: receive it first.

        Raises
        ------
        QueueFull: there is no place of work.
        """
        bounds = self._bounds
        with bounds.lock:
            if not bounds.arriving.has_room(self._caller):
                return False
            self._admit_to(bounds.work)
            bounds.arriving.take(self._caller)
            self._is_arriving = True
            return True

    def body_ended(self) -> None:
        """Note that the whole body has arrived."""
        with self._bounds.lock:
            self._end_arriving()

    def hold_bytes(self, n_bytes: int) -> None:
        """Count bytes of the body, which are held until the request ends.

        Raises
        ------
        AudioTooLarge: they would not fit even without other requests.
        QueueFull: they do not fit now.
        """
        with self._bounds.lock:
            self._refuse_too_many_bytes(n_bytes)
            if self._bounds.n_bytes is not None:
                self._bounds.n_bytes.take(self._caller, n_bytes)
                self._bounds.n_bytes.n_admitted += n_bytes
            self._n_bytes += n_bytes

    def expect_bytes(self, n_bytes: int) -> None:
        """Refuse a body of this size as `hold_bytes` does, before it is received."""
        with self._bounds.lock:
            self._refuse_too_many_bytes(n_bytes)

    @contextmanager
    def waiting_for_client(self) -> Iterator[None]:
        """Hold a place of transfer instead of that of work while the block runs, if there is one.

        The work goes on afterwards in any case. It may exceed the limit, by no more requests than
        there are places of transfer: refusing work that has begun would break off its response.
        """
        bounds = self._bounds
        with bounds.lock:
            is_aside = self._place is bounds.work and bounds.transfers.has_room(self._caller)
            if is_aside:
                self._move(bounds.transfers)
        try:
            yield
        finally:
            with bounds.lock:
                if is_aside and self._place is bounds.transfers:
                    self._move(bounds.work)

    def end(self) -> None:
        """Give back everything; may be called again."""
        with self._bounds.lock:
            self._end_arriving()
            if self._place is not None:
                self._place.give_back(self._caller)
                self._place = None
            if self._bounds.n_bytes is not None:
                self._bounds.n_bytes.give_back(self._caller, self._n_bytes)
            self._n_bytes = 0

    def _admit_to(self, place: "_Bound") -> None:
        if not place.has_room(self._caller):
            raise place.refusal()
        self._move(place)
        place.n_admitted += 1

    def _move(self, place: "_Bound") -> None:
        """Change the place, even beyond its bound."""
        if self._place is not None:
            self._place.give_back(self._caller)
        place.take(self._caller)
        self._place = place

    def _end_arriving(self) -> None:
        if self._is_arriving:
            self._bounds.arriving.give_back(self._caller)
        self._is_arriving = False

    def _refuse_too_many_bytes(self, n_bytes: int) -> None:
        bound = self._bounds.n_bytes
        if bound is None or bound.has_room(self._caller, n_bytes):
            return
        if self._n_bytes + n_bytes > bound.of_one:
            raise AudioTooLarge(
                f"The request has more than the {bound.of_one} bytes that this server may hold."
            )
        bound.n_refused += 1
        raise QueueFull(1, "Too many uploads are under way.")


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The bounds of one process, changed under `lock`. n_bytes: None, there is none."""

    lock: threading.Lock
    work: "_Bound"
    transfers: "_Bound"
    arriving: "_Bound"
    n_bytes: "_Bound | None"


class _Bound:
    """A number that all callers may have together, and one of them."""

    def __init__(self, limit: int, share: float) -> None:
        self._limit = limit
        self.of_one = max(1, int(limit * share)) if limit else 0
        self._n_taken = 0
        self.n_admitted = 0
        self.n_refused = 0
        self._of_callers: Counter[str] = Counter()

    def has_room(self, caller: str, n: int = 1) -> bool:
        if self._n_taken + n > self._limit:
            return False
        return self._of_callers[caller] + n <= self.of_one

    def take(self, caller: str, n: int = 1) -> None:
        self._n_taken += n
        self._of_callers[caller] += n

    def give_back(self, caller: str, n: int = 1) -> None:
        self._n_taken -= n
        self._of_callers[caller] -= n

    def use(self) -> BoundUse:
        return BoundUse(self._limit, self._n_taken, self.n_admitted, self.n_refused)

    def refusal(self) -> QueueFull:
        self.n_refused += 1
        return QueueFull(1 + self._n_taken // 10)


def admission_of(settings: Settings) -> Admission:
    """Admission with the bounds of the settings."""
    return Admission(
        settings.queue_limit,
        memory_bytes=settings.upload_memory_bytes or default_upload_memory_bytes(),
        n_keys=_n_callers(settings),
    )


def _n_callers(settings: Settings) -> int:
    """Callers that share the bounds: one per key, and any number of each issuer."""
    return len(set(settings.keys)) + (2 if settings.oidc_issuer else 0)


def default_upload_memory_bytes() -> int:
    """Memory of all uploads together, where no setting says so."""
    return int(memory_limit_bytes() * SHARE_OF_MACHINE)


def caller_of(connection: HTTPConnection) -> str:
    """Identifier of the key or identity of a request; empty where access needs neither."""
    caller: str = getattr(connection.state, "caller", "")
    return caller
