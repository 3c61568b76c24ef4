"""Memory of one server over thousands of mixed requests, and after a minute without any."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice

import httpx

from benchmarks.clips import Clip
from benchmarks.mixed_requests import MixedRequest, RequestMix
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer

N_REQUESTS = 2_000
SEED = 20_261_128
_N_CLIENTS = 6
_FIRST = 100  # requests after which memory counts as that of a server in use
_EVERY = 20  # requests between two samples
_MOST_RATIO = 1.3
_IDLE_S = 60
_IDLE_EVERY_S = 5


@dataclass(slots=True)
class MemoryCurve:
    """Resident bytes: once all models are loaded, after each number of requests, when idle."""

    loaded_bytes: int = 0
    n_done: list[int] = field(default_factory=list)
    resident_bytes: list[int] = field(default_factory=list)
    idle_bytes: list[int] = field(default_factory=list)
    peak_bytes: int = 0
    elapsed_s: float = 0.0
    n_by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def first_bytes(self) -> int:
        """Resident after the first hundred requests, or after all if there are fewer."""
        return self.resident_bytes[min(_FIRST // _EVERY, len(self.resident_bytes)) - 1]

    @property
    def most_bytes(self) -> int:
        """Most at any sample from then on."""
        return max(self.resident_bytes[min(_FIRST // _EVERY, len(self.resident_bytes)) - 1 :])


def measure_mixed_memory(clips: Sequence[Clip], n_requests: int) -> Section:
    """Send mixed requests from six clients at a time, sample every 20, then leave the server idle.

    All models are loaded by one request of each kind before the first one that counts.
    """
    curve = trace_memory(RequestMix(clips, SEED), n_requests)
    ratio, after = curve.most_bytes / curve.first_bytes, curve.idle_bytes[-1] / curve.first_bytes
    return Section(
        title=f"Memory over {n_requests} mixed requests, {_N_CLIENTS} at a time",
        systems=("Sotto",),
        figures=(
            Figure("resident when all models are loaded", _megabytes(curve.loaded_bytes)),
            Figure(f"resident after the first {_FIRST}", _megabytes(curve.first_bytes)),
            Figure(
                "most at a sample from then on, and its ratio to that",
                f"{_megabytes(curve.most_bytes)}, {ratio:.2f}",
                target=f"at most {_MOST_RATIO}",
                met=ratio <= _MOST_RATIO,
            ),
            Figure("resident after the last", _megabytes(curve.resident_bytes[-1])),
            Figure(
                f"after {_IDLE_S} s without a request, and its ratio to the first {_FIRST}",
                f"{_megabytes(curve.idle_bytes[-1])}, {after:.2f}",
                target="at most 1.0",
                met=after <= 1,
            ),
            Figure("peak", _megabytes(curve.peak_bytes)),
        ),
        numbers={
            "n_done": curve.n_done,
            "resident_bytes": curve.resident_bytes,
            "loaded_bytes": curve.loaded_bytes,
            "idle_bytes": curve.idle_bytes,
            "idle_every_s": _IDLE_EVERY_S,
            "peak_bytes": curve.peak_bytes,
            "elapsed_s": curve.elapsed_s,
            "n_by_kind": curve.n_by_kind,
        },
        note=f"In {curve.elapsed_s / 60:.0f} minutes: "
        + ", ".join(f"{kind} {n}" for kind, n in sorted(curve.n_by_kind.items()))
        + ".",
    )


def trace_memory(mix: RequestMix, n_requests: int, idle_s: int = _IDLE_S) -> MemoryCurve:
    """Start a server, load all its models, send the requests, wait; return the samples.

    Raises
    ------
    RuntimeError: a request is not answered, or not with 200.
    """
    curve = MemoryCurve()
    with SottoServer() as server:
        server.wait_until_ready()
        for request in mix.first_of_each():
            _send(server, request)
        curve.loaded_bytes = server.resident_bytes
        started_s = time.monotonic()
        _send_all(server, islice(mix, n_requests), curve)
        curve.elapsed_s = time.monotonic() - started_s
        for _ in range(0, idle_s, _IDLE_EVERY_S):
            time.sleep(_IDLE_EVERY_S)
            curve.idle_bytes.append(server.resident_bytes)
        curve.peak_bytes = server.peak_bytes
    return curve


def _send_all(server: SottoServer, requests: Iterator[MixedRequest], curve: MemoryCurve) -> None:
    lock = threading.Lock()
    failures: list[RuntimeError] = []

    def send_some() -> None:
        while not failures:
            with lock:
                request = next(requests, None)
            if request is None:
                return
            try:
                _send(server, request)
            except RuntimeError as failure:
                failures.append(failure)
                return
            with lock:
                curve.n_by_kind[request.kind] = curve.n_by_kind.get(request.kind, 0) + 1
                n_done = sum(curve.n_by_kind.values())
                if n_done % _EVERY == 0:
                    curve.n_done.append(n_done)
                    curve.resident_bytes.append(server.resident_bytes)
                    print(f"  after {n_done}: {_megabytes(curve.resident_bytes[-1])}", flush=True)

    clients = [threading.Thread(target=send_some) for _ in range(_N_CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures:
        raise failures[0]


def _send(server: SottoServer, request: MixedRequest) -> None:
    try:
        response = server.send(request)
    except httpx.HTTPError as error:
        raise RuntimeError(f"{request.kind}: {type(error).__name__}") from error
    if response.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{request.kind}: {response.status_code} {response.text[:200]}")


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.0f} MB"
