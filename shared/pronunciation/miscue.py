"""Miscues: the words of the reference against the words that were recognised.

Both are aligned at the least cost. Words are compared by their sound, not by their letters, so a
homophone or a mispronunciation is the same word, and a compound may be one word or two. Reference
words without a partner are omissions; recognised words without one are insertions.

Source: the edit distance of words; Azure's contract names the errors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phones.phone_engine import PHONES

Doubles = npt.NDArray[np.float64]

Sounds = tuple[str, ...]
"""Phonemes of a word, or of two words one after the other."""

_GAP_COST = 0.55  # of an omission, and of an insertion
# Another word in the place of one costs less than both: the recogniser may have misheard it.
_DIFFERENCE_COST = 1.05
# Words that share less than this part of their phonemes are not compared in detail.
_LEAST_SHARED = 0.34
# Two words are one compound if at most so much differs, and so much less than of either one alone.
_COMPOUND_DIFFERENCE = 0.6
_COMPOUND_GAIN = 0.12
_IMPOSSIBLE = 1e9
# Words of letters at random are all similar: 2 000 against 80 are 160 000 pairs.
_PAIRS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Pairing:
    """Words of the reference and recognised words that are the same speech, by index, half open.

    One range has one or two words, the other one; an empty range is an omission or an insertion.
    """

    reference: tuple[int, int]
    recognised: tuple[int, int]

    @property
    def is_omission(self) -> bool:
        """No recognised word."""
        return self.recognised[0] == self.recognised[1]

    @property
    def is_insertion(self) -> bool:
        """No word of the reference."""
        return self.reference[0] == self.reference[1]


def pair_words(
    reference: Sequence[tuple[Sounds, ...]],
    recognised: Sequence[tuple[Sounds, ...]],
    *,
    is_part: bool = False,
) -> tuple[Pairing, ...]:
    """Return the pairing at the least cost, in the order of both.

    Parameters
    ----------
    reference, recognised: pronunciations of each word, without stress.
    is_part: the speech is a part of the reference: words before and behind it are left out of the
        result, at no cost.
    """
    differences = _differences(reference, recognised)
    split = _compounds(reference, recognised, differences)  # two of the reference are one word
    joined = _compounds(recognised, reference, differences.T).T
    totals, moves = _least_costs(differences, split, joined, is_part=is_part)
    row, column = len(reference), len(recognised)
    if is_part:
        row = min(range(len(totals)), key=lambda one: totals[one][column])
    pairings = []
    while column or (row and not is_part):
        rows, columns = moves[row][column]
        pairings.append(Pairing((row - rows, row), (column - columns, column)))
        row, column = row - rows, column - columns
    return tuple(reversed(pairings))


def _least_costs(
    differences: Doubles, split: Doubles, joined: Doubles, *, is_part: bool
) -> tuple[list[list[float]], list[list[tuple[int, int]]]]:
    """Return the least cost of the first words of both, and the numbers of the last pairing."""
    same, two_to_one, one_to_two = (
        (_DIFFERENCE_COST * one).tolist() for one in (differences, split, joined)
    )
    n_rows, n_columns = differences.shape
    totals = [[0.0] * (n_columns + 1) for _ in range(n_rows + 1)]
    moves = [[(0, 0)] * (n_columns + 1) for _ in range(n_rows + 1)]
    for row in range(n_rows + 1):
        for column in range(n_columns + 1):
            if column == 0 and (is_part or row == 0):
                continue
            found = []
            if row and column:
                cost = same[row - 1][column - 1]
                found.append((totals[row - 1][column - 1] + cost, (1, 1)))
            if row:
                found.append((totals[row - 1][column] + _GAP_COST, (1, 0)))
            if column:
                found.append((totals[row][column - 1] + _GAP_COST, (0, 1)))
            if row > 1 and column:
                cost = two_to_one[row - 2][column - 1]
                found.append((totals[row - 2][column - 1] + cost, (2, 1)))
            if row and column > 1:
                cost = one_to_two[row - 1][column - 2]
                found.append((totals[row - 1][column - 2] + cost, (1, 2)))
            totals[row][column], moves[row][column] = min(found)
    return totals, moves


def _differences(
    reference: Sequence[tuple[Sounds, ...]], recognised: Sequence[tuple[Sounds, ...]]
) -> Doubles:
    """Return the difference of the most similar pronunciations of each two words."""
    result = np.ones((len(reference), len(recognised)))
    places = list(_similar(_counts(reference), _counts(recognised), _LEAST_SHARED))
    pairs = [(reference[row], recognised[column]) for row, column in places]
    for place, differs in zip(places, _least_differences(pairs), strict=True):
        result[place] = differs
    return result


def _compounds(
    words: Sequence[tuple[Sounds, ...]], others: Sequence[tuple[Sounds, ...]], single: Doubles
) -> Doubles:
    """Return the difference of each two neighbouring words together and each other word.

    single: differences of each of them alone; `(n_words, n_others)`.
    """
    result = np.full((max(0, len(words) - 1), len(others)), _IMPOSSIBLE)
    counts = _counts(words)
    least_shared = 1 - _COMPOUND_DIFFERENCE
    places = list(_similar(counts[:-1] + counts[1:], _counts(others), least_shared))
    together = [(*one[0], *other[0]) for one, other in pairwise(words)]
    pairs = [((together[row],), others[column]) for row, column in places]
    for (row, column), differs in zip(places, _least_differences(pairs), strict=True):
        alone = min(single[row, column], single[row + 1, column])
        if differs <= min(_COMPOUND_DIFFERENCE, alone - _COMPOUND_GAIN):
            result[row, column] = differs
    return result


def _counts(words: Sequence[tuple[Sounds, ...]]) -> npt.NDArray[np.int16]:
    """Count each phone in the first pronunciation of each word, `(n_words, n_phones)`."""
    counts = np.zeros((len(words), len(PHONES)), np.int16)
    for row, sounds in enumerate(words):
        for phoneme in sounds[0]:
            counts[row, PHONES.index(phoneme)] += 1
    return counts


def _similar(
    counts: npt.NDArray[np.int16], others: npt.NDArray[np.int16], least_shared: float
) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share this part of the phonemes of the longer one."""
    longer = np.maximum(counts.sum(axis=1)[:, None], others.sum(axis=1)[None])
    shared = np.zeros(longer.shape, np.int16)
    for phone in range(counts.shape[1]):
        shared += np.minimum(counts[:, phone, None], others[None, :, phone])
    for row, column in np.argwhere(shared >= least_shared * longer):
        yield int(row), int(column)


