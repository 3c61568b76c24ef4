"""Cold start of the Lambda function beside the container host's, on the same clip.

    SOTTO_SPEECH_DATA=/path/to/speech python -m benchmarks.cold_start_lambda

The real runtime client runs against the Runtime API of the tests. What Lambda itself adds is not
in it: making the environment, and reading an image's files for the first time.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.conditions import THREADS, stay_on_cores
from benchmarks.process_memory import peak_resident_bytes
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from shared.settings import Settings
from tests.hosts.aws.http_events import FunctionSession
from tests.hosts.aws.runtime_api import run_function

_CLIP_S = 5.0
_MOST_INITIALISATION_S = 8.0  # Lambda has 10
_REPEATS = 5
_URL = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One start: until it waits for an event (NaN for the container), until the transcript."""

    initialised_s: float
    transcript_s: float
    peak_bytes: int


def measure_cold_start_on_lambda(clips: Sequence[Clip]) -> Section:
    """Fresh processes of both hosts for one clip of about five seconds, in turns."""
    clip = min(clips, key=lambda one: abs(one.seconds - _CLIP_S))
    _start_function(clip)  # brings the files into the cache
    functions, containers = [], []
    for _ in range(_REPEATS):
        functions.append(_start_function(clip))
        containers.append(_start_container(clip))
    initialised_s = statistics.median(start.initialised_s for start in functions)
    return Section(
        title=f"Cold start of the hosts: process start to the transcript of {clip.seconds:.1f} s",
        figures=(
            Figure(
                "AWS Lambda: initialisation, model included",
                f"{initialised_s:.2f} s",
                asked=f"at most {_MOST_INITIALISATION_S:.0f} s",
                met=initialised_s <= _MOST_INITIALISATION_S,
            ),
            *_figures("AWS Lambda", functions),
            *_figures("container", containers),
        ),
        numbers={
            "clip_seconds": clip.seconds,
            "lambda_initialised_s": [start.initialised_s for start in functions],
            "lambda_transcript_s": [start.transcript_s for start in functions],
            "container_transcript_s": [start.transcript_s for start in containers],
            "lambda_peak_bytes": [start.peak_bytes for start in functions],
            "container_peak_bytes": [start.peak_bytes for start in containers],
        },
        note=f"Median of {_REPEATS}, in turns. Lambda is its runtime client on this machine: what "
        "the platform adds for the environment and the image is not in it.",
    )


def _figures(host: str, starts: Sequence[ColdStart]) -> tuple[Figure, Figure]:
    transcript_s = statistics.median(start.transcript_s for start in starts)
    peak_bytes = statistics.median(start.peak_bytes for start in starts)
    return (
        Figure(f"{host}: first transcript", f"{transcript_s:.2f} s"),
        Figure(f"{host}: peak memory by then", f"{peak_bytes / 1e6:.0f} MB"),
    )


def _start_function(clip: Clip) -> ColdStart:
    settings = {
        "SOTTO_KEYS": "k",
        "SOTTO_MODEL_FOLDER": str(Settings.from_environment().model_folder),
        "SOTTO_THREADS": str(THREADS),
    }
    definition = json.dumps({"locales": ["en-US"], "profanityFilterMode": "None"})
    parts = {"audio": ("audio", clip.path.read_bytes()), "definition": (None, definition)}
    started = time.perf_counter()
    with run_function(settings) as function:
        http = FunctionSession(function, headers={"Ocp-Apim-Subscription-Key": "k"})
        answer = http.post(_URL, files=parts)
        elapsed_s = time.perf_counter() - started
        assert answer.status_code == 200, answer.text
        return ColdStart(function.init_s, elapsed_s, peak_resident_bytes(function.process.pid))


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
    print(measure_cold_start_on_lambda(clips).markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
