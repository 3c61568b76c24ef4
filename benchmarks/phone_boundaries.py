"""Boundaries of phones against known ones, beside the aligner of pocketsphinx.

Two truths: the durations of a neural voice (`voice_durations.py`), and the labels of the speech set
in `phones/`. Boundaries of phones that both have, in the order of both, are compared.
"""

import csv
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip
from benchmarks.phone_alignment import align_phones, align_words
from benchmarks.read_speech import Samples, samples_of
from benchmarks.report import Figure
from benchmarks.voice_durations import speak_known
from shared.pronunciation.words.phonemes import base

MEDIAN_TARGET_MS, WITHIN_TARGET = 25.0, 0.9  # the share within 50 ms
_WITHIN_S = 0.05
_SEED = 16
_RESAMPLES = 1000
_MOST_GAP_S = 0.02  # between the end of a phone and the start of the next
_MOST_CHARACTERS = 120  # of a text that the voice reads
_PROJECT = Path(__file__).resolve().parent.parent
_RIVAL_PYTHON = _PROJECT / ".venv-rivals" / "bin" / "python"
_RATE = 16_000

# TIMIT's labels; a closure is a part of its plosive, and of nothing else.
_CLOSURES = frozenset(("cl", "vcl"))
_PLOSIVES = frozenset(("p", "t", "k", "b", "d", "g", "ch", "jh"))
_TIMIT = {"ax": "AH", "ix": "IH", "axr": "ER", "dx": "T", "hv": "HH", "nx": "N", "ux": "UW"}

Timed = Sequence[tuple[str, float, float]]
"""Phones with start and end in seconds."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance with its text and its true phones; see `Timed`."""

    samples: Samples
    text: str
    truth: Timed


def boundary_rows(clips: Sequence[Clip]) -> list[Figure]:
    """Return a row for each truth."""
    texts = [_shortened(clip.text) for clip in clips if clip.folder in {"en_read", "l2_english"}]
    known = [
        (speech, Spoken(speech.samples, speech.text, _known(speech.phones, speech.boundaries_s)))
        for speech in speak_known([text for text in texts if text])
    ]
    ours = [align_phones(speech.samples, speech.phones) for speech, _ in known]
    spoken = [one for _, one in known]
    labelled = list(_labelled(clips))
    own = [_phones_of(one) for one in labelled]
    rows = [_row("durations of a neural voice", spoken, ours, target=True)]
    if labelled:
        rows.append(_row("labels of `phones/`", labelled, own, target=True))
    return rows


def _row(name: str, spoken: Sequence[Spoken], ours: Sequence[Timed], *, target: bool) -> Figure:
    theirs = list(_pocketsphinx(spoken))
    mine = _errors(spoken, ours)
    median, within = _figures(mine)
    return Figure(
        f"boundaries by the {name}, {sum(map(len, mine))}",
        _describe(mine),
        _describe(_errors(spoken, theirs)),
        f"median {MEDIAN_TARGET_MS:.0f} ms, {100 * WITHIN_TARGET:.0f} % within 50 ms",
        (median <= MEDIAN_TARGET_MS and within >= WITHIN_TARGET) if target else None,
    )


def _errors(spoken: Sequence[Spoken], aligned: Sequence[Timed]) -> list[npt.NDArray[np.float64]]:
    """Return the errors of each utterance, in seconds."""
    return [
        np.array(list(_differences(one.truth, found)))
        for one, found in zip(spoken, aligned, strict=True)
        if found
    ]


def _differences(truth: Timed, found: Timed) -> Iterator[float]:
    matcher = SequenceMatcher(
        a=[one[0] for one in truth], b=[one[0] for one in found], autojunk=False
    )
    pairs = [
        (block.a + index, block.b + index)
        for block in matcher.get_matching_blocks()
        for index in range(block.size)
    ]
    for (one, other), (next_one, next_other) in pairwise(pairs):
        if next_one != one + 1 or next_other != other + 1:
            continue
        is_gap = abs(found[next_other][1] - found[other][2]) > _MOST_GAP_S
        if not is_gap and not np.isnan(truth[one][2]):
            yield (found[other][2] + found[next_other][1]) / 2 - truth[one][2]


