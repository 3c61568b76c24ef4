"""Batch work: speed-up of two worker processes over one, and storage calls per file.

Each worker has one thread for recognition, so that two of them have a core each. The files are in
temporary folders; the storage calls are counted in this process with the same code.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from shared.jobs.attempt import Attempt
from shared.jobs.batch_setup import local_addresses, open_batch
from shared.jobs.store import JobStore
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.transcription.local_transcriber import LocalTranscriber

_PROJECT = Path(__file__).resolve().parent.parent
_REPEATS = 3
_LEAST_RATIO = 1.7
_TOO_LONG_S = 900


def measure_batch_throughput(clips: Sequence[Clip], settings: Settings) -> Section:
    """Transcribe the same files with one worker process and with two, in turns."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for repeat in range(1 + _REPEATS):
        for n_workers, times_s in seconds.items():
            elapsed_s = _transcribe_all(clips, n_workers, settings)
            if repeat:  # the first only fills the disk cache
                times_s.append(elapsed_s)
                print(f"  {repeat}/{_REPEATS} {n_workers} workers {elapsed_s:6.1f} s")
    ratios = [one / two for one, two in zip(seconds[1], seconds[2], strict=True)]
    ratio = statistics.median(ratios)
    one_s, two_s = (statistics.median(seconds[n]) for n in (1, 2))
    audio_s = sum(clip.seconds for clip in clips)
    calls = _calls_per_file(clips[:5], settings)
    return Section(
        title=f"Batch: {len(clips)} dropped files, {audio_s / 60:.1f} minutes of audio",
        systems=("one worker", "two workers"),
        figures=(
            Figure("time for all", f"{one_s:.1f} s", f"{two_s:.1f} s"),
            Figure("audio per second", f"{audio_s / one_s:.1f} s", f"{audio_s / two_s:.1f} s"),
            Figure(
                "two against one",
                "1",
                f"{ratio:.2f}",
                target=f"at least {_LEAST_RATIO}",
                met=ratio >= _LEAST_RATIO,
            ),
            Figure("storage calls per file", f"{sum(calls.values()):.1f}", "the same"),
        ),
        numbers={
            "seconds": {str(n): times for n, times in seconds.items()},
            "ratios": ratios,
            "audio_seconds": audio_s,
            "calls_per_file": calls,
        },
        note="Worker processes with one thread each (`SOTTO_THREADS=1`), folders and the queue in "
        f"a file; medians of {_REPEATS}, in turns; from the first event, models loaded, "
        "to the last transcript. Calls of one file, from its event to the end of its job: "
        + ", ".join(f"{name} {count:g}" for name, count in sorted(calls.items()))
        + ".",
    )


def _transcribe_all(clips: Sequence[Clip], n_workers: int, settings: Settings) -> float:
    """Seconds from a full queue to the last transcript, with `n_workers` loaded workers."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(settings, Path(folder))
        batch = _opened(environment)
        with _workers(n_workers, environment):
            audio = batch.drop_folders["audio"]
            for place, clip in enumerate(clips):
                audio.input.put(f"{place:04}{clip.path.suffix}", clip.path.read_bytes())
            names = [entry.name for entry in audio.input.list()]
            started = time.perf_counter()
            for name in names:
                submit_dropped(audio, name, batch)
            deadline_s = started + _TOO_LONG_S
            while sum(1 for _ in audio.output.list()) < len(clips):
                if time.perf_counter() > deadline_s:
                    raise RuntimeError("the workers did not finish")
                time.sleep(0.05)
            elapsed_s = time.perf_counter() - started
        batch.queue.close()
    return elapsed_s


def _environment(settings: Settings, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")}
    return kept | {
        "SOTTO_MODEL": settings.model,
        "SOTTO_MODEL_FOLDER": str(settings.model_folder),
        "SOTTO_COMPUTE_TYPE": settings.compute_type,
        "SOTTO_DATA_FOLDER": str(folder),
        "SOTTO_THREADS": "1",
    }


def _opened(environment: dict[str, str]) -> Any:
    settings = Settings.from_environment(environment)
    places = local_addresses(settings)
    if places is None:
        raise RuntimeError("batch work is off")
    return open_batch(settings, places)


@contextmanager
def _workers(n_workers: int, environment: dict[str, str]) -> Iterator[None]:
    """Run worker processes whose model is in memory."""
    command = [sys.executable, "-m", "functions.container", "worker"]
    processes = [
        subprocess.Popen(
            command, cwd=_PROJECT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for _ in range(n_workers)
    ]  # fmt: skip
    try:
        for process in processes:
            if process.stdout is None or "works on the queue" not in process.stdout.readline():
                raise RuntimeError("a worker did not start")
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
            if process.stdout is not None:
                process.stdout.close()


class _Counted:
    """Forwards every call and counts it by its name."""

    def __init__(self, target: Any, kind: str, counts: Counter[str]) -> None:
        self._target, self._kind, self._counts = target, kind, counts

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._target, name)
        if not callable(attribute):
            return attribute

        def counted(*arguments: Any, **options: Any) -> Any:
            self._counts[f"{self._kind} {name}"] += 1
            return attribute(*arguments, **options)

        return counted


def _calls_per_file(clips: Sequence[Clip], settings: Settings) -> dict[str, float]:
    """Calls of the container and queue ports for one file, by their names."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        batch = _opened(_environment(settings, Path(folder)))
        audio = batch.drop_folders["audio"]
        for clip in clips:
            audio.input.put(clip.path.name, clip.path.read_bytes())
        counted = _counted_batch(batch, counts)
        work = JobWorker(counted, LocalTranscriber(settings))
        for clip in clips:
            submit_dropped(counted.drop_folders["audio"], clip.path.name, counted)
            lease = counted.queue.lease(60, 1)
            work.handle(lease.message, Attempt(lease.delivery_count))
            counted.queue.acknowledge(lease)
        batch.queue.close()
    return {name: count / len(clips) for name, count in counts.items()}


def _counted_batch(batch: Any, counts: Counter[str]) -> Any:
    folders = {
        name: replace(
            folder,
            input=_Counted(folder.input, "blob", counts),
            output=_Counted(folder.output, "blob", counts),
        )
        for name, folder in batch.drop_folders.items()
    }
    return replace(
        batch,
        store=JobStore(_Counted(batch.store.container, "blob", counts)),
        queue=_Counted(batch.queue, "queue", counts),
        drop_folders=folders,
    )
