"""Signs: separate, before a word, after a name; also the fallback for words without a rule."""

import re
from functools import cache

from shared.text_forms.lexicon import number_pattern
from shared.text_forms.pieces import CURRENCY_SIGNS, plain_words, split_words
from shared.text_forms.spelling import Words
from shared.text_forms.spoken.digits import number_words, whole_words
from shared.text_forms.spoken.reading import Reading
from shared.text_forms.spoken.versions import version_words

SIGN = rf"[+\-\u2212×÷=&@%°<>{CURRENCY_SIGNS}\u2116]"
TAG = r"(?P<sign>[#@])(?P<text>\w+)"
PROGRAMMING_NAME = r"(?P<name>[^\W\d_]{1,2})(?P<signs>\+\+|\+|#)"

_VERSION = r"(?<![\d.])\d{1,5}(?:\.\d{1,5}){2,}(?![\d.])"


def read_sign(match: re.Match[str], reading: Reading) -> Words | None:
    """Read a separate sign: an operator between numbers, or `&`."""
    sign, lexicon = match[0], reading.lexicon
    before, following = reading.previous, reading.following
    number_before = before.core[-1:].isdecimal()
    if number_before and sign in lexicon.money:
        return ()  # part of the number's words
    if sign in "-\u2212" and not (number_before and following.core[:1].isdecimal()):
        return ()
    name = lexicon.signs.get(sign)
    return split_words(name) if name else ()


def read_tag(match: re.Match[str], reading: Reading) -> Words | None:
    """Read `#1` as number one, `#speech` as a hashtag, `@sotto` as at sotto."""
    signs = reading.lexicon.signs
    text = match["text"]
    if match["sign"] == "@":
        return (*split_words(signs.get("@", "")), *split_at_signs(text, reading))
    if text.isdecimal():
        return (*split_words(signs.get("\u2116", "")), *whole_words(text, reading, plain=True))
    return (*split_words(signs.get("#", "")), *plain_words(text, reading.language))


def read_programming_name(match: re.Match[str], reading: Reading) -> Words | None:
    """`C++` as c plus plus, `C#` as c sharp."""
    names = {"+": reading.lexicon.signs.get("+", ""), "#": "sharp"}
    signs = tuple(names[sign] for sign in match["signs"] if names[sign])
    return (*plain_words(match["name"], reading.language), *signs)


def split_at_signs(core: str, reading: Reading) -> Words:
    """Read a word without a rule: letters and numbers separately, signs by name."""
    words: Words = ()
    for part in _part_pattern(reading.language).findall(core):
        if part.count(".") > 1 and part[0].isdecimal():
            words += version_words(part, reading)
        elif part[0].isdecimal() or (part[0] in ".," and part[-1].isdecimal()):
            words += number_words(part, reading)
        elif part in reading.lexicon.signs and part not in "-\u2212#@":
            words += split_words(reading.lexicon.signs[part])
        elif part in {"%", "°"}:
            words += split_words(reading.lexicon.units.get(part, ("", ""))[1])
        else:
            words += plain_words(part, reading.language)
    return words


@cache
def _part_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf"{_VERSION}|{number_pattern(language)}|[+×÷=&%°<>²³]|[^\d+×÷=&%°<>²³]+")
