"""Numbers in words.

This module spells English, the most frequent language, in microseconds. Other languages use
num2words (10 to 90 microseconds per number), imported at first use, which takes 35 ms; those that
it does not know use the rules of Unicode's CLDR (`unicode_rbnf`, 0.1 ms per number, 10 ms for the
rules of a language); the rest spells digits. No speller leaves a digit. Nothing is cached by
number: spoken amounts are content.
"""

from functools import cache
from typing import Any, Protocol

from shared.text_forms.chinese_script import write_in_script
from shared.text_forms.digit_names import DIGIT_NAMES
from shared.text_forms.pieces import split_words

_SMALL = split_words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = split_words("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = (
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (1000, "thousand"),
    (100, "hundred"),
)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MAX_DIGITS = 15  # longer numbers are spelled digit by digit

# Errors of num2words for numbers that it cannot spell, by language.
_NUM2WORDS_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)

Words = tuple[str, ...]


class Speller(Protocol):
    """Spells non-negative integers of at most `MAX_DIGITS` digits, in lower case."""

    def cardinal(self, number: int) -> Words:
        """`21` as `twenty one`."""
        ...

    def ordinal(self, number: int) -> Words:
        """`21` as `twenty first`."""
        ...

    def year(self, number: int) -> Words:
        """`1999` as `nineteen ninety nine`."""
        ...


def digit_words(speller: Speller, digits: str) -> Words:
    """Spell each digit: `007` as `zero zero seven`."""
    return tuple(
        word for digit in digits if digit.isdecimal() for word in speller.cardinal(int(digit))
    )


