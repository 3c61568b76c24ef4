"""What Sotto is measured against, driven from an environment of its own."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.conditions import THREADS
from benchmarks.process_memory import peak_resident_bytes
from shared.models.folder import locate_model
from shared.privacy.telemetry_off import SWITCHES
from shared.settings import Settings

_WORKER = Path(__file__).resolve().with_name("faster_whisper_worker.py")


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """What a rival made of one file. `elapsed_s` is taken in its own process, decoding included.

    `error` is the type of the exception where it failed; then there is no text.
    """

    elapsed_s: float
    text: str
    error: str | None = None


class FasterWhisper:
    """faster-whisper on the weights of the server, from start to exit of a `with` block.

    `versions` names its packages. Raises `RuntimeError` where it does not start.
    """

    def __init__(self, python: Path, settings: Settings) -> None:
        model_folder = locate_model(settings.model, settings.model_folder)
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(
            [python, _WORKER, model_folder, settings.compute_type, str(THREADS)],
            env=os.environ
            | {switch.variable: switch.value for switch in SWITCHES}
            | {"HF_HUB_OFFLINE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions: dict[str, str] = self._hear()["versions"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.communicate()  # closes its standard input, at which it ends

    def transcribe(self, path: Path, **options: object) -> RivalAnswer:
        """Transcribe one file; without options as its user would who sets none."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"path": str(path), "options": options}) + "\n")
        self._process.stdin.flush()
        answer = self._hear()
        return RivalAnswer(
            elapsed_s=answer.get("elapsed_s", 0.0),
            text=answer.get("text", ""),
            error=answer.get("error"),
        )

    @property
    def peak_bytes(self) -> int:
        """Most physical memory of the process so far."""
        return peak_resident_bytes(self._process.pid)

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The rival ended; its own words are on standard error.")
        message: dict[str, Any] = json.loads(line)
        return message
