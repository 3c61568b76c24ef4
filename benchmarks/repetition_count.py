"""How often a unit is said in a text, by alignment.

The text is aligned with the speech before, `k` units and the speech after, for each `k`; the `k` of
the least cost is the count. A missing or a surplus word costs 1, two words in each other's place
one and a half times the share of their characters that differ, at most 1: "hah hah hah" is three
times "ha", and a word that has little of the unit counts for none, as the smaller `k` wins a tie.
The unit is given in several readings, as it was written and as it is recognised alone, so that what
is misheard in each repetition still counts.
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from shared.text_forms.spelling import speller_for

Costs = npt.NDArray[np.float64]

_SPARE = 12  # repetitions beyond those that are there, so that what a loop adds is counted
_MOST_UNITS = 120


def count_repetitions(
    text: str, units: Sequence[str], n: int, language: str, around: tuple[str, str] = ("", "")
) -> int:
    """Count the units in a text that has `n` of them.

    units: readings of the unit; that of the least cost decides, of two the one nearer to `n`.
    around: texts of the speech before and after the repetitions.
    """
    heard = words_of(text, language)
    before, after = (words_of(one, language) for one in around)
    found = []
    for unit in {tuple(words_of(unit, language)) for unit in units}:
        if unit:
            cost, count = _best_count(_split_joined(heard, unit), list(unit), n, before, after)
            found.append((cost, abs(count - n), count))
    return min(found)[2] if found else 0


def words_of(text: str, language: str) -> list[str]:
    """Words in lower case, numbers in words."""
    speller = speller_for(language, "")
    spelled = re.sub(r"\d+", lambda digits: f" {speller.cardinal(int(digits[0]))} ", text)
    return re.findall(r"\w+", spelled.casefold().replace("'", "").replace("’", ""))


def _split_joined(heard: Sequence[str], unit: Sequence[str]) -> list[str]:
    """Split what is one word several times, such as "hahaha"."""
    if len(unit) != 1:
        return list(heard)
    joined = re.compile(f"(?:{re.escape(unit[0])}){{2,}}")
    return [
        part
        for word in heard
        for part in (
            [unit[0]] * (len(word) // len(unit[0])) if joined.fullmatch(word) else [word]
        )
    ]  # fmt: skip


def _best_count(
    heard: Sequence[str], unit: list[str], n: int, before: list[str], after: list[str]
) -> tuple[float, int]:
    """Return the least cost and its count."""
    n_most = min(max(n, len(heard) // len(unit)) + _SPARE, _MOST_UNITS)
    forward = _alignment_costs(heard, before + unit * n_most)
    backward = _alignment_costs(heard[::-1], after[::-1])[::-1, -1]
    totals = [
        round(float((forward[:, len(before) + k * len(unit)] + backward).min()), 6)
        for k in range(n_most + 1)
    ]
    best = min(range(len(totals)), key=totals.__getitem__)
    return totals[best], best


def _alignment_costs(heard: Sequence[str], meant: Sequence[str]) -> Costs:
    """Cost of aligning each beginning of one with each of the other: `(n_heard + 1, n_meant + 1)`.

    Source: Wagner and Fischer 1974, with graded substitutions.
    """
    costs = np.zeros((len(heard) + 1, len(meant) + 1))
    costs[0] = np.arange(len(meant) + 1)
    for i, word in enumerate(heard, start=1):
        costs[i, 0] = i
        for j, other in enumerate(meant, start=1):
            costs[i, j] = min(
                costs[i - 1, j] + 1,
                costs[i, j - 1] + 1,
                costs[i - 1, j - 1] + _substitution(word, other),
            )
    return costs


@cache
def _substitution(word: str, other: str) -> float:
    return min(1.0, 1.5 * float(Levenshtein.normalized_distance(word, other)))
