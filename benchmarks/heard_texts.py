"""Recognise files in a process of its own: `python -m benchmarks.heard_texts LIST RESULTS`.

LIST is JSON, `[{"file": path, "locale": "en-US"}, ...]`; RESULTS has a line of JSON for each file.
Files that RESULTS already has are left out, so that an interrupted run can be continued.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.instruction_sets import InstructionSet
from shared.audio.stream import open_audio
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Dropped, Phrase
from shared.transcription.local_transcriber import LocalTranscriber

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Recording:
    """A file and its locale."""

    file: str
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Heard:
    """Recognised texts of a file.

    dropped: number of stretches without text, by their reason.
    """

    file: str
    lexical: str
    display: str
    dropped: dict[str, int]
    elapsed_s: float


def hear(
    recordings: Sequence[Recording], instruction_set: InstructionSet, results: Path
) -> dict[str, Heard]:
    """Recognise all files under an instruction set; return the results by file.

    Raises
    ------
    CalledProcessError: the process failed; its output is on the terminal.
    """
    listed = results.with_suffix(".list.json")
    listed.write_text(json.dumps([asdict(one) for one in recordings]), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "benchmarks.heard_texts", str(listed), str(results)],
        cwd=_PROJECT, env={**os.environ, **instruction_set.environment}, check=True,
    )  # fmt: skip
    return read_heard(results)


def read_heard(results: Path) -> dict[str, Heard]:
    """Read the results so far, by file."""
    if not results.is_file():
        return {}
    lines = results.read_text(encoding="utf-8").splitlines()
    return {heard.file: heard for heard in (Heard(**json.loads(line)) for line in lines)}


def main() -> int:
    """Recognise the files of a list."""
    listed, results = map(Path, sys.argv[1:3])
    recordings = [Recording(**one) for one in json.loads(listed.read_text(encoding="utf-8"))]
    known = read_heard(results)
    transcriber = LocalTranscriber(Settings.from_environment())
    with results.open("a", encoding="utf-8") as lines:
        for recording in recordings:
            if recording.file not in known:
                heard = _hear(transcriber, recording)
                lines.write(json.dumps(asdict(heard), ensure_ascii=False) + "\n")
                lines.flush()
    return 0


def _hear(transcriber: LocalTranscriber, recording: Recording) -> Heard:
    began = time.perf_counter()
    with open_audio(Path(recording.file).read_bytes()) as stream:
        options = RecognitionOptions(locales=(recording.locale,))
        results: list[object] = list(transcriber.recognise(stream, options))
    best = [result.best for result in results if isinstance(result, Phrase)]
    return Heard(
        recording.file,
        " ".join(one.lexical for one in best),
        " ".join(one.display for one in best),
        dict(Counter(one.reason.value for one in results if isinstance(one, Dropped))),
        round(time.perf_counter() - began, 3),
    )


if __name__ == "__main__":
    sys.exit(main())