def _least_differences(
    pairs: Sequence[tuple[tuple[Sounds, ...], tuple[Sounds, ...]]],
) -> list[float]:
    """Return the difference of the most similar pronunciations of each pair."""
    distinct = list(dict.fromkeys(pairs))
    least: list[float] = []
    for first in range(0, len(distinct), _PAIRS_AT_ONCE):
        part = distinct[first : first + _PAIRS_AT_ONCE]
        sizes = [len(ones) * len(others) for ones, others in part]
        differs = differences([(a, b) for ones, others in part for a in ones for b in others])
        least += np.minimum.reduceat(differs, [0, *np.cumsum(sizes[:-1])]).tolist()
    known = dict(zip(distinct, least, strict=True))
    return [known[pair] for pair in pairs]


def differences(pairs: Sequence[tuple[Sounds, Sounds]]) -> Doubles:
    """Return the part of the phonemes that differ, 0..1: the edit distance by the longer one.

    Of all pairs together, at least one.
    """
    numbers = {one: number for number, one in enumerate(dict.fromkeys(chain.from_iterable(pairs)))}
    all_sizes = np.array([len(one) for one in numbers])
    phones = np.full((len(numbers), max(all_sizes)), -1, np.int16)
    for one, number in numbers.items():
        phones[number, : len(one)] = [PHONES.index(phoneme) for phoneme in one]
    index = np.array([(numbers[one], numbers[other]) for one, other in pairs]).T
    (sizes, other_sizes), (ones, others) = all_sizes[index], phones[index]
    ones = np.ascontiguousarray(ones[:, : max(sizes)].T)
    others = np.ascontiguousarray(others[:, : max(other_sizes)].T)
    # A row of the table of edit distances, down, for each pair; what stands behind the phonemes of
    # a shorter word does not matter.
    steps = np.arange(len(others) + 1, dtype=np.int16)[:, None]
    row = np.repeat(steps, len(pairs), axis=1)
    distances = np.zeros(len(pairs))
    for length, phoneme in enumerate(ones, 1):
        substituted = row[:-1] + (others != phoneme)
        row += 1
        np.minimum(row[1:], substituted, out=row[1:])
        # Insertions go on from any place, at 1 each.
        row -= steps
        np.minimum.accumulate(row, axis=0, out=row)
        row += steps
        ends = np.flatnonzero(sizes == length)
        distances[ends] = row[other_sizes[ends], ends]
    result: Doubles = distances / np.maximum(sizes, other_sizes)
    return result
