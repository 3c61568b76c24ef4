"""Versions, sections and network addresses: numbers with more than one `point` or `dot`."""

import re
from collections.abc import Sequence

from shared.text_forms.english_written.number_run import number_run, piece_at
from shared.text_forms.english_written.numbers import UNITS, ZEROS, cardinal
from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.rewrite import Rewrite

_POINTS = frozenset(("point", "dot"))
_WRITTEN_PARTS = re.compile(r"\d{1,5}(?:\.\d{1,5})*")
_NAMED_BY_VERSION = frozenset(split_words("version release python section"))
_MAX_PART = 99_999


def version(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`two point zero point one` as 2.0.1, `2.0 point 1` too; `version two dot one` as 2.1.

    An empty rewrite keeps all words, where the last part is ambiguous.
    """
    text, last = _part(pieces, position)
    spoken_points = 0
    while text and _continues(pieces, last):
        part, end = _part(pieces, last + 1)
        if not part:
            if "." in text and end > last + 1:  # "two point zero point five ten": nothing of it
                return Rewrite(position, end, "")
            break
        text, last, spoken_points = f"{text}.{part}", end, spoken_points + 1
    named = piece_at(pieces, position - 1).lower in _NAMED_BY_VERSION
    enough = 1 if named and piece_at(pieces, position + 1).lower == "dot" else 2
    if not spoken_points or text.count(".") < enough:
        return None
    return Rewrite(position, last, text)


def _continues(pieces: Sequence[Piece], last: int) -> bool:
    """Whether a point follows, without a pause before or after it."""
    point = piece_at(pieces, last)
    return point.lower in _POINTS and not (pieces[last - 1].after or point.before or point.after)


def _part(pieces: Sequence[Piece], position: int) -> tuple[str, int]:
    """Read a part in digits or words, and one past it; "" for number words that are no part."""
    piece = piece_at(pieces, position)
    if piece.before:
        return "", position
    if _WRITTEN_PARTS.fullmatch(piece.core):
        return piece.core, position + 1
    run = number_run(pieces, position)
    if not run.words:
        return "", position
    return _digits(run.words), run.ends[-1]


def _digits(words: Sequence[str]) -> str:
    """Return a part in digits: `eleven` as 11, `one six eight` and `one sixty eight` as 168."""
    if all(word in UNITS or word in ZEROS for word in words):
        return "".join(str(UNITS.get(word, 0)) for word in words) if len(words) <= 5 else ""
    value, used = cardinal(words, 0)
    if used == len(words) and value <= _MAX_PART:
        return str(value)
    if words[0] in UNITS:
        value, used = cardinal(words, 1)
        if used == len(words) and 10 < value < 100:  # "five ten" is no part
            return f"{UNITS[words[0]]}{value}"
    return ""
