"""Time from the start of a process to its first transcript, with the files in the disk cache."""

import statistics
import time
from collections.abc import Callable, Sequence

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.rivals import Rival
from benchmarks.server import SottoServer

_CLIP_S = 5.0
_MOST_S = 1.5
_MOST_BYTES = 500_000_000
_REPEATS = 5


def measure_cold_start(clips: Sequence[Clip], start_rival: Callable[[], Rival]) -> Section:
    """Measure time and peak memory of fresh processes for a clip of about 5 s, in turns."""
    clip = min(clips, key=lambda one: abs(one.seconds - _CLIP_S))
    _start_sotto(clip)  # fills the disk cache
    ours, theirs = [], []
    for _ in range(_REPEATS):
        ours.append(_start_sotto(clip))
        theirs.append(_start_faster_whisper(clip, start_rival))
    elapsed_s, peak_bytes = _medians(ours)
    their_elapsed_s, their_peak_bytes = _medians(theirs)
    return Section(
        title=f"Cold start: process start to the transcript of a {clip.seconds:.1f} s clip",
        figures=(
            Figure(
                f"time, median of {_REPEATS}",
                f"{elapsed_s:.2f} s",
                f"{their_elapsed_s:.2f} s",
                f"at most {_MOST_S} s",
                elapsed_s <= _MOST_S,
            ),
            Figure(
                "peak memory by then",
                f"{peak_bytes / 1e6:.0f} MB",
                f"{their_peak_bytes / 1e6:.0f} MB",
                f"under {_MOST_BYTES / 1e6:.0f} MB",
                peak_bytes < _MOST_BYTES,
            ),
        ),
        numbers={
            "clip_seconds": clip.seconds,
            "elapsed_s": [seconds for seconds, _ in ours],
            "rival_elapsed_s": [seconds for seconds, _ in theirs],
            "peak_bytes": [peak for _, peak in ours],
            "rival_peak_bytes": [peak for _, peak in theirs],
        },
    )


def _start_sotto(clip: Clip) -> tuple[float, int]:
    with SottoServer() as server:
        server.transcribe(clip.path.read_bytes())
        return time.perf_counter() - server.started_s, server.peak_bytes


def _start_faster_whisper(clip: Clip, start_rival: Callable[[], Rival]) -> tuple[float, int]:
    with start_rival() as rival:
        rival.transcribe(clip.path)
        return time.perf_counter() - rival.started_s, rival.peak_bytes


def _medians(starts: Sequence[tuple[float, int]]) -> tuple[float, float]:
    return (
        statistics.median(seconds for seconds, _ in starts),
        statistics.median(peak for _, peak in starts),
    )
