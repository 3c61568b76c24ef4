"""Time from the start of a process to its first transcript, for all hosts."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.conditions import THREADS, stay_on_cores
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from shared.settings import Settings

KEY = "k"
URL = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"

_CLIP_S = 5.0
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One start: time until ready, time until the first transcript, peak memory until then."""

    ready_s: float
    transcript_s: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Host:
    """A host of Sotto.

    `start` brings up a fresh process, has it transcribe the clip and ends it. `why_not` says why
    that cannot be done here, empty where it can. `most_ready_s` is what is asked of the time
    until it takes requests, None where nothing is.
    """

    name: str
    start: Callable[[Clip], ColdStart]
    why_not: str = ""
    most_ready_s: float | None = None


def measure_hosts(clips: Sequence[Clip], others: Sequence[Host]) -> Section:
    """Start fresh processes of the container and other hosts for a clip of five seconds, in turns.

    A host that cannot run here has the reason in its column.
    """
    clip = min(clips, key=lambda one: abs(one.seconds - _CLIP_S))
    hosts = (Host("container", _start_container), *others)
    starts: dict[str, list[ColdStart]] = {host.name: [] for host in hosts if not host.why_not}
    for repeat in range(1 + _REPEATS):
        for host in hosts:
            if host.why_not:
                continue
            start = host.start(clip)
            if repeat:  # the first only fills the disk cache
                starts[host.name].append(start)
                print(f"  {repeat}/{_REPEATS} {host.name:16} {start.transcript_s:6.2f} s")
    return Section(
        title=f"Cold start of the hosts: process start to the transcript of {clip.seconds:.1f} s",
        systems=tuple(host.name for host in hosts),
        figures=(
            _ready_figure(hosts, starts),
            _figure("first transcript", hosts, starts, lambda one: one.transcript_s, "{:.2f} s"),
            _figure(
                "peak memory by then", hosts, starts, lambda one: one.peak_bytes / 1e6, "{:.0f} MB"
            ),
        ),
        numbers={
            "clip_seconds": clip.seconds,
            "starts": {name: [asdict(one) for one in given] for name, given in starts.items()},
        },
        note=f"Medians of {_REPEATS}, in turns. Ready is: the container listens; the Functions "
        "worker has loaded the functions; the Lambda function waits for its first event, model "
        "included. All three on this machine: what a platform adds for the instance, the package "
        "or image and its own processes is not in it.",
    )


def settings_of_host() -> dict[str, str]:
    """Settings that give a host the weights and threads of the container host."""
    settings = Settings.from_environment()
    return {
        "SOTTO_KEYS": KEY,
        "SOTTO_MODEL": settings.model,
        "SOTTO_MODEL_FOLDER": str(settings.model_folder),
        "SOTTO_COMPUTE_TYPE": settings.compute_type,
        "SOTTO_THREADS": str(THREADS),
    }


def request_for(clip: Clip) -> dict[str, Any]:
    """Headers and parts of the request to the container host, with a key."""
    definition = json.dumps({"locales": ["en-US"], "profanityFilterMode": "None"})
    return {
        "headers": {"Ocp-Apim-Subscription-Key": KEY},
        "files": {"audio": ("audio", clip.path.read_bytes()), "definition": (None, definition)},
    }


def compare_with_container(host: Host) -> int:
    """Measure one host and the container, print the table, return an exit status."""
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if not named or not Path(named).is_dir():
        sys.stderr.write("SOTTO_SPEECH_DATA must name the folder of the speech set.\n")
        return 2
    stay_on_cores()
    clips = clips_of(read_manifest(Path(named).resolve()), "en_read")
    print(measure_hosts(clips, (host,)).markdown())
    return 0


def _ready_figure(hosts: Sequence[Host], starts: dict[str, list[ColdStart]]) -> Figure:
    figure = _figure("ready", hosts, starts, lambda one: one.ready_s, "{:.2f} s")
    bounds = {
        host.name: host.most_ready_s
        for host in hosts
        if host.most_ready_s is not None and host.name in starts
    }
    if not bounds:
        return figure
    return replace(
        figure,
        target=", ".join(f"{name} at most {most_s:.0f} s" for name, most_s in bounds.items()),
        met=all(
            _median(starts[name], lambda one: one.ready_s) <= most_s
            for name, most_s in bounds.items()
        ),
    )


def _figure(
    what: str,
    hosts: Sequence[Host],
    starts: dict[str, list[ColdStart]],
    measure: Callable[[ColdStart], float],
    form: str,
) -> Figure:
    ours, theirs, *others = (
        host.why_not or form.format(_median(starts[host.name], measure)) for host in hosts
    )
    return Figure(what, ours, theirs, others=tuple(others))


def _median(starts: Sequence[ColdStart], measure: Callable[[ColdStart], float]) -> float:
    return statistics.median(measure(start) for start in starts)


def _start_container(clip: Clip) -> ColdStart:
    with SottoServer() as server:
        ready_s = time.perf_counter() - server.started_s
        server.transcribe(clip.path.read_bytes())
        return ColdStart(ready_s, time.perf_counter() - server.started_s, server.peak_bytes)
