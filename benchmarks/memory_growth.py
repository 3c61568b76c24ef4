"""Memory of one server over many short requests."""

from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer

_MOST_BYTES = 500_000_000
_MOST_GROWTH = 5e6  # bytes over 500 requests that still count as flat
_N_SHORTEST = 20
_EVERY = 50  # requests between two samples


def measure_memory_growth(clips: Sequence[Clip], n_requests: int) -> Section:
    """Send the shortest clips in turn, sample every 50 requests, fit a line to the samples.

    Memory that is allocated once is there after the first 50; growth from then on is a leak.
    """
    shortest = sorted(clips, key=lambda clip: clip.seconds)[:_N_SHORTEST]
    recordings = [clip.path.read_bytes() for clip in shortest]
    looks: list[int] = []
    every = min(_EVERY, max(1, n_requests // 2))
    with SottoServer() as server:
        for n_done, audio in enumerate(islice(cycle(recordings), n_requests), start=1):
            server.transcribe(audio)
            if n_done % every == 0:
                looks.append(server.resident_bytes)
                print(f"  after {n_done} requests: {looks[-1] / 1e6:.1f} MB")
        peak_bytes = server.peak_bytes
    per_look = float(np.polyfit(np.arange(len(looks)), looks, 1)[0])
    growth = per_look * 500 / every
    return Section(
        title=f"Memory over {n_requests} short requests",
        figures=(
            Figure(
                f"resident after {every}, in between, after {every * len(looks)}",
                " / ".join(
                    f"{looks[index] / 1e6:.1f}" for index in (0, len(looks) // 2, len(looks) - 1)
                )
                + " MB",
            ),
            Figure(
                "growth per 500 requests (line fitted)",
                f"{growth / 1e6:+.1f} MB",
                target=f"flat: at most {_MOST_GROWTH / 1e6:.0f} MB",
                met=growth <= _MOST_GROWTH,
            ),
            Figure(
                "peak memory",
                f"{peak_bytes / 1e6:.0f} MB",
                target=f"under {_MOST_BYTES / 1e6:.0f} MB",
                met=peak_bytes < _MOST_BYTES,
            ),
        ),
        numbers={
            "every_requests": every,
            "resident_bytes": looks,
            "growth_bytes_per_500": growth,
            "peak_bytes": peak_bytes,
        },
    )
