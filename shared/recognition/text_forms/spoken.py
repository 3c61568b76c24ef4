"""From a word as written to the words that were spoken: `$5.50` to `five dollars fifty cents`.

Each kind of writing is a rule: a pattern and a function from its match to words. The first rule
that matches the whole word and does not decline is taken; what no rule knows is parted at its
signs. Neighbours decide what one word can not: `2020` after a month is a year, `million` after
`$5` is `million dollars`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from shared.recognition.text_forms.pieces import (
    CURRENCY_SIGNS,
    NO_PIECE,
    Piece,
    listed,
    plain_words,
)
from shared.recognition.text_forms.spelling import (
    MOST_DIGITS,
    Speller,
    Words,
    digit_words,
    speller_for,
)
from shared.recognition.text_forms.vocabulary import Vocabulary, number_pattern, vocabulary_of

_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
_MAGNITUDES = {
    "k": "thousand",
    "m": "million",
    "b": "billion",
    "bn": "billion",
    "mn": "million",
    "t": "trillion",
}
_AFTERNOON = {"am": ("a", "m"), "pm": ("p", "m")}
_DAY_FIRST_ENGLISH = frozenset(("GB", "AU", "NZ", "IE", "IN", "ZA", "NG", "SG", "HK"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece among its neighbours, in a language and region (`US`, or empty)."""

    pieces: Sequence[Piece]
    index: int
    language: str
    region: str

    @property
    def piece(self) -> Piece:
        """The piece to read."""
        return self.pieces[self.index]

    @property
    def previous(self) -> Piece:
        """The piece before, or one without text."""
        return self.pieces[self.index - 1] if self.index else NO_PIECE

    @property
    def following(self) -> Piece:
        """The piece after, or one without text."""
        following = self.index + 1
        return self.pieces[following] if following < len(self.pieces) else NO_PIECE

    @property
    def vocabulary(self) -> Vocabulary:
        """The names of signs."""
        return vocabulary_of(self.language)

    @property
    def speller(self) -> Speller:
        """The numbers in words."""
        return speller_for(self.language)


Rule = Callable[[re.Match[str], Reading], Words | None]


def spoken_words(reading: Reading) -> Words:
    """Read one piece out: lower case, without punctuation; empty for punctuation."""
    piece = reading.piece
    if piece.core.isalpha():
        return _word(reading)
    if not piece.core:
        return ()
    if piece.core in reading.vocabulary.units and reading.previous.core[-1:].isdecimal():
        return _names(reading.vocabulary.units[piece.core][reading.previous.core != "1"])
    for pattern, rule in _rules(reading.language):
        match = pattern.fullmatch(piece.core)
        if match:
            words = rule(match, reading)
            if words is not None:
                return words
    return _parted(piece.core, reading)


def _word(reading: Reading) -> Words:
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
    if lower in _AFTERNOON and reading.language == "en":
        hour_before = numeric_before or reading.previous.lower in _HOURS
        return _AFTERNOON[lower] if hour_before or lower == "pm" else (lower,)
    if lower == "no" and _is_numero(reading):
        return ("number",)
    return (lower,) if lower.isalpha() else plain_words(lower, reading.language)


_HOURS = frozenset(
    listed(
        "one two three four five six seven eight nine ten eleven twelve o'clock thirty fifteen "
        "forty-five"
    )
)


def _is_numero(reading: Reading) -> bool:
    """Tell `No. 5` from the answer `No`."""
    return (
        reading.language == "en"
        and reading.piece.after == "."
        and reading.following.core[:1].isdigit()
    )


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
    return tuple(words.split())


