"""Rivals that Sotto is measured against, each in a process and an environment of its own."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from benchmarks.conditions import THREADS
from benchmarks.process_memory import peak_resident_bytes
from shared.models.folder import locate_model
from shared.privacy.telemetry_off import SWITCHES
from shared.settings import Settings

_PROJECT = Path(__file__).resolve().parent.parent


class RivalFailed(RuntimeError):
    """A rival did not start, ended, or could not read a file."""


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """Result of a rival for one file. `elapsed_s` is taken in its own process, decoding included.

    `error` is the type of the exception if it failed; then there is no text.
    """

    elapsed_s: float
    text: str
    error: str | None = None


class Rival:
    """A running rival, from start to exit of a `with` block; `rival_worker.py` is its other side.

    `versions` has its packages. Raises `RivalFailed` if it does not start.
    """

    def __init__(
        self, python: Path, worker: str, arguments: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(
            [python, "-m", f"benchmarks.{worker}", *arguments],
            cwd=_PROJECT,
            env=os.environ | {switch.variable: switch.value for switch in SWITCHES} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._read_message()["versions"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.communicate()  # closes its standard input, which ends it

    def transcribe(self, path: Path, **options: object) -> RivalAnswer:
        """Transcribe one file; without options with the rival's defaults."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"path": str(path), "options": options}) + "\n")
        self._process.stdin.flush()
        answer = self._read_message()
        return RivalAnswer(
            elapsed_s=answer.get("elapsed_s", 0.0),
            text=answer.get("text", ""),
            error=answer.get("error"),
        )

    @property
    def peak_bytes(self) -> int:
        """Peak memory of the process so far."""
        return peak_resident_bytes(self._process.pid)

    def _read_message(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RivalFailed("The rival ended; standard error has its message.")
        message: dict[str, Any] = json.loads(line)
        return message


@dataclass(frozen=True, slots=True)
class FurtherRival:
    """A rival that is measured on long files only: its start, and the options of every call."""

    name: str
    start: Callable[[], Rival]
    options: Mapping[str, object] = field(default_factory=dict)


def start_faster_whisper(
    python: Path, settings: Settings, environment: Mapping[str, str] = MappingProxyType({})
) -> Rival:
    """Start faster-whisper on the files and the compute type of the server."""
    model_folder = locate_model(settings.model, settings.model_folder)
    arguments = (str(model_folder), settings.compute_type, str(THREADS))
    offline = {"HF_HUB_OFFLINE": "1"}
    return Rival(python, "faster_whisper_worker", arguments, offline | dict(environment))


def start_openai_whisper(python: Path, settings: Settings) -> Rival:
    """Start openai-whisper on the weights of the server, converted to float32."""
    model_folder = locate_model(settings.model, settings.model_folder)
    # Threads of torch that wait by spinning slow each other down.
    environment = {"OMP_NUM_THREADS": str(THREADS), "OMP_WAIT_POLICY": "PASSIVE"}
    return Rival(python, "openai_whisper_worker", (str(model_folder), str(THREADS)), environment)
