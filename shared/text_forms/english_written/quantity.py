"""Spoken cardinals and decimals: `two point five million`."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.text_forms.english_written.number_run import (
    NumberRun,
    number_run,
    piece_at,
)
from shared.text_forms.english_written.numbers import (
    NUMBER_WORDS,
    ORDINAL_WORDS,
    UNITS,
    ZEROS,
    cardinal,
)
from shared.text_forms.pieces import Piece

_COUNTING = NUMBER_WORDS | ORDINAL_WORDS
LARGE_SCALES = frozenset(("million", "billion", "trillion"))
_ROUND = frozenset((100, 1000, 10**6, 10**9, 10**12))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number up to piece `last` (one past).

    written: digits, optionally with a scale (`2.5 million`). spelled: recognised as words.
    """

    last: int
    written: str
    value: float
    spelled: bool


def quantity_of(run: NumberRun) -> Quantity | None:
    """Read the cardinal or decimal at the beginning of a run, whole pieces only."""
    words, ends = run.words, run.ends
    if not words:
        return None
    start = 1 if words[0] == "a" and len(words) > 1 else 0
    if start:  # "a hundred and fifty" is 150, "a hundred" stays
        words = ["one", *words[1:]]
    value, used = cardinal(words, 0)
    if not used or not ends[used - 1] or words[0] == "a" or (start and value in _ROUND):
        return None
    last = ends[used - 1]
    decimal = _decimals(run.pieces, last)
    if decimal is not None and not start:
        return _scaled_decimal(run.pieces, value, *decimal)
    if used < len(words) and words[used] in _COUNTING:
        return None  # two adjacent numbers are ambiguous: "five ten"
    return Quantity(last, _written(value, words[:used]), value, spelled=True)


def _decimals(pieces: Sequence[Piece], position: int) -> tuple[str, int] | None:
    """Read the digits after `point` at `position`, and one past their last piece."""
    if (
        piece_at(pieces, position).lower != "point"
        or pieces[position].after
        or pieces[position - 1].after
    ):
        return None
    run = number_run(pieces, position + 1)
    digits, used = "", 0
    while used < len(run.words) and (run.words[used] in UNITS or run.words[used] in ZEROS):
        digits += str(UNITS.get(run.words[used], 0))
        used += 1
    if not used and run.words:
        value, used = cardinal(run.words, 0)
        digits = str(value) if used and value < 100 else ""
    if not digits or not run.ends[used - 1]:
        return None
    if piece_at(pieces, run.ends[used - 1]).lower == "point":  # "at one point two point guards"
        return None
    return digits, run.ends[used - 1]


def _scaled_decimal(pieces: Sequence[Piece], whole: int, digits: str, last: int) -> Quantity:
    written, value = f"{whole}.{digits}", float(f"{whole}.{digits}")
    following = piece_at(pieces, last)
    if not pieces[last - 1].after and following.lower in LARGE_SCALES:
        return Quantity(last + 1, f"{written} {following.lower}", value * 10**6, spelled=True)
    return Quantity(last, written, value, spelled=True)


def _written(value: int, words: list[str]) -> str:
    """Format a cardinal; a round million with a word."""
    scale = words[-1]
    for name, size in (("trillion", 10**12), ("billion", 10**9), ("million", 10**6)):
        if scale == name and value % size == 0:
            return f"{value // size} {name}"
    return grouped(value)


def grouped(value: int) -> str:
    """Format with commas from 10,000 on."""
    return f"{value:,}" if value >= 10_000 else str(value)