def _unit_after_number(reading: Reading) -> Words | None:
    """`km` after `5`; `million` after `$5`, with the currency that was written before."""
    before, lower, vocabulary = reading.previous.core, reading.piece.lower, reading.vocabulary
    if lower in vocabulary.scales and before[0] in CURRENCY_SIGNS:
        money = vocabulary.money.get(before[0])
        return (lower, *_scaled_currency(money[1], reading)) if money else (lower,)
    if lower in vocabulary.hour_words:
        clock = re.fullmatch(r"\d{1,2}[:.](\d{2})", before)
        if clock:
            return (lower, *_minutes(clock[1], reading)) if int(clock[1]) else (lower,)
    if len(lower) == 1 and lower in {"m", "g", "l"} and reading.piece.core.isupper():
        return None
    names = vocabulary.units.get(lower)
    return _names(names[before != "1"]) if names else None


def _scaled_currency(many: str, reading: Reading) -> Words:
    """`dollars` in `$5 million`; Romance languages say `de` before it, but not after `mil`."""
    if reading.language not in {"es", "fr", "it", "pt"} or reading.piece.lower in {"mil", "mille"}:
        return _names(many)
    if reading.language == "it":
        return ("di", *_names(many))
    elided = reading.language == "fr" and many[0] in "aeiouy"
    return (f"d'{many}",) if elided else ("de", *_names(many))


def _minutes(minutes: str, reading: Reading) -> Words:
    if reading.language == "en" and minutes[0] == "0":
        return ("oh", *reading.speller.cardinal(int(minutes)))
    return reading.speller.cardinal(int(minutes))


def _names(text: str) -> Words:
    return tuple(text.split())


def _number(text: str, reading: Reading) -> Words:
    """Read a written number without sign, thousands parted or not, with or without decimals."""
    vocabulary, speller = reading.vocabulary, reading.speller
    mark = max(text.rfind("."), text.rfind(","))
    whole, decimals = text, ""
    if mark >= 0:
        grouped = len(text) - mark == 4 and text[mark] in vocabulary.thousands_marks
        if not (grouped and mark):
            whole, decimals = text[:mark], text[mark + 1 :]
    digits = "".join(character for character in whole if character.isdecimal())
    if decimals and not vocabulary.point:
        return (text,)
    words = _whole(digits, reading, plain=digits == text) if digits else ()
    if decimals:
        words = (*words, vocabulary.point, *digit_words(speller, decimals))
    return words


def _whole(digits: str, reading: Reading, *, plain: bool) -> Words:
    """Digits as a cardinal, or one by one where they are a code: `007`, `90210`.

    plain: written without thousands marks. English writes those in quantities from five digits
    on, so a long plain number is a code unless it is round.
    """
    code = len(digits) > 1 and digits[0] == "0"
    if reading.language == "en" and plain and len(digits) >= 5 and not digits.endswith("00"):
        code = True
    if code or len(digits) > MOST_DIGITS:
        return digit_words(reading.speller, digits)
    return reading.speller.cardinal(int(digits))


def _read_number(match: re.Match[str], reading: Reading) -> Words | None:
    text = match["number"]
    vocabulary, speller = reading.vocabulary, reading.speller
    sign = vocabulary.signs.get(match["sign"] or "")
    before = (sign,) if sign else ()
    if text.isdecimal() and not match["sign"] and len(text) <= 4:
        value = int(text)
        if len(text) == 4 and 1100 <= value < 2100 and not _is_quantity(reading):
            return speller.year(value)
        if value in range(1, 32) and len(text) <= 2 and _is_day(reading):
            return _day(value, reading)
    if reading.language in {"de", "fr", "nl"} and _is_clock(text, reading):
        return speller.cardinal(int(text[:-3]))
    following = reading.following
    if len(text) == 3 and re.fullmatch(r"\d{3}-\d{4}", following.core):
        return before + digit_words(speller, text)
    money = vocabulary.money.get(following.core)
    if money and not reading.piece.after:
        return before + _amount(text, money, reading)
    words = _number(text, reading)
    if text == "1" and _is_money(following.lower, vocabulary):
        words = _before_noun(words, reading)
    return before + words


def _is_quantity(reading: Reading) -> bool:
    """Tell whether a unit or currency follows: `1999 km` counts, `1999` is a year."""
    following, vocabulary = reading.following.lower, reading.vocabulary
    if reading.piece.after or not following:
        return False
    return following in vocabulary.units or _is_money(following, vocabulary)


