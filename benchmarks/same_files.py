"""Comparison of the files that two checkouts write for dropped audio.

A drop folder gives languages by phrase, all text forms and subtitles. Each container host runs
alone, with its own data folder and one worker: one file at a time.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.checkouts import Both, Checkouts
from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from shared.language.locales import default_locale

FORMATS = ("json", "srt", "vtt", "txt")
_REFUSED = "error.json"
_WHOLE = ("multilingual", "codeswitch", "telephone", "diarization", "nonspeech", "broken")
_OTHERS_EVERY = 8
_LONGEST_S = 600.0
_START_LIMIT_S = 60.0
_WORK_LIMIT_S = 3600.0
_POLL_S = 0.2
_JOB_FIELDS = frozenset({"source", "timestamp"})  # differ from run to run

Files = dict[str, dict[str, Any]]


def measure_same_files(checkouts: Checkouts, clips: Sequence[Clip], n_clips: int | None) -> Section:
    """Drop the same clips into the folders of both, and list the files that differ."""
    chosen = chosen_clips(clips)[:n_clips]
    written = checkouts.folders.in_turns(
        lambda folder: _transcribe(checkouts, folder, chosen), new_first=True
    )
    return compare_files(checkouts.commits, written)


def chosen_clips(clips: Sequence[Clip]) -> list[Clip]:
    """All clips of the hard parts of the set, and a thin draw of the others."""
    short = [clip for clip in clips if clip.seconds <= _LONGEST_S]
    whole = [clip for clip in short if clip.folder in _WHOLE]
    return whole + [clip for clip in short if clip.folder not in _WHOLE][::_OTHERS_EVERY]


def compare_files(commits: Both[str], written: Both[Files]) -> Section:
    """Compare the files of both, clip by clip and format by format."""
    names = sorted(written.new.keys() | written.old.keys())
    n_equal, n_all = Counter[str](), Counter[str]()
    differing: dict[str, list[str]] = {}
    for name in names:
        new, old = written.new.get(name, {}), written.old.get(name, {})
        for kind in sorted(new.keys() | old.keys()):
            n_all[kind] += 1
            if new.get(kind) == old.get(kind):
                n_equal[kind] += 1
            else:
                differing.setdefault(name, []).append(kind)
    lines = [f"`{name}`: {', '.join(kinds)}" for name, kinds in differing.items()]
    note = "Languages by phrase, times of words, all forms of the text; one file at a time."
    if lines:
        note += "\n\nNot the same:\n\n" + "\n".join(f"- {line}" for line in lines)
    return Section(
        title=f"Against {commits.old}: the same files from a drop folder, {len(names)} clips",
        figures=tuple(
            Figure(
                kind,
                f"{n_equal[kind]} of {n_all[kind]}",
                target="all",
                met=n_equal[kind] == n_all[kind],
            )
            for kind in (*FORMATS, _REFUSED)
            if n_all[kind]
        ),
        numbers={"commits": [commits.new, commits.old], "differences": lines},
        note=note,
        systems=("equal",),
    )


def _transcribe(checkouts: Checkouts, folder: Path, clips: Sequence[Clip]) -> Files:
    with tempfile.TemporaryDirectory(prefix="sotto-drop-") as data:
        audio, transcripts = (Path(data) / "containers" / end for end in ("audio", "transcripts"))
        environment = {"SOTTO_BATCH": "true", "SOTTO_WORKERS": "1", "SOTTO_DATA_FOLDER": data}
        with checkouts.start(folder, environment):
            _wait(audio.is_dir, _START_LIMIT_S)
            (audio / "sotto.json").write_text(json.dumps(_wanted(clips)), encoding="utf-8")
            for clip in clips:
                _drop(clip, audio / clip.name)
            _wait(lambda: all(_is_done(transcripts, clip.name) for clip in clips), _WORK_LIMIT_S)
            return {clip.name: _read(transcripts, clip.name) for clip in clips}


def _wanted(clips: Sequence[Clip]) -> dict[str, Any]:
    """Content of `sotto.json`: all outputs, and all languages of the set as candidates."""
    languages = {one for clip in clips for one in clip.language.split(",") if one}
    return {
        "locales": sorted(map(default_locale, languages)) or ["en-US"],
        "languagePerPhrase": len(languages) > 1,
        "wordTimestamps": True,
        "displayWordTimestamps": True,
        "formats": list(FORMATS),
    }


def _drop(clip: Clip, place: Path) -> None:
    """Copy under a hidden name first, so that no partial file is taken."""
    place.parent.mkdir(exist_ok=True)
    hidden = place.with_name(f".{place.name}")
    hidden.write_bytes(clip.path.read_bytes())
    hidden.rename(place)


def _is_done(transcripts: Path, name: str) -> bool:
    if (transcripts / f"{name}.{_REFUSED}").is_file():
        return True
    return all((transcripts / f"{name}.{kind}").is_file() for kind in FORMATS)


def _read(transcripts: Path, name: str) -> dict[str, Any]:
    """Contents of the files of one clip, by format; of a refusal its code."""
    refusal = transcripts / f"{name}.{_REFUSED}"
    if refusal.is_file():
        return {_REFUSED: json.loads(refusal.read_bytes())["error"]["code"]}
    texts = {kind: (transcripts / f"{name}.{kind}").read_text("utf-8") for kind in FORMATS}
    result = json.loads(texts["json"])
    return texts | {"json": {key: result[key] for key in result.keys() - _JOB_FIELDS}}


def _wait(is_there: Callable[[], bool], limit_s: float) -> None:
    """Wait until a condition holds.

    Raises
    ------
    TimeoutError: it does not hold in time.
    """
    deadline = time.monotonic() + limit_s
    while not is_there():
        if time.monotonic() > deadline:
            raise TimeoutError(f"A drop folder takes longer than {limit_s:.0f} s.")
        time.sleep(_POLL_S)
