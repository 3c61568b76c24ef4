"""Readings of clips as served, at the full context and by the rival, by instruction set."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.clips import Clip
from benchmarks.instruction_sets import InstructionSet
from benchmarks.rivals import Rival, RivalFailed
from shared.language.locales import default_locale

_PROJECT = Path(__file__).resolve().parent.parent

StartRival = Callable[[Mapping[str, str]], Rival]
"""Starts the rival with variables of its environment."""


@dataclass(frozen=True, slots=True)
class ClipReading:
    """One clip in one way. `processor_s` is 0 where it was not measured."""

    text: str
    processor_s: float = 0.0
    audio_s: float = 0.0
    n_segments: int = 0
    n_retries: int = 0


@dataclass(frozen=True, slots=True)
class ClipReadings:
    """One clip as served and at the full context of the same search, and by the rival.

    rival: None without a rival, or without a reference, as nothing is compared with it then.
    """

    clip: Clip
    served: ClipReading
    full: ClipReading
    rival: ClipReading | None = None


def read_clips(
    clips: Sequence[Clip],
    instruction_sets: Sequence[InstructionSet],
    start_rival: StartRival | None,
    kept: Path | None = None,
) -> dict[str, tuple[ClipReadings, ...]]:
    """Readings of all clips by name of the instruction set.

    Our workers have one thread each and run side by side; then the rival reads, with all threads.

    kept: folder of readings, made if absent. Those of an earlier run with the same code and
        settings are taken, the others added, so that a run can be continued. It has texts: it must
        not be in the project.

    Raises
    ------
    RuntimeError: a worker ends, or cannot read a clip.
    RivalFailed: the rival cannot.
    """
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(len(instruction_sets)) as pool:
        ours = list(pool.map(lambda one: _our_answers(clips, one, kept), instruction_sets))
    labelled = [clip for clip in clips if clip.text] if start_rival is not None else []
    by_name = {}
    for instruction_set, answers in zip(instruction_sets, ours, strict=True):
        theirs = _rival_answers(labelled, instruction_set, start_rival, kept)
        by_name[instruction_set.name] = tuple(
            ClipReadings(
                clip,
                ClipReading(**answers[clip.name]["served"]),
                ClipReading(**answers[clip.name]["full"]),
                ClipReading(**theirs[clip.name]) if clip.name in theirs else None,
            )
            for clip in clips
        )
    return by_name


def locales_of(clip: Clip) -> list[str]:
    """Locales of a clip's languages; English if unknown."""
    return [default_locale(language) for language in (clip.language or "en").split(",")]


class _Answers:
    """Answers by clip, each written to a file as it comes; those in the file are taken."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.by_clip: dict[str, Any] = {}
        if path is not None and path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self.by_clip = dict(map(json.loads, lines))

    def ask(self, clips: Sequence[Clip], label: str, ask: Callable[[Clip], Any]) -> None:
        """Ask for the clips without an answer."""
        missing = [clip for clip in clips if clip.name not in self.by_clip]
        for place, clip in enumerate(missing, start=1):
            answer = self.by_clip[clip.name] = ask(clip)
            print(f"  {label}: {place}/{len(missing)} {clip.name}", flush=True)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([clip.name, answer]) + "\n")


def _our_answers(
    clips: Sequence[Clip], instruction_set: InstructionSet, kept: Path | None
) -> dict[str, Any]:
    answers = _Answers(kept and kept / f"ours, {instruction_set.name}.jsonl")
    if all(clip.name in answers.by_clip for clip in clips):
        return answers.by_clip
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.context_worker"],
        cwd=_PROJECT,
        env=os.environ | dict(instruction_set.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:  # the end closes its standard input, which ends it
        answers.ask(clips, instruction_set.name, partial(_ask_worker, worker))
    return answers.by_clip


def _ask_worker(worker: "subprocess.Popen[str]", clip: Clip) -> dict[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(json.dumps({"path": str(clip.path), "locales": locales_of(clip)}) + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError(f"{clip.name}: the worker ended; standard error has its message.")
    answer: dict[str, Any] = json.loads(line)
    for one in answer.values():
        if "error" in one:
            raise RuntimeError(f"{clip.name}: {one['error']}.")
    return answer


def _rival_answers(
    clips: Sequence[Clip],
    instruction_set: InstructionSet,
    start_rival: StartRival | None,
    kept: Path | None,
) -> dict[str, Any]:
    """Texts of the rival with its defaults."""
    answers = _Answers(kept and kept / f"rival, {instruction_set.name}.jsonl")
    with ExitStack() as running:

        def ask(clip: Clip) -> dict[str, Any]:
            answer = rival.transcribe(clip.path)
            if answer.error is not None:
                raise RivalFailed(f"{clip.name}: the rival fails with {answer.error}.")
            return {"text": answer.text}

        if start_rival is not None and any(clip.name not in answers.by_clip for clip in clips):
            rival = running.enter_context(start_rival(instruction_set.environment))
            answers.ask(clips, f"rival, {instruction_set.name}", ask)
    return answers.by_clip