def _is_money(word: str, vocabulary: Vocabulary) -> bool:
    return word != "" and any(
        word == sign or word in money for sign, money in vocabulary.money.items()
    )


def _is_clock(text: str, reading: Reading) -> bool:
    return (
        re.fullmatch(r"\d{1,2}\.\d{2}", text) is not None
        and reading.following.lower in reading.vocabulary.hour_words
    )


def _is_month(piece: Piece, reading: Reading) -> bool:
    """Tell whether this is a month by name; `may` and `march` only with a capital."""
    vocabulary = reading.vocabulary
    name = piece.lower
    if name in {"may", "march"}:
        return piece.core[0].isupper()
    return name in vocabulary.months or (
        piece.after.startswith(".") and vocabulary.abbreviations.get(name, "") in vocabulary.months
    )


def _is_day(reading: Reading) -> bool:
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


_DATIVE = frozenset(("am", "vom", "zum", "dem", "den", "bis", "im", "beim", "ab", "seit"))


def _day(day: int, reading: Reading) -> Words:
    words = reading.speller.ordinal(day)
    if reading.language != "de":
        return words
    before = reading.previous.lower
    ending = "n" if before in _DATIVE else "" if before in {"der", "die", "das"} else "r"
    return (*words[:-1], words[-1] + ending)


def _before_noun(words: Words, reading: Reading) -> Words:
    """`un euro`, not `uno euro`."""
    alone, before_noun = reading.vocabulary.one_of
    return (before_noun,) if words == (alone,) else words


def _read_money(match: re.Match[str], reading: Reading) -> Words | None:
    """`$5.50`, `250€`, `$5M`; of `$5 million` the currency is said after the scale.

    The country before a dollar sign is not said: `US$5` is five dollars.
    """
    vocabulary = reading.vocabulary
    sign = match["sign"]
    amount = match["amount"] or match["amount_before"]
    money = vocabulary.money.get(match["currency"] or match["currency_after"])
    minus = vocabulary.signs.get(sign or "")
    before = (minus,) if minus else ()
    if money is None:
        return None
    magnitude = _MAGNITUDES.get((match["magnitude"] or "").lower())
    scaled = not reading.piece.after and reading.following.lower in vocabulary.scales
    if match["magnitude"]:
        if reading.language != "en" or magnitude is None:
            return None
        return (*before, *_number(amount, reading), magnitude, *_names(money[1]))
    if scaled:
        return before + _number(amount, reading)
    return before + _amount(amount, money, reading)


def _amount(amount: str, money: tuple[str, str, str, str], reading: Reading) -> Words:
    one, many, part, parts = money
    cents = re.fullmatch(r"(.*)[.,](\d{2})", amount)
    whole = cents[1] if cents and part else amount
    digits = "".join(character for character in whole if character.isdecimal())
    words: Words = ()
    if digits.strip("0") or not cents:
        number = _number(whole, reading)
        if digits.isdecimal() and whole == digits and len(digits) <= MOST_DIGITS:
            number = reading.speller.cardinal(int(digits))
        words = (*_before_noun(number, reading), *_names(one if digits == "1" else many))
        if whole != digits and not re.fullmatch(r"\d{1,3}(?:\D\d{3})+", whole):
            words = (*number, *_names(many))
    if cents and part and int(cents[2]):
        number = reading.speller.cardinal(int(cents[2]))
        words = (*words, *number, *_names(part if int(cents[2]) == 1 else parts))
    return words or (*reading.speller.cardinal(0), *_names(many))


def _read_percent_or_unit(match: re.Match[str], reading: Reading) -> Words | None:
    vocabulary = reading.vocabulary
    unit = match["unit"]
    names = vocabulary.units.get(unit) or vocabulary.units.get(unit.lower())
    if unit.lower() in _AFTERNOON and reading.language == "en":
        return _number(match["number"], reading) + _AFTERNOON[unit.lower()]
    if not names or (len(unit) == 1 and unit.isupper()):
        return None
    sign = vocabulary.signs.get(match["sign"] or "")
    number = _number(match["number"], reading)
    return (*((sign,) if sign else ()), *number, *_names(names[match["number"] != "1"]))


