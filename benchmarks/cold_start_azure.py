"""Cold start of the Azure function app beside the container host's, on the same clip.

    SOTTO_SPEECH_DATA=/path/to/speech python -m benchmarks.cold_start_azure

The worker that Azure runs is started by the host of the tests. What Azure itself adds is not in it:
giving out an instance, mounting the package, starting its own host process. Python 3.13.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.conditions import THREADS, stay_on_cores
from benchmarks.process_memory import peak_resident_bytes
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from shared.settings import Settings
from tests.hosts.azure.functions_host import KEY, FunctionsHost

_CLIP_S = 5.0
_REPEATS = 5
_URL = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One start: until the functions are loaded (NaN for the container), until the transcript."""

    loaded_s: float
    transcript_s: float
    peak_bytes: int


def measure_cold_start_on_azure(clips: Sequence[Clip]) -> Section:
    """Fresh processes of both hosts for one clip of about five seconds, in turns."""
    clip = min(clips, key=lambda one: abs(one.seconds - _CLIP_S))
    _start_worker(clip)  # brings the files into the cache
    workers, containers = [], []
    for _ in range(_REPEATS):
        workers.append(_start_worker(clip))
        containers.append(_start_container(clip))
    loaded_s = statistics.median(start.loaded_s for start in workers)
    return Section(
        title=f"Cold start of the hosts: process start to the transcript of {clip.seconds:.1f} s",
        figures=(
            Figure("Azure Functions: functions loaded", f"{loaded_s:.2f} s"),
            *_figures("Azure Functions", workers),
            *_figures("container", containers),
        ),
        numbers={
            "clip_seconds": clip.seconds,
            "azure_loaded_s": [start.loaded_s for start in workers],
            "azure_transcript_s": [start.transcript_s for start in workers],
            "container_transcript_s": [start.transcript_s for start in containers],
            "azure_peak_bytes": [start.peak_bytes for start in workers],
            "container_peak_bytes": [start.peak_bytes for start in containers],
        },
        note=f"Median of {_REPEATS}, in turns. Azure Functions is its worker on this machine: what "
        "the platform adds for the instance, the package and its own host is not in it.",
    )


def _figures(host: str, starts: Sequence[ColdStart]) -> tuple[Figure, Figure]:
    transcript_s = statistics.median(start.transcript_s for start in starts)
    peak_bytes = statistics.median(start.peak_bytes for start in starts)
    return (
        Figure(f"{host}: first transcript", f"{transcript_s:.2f} s"),
        Figure(f"{host}: peak memory by then", f"{peak_bytes / 1e6:.0f} MB"),
    )


def _start_worker(clip: Clip) -> ColdStart:
    settings = {
        "SOTTO_KEYS": KEY,
        "SOTTO_MODEL_FOLDER": str(Settings.from_environment().model_folder),
        "SOTTO_THREADS": str(THREADS),
    }
    definition = json.dumps({"locales": ["en-US"], "profanityFilterMode": "None"})
    parts = {"audio": ("audio", clip.path.read_bytes()), "definition": (None, definition)}
    headers = {"Ocp-Apim-Subscription-Key": KEY}
    with httpx.Client(headers=headers, timeout=120) as client:
        started = time.perf_counter()
        with FunctionsHost(settings) as host:
            loaded_s = time.perf_counter() - started
            answer = client.post(host.url + _URL, files=parts)
            elapsed_s = time.perf_counter() - started
            assert answer.status_code == 200, answer.status_code
            return ColdStart(loaded_s, elapsed_s, peak_resident_bytes(host.process.pid))


def _start_container(clip: Clip) -> ColdStart:
    with SottoServer() as server:
        server.transcribe(clip.path.read_bytes())
        elapsed_s = time.perf_counter() - server.started_s
        return ColdStart(float("nan"), elapsed_s, server.peak_bytes)


def main() -> int:
    """Measure and print the table."""
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if not named or not Path(named).is_dir():
        sys.stderr.write("SOTTO_SPEECH_DATA must name the folder of the speech set.\n")
        return 2
    stay_on_cores()
    clips = clips_of(read_manifest(Path(named).resolve()), "en_read")
    print(measure_cold_start_on_azure(clips).markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
