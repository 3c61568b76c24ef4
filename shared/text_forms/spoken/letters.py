"""Words of letters: unchanged, unless abbreviations, units, or part of an amount."""

import re

from shared.text_forms.pieces import CURRENCY_SIGNS, plain_words, split_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken.money import scaled_currency
from shared.text_forms.spoken.reading import Reading
from shared.text_forms.spoken.times import AFTERNOON, minute_words

_HOURS = frozenset(
    split_words(
        "one two three four five six seven eight nine ten eleven twelve o'clock thirty fifteen "
        "forty-five"
    )
)

INITIALS = r"(?P<letters>[^\W\d_](?:\.[^\W\d_])+)(?P<genitive>\.?['\u2019]s)?"


def read_letters(reading: Reading) -> Words:
    """Read a word of letters, which may be an abbreviation, a unit, or part of an amount."""
    piece, lexicon = reading.piece, reading.lexicon
    lower = piece.lower
    numeric_before = reading.previous.core[-1:].isdigit() and not reading.previous.after
    if numeric_before:
        unit = _unit_after_number(reading)
        if unit:
            return unit
    if piece.after.startswith(".") and lower in lexicon.abbreviations:
        return _abbreviation(reading)
    if lower in AFTERNOON and reading.language == "en":
        hour_before = numeric_before or reading.previous.lower in _HOURS
        return AFTERNOON[lower] if hour_before or lower == "pm" else (lower,)
    if lower == "no" and _is_numero(reading):
        return ("number",)
    return (lower,) if lower.isalpha() else plain_words(lower, reading.language)


def _unit_after_number(reading: Reading) -> Words | None:
    """Read `km` after `5`, and `million` after `$5` with the currency of that."""
    before, lower, lexicon = reading.previous.core, reading.piece.lower, reading.lexicon
    if lower in lexicon.scales and before[0] in CURRENCY_SIGNS:
        money = lexicon.money.get(before[0])
        return (lower, *scaled_currency(money[1], reading)) if money else (lower,)
    if lower in lexicon.hour_words:
        clock = re.fullmatch(r"\d{1,2}[:.](\d{2})", before)
        if clock:
            return (lower, *minute_words(clock[1], reading)) if int(clock[1]) else (lower,)
    if len(lower) == 1 and lower in {"m", "g", "l"} and reading.piece.core.isupper():
        return None
    names = lexicon.units.get(lower)
    return split_words(names[before != "1"]) if names else None


def _abbreviation(reading: Reading) -> Words:
    piece = reading.piece
    words = reading.lexicon.abbreviations[piece.lower]
    capital_after = reading.following.core[:1].isupper()
    if reading.language == "en":
        if piece.lower in {"gen", "col", "sen", "rev", "hon", "st"} and not piece.core[0].isupper():
            return (piece.lower,)
        if piece.lower == "st" and not capital_after:
            words = "street"
        elif piece.lower == "dr" and reading.previous.core[:1].isupper() and not capital_after:
            words = "drive"
    if reading.language == "fr" and piece.lower in {"m", "mm", "st"} and not capital_after:
        return (piece.lower,)
    if reading.language == "de" and piece.lower in {"fr", "st", "str", "hr"} and not capital_after:
        return ("straße",) if piece.lower == "str" else (piece.lower,)
    return split_words(words)


def _is_numero(reading: Reading) -> bool:
    """Whether this is the abbreviation in `No. 5` and not the answer `No`."""
    return (
        reading.language == "en"
        and reading.piece.after == "."
        and reading.following.core[:1].isdigit()
    )


def read_initials(match: re.Match[str], reading: Reading) -> Words | None:
    """Read `U.S` as u s, `U.K.'s` as u k's; `p.m` and `z.B` are abbreviations."""
    known = reading.lexicon.abbreviations.get(reading.piece.lower)
    if known:
        return split_words(known)
    *letters, last = match["letters"].lower().split(".")
    return (*letters, last + ("'s" if match["genitive"] else ""))
