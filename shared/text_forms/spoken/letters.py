"""Words of letters: themselves, unless they abbreviate, measure or complete a number."""

import re

from shared.text_forms.pieces import CURRENCY_SIGNS, listed, plain_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken.money import scaled_currency
from shared.text_forms.spoken.reading import Reading
from shared.text_forms.spoken.times import AFTERNOON, minute_words

_HOURS = frozenset(
    listed(
        "one two three four five six seven eight nine ten eleven twelve o'clock thirty fifteen "
        "forty-five"
    )
)

INITIALS = r"(?P<letters>[^\W\d_](?:\.[^\W\d_])+)(?P<genitive>\.?['\u2019]s)?"


def read_letters(reading: Reading) -> Words:
    """Read a word of letters: itself, unless it is an abbreviation, a unit or half of an amount."""
    piece, vocabulary = reading.piece, reading.vocabulary
    lower = piece.lower
    numeric_before = reading.previous.core[-1:].isdigit() and not reading.previous.after
    if numeric_before:
        unit = _unit_after_number(reading)
        if unit:
            return unit
    if piece.after.startswith(".") and lower in vocabulary.abbreviations:
        return _abbreviation(reading)
    if lower in AFTERNOON and reading.language == "en":
        hour_before = numeric_before or reading.previous.lower in _HOURS
        return AFTERNOON[lower] if hour_before or lower == "pm" else (lower,)
    if lower == "no" and _is_numero(reading):
        return ("number",)
    return (lower,) if lower.isalpha() else plain_words(lower, reading.language)


def _unit_after_number(reading: Reading) -> Words | None:
    """`km` after `5`; `million` after `$5`, with the currency that was written before."""
    before, lower, vocabulary = reading.previous.core, reading.piece.lower, reading.vocabulary
    if lower in vocabulary.scales and before[0] in CURRENCY_SIGNS:
        money = vocabulary.money.get(before[0])
        return (lower, *scaled_currency(money[1], reading)) if money else (lower,)
    if lower in vocabulary.hour_words:
        clock = re.fullmatch(r"\d{1,2}[:.](\d{2})", before)
        if clock:
            return (lower, *minute_words(clock[1], reading)) if int(clock[1]) else (lower,)
    if len(lower) == 1 and lower in {"m", "g", "l"} and reading.piece.core.isupper():
        return None
    names = vocabulary.units.get(lower)
    return listed(names[before != "1"]) if names else None


def _abbreviation(reading: Reading) -> Words:
    piece = reading.piece
    words = reading.vocabulary.abbreviations[piece.lower]
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
    return listed(words)


def _is_numero(reading: Reading) -> bool:
    """Tell `No. 5` from the answer `No`."""
    return (
        reading.language == "en"
        and reading.piece.after == "."
        and reading.following.core[:1].isdigit()
    )


def read_initials(match: re.Match[str], reading: Reading) -> Words | None:
    """`U.S` as u s, `U.K.'s` as u k's; `p.m` and `z.B` have their own words."""
    known = reading.vocabulary.abbreviations.get(reading.piece.lower)
    if known:
        return listed(known)
    *letters, last = match["letters"].lower().split(".")
    return (*letters, last + ("'s" if match["genitive"] else ""))