class EnglishSpeller:
    """American English: `one hundred five`, without `and`."""

    def cardinal(self, number: int) -> Words:
        """`105` as `one hundred five`."""
        if number < 20:
            return (_SMALL[number],)
        if number < 100:
            unit = number % 10
            return (_TENS[number // 10], _SMALL[unit]) if unit else (_TENS[number // 10],)
        for scale, name in _SCALES:
            if number >= scale:
                rest = number % scale
                words = (*self.cardinal(number // scale), name)
                return words + self.cardinal(rest) if rest else words
        raise AssertionError  # every number from 100 on has a scale

    def ordinal(self, number: int) -> Words:
        """`21` as `twenty first`."""
        *head, last = self.cardinal(number)
        if last in _ORDINALS:
            return (*head, _ORDINALS[last])
        return (*head, last[:-1] + "ieth" if last.endswith("y") else last + "th")

    def year(self, number: int) -> Words:
        """`1905` as `nineteen oh five`, `2005` as `two thousand five`."""
        century, rest = divmod(number, 100)
        if not 1100 <= number < 2100 or number // 10 == 200:
            return self.cardinal(number)
        if rest == 0:
            return (*self.cardinal(century), "hundred")
        if rest < 10:
            return (*self.cardinal(century), "oh", _SMALL[rest])
        return self.cardinal(century) + self.cardinal(rest)


class ChineseSpeller:
    """Mandarin: `105` as 一百零五, in the script of a locale; num2words has no Chinese."""

    _DIGITS = "零一二三四五六七八九"

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def cardinal(self, number: int) -> Words:
        """`21` as 二十一."""
        text = self._below(number, 10**12)
        spelled = text[1:] if text.startswith("一十") else text
        return write_in_script((spelled,), self._locale)

    def ordinal(self, number: int) -> Words:
        """`21` as 第二十一."""
        return ("第", *self.cardinal(number))

    def year(self, number: int) -> Words:
        """`2020` as 二零二零."""
        return ("".join(self._DIGITS[int(digit)] for digit in str(number)),)

    def _below(self, number: int, limit: int) -> str:
        if number < 10:
            return self._DIGITS[number]
        for scale, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
            if number >= scale:
                rest = number % scale
                text = self._below(number // scale, limit) + name
                if rest == 0:
                    return text
                return text + ("零" if rest < scale // 10 else "") + self._below(rest, limit)
        raise AssertionError


class DigitSpeller:
    """Speller of a language without a grammar of numbers: digit by digit."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def cardinal(self, number: int) -> Words:
        """`21` as `two one`."""
        return tuple(self._names[int(digit)] for digit in str(number))

    ordinal = year = cardinal


class Num2WordsSpeller:
    """Speller of the other languages of num2words."""

    def __init__(self, converter: Any, language: str) -> None:
        self._converter = converter
        self._years_apart = language in {"de", "nl", "da", "no"}

    def cardinal(self, number: int) -> Words:
        """`21` as `einundzwanzig`; digit by digit where num2words has no name for it."""
        spelled = self._spell("to_cardinal", number)
        if spelled or number < 10:
            return spelled
        return tuple(word for digit in str(number) for word in self.cardinal(int(digit)))

    def ordinal(self, number: int) -> Words:
        """`21` as `einundzwanzigste`; a cardinal in languages without ordinals here."""
        return self._spell("to_ordinal", number) or self.cardinal(number)

    def year(self, number: int) -> Words:
        """`1999` as `neunzehnhundertneunundneunzig`, where years are not read as cardinals.

        num2words gives an era in Japanese and adds the word for year in Korean.
        """
        return (self._years_apart and self._spell("to_year", number)) or self.cardinal(number)

    def _spell(self, form: str, number: int) -> Words:
        """Return the words; empty where num2words fails or answers with digits (`21.`)."""
        try:
            spelled = getattr(self._converter, form)(number)
        except _NUM2WORDS_ERRORS:
            return ()
        if not isinstance(spelled, str) or any(map(str.isdigit, spelled)):
            return ()
        return _split_spelled(spelled)


class CldrSpeller:
    """Speller by the rules of CLDR, for languages that num2words does not know."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def cardinal(self, number: int) -> Words:
        """`25` as `ishirini na tano`; digit by digit where the rules end, as Khmer's at 10**12."""
        from unicode_rbnf.engine import NoRuleForNumberError  # noqa: PLC0415 - as speller_for

        try:
            return _split_spelled(self._engine.format_number(number).text)
        except NoRuleForNumberError:
            return tuple(word for digit in str(number) for word in self.cardinal(int(digit)))

    ordinal = year = cardinal


def _split_spelled(spelled: str) -> Words:
    """Split at hyphens and commas; zero-width spaces only show where Khmer may break a line."""
    plain = spelled.lower().replace("\u200b", "").replace("\u2019", "'").replace("\u00ad", "")
    return tuple(plain.replace("-", " ").replace(",", " ").split())


# num2words 0.5.14 never ends for some Amharic numbers, such as 12345678.
_SPELLED_BY_CLDR = frozenset(("am",))
# Codes of CLDR that differ from those of the model.
_CLDR_CODES = {"tl": "fil"}


@cache
def speller_for(language: str, region: str = "") -> Speller:
    """Return the cached speller of a language such as `pt` and a region such as `BR`.

    A language that is not served is spelled in English.
    """
    if language in {"zh", "yue"}:
        return ChineseSpeller(f"{language}-{region}" if region else language)
    if language in DIGIT_NAMES:
        return DigitSpeller(DIGIT_NAMES[language])
    if language == "en":
        return EnglishSpeller()
    from num2words import CONVERTER_CLASSES  # noqa: PLC0415 - 35 ms, most phrases need none

    # 16 is `dezesseis` in Brazil and `dezasseis` in Portugal, 90 `nonante` in Switzerland.
    regional = CONVERTER_CLASSES.get(f"{language}_{region}")
    converter = regional or CONVERTER_CLASSES.get(language)
    if converter is not None and language not in _SPELLED_BY_CLDR:
        return Num2WordsSpeller(converter, language)
    from unicode_rbnf import RbnfEngine  # noqa: PLC0415 - few languages need it

    code = _CLDR_CODES.get(language, language)
    if code in RbnfEngine.get_supported_languages():
        return CldrSpeller(RbnfEngine.for_language(code))
    return EnglishSpeller()
