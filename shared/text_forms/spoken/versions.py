"""Versions, sections and network addresses: numbers with more than one point."""

import re

from shared.text_forms.pieces import split_words
from shared.text_forms.spelling import Words, digit_words
from shared.text_forms.spoken.digits import whole_words
from shared.text_forms.spoken.reading import Reading

# No part begins with a zero, as a telephone number does: `01.23.45.67.89`.
VERSION = r"(?:0|[1-9]\d{0,4})(?:\.(?:0|[1-9]\d{0,4})){2,}"
# Before these a version may look like a date: `version 10.11.12`.
_NAMED_BY_VERSION = frozenset(
    split_words(
        "version versions release build section firmware versión versione versão versie kapitel "
        "abschnitt chapitre capítulo capitolo"
    )
)
_TELEPHONES = {(3, 3, 4), (1, 3, 3, 4)}  # lengths of `555.123.4567`
_IP_PARTS, _MAX_IP_PART = 4, 255


def read_version(match: re.Match[str], reading: Reading) -> Words | None:
    """Read `2.0.1` as two point zero point one; telephone numbers and dates have other rules."""
    lengths = tuple(map(len, match[0].split(".")))
    return None if lengths in _TELEPHONES else version_words(match[0], reading)


def read_named_version(match: re.Match[str], reading: Reading) -> Words | None:
    """Read what looks like a date as a version where the word before it says so."""
    named = reading.previous.lower in _NAMED_BY_VERSION and not reading.previous.after
    return read_version(match, reading) if named else None


def version_words(text: str, reading: Reading) -> Words:
    """Read all parts of a version, and the points between them.

    English says `point` in a version and `dot` in the address of a computer, whose parts of three
    digits are spoken one by one; other languages name the full stop.
    """
    lexicon = reading.lexicon
    parts = text.split(".")
    is_address = (
        len(parts) == _IP_PARTS
        and any(len(part) == 3 for part in parts)
        and all(int(part) <= _MAX_IP_PART for part in parts)
    )
    mark = lexicon.version_point or lexicon.dot or lexicon.point
    if reading.language == "en" and not is_address:
        mark = lexicon.point
    words: Words = ()
    for part in parts:
        words += split_words(mark) if words else ()
        if is_address and len(part) == 3:
            words += digit_words(reading.speller, part)
        else:
            words += whole_words(part, reading, plain=True)
    return words
