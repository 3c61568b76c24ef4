"""Signs: alone, before a word, after a name, and wherever no rule has an idea of the word."""

import re
from functools import cache

from shared.text_forms.lexicon import number_pattern
from shared.text_forms.pieces import CURRENCY_SIGNS, listed, plain_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken.digits import number_words, whole_words
from shared.text_forms.spoken.reading import Reading

SIGN = rf"[+\-\u2212×÷=&@%°<>{CURRENCY_SIGNS}\u2116]"
TAG = r"(?P<sign>[#@])(?P<text>\w+)"
PROGRAMMING_NAME = r"(?P<name>[^\W\d_]{1,2})(?P<signs>\+\+|\+|#)"


def read_sign(match: re.Match[str], reading: Reading) -> Words | None:
    """Read a sign that stands alone: an operation between numbers, or `&`."""
    sign, vocabulary = match[0], reading.vocabulary
    before, following = reading.previous, reading.following
    number_before = before.core[-1:].isdecimal()
    if number_before and sign in vocabulary.money:
        return ()  # said with the number
    if sign in "-\u2212" and not (number_before and following.core[:1].isdecimal()):
        return ()
    name = vocabulary.signs.get(sign)
    return listed(name) if name else ()


def read_tag(match: re.Match[str], reading: Reading) -> Words | None:
    """`#1` is number one, `#speech` a hashtag, `@sotto` at sotto."""
    signs = reading.vocabulary.signs
    text = match["text"]
    if match["sign"] == "@":
        return (*listed(signs.get("@", "")), *parted_at_signs(text, reading))
    if text.isdecimal():
        return (*listed(signs.get("\u2116", "")), *whole_words(text, reading, plain=True))
    return (*listed(signs.get("#", "")), *plain_words(text, reading.language))


def read_programming_name(match: re.Match[str], reading: Reading) -> Words | None:
    """`C++` as c plus plus, `C#` as c sharp."""
    names = {"+": reading.vocabulary.signs.get("+", ""), "#": "sharp"}
    signs = tuple(names[sign] for sign in match["signs"] if names[sign])
    return (*plain_words(match["name"], reading.language), *signs)


def parted_at_signs(core: str, reading: Reading) -> Words:
    """Read whatever no rule knows: letters and numbers apart, signs by name between digits."""
    words: Words = ()
    for part in _parting(reading.language).findall(core):
        if part[0].isdecimal():
            words += number_words(part, reading)
        elif part in reading.vocabulary.signs and part not in "-\u2212#@":
            words += listed(reading.vocabulary.signs[part])
        elif part in {"%", "°"}:
            words += listed(reading.vocabulary.units.get(part, ("", ""))[1])
        else:
            words += plain_words(part, reading.language)
    return words


@cache
def _parting(language: str) -> re.Pattern[str]:
    return re.compile(rf"{number_pattern(language)}|[+×÷=&%°<>]|[^\d+×÷=&%°<>]+")
