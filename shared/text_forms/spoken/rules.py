"""Selection of the rule that verbalises a word.

Each written form is a rule: a pattern, and a function from its match to words. The first rule that
matches the whole word and applies wins; without one the word is split at its signs. Neighbours
resolve ambiguity: `2020` after a month is a year, `million` after `$5` is `million dollars`.
"""

import re
from functools import cache

from shared.text_forms.lexicon import number_pattern
from shared.text_forms.pieces import split_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken import (
    addresses,
    dates,
    letters,
    money,
    numbers,
    signs,
    times,
    versions,
)
from shared.text_forms.spoken.reading import Reading, Rule
from shared.text_forms.spoken.remaining_digits import spell_remaining_digits


def spoken_words(reading: Reading) -> Words:
    """Verbalise one piece: lower case, without punctuation and digits; empty for punctuation."""
    if reading.piece.core.isalpha():
        return letters.read_letters(reading)
    return spell_remaining_digits(_read(reading), reading.speller)


def _read(reading: Reading) -> Words:
    piece = reading.piece
    if not piece.core:
        return ()
    if piece.core in reading.lexicon.units and reading.previous.core[-1:].isdecimal():
        return split_words(reading.lexicon.units[piece.core][reading.previous.core != "1"])
    for pattern, rule in _rules(reading.language):
        match = pattern.fullmatch(piece.core)
        if match:
            words = rule(match, reading)
            if words is not None:
                return words
    return signs.split_at_signs(piece.core, reading)


@cache
def _rules(language: str) -> tuple[tuple[re.Pattern[str], Rule], ...]:
    """Return the rules in order of precedence: several patterns match the same word."""
    number = number_pattern(language)
    rules: tuple[tuple[str, Rule], ...] = (
        (times.TIME_WITH_STOP, times.read_time_with_stop),
        (numbers.signed_number(number), numbers.read_number),
        (letters.INITIALS, letters.read_initials),
        (money.sum_of_money(number), money.read_money),
        (numbers.measured_number(number), numbers.read_measured),
        (numbers.ordinal_number(number), numbers.read_ordinal),
        (times.TIME, times.read_time),
        (times.TIME_SPAN, times.read_time_span),
        (numbers.RATIO, numbers.read_ratio),
        (numbers.span(number), numbers.read_span),
        (versions.VERSION, versions.read_named_version),
        (dates.NUMERIC_DATE, dates.read_numeric_date),
        (dates.ISO_DATE, dates.read_iso_date),
        (numbers.FRACTION, numbers.read_fraction),
        (dates.DECADE, dates.read_decade),
        (versions.VERSION, versions.read_version),
        (addresses.PHONE, addresses.read_phone),
        (addresses.MAILBOX, addresses.read_address),
        (addresses.HOST, addresses.read_address),
        (signs.SIGN, signs.read_sign),
        (signs.TAG, signs.read_tag),
        (signs.PROGRAMMING_NAME, signs.read_programming_name),
    )
    return tuple((re.compile(pattern), rule) for pattern, rule in rules)
