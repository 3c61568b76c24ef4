"""A file of an hour, and short requests beside it: their time, the file's, the server's memory.

Each file has a new server, so that its peak of memory is that of the file. Files are read clips of
the speech set, joined until they are long enough.
"""

import io
import statistics
import threading
import time
import wave
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, clips_of
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from shared.audio.stream import open_audio

Samples = npt.NDArray[np.int16]

SHORT_FILE_S, LONG_FILE_S = 600.0, 3600.0
MOST_SHORT_S = 6.0
PAUSE_S = 2.0  # from the answer to a short request to the next one
CLIP_PAUSE_S = 0.5  # between two clips of a file
PERCENTILE = 95
SAMPLE_RATE = 16_000
_MEGABYTE = 1e6

# Targets: ratio of the times of short requests, loss of the file, peak memory of each file.
MOST_RATIO = 3.0
MOST_LOSS = 0.15
MOST_PEAK_MB = {SHORT_FILE_S: 550, LONG_FILE_S: 600}


def measure_overtaking(clips: Sequence[Clip], n_short: int, long_s: float = LONG_FILE_S) -> Section:
    """Measure short requests alone, the file alone, and both.

    Parameters
    ----------
    n_short: short requests alone; beside the file there are as many as fit.
    long_s: duration of the file; less for a try.
    """
    read = clips_of(tuple(clips), "en_read")
    short = next(one for one in read if one.seconds <= MOST_SHORT_S).path.read_bytes()
    idle_s, first_peak = _short_alone(short, joined(read, SHORT_FILE_S), n_short)
    file = joined(read, long_s)
    with SottoServer() as server:
        server.wait_until_ready()
        server.transcribe(short)
        resting = server.resident_bytes
        alone_s = server.transcribe(file).elapsed_s
        peak = server.peak_bytes
        beside_s, beside_file_s = _beside(server, short, file)
    ratio = percentile(beside_s) / percentile(idle_s)
    loss = beside_file_s / alone_s - 1
    peaks = {SHORT_FILE_S: first_peak / _MEGABYTE, LONG_FILE_S: peak / _MEGABYTE}
    return Section(
        title=f"Short requests beside a file of {long_s / 60:.0f} min",
        systems=("Sotto",),
        figures=(
            Figure("short requests alone: median, p95", times(idle_s)),
            Figure("short requests beside the file: median, p95", times(beside_s)),
            Figure(
                "their p95, beside ÷ alone",
                f"{ratio:.2f}",
                target=f"at most {MOST_RATIO:.0f}",
                met=ratio <= MOST_RATIO,
            ),
            Figure("the file alone, beside them", f"{alone_s:.1f} s, {beside_file_s:.1f} s"),
            Figure(
                "time that the file loses",
                f"{100 * loss:.0f} %",
                target=f"at most {100 * MOST_LOSS:.0f} %",
                met=loss <= MOST_LOSS,
            ),
            Figure("memory before the file", f"{resting / _MEGABYTE:.0f} MB"),
            *(
                Figure(
                    f"peak memory of a file of {seconds / 60:.0f} min",
                    f"{peaks[seconds]:.0f} MB",
                    target=f"at most {most} MB",
                    met=peaks[seconds] <= most,
                )
                for seconds, most in MOST_PEAK_MB.items()
            ),
        ),
        numbers={
            "idle_s": idle_s,
            "beside_s": beside_s,
            "file_alone_s": alone_s,
            "file_beside_s": beside_file_s,
            "resting_bytes": resting,
            "peak_bytes": {str(seconds): value * _MEGABYTE for seconds, value in peaks.items()},
        },
        note=f"A short request comes {PAUSE_S:.0f} s after the answer to the one before. The loss"
        " of the file contains the time of these requests.",
    )


def joined(clips: Sequence[Clip], seconds: float) -> bytes:
    """Join clips, from the first again after the last, to a WAV file of this duration."""
    pause = np.zeros(round(CLIP_PAUSE_S * SAMPLE_RATE), np.int16)
    once = np.concatenate([part for clip in clips for part in (_samples(clip), pause)])
    samples = np.resize(once, round(seconds * SAMPLE_RATE))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(SAMPLE_RATE)
        written.writeframes(samples.tobytes())
    return file.getvalue()


def percentile(seconds: Sequence[float]) -> float:
    """95th percentile: the smallest that 95 % are not above."""
    return float(np.percentile(seconds, PERCENTILE, method="inverted_cdf"))


def times(seconds: Sequence[float]) -> str:
    """Median and 95th percentile, to read."""
    return f"{statistics.median(seconds):.3f} s, {percentile(seconds):.3f} s"


def _samples(clip: Clip) -> Samples:
    with open_audio(clip.path.read_bytes()) as stream:
        return np.concatenate([block[0] for block in stream])


def _short_alone(short: bytes, file: bytes, n_short: int) -> tuple[list[float], int]:
    """Times of short requests without a file, and the peak of memory of a file after them."""
    with SottoServer() as server:
        server.wait_until_ready()
        server.transcribe(short)
        requests = iter(range(n_short))
        elapsed_s = _send_while(server, short, lambda: next(requests, None) is not None)
        server.transcribe(file)
        return elapsed_s, server.peak_bytes


def _beside(server: SottoServer, short: bytes, file: bytes) -> tuple[list[float], float]:
    """Times of short requests while a file is read, and that of the file."""
    file_s: list[float] = []
    reading = threading.Thread(
        target=lambda: file_s.append(server.transcribe(file).elapsed_s), daemon=True
    )
    reading.start()
    time.sleep(PAUSE_S)
    elapsed_s = _send_while(server, short, reading.is_alive)
    reading.join()
    return elapsed_s, file_s[0]


def _send_while(server: SottoServer, short: bytes, goes_on: Callable[[], bool]) -> list[float]:
    elapsed_s: list[float] = []
    while goes_on():
        elapsed_s.append(server.transcribe(short).elapsed_s)
        time.sleep(PAUSE_S)
    return elapsed_s
