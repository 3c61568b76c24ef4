"""Versions spoken in other languages than English: `zwei Punkt null Punkt eins` is 2.0.1."""

import re
from collections.abc import Sequence
from functools import cache

from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite
from shared.text_forms.spelling import speller_for

_WRITTEN_PARTS = re.compile(r"\d{1,5}(?:\.\d{1,5})*")


def spelled_versions(pieces: Sequence[Piece], language: str) -> list[Rewrite]:
    """Find chains of numbers with at least two full stops between them, in words or digits."""
    lexicon = find_lexicon(language)
    point = lexicon.version_point or lexicon.dot
    if not point or not any(piece.lower == point for piece in pieces):
        return []
    found: list[Rewrite] = []
    first = 0
    while first < len(pieces):
        last, text = first + 1, _part(pieces[first], language)
        while (
            text
            and last + 1 < len(pieces)
            and pieces[last].lower == point
            and not (pieces[last - 1].after or pieces[last].before or pieces[last].after)
            and not pieces[last + 1].before
            and (part := _part(pieces[last + 1], language))
        ):
            text, last = f"{text}.{part}", last + 2
        if last > first + 1 and text.count(".") > 1:
            found.append(Rewrite(first, last, text))
        first = last
    return found


def _part(piece: Piece, language: str) -> str:
    if _WRITTEN_PARTS.fullmatch(piece.core):
        return piece.core
    value = _values(language).get(piece.lower)
    return "" if value is None else str(value)


@cache
def _values(language: str) -> dict[str, int]:
    """Return the numbers below a hundred of one word, by that word."""
    spelled = ((speller_for(language).cardinal(number), number) for number in range(100))
    return {words[0]: number for words, number in spelled if len(words) == 1}