def _read_ordinal(match: re.Match[str], reading: Reading) -> Words | None:
    ending = match["ending"].lower()
    digits = re.sub(r"\D", "", match["number"])
    if ending not in reading.vocabulary.ordinal_endings or len(digits) > MOST_DIGITS:
        return None
    if reading.language in {"es", "it", "pt"} and ending in {"o", "a"}:
        return None
    words = reading.speller.ordinal(int(digits))
    feminine = ending.endswith("ª")
    return tuple(word[:-1] + "a" if feminine and word.endswith("o") else word for word in words)


def _read_time(match: re.Match[str], reading: Reading) -> Words | None:
    hour, minutes, seconds, half = match["hour"], match["minutes"], match["seconds"], match["half"]
    speller, link = reading.speller, reading.vocabulary.minutes_after
    words = speller.cardinal(int(hour))
    if reading.following.lower in reading.vocabulary.hour_words and not seconds:
        return words  # the minutes are said after the word for hours
    if int(minutes) or seconds:
        words = (*words, *((link,) if link else ()), *_minutes(minutes, reading))
    else:
        words += _full_hour(int(hour), half or reading.following.lower, reading)
    if seconds:
        words += _minutes(seconds, reading)
    return words + _AFTERNOON.get((half or "").lower().replace(".", ""), ())


def _full_hour(hour: int, following: str, reading: Reading) -> Words:
    if reading.language != "en":
        link = reading.vocabulary.minutes_after
        return (link,) if len(link) > 1 else ()
    if following.lower().replace(".", "") in _AFTERNOON or following == "o'clock":
        return ()
    return ("o'clock",) if 1 <= hour <= 12 else ("hundred",)


def _read_ratio(match: re.Match[str], reading: Reading) -> Words | None:
    if len(match["second"]) == 2 and len(match["first"]) == 2:  # minutes and seconds
        return _whole(match["first"], reading, plain=True) + _minutes(match["second"], reading)
    if not reading.vocabulary.to:
        return None
    first, second = (_whole(match[name], reading, plain=True) for name in ("first", "second"))
    return (*first, reading.vocabulary.to, *second)


def _read_range(match: re.Match[str], reading: Reading) -> Words | None:
    """`10-15`, `1990-1995`, `$5-10`; not a phone number such as `555-1234`."""
    first, second, vocabulary = match["first"], match["second"], reading.vocabulary
    phone = len(first) == 3 and len(second) == 4
    if phone or not vocabulary.to or (len(first) > 1 and first[0] == "0"):
        return None
    years = len(first) == len(second) == 4
    sides = [
        reading.speller.year(int(side))
        if years and side.isdecimal() and 1100 <= int(side) < 2100
        else _number(side, reading)
        for side in (first, second)
    ]
    sign = match["sign"]
    end: Words = ()
    if sign in CURRENCY_SIGNS and sign in vocabulary.money:
        end = _names(vocabulary.money[sign][1])
    unit = match["unit"]
    if unit:
        names = vocabulary.units.get(unit) or vocabulary.units.get(unit.lower())
        if not names:
            return None
        end = _names(names[1])
    return (*sides[0], vocabulary.to, *sides[1], *end)


def _read_numeric_date(match: re.Match[str], reading: Reading) -> Words | None:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    months, speller = reading.vocabulary.months, reading.speller
    month_first = reading.language == "en" and reading.region not in _DAY_FIRST_ENGLISH
    month, day = (first, second) if month_first else (second, first)
    if month > 12:
        month, day = day, month
    if not months or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if reading.language == "en":
        date = (months[month - 1], *speller.ordinal(day))
        return date + speller.year(year + 2000 if year < 30 else year)
    link = _names(reading.vocabulary.date_word)
    number = _day(day, reading) if reading.language == "de" else speller.cardinal(day)
    return (*number, *link, months[month - 1], *link, *speller.year(year))


