"""The phones that count as a phoneme of a word, as the phone recogniser writes the word.

A recogniser of phones learns from words that a network has read, with the mistakes of that network:
where a native reader says "of", it hears `AO F`. So a phone counts as a phoneme if the reading of
the same network has it in that place, and a phoneme that the reading lacks need not be heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phones.phone_engine import PHONES, Floats
from shared.pronunciation.words.phonemes import base, is_vowel


@dataclass(frozen=True, slots=True)
class PhoneTarget:
    """One phoneme: columns of the posteriors that count as it, its own first.

    may_be_silent: the recogniser may write nothing for it.
    """

    columns: tuple[int, ...]
    may_be_silent: bool = False


def targets_of(
    phonemes: Sequence[str], readings: Sequence[Sequence[str]] = ()
) -> tuple[PhoneTarget, ...]:
    """Return the targets of a pronunciation.

    readings: of the same word by the network; none: only the phonemes themselves count.
    """
    own = [base(phoneme) for phoneme in phonemes]
    partners = [_partners(own, [base(phoneme) for phoneme in reading]) for reading in readings]
    targets = []
    for phone, *others in zip(own, *partners, strict=True):
        columns = dict.fromkeys(PHONES.index(one) for one in (phone, *others) if one)
        targets.append(PhoneTarget(tuple(columns), may_be_silent=None in others))
    return tuple(targets)


def emissions_of(
    log_posteriors: Floats, columns: Sequence[tuple[int, ...]]
) -> npt.NDArray[np.float64]:
    """Return the log probabilities of each set of columns, `(n_frames, n)`."""
    posteriors = np.exp(log_posteriors.astype(np.float64))
    counted = np.zeros((posteriors.shape[1], len(columns)))
    for index, one in enumerate(columns):
        counted[list(one), index] = 1.0
    result: npt.NDArray[np.float64] = np.log(posteriors @ counted)
    return result


def _partners(own: Sequence[str], reading: Sequence[str]) -> list[str | None]:
    """Return the phone of the reading in the place of each phoneme; None where it has none.

    By edit distance, in which a vowel stands for a vowel, and `ER` for `R`.
    """
    n_own, n_reading = len(own), len(reading)
    costs = [[float(row + column) for column in range(n_reading + 1)] for row in range(n_own + 1)]
    for row in range(1, n_own + 1):
        for column in range(1, n_reading + 1):
            costs[row][column] = min(
                costs[row - 1][column - 1] + _cost(own[row - 1], reading[column - 1]),
                costs[row - 1][column] + 1,
                costs[row][column - 1] + 1,
            )
    partners: list[str | None] = [None] * n_own
    row, column = n_own, n_reading
    while row and column:
        cost = _cost(own[row - 1], reading[column - 1])
        if costs[row][column] == costs[row - 1][column - 1] + cost:
            row, column = row - 1, column - 1
            partners[row] = reading[column]
        elif costs[row][column] == costs[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return partners


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    is_alike = is_vowel(one) == is_vowel(other) or {one, other} == {"ER", "R"}
    return 0.5 if is_alike else 2.0
