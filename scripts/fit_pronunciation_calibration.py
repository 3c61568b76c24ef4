"""Fit the accuracy of phones: writes `shared/pronunciation/phones/calibration.json`.

    PYTHONPATH=. SOTTO_SPEECH_DATA=FOLDER .venv/bin/python scripts/fit_pronunciation_calibration.py

Half A of the native readers (benchmarks/halves.py) is read. Each of their phonemes is one case of
the phone, and one case of a phone that is similar, drawn by seed: both by the log ratio in the same
place. A logistic curve separates them. Its slope is common, and each phone has an offset, drawn
towards the common one where there are few cases. Half B is printed, and not fitted.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, read_manifest
from benchmarks.halves import HALVES_SEED, halves_of
from benchmarks.phone_alignment import align_text
from benchmarks.read_speech import FOLDERS, read_texts, readers
from shared.pronunciation.phones.calibration import CALIBRATION_FILE, Calibration, read_calibration
from shared.pronunciation.phones.phone_engine import PHONES

SEED = 16
RIDGE = 3.0  # of the offsets
STEPS = 60  # Newton's, from zero

# Manner of articulation, and pairs that learners confuse over it.
_CLASSES = (
    ("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW").split(),
    ("B P D T G K").split(),
    ("CH JH SH ZH").split(),
    ("F V TH DH S Z HH").split(),
    ("M N NG").split(),
    ("L R W Y").split(),
    *(pair.split("-") for pair in "S-SH Z-ZH Z-JH T-CH D-JH D-DH T-TH V-W V-B F-P".split()),
)

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cases:
    """Phones, whether each was spoken, and the log ratios in their places."""

    phones: Ints
    is_spoken: Doubles
    log_ratios: Doubles


def main() -> int:
    """Fit, print half B and write."""
    clips = read_manifest(Path(os.environ["SOTTO_SPEECH_DATA"]).resolve())
    halves = halves_of(readers(clips))
    chosen, held_out = cases_of(halves.a), cases_of(halves.b)
    fitted = fit(chosen)
    CALIBRATION_FILE.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    calibration = read_calibration(fitted)
    for name, cases in (("A", chosen), ("B", held_out)):
        print(name, describe(cases, calibration))  # noqa: T201 - the report of a script
    return 0


def cases_of(clips: Sequence[Clip]) -> Cases:
    """Return the cases of clips, a similar phone beside each phoneme."""
    chance = np.random.default_rng(SEED)
    similar = _similar_phones()
    phones: list[int] = []
    ratios: list[float] = []
    for samples, text in read_texts(clips):
        aligned = align_text(samples, text)
        if aligned is None:
            continue
        for phone, row in zip(aligned.phones, aligned.log_ratios(), strict=True):
            other = int(chance.choice(similar[phone]))
            phones += [phone, other]
            ratios += [float(row[phone]), float(row[other])]
    is_spoken = np.tile([1.0, 0.0], len(phones) // 2)
    return Cases(np.array(phones), is_spoken, np.array(ratios))


def fit(cases: Cases) -> dict[str, object]:
    """Fit slope and offsets by Newton's method."""
    n_phones = len(PHONES)
    design = np.zeros((len(cases.phones), n_phones + 2))
    design[:, 0] = cases.log_ratios
    design[:, 1] = 1.0
    design[np.arange(len(design)), 2 + cases.phones] = 1.0
    ridge = np.array([1e-6, 1e-6, *([RIDGE] * n_phones)])
    weights = np.zeros(n_phones + 2)
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp(-design @ weights))
        gradient = design.T @ (likely - cases.is_spoken) + ridge * weights
        hessian = (design.T * (likely * (1 - likely))) @ design + np.diag(ridge)
        weights -= np.linalg.solve(hessian, gradient)
    return {
        "data": f"half A of the readers in {' and '.join(FOLDERS)}",
        "halves_seed": HALVES_SEED,
        "seed": SEED,
        "n_cases": len(design),
        "slope": round(float(weights[0]), 4),
        "offsets": {
            phone: round(float(weights[1] + offset), 4)
            for phone, offset in zip(PHONES, weights[2:], strict=True)
        },
    }


def describe(cases: Cases, calibration: Calibration) -> str:
    """Return the mean accuracy of spoken and of similar phones, and the right decisions."""
    accuracies = np.array(
        [
            calibration.accuracy(ratio[None], [phone])[0]
            for phone, ratio in zip(cases.phones, cases.log_ratios, strict=True)
        ]
    )
    is_spoken = cases.is_spoken > 0
    right = ((accuracies >= 50) == is_spoken).mean()
    return (
        f"{is_spoken.sum()} phonemes, mean accuracy {accuracies[is_spoken].mean():.1f}, "
        f"of a similar phone {accuracies[~is_spoken].mean():.1f}, right {100 * right:.1f} %"
    )


def _similar_phones() -> dict[int, list[int]]:
    similar: dict[int, set[int]] = {index: set() for index in range(len(PHONES))}
    for phones in _CLASSES:
        columns = [PHONES.index(phone) for phone in phones]
        for column in columns:
            similar[column].update(other for other in columns if other != column)
    return {phone: sorted(others) for phone, others in similar.items()}


if __name__ == "__main__":
    sys.exit(main())