def _read_iso_date(match: re.Match[str], reading: Reading) -> Words | None:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    months = reading.vocabulary.months
    if not months or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    ordinal = reading.language in {"en", "de"}
    number = reading.speller.ordinal(day) if ordinal else reading.speller.cardinal(day)
    date = (
        (months[month - 1], *number) if reading.language == "en" else (*number, months[month - 1])
    )
    return date + reading.speller.year(year)


_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}


def _read_fraction(match: re.Match[str], reading: Reading) -> Words | None:
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


def _read_decade(match: re.Match[str], reading: Reading) -> Words | None:
    """`1980s` as nineteen eighties."""
    if reading.language != "en":
        return None
    digits = match["digits"]
    words = reading.speller.year(int(digits))
    last = words[-1]
    return (*words[:-1], last[:-1] + "ies" if last.endswith("y") else last + "s")


def _read_phone(match: re.Match[str], reading: Reading) -> Words | None:
    """Digits one by one; an exchange of round hundreds in English as `eight hundred`."""
    groups = re.findall(r"\d+", match[0])
    if len(groups) < 2 or not 7 <= sum(map(len, groups)) <= MOST_DIGITS:
        return None
    words: Words = (
        (reading.vocabulary.signs["+"],)
        if match[0][0] == "+" and ("+" in reading.vocabulary.signs)
        else ()
    )
    for group in groups:
        round_group = reading.language == "en" and group in {"800", "900"}
        if round_group:
            words += reading.speller.cardinal(int(group))
        else:
            words += digit_words(reading.speller, group)
    return words


def _read_address(match: re.Match[str], reading: Reading) -> Words | None:
    """Read an e-mail address or host name sign by sign: `example.com/a` has a dot and a slash."""
    vocabulary = reading.vocabulary
    names = {
        ".": vocabulary.dot,
        "@": vocabulary.signs.get("@", ""),
        "/": vocabulary.slash,
        "-": "dash" if reading.language == "en" else "",
        "_": "underscore" if reading.language == "en" else "",
        "www": "w w w" if reading.language == "en" else "www",
    }
    if not vocabulary.dot:
        return None
    words: Words = ()
    for part in re.findall(r"[^\W_]+|.", re.sub(r"^https?://", "", match[0].lower())):
        if part in names:
            words += _names(names[part])
        elif part.isdecimal():
            words += _whole(part, reading, plain=True)
        else:
            words += plain_words(part, reading.language)
    return words


def _read_initials(match: re.Match[str], reading: Reading) -> Words | None:
    """`U.S` as u s, `U.K.'s` as u k's; `p.m` and `z.B` have their own words."""
    lower = reading.piece.lower
    known = reading.vocabulary.abbreviations.get(lower)
    if known:
        return _names(known)
    *letters, last = match["letters"].lower().split(".")
    return (*letters, last + ("'s" if match["genitive"] else ""))


def _read_sign(match: re.Match[str], reading: Reading) -> Words | None:
    """Read a sign that stands alone: an operation between numbers, or `&`."""
    sign, vocabulary = match[0], reading.vocabulary
    before, following = reading.previous, reading.following
    number_before = before.core[-1:].isdecimal()
    if number_before and sign in vocabulary.money:
        return ()  # said with the number
    if sign in "-\u2212" and not (number_before and following.core[:1].isdecimal()):
        return ()
    name = vocabulary.signs.get(sign)
    return _names(name) if name else ()


def _read_tag(match: re.Match[str], reading: Reading) -> Words | None:
    """`#1` is number one, `#speech` a hashtag."""
    signs = reading.vocabulary.signs
    text = match["text"]
    words = plain_words(text, reading.language) if not text.isdecimal() else ()
    if match["sign"] == "@":
        return (*_names(signs.get("@", "")), *_parted(text, reading))
    if text.isdecimal():
        return (*_names(signs.get("\u2116", "")), *_whole(text, reading, plain=True))
    return (*_names(signs.get("#", "")), *words)


