"""The last step of verbalisation: no digit is left, whatever sign or script it is written in."""

import unicodedata
from fractions import Fraction
from itertools import groupby

from shared.text_forms.spelling import MAX_DIGITS, Speller, Words, digit_words


def spell_remaining_digits(words: Words, speller: Speller) -> Words:
    """Spell the digits that the rules left: `³`, `①`, `²⁵`, and digits in names."""
    if not any(map(_has_digit, words)):
        return words
    return tuple(
        spelled
        for word in words
        for spelled in (_spell(word, speller) if _has_digit(word) else (word,))
    )


def is_digit(character: str) -> bool:
    """Whether a character is a number, not a letter such as `一`: `1`, `٣`, `²`, `½`, `⑩`."""
    return character.isdigit() or unicodedata.category(character) in {"Nd", "No"}


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(map(is_digit, word))


def _spell(word: str, speller: Speller) -> Words:
    words: Words = ()
    for kind, characters in groupby(word, key=_kind):
        text = "".join(characters)
        if kind == "digits":
            words += _spell_digits(text, speller)
        elif kind == "number":
            for character in text:
                words += _spell_number(character, speller)
        elif any(map(str.isalpha, text)):
            words += (text,)
    return words


def _kind(character: str) -> str:
    if character.isdigit():  # with a value from 0 to 9
        return "digits"
    return "number" if is_digit(character) else "text"


def _spell_digits(text: str, speller: Speller) -> Words:
    digits = "".join(str(unicodedata.digit(character)) for character in text)
    if len(digits) > MAX_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return digit_words(speller, digits)
    return speller.cardinal(int(digits))


def _spell_number(character: str, speller: Speller) -> Words:
    """Spell `⑩` as its value, and a fraction by its two numbers: `⅗` as three five."""
    value = Fraction(unicodedata.numeric(character, 0)).limit_denominator(1000)
    above, below = abs(value.numerator), value.denominator
    return speller.cardinal(above) + (speller.cardinal(below) if below > 1 else ())
