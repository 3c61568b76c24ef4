"""Dates: days beside months, dates in digits, decades."""

import re

from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken.reading import Reading

_DAY_FIRST_ENGLISH = frozenset(("GB", "AU", "NZ", "IE", "IN", "ZA", "NG", "SG", "HK"))
_DATIVE = frozenset(("am", "vom", "zum", "dem", "den", "bis", "im", "beim", "ab", "seit"))

NUMERIC_DATE = r"(?P<first>\d{1,2})([/.])(?P<second>\d{1,2})\2(?P<year>\d{4}|\d{2})"
ISO_DATE = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
DECADE = r"(?P<digits>\d{2}|[12]\d{3})'?s"


def read_numeric_date(match: re.Match[str], reading: Reading) -> Words | None:
    """Read `6/5/2020`: June in the United States, May in regions with the day first."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    months, speller = reading.lexicon.months, reading.speller
    month_first = reading.language == "en" and reading.region not in _DAY_FIRST_ENGLISH
    month, day = (first, second) if month_first else (second, first)
    if month > 12:
        month, day = day, month
    if not months or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if reading.language == "en":
        date = (months[month - 1], *speller.ordinal(day))
        return date + speller.year(year + 2000 if year < 30 else year)
    link = split_words(reading.lexicon.date_word)
    number = day_words(day, reading) if reading.language == "de" else speller.cardinal(day)
    return (*number, *link, months[month - 1], *link, *speller.year(year))


def read_iso_date(match: re.Match[str], reading: Reading) -> Words | None:
    """`2020-05-06` as may sixth twenty twenty."""
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    months = reading.lexicon.months
    if not months or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    ordinal = reading.language in {"en", "de"}
    number = reading.speller.ordinal(day) if ordinal else reading.speller.cardinal(day)
    date = (
        (months[month - 1], *number) if reading.language == "en" else (*number, months[month - 1])
    )
    return date + reading.speller.year(year)


def read_decade(match: re.Match[str], reading: Reading) -> Words | None:
    """`1980s` as nineteen eighties."""
    if reading.language != "en":
        return None
    digits = match["digits"]
    words = reading.speller.year(int(digits))
    last = words[-1]
    return (*words[:-1], last[:-1] + "ies" if last.endswith("y") else last + "s")


def is_day(reading: Reading) -> bool:
    """Whether the number to read is a day beside its month."""
    if reading.language == "en":
        before, piece, following = reading.previous, reading.piece, reading.following
        month_before = _is_month(before, reading) and before.after in {"", "."}
        return month_before or (_is_month(following, reading) and not piece.after)
    if reading.language == "de":
        dotted = reading.piece.after == "."
        return dotted and _is_month(reading.following, reading)
    return (
        reading.language == "fr"
        and reading.piece.lower == "1"
        and _is_month(reading.following, reading)
    )


def day_words(day: int, reading: Reading) -> Words:
    """Read a day as an ordinal; in German with the ending that the previous word requires."""
    words = reading.speller.ordinal(day)
    if reading.language != "de":
        return words
    before = reading.previous.lower
    ending = "n" if before in _DATIVE else "" if before in {"der", "die", "das"} else "r"
    return (*words[:-1], words[-1] + ending)


def _is_month(piece: Piece, reading: Reading) -> bool:
    """Whether this is the name of a month; `may` and `march` only with a capital."""
    lexicon = reading.lexicon
    name = piece.lower
    if name in {"may", "march"}:
        return piece.core[0].isupper()
    return name in lexicon.months or (
        piece.after.startswith(".") and lexicon.abbreviations.get(name, "") in lexicon.months
    )