def _read_programming_name(match: re.Match[str], reading: Reading) -> Words | None:
    names = {"+": reading.vocabulary.signs.get("+", ""), "#": "sharp"}
    signs = tuple(names[sign] for sign in match["signs"] if names[sign])
    return (*plain_words(match["name"], reading.language), *signs)


def _parted(core: str, reading: Reading) -> Words:
    """Whatever no rule knows: letters and numbers apart, signs by name between digits."""
    words: Words = ()
    for part in _parting(reading.language).findall(core):
        if part[0].isdecimal():
            words += _number(part, reading)
        elif part in reading.vocabulary.signs and part not in "-\u2212#@":
            words += _names(reading.vocabulary.signs[part])
        elif part in {"%", "°"}:
            words += _names(reading.vocabulary.units.get(part, ("", ""))[1])
        else:
            words += plain_words(part, reading.language)
    return words


@cache
def _parting(language: str) -> re.Pattern[str]:
    return re.compile(rf"{number_pattern(language)}|[+×÷=&%°<>]|[^\d+×÷=&%°<>]+")


@cache
def _rules(language: str) -> tuple[tuple[re.Pattern[str], Rule], ...]:
    number = number_pattern(language)
    money = (
        r"(?P<sign>[+\-\u2212])?"
        rf"(?:(?:US|CA|AU|A|C)?(?P<currency>R?[$€£¥₹])(?P<amount>{number})"
        r"(?P<magnitude>[kKmMbBtT]|bn|mn)?"
        rf"|(?P<amount_before>{number})(?P<currency_after>[$€£¥₹]))"
    )
    limits = (
        rf"(?P<sign>[$€£¥₹]?)(?P<first>{number})[-\u2010-\u2014\u2212](?P=sign)?"
        rf"(?P<second>{number})(?P<unit>[a-z%°]*)"
    )
    date = r"(?P<first>\d{1,2})([/.])(?P<second>\d{1,2})\2(?P<year>\d{4}|\d{2})"
    time = (
        r"(?P<hour>[01]?\d|2[0-4])[:h](?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?"
        r"(?P<half>[ap]\.?m)?"
    )
    patterns: tuple[tuple[str, Rule], ...] = (
        (rf"(?P<sign>[+\-\u2212])?(?P<number>{number})", _read_number),
        (r"(?P<letters>[^\W\d_](?:\.[^\W\d_])+)(?P<genitive>\.?['\u2019]s)?", _read_initials),
        (money, _read_money),
        (
            rf"(?P<sign>[+\-\u2212])?(?P<number>{number})(?P<unit>[a-zA-Z°%/]+)",
            _read_percent_or_unit,
        ),
        (rf"(?P<number>{number})(?P<ending>\.?[^\W\d_]+|\.?[º°ª])", _read_ordinal),
        (time, _read_time),
        (r"(?P<first>\d+):(?P<second>\d+)", _read_ratio),
        (limits, _read_range),
        (date, _read_numeric_date),
        (r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", _read_iso_date),
        (
            r"(?P<whole>\d{0,9})(?:(?P<sign>[½⅓⅔¼¾])|(?<!\d)(?P<above>\d{1,4})/(?P<below>\d{1,4}))",
            _read_fraction,
        ),
        (r"(?P<digits>\d{2}|[12]\d{3})'?s", _read_decade),
        (r"\+?[\d(][\d().\-\u2010-\u2013]+\d", _read_phone),
        (r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", _read_address),
        (r"(?:https?://)?[\w\-]+(?:\.[\w\-]+)*\.[a-z][a-z0-9]{0,5}(?:/\S*)?", _read_address),
        (r"[+\-\u2212×÷=&@%°<>$€£¥₹\u2116]", _read_sign),
        (r"(?P<sign>[#@])(?P<text>\w+)", _read_tag),
        (r"(?P<name>[^\W\d_]{1,2})(?P<signs>\+\+|\+|#)", _read_programming_name),
    )
    return tuple((re.compile(pattern), rule) for pattern, rule in patterns)
