"""Calibration: from the log likelihood ratio of a phone to its accuracy, 0..100.

The accuracy is the probability that a listener who knows the phone hears it, by a logistic curve.
Each phone has its own offset: a `DH` is less clear than an `S` in the mouth of every native reader.
`scripts/fit_pronunciation_calibration.py` fits `calibration.json`, which names its data.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phones.phone_engine import PHONES

CALIBRATION_FILE = Path(__file__).with_name("calibration.json")

Doubles = npt.NDArray[np.float64]


class Calibration:
    """A logistic curve: `100 / (1 + exp(-(slope * ratio + offset)))`.

    offsets: shape `(n_phones,)`.
    """

    def __init__(self, slope: float, offsets: Doubles) -> None:
        self._slope = slope
        self._offsets = offsets

    def accuracy(self, log_ratios: Doubles, phones: Sequence[int] | None = None) -> Doubles:
        """Return accuracies.

        log_ratios: `(n,)` of these phones; or `(n, n_phones)` of all phones, without `phones`.
        """
        offsets = self._offsets if phones is None else self._offsets[list(phones)]
        result: Doubles = 100.0 / (1.0 + np.exp(-(self._slope * log_ratios + offsets)))
        return result


@cache
def load_calibration() -> Calibration:
    """Return the calibration of this version."""
    return read_calibration(json.loads(CALIBRATION_FILE.read_bytes()))


def read_calibration(fitted: dict[str, Any]) -> Calibration:
    """Return the calibration of a fitted file."""
    offsets = np.array([fitted["offsets"][phone] for phone in PHONES])
    return Calibration(float(fitted["slope"]), offsets)
