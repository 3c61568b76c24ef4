"""Numbers: cardinal, measured, ordinal, ratio, range, fraction."""

import re

from shared.text_forms.pieces import CURRENCY_SIGNS, split_words
from shared.text_forms.spelling import MAX_DIGITS, Words, digit_words
from shared.text_forms.spoken.dates import day_words, is_day
from shared.text_forms.spoken.digits import number_words, sign_words, whole_words
from shared.text_forms.spoken.money import amount_words, before_noun, is_money
from shared.text_forms.spoken.reading import Reading
from shared.text_forms.spoken.times import AFTERNOON, is_clock, minute_words

_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}

RATIO = r"(?P<first>\d+):(?P<second>\d+)"
FRACTION = r"(?P<whole>\d{0,9})(?:(?P<sign>[½⅓⅔¼¾])|(?<!\d)(?P<above>\d{1,4})/(?P<below>\d{1,4}))"


def signed_number(number: str) -> str:
    """Return the pattern of a signed number."""
    return rf"(?P<sign>[+\-\u2212])?(?P<number>{number})"


def read_number(match: re.Match[str], reading: Reading) -> Words | None:
    """Read a number; its neighbours can make it a year, a day, a time or money."""
    text = match["number"]
    lexicon, speller = reading.lexicon, reading.speller
    before = sign_words(match["sign"], reading)
    if text.isdecimal() and not match["sign"] and len(text) <= 4:
        value = int(text)
        if len(text) == 4 and 1100 <= value < 2100 and not _is_quantity(reading):
            return speller.year(value)
        if value in range(1, 32) and len(text) <= 2 and is_day(reading):
            return day_words(value, reading)
    if reading.language in {"de", "fr", "nl"} and is_clock(text, reading):
        return speller.cardinal(int(text[:-3]))
    following = reading.following
    if len(text) == 3 and re.fullmatch(r"\d{3}-\d{4}", following.core):
        return before + digit_words(speller, text)
    money = lexicon.money.get(following.core)
    if money and not reading.piece.after:
        return before + amount_words(text, money, reading)
    words = number_words(text, reading)
    if text == "1" and is_money(following.lower, lexicon):
        words = before_noun(words, reading)
    return before + words


def _is_quantity(reading: Reading) -> bool:
    """Whether a unit or currency follows: `1999 km` is a quantity, `1999` is a year."""
    following, lexicon = reading.following.lower, reading.lexicon
    if reading.piece.after or not following:
        return False
    return following in lexicon.units or is_money(following, lexicon)


def measured_number(number: str) -> str:
    """Return the pattern of `5km` and `5%`."""
    return rf"(?P<sign>[+\-\u2212])?(?P<number>{number})(?P<unit>[a-zA-Z°%/]+)"


def read_measured(match: re.Match[str], reading: Reading) -> Words | None:
    """`5km` as five kilometers, `5pm` as five p m; not `5G`: one capital is no unit."""
    unit = match["unit"]
    if unit.lower() in AFTERNOON and reading.language == "en":
        return number_words(match["number"], reading) + AFTERNOON[unit.lower()]
    names = _unit_names(unit, reading)
    if not names or (len(unit) == 1 and unit.isupper()):
        return None
    number = number_words(match["number"], reading)
    return (
        *sign_words(match["sign"], reading),
        *number,
        *split_words(names[match["number"] != "1"]),
    )


def _unit_names(unit: str, reading: Reading) -> tuple[str, str] | None:
    units = reading.lexicon.units
    return units.get(unit) or units.get(unit.lower())


def ordinal_number(number: str) -> str:
    """Return the pattern of `1st`, `3º` and the like."""
    return rf"(?P<number>{number})(?P<ending>\.?[^\W\d_]+|\.?[º°ª])"


def read_ordinal(match: re.Match[str], reading: Reading) -> Words | None:
    """`21st` as twenty first, `3ª` as tercera."""
    ending = match["ending"].lower()
    digits = re.sub(r"\D", "", match["number"])
    if ending not in reading.lexicon.ordinal_endings or len(digits) > MAX_DIGITS:
        return None
    if reading.language in {"es", "it", "pt"} and ending in {"o", "a"}:
        return None
    words = reading.speller.ordinal(int(digits))
    feminine = ending.endswith("ª")
    return tuple(word[:-1] + "a" if feminine and word.endswith("o") else word for word in words)


def read_ratio(match: re.Match[str], reading: Reading) -> Words | None:
    """`3:1` as three to one, `75:30` as minutes and seconds."""
    if len(match["second"]) == 2 and len(match["first"]) == 2:  # minutes and seconds
        first = whole_words(match["first"], reading, plain=True)
        return first + minute_words(match["second"], reading)
    if not reading.lexicon.to:
        return None
    first, second = (whole_words(match[name], reading, plain=True) for name in ("first", "second"))
    return (*first, reading.lexicon.to, *second)


def span(number: str) -> str:
    """Return the pattern of a range: `10-15`, `$5-10`, `5-6%`."""
    return (
        rf"(?P<sign>[{CURRENCY_SIGNS}]?)(?P<first>{number})[-\u2010-\u2014\u2212](?P=sign)?"
        rf"(?P<second>{number})(?P<unit>[a-z%°]*)"
    )


def read_span(match: re.Match[str], reading: Reading) -> Words | None:
    """`10-15`, `1990-1995`, `$5-10`; not a phone number such as `555-1234`."""
    first, second, lexicon = match["first"], match["second"], reading.lexicon
    phone = len(first) == 3 and len(second) == 4
    if phone or not lexicon.to or (len(first) > 1 and first[0] == "0"):
        return None
    years = len(first) == len(second) == 4
    sides = [
        reading.speller.year(int(side))
        if years and side.isdecimal() and 1100 <= int(side) < 2100
        else number_words(side, reading)
        for side in (first, second)
    ]
    money = lexicon.money.get(match["sign"])
    end = split_words(money[1]) if money else ()
    if match["unit"]:
        names = _unit_names(match["unit"], reading)
        if not names:
            return None
        end = split_words(names[1])
    return (*sides[0], lexicon.to, *sides[1], *end)


def read_fraction(match: re.Match[str], reading: Reading) -> Words | None:
    """`3/4` as three quarters, `2½` as two and a half; `24/7` as two numbers."""
    whole, above, below = match["whole"], match["above"], match["below"]
    if match["sign"]:
        above, below = _FRACTIONS[match["sign"]].split("/")
    top, bottom = int(above), int(below)
    speller = reading.speller
    if reading.language != "en" or not 1 <= top < bottom or not 2 <= bottom <= 20:
        if match["sign"]:
            return None
        return speller.cardinal(top) + speller.cardinal(bottom)
    one, many = _DENOMINATORS.get(bottom) or (
        speller.ordinal(bottom)[-1],
        speller.ordinal(bottom)[-1] + "s",
    )
    part = (*speller.cardinal(top), one if top == 1 else many)
    if whole or reading.previous.core.isdecimal():
        before = speller.cardinal(int(whole)) if whole else ()
        return (*before, "and", *(("a", one) if top == 1 and bottom == 2 else part))
    return part