def _figures(errors: Sequence[npt.NDArray[np.float64]]) -> tuple[float, float]:
    """Median absolute error in milliseconds, and the share within 50 ms."""
    sizes = np.abs(np.concatenate(errors)) if errors else np.zeros(0)
    if not len(sizes):
        return float("nan"), float("nan")
    return 1000 * float(np.median(sizes)), float((sizes <= _WITHIN_S).mean())


def _describe(errors: Sequence[npt.NDArray[np.float64]]) -> str:
    chance = np.random.default_rng(_SEED)
    drawn = [
        _figures([errors[index] for index in chance.integers(0, len(errors), len(errors))])
        for _ in range(_RESAMPLES)
    ]
    median, within = _figures(errors)
    (low, low_within), (high, high_within) = np.percentile(drawn, [2.5, 97.5], axis=0)
    return (
        f"median {median:.0f} ms [{low:.0f}, {high:.0f}], "
        f"{100 * within:.0f} % within 50 ms [{100 * low_within:.0f}, {100 * high_within:.0f}]"
    )


def _pocketsphinx(spoken: Sequence[Spoken]) -> Iterator[Timed]:
    if not _RIVAL_PYTHON.exists():
        yield from ([] for _ in spoken)
        return
    with tempfile.TemporaryDirectory() as folder:
        requests = []
        for index, one in enumerate(spoken):
            path = Path(folder) / f"{index}.raw"
            path.write_bytes((np.clip(one.samples, -1, 1) * 32_767).astype("<i2").tobytes())
            requests.append(json.dumps({"samples": str(path), "text": one.text.lower()}))
        answers = subprocess.run(
            [_RIVAL_PYTHON, "-m", "benchmarks.pocketsphinx_worker"],
            input="\n".join(requests),
            capture_output=True,
            text=True,
            check=True,
            cwd=_PROJECT,
        ).stdout
        yield from (json.loads(line) or [] for line in answers.splitlines())


def _known(phones: Sequence[str], ends: Sequence[float]) -> Timed:
    bounds = [*ends, float("nan")]
    return [(phone, 0.0, end) for phone, end in zip(phones, bounds, strict=True)]


def _phones_of(one: Spoken) -> Timed:
    return [
        (base(phone.phoneme), phone.start_s, phone.end_s)
        for word in align_words(one.samples, one.text)
        for phone in word.phones
    ]


def _shortened(text: str) -> str:
    if len(text) <= _MOST_CHARACTERS:
        return text.lower()
    return text[: text.rfind(" ", 0, _MOST_CHARACTERS)].lower()


def _labelled(clips: Sequence[Clip]) -> Iterator[Spoken]:
    """Yield the clips of `phones/` that have labels with times."""
    by_name = {clip.path.name: clip for clip in clips if clip.folder == "phones"}
    if not by_name:
        return
    folder = next(iter(by_name.values())).path.parent
    with (folder / "phones.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            ends = [int(one) / _RATE for one in (row["ends_in_samples"] or "").split()]
            if ends and row["file"] in by_name:
                clip = by_name[row["file"]]
                yield Spoken(samples_of(clip), clip.text, _merged(row["phones"].split(), ends))


def _merged(labels: Sequence[str], ends: Sequence[float]) -> Timed:
    merged: list[tuple[str, float, float]] = []
    start = 0.0
    for index, (label, end) in enumerate(zip(labels, ends, strict=True)):
        following = labels[index + 1] if index + 1 < len(labels) else ""
        if label in _CLOSURES and following in _PLOSIVES:
            continue  # the closure starts the plosive
        name = "" if label in _CLOSURES else _TIMIT.get(label, label.upper())
        merged.append((name, start, end))
        start = end
    return merged
