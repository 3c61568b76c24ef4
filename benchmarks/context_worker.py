"""Reads clips as served and at the full context, in one process with both.

Started by `context_readings.py`, once for each instruction set, which is chosen as a process
starts. Standard input has a request on each line, `{"path", "locales"}`; each gets a line with
`served` and `full`: text, seconds of the processor, and counts. One thread recognises, so seconds
of the processor have none of the waiting between threads.
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from shared.errors import SpeechError
from shared.settings import Settings
from shared.transcription.calibration import FULL, Reading, read_audio
from shared.transcription.local_transcriber import LocalTranscriber


def main() -> None:
    """Load the model twice, then read clips until standard input ends."""
    settings = dataclasses.replace(Settings.from_environment(), threads=1, concurrency=1)
    served = LocalTranscriber(settings)
    full = LocalTranscriber(dataclasses.replace(settings, context=FULL))
    for transcriber in (served, full):
        transcriber.load()
    for n_read, line in enumerate(sys.stdin):
        request = json.loads(line)
        path, locales = Path(request["path"]), request["locales"]
        if n_read == 0:  # the first recognition allocates
            _read(served, path, locales)
            _read(full, path, locales)
        answer = {"served": _read(served, path, locales), FULL: _read(full, path, locales)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _read(transcriber: LocalTranscriber, path: Path, locales: list[str]) -> dict[str, Any]:
    try:
        return _as_json(read_audio(transcriber, path, locales))
    except SpeechError as error:
        return {"error": type(error).__name__}


def _as_json(reading: Reading) -> dict[str, Any]:
    return {
        "text": reading.text,
        "processor_s": reading.processor_s,
        "audio_s": reading.cost.audio_s,
        "n_segments": reading.cost.n_segments,
        "n_retries": reading.cost.n_retries,
    }


if __name__ == "__main__":
    main()
