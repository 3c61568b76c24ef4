"""Numbers in digits without context: sign, thousands and decimals in words."""

from shared.text_forms.spelling import MAX_DIGITS, Words, digit_words
from shared.text_forms.spoken.reading import Reading


def sign_words(sign: str | None, reading: Reading) -> Words:
    """Return `plus` or `minus`; empty without a sign or without a name of it."""
    name = reading.lexicon.signs.get(sign or "")
    return (name,) if name else ()


def number_words(text: str, reading: Reading) -> Words:
    """Read an unsigned written number, with or without thousands marks and decimals."""
    lexicon, speller = reading.lexicon, reading.speller
    mark = max(text.rfind("."), text.rfind(","))
    whole, decimals = text, ""
    if mark >= 0:
        grouped = len(text) - mark == 4 and text[mark] in lexicon.thousands_marks
        if not (grouped and mark):
            whole, decimals = text[:mark], text[mark + 1 :]
    digits = "".join(character for character in whole if character.isdecimal())
    words = whole_words(digits, reading, plain=digits == text) if digits else ()
    if decimals:
        words = (*words, lexicon.point, *digit_words(speller, decimals))
    return words


def whole_words(digits: str, reading: Reading, *, plain: bool) -> Words:
    """Read digits as a cardinal, or one by one as a code: `007`, `90210`.

    plain: written without thousands marks. English writes those in quantities from five digits
    on, so a long plain number is a code unless it is round.
    """
    code = len(digits) > 1 and digits[0] == "0"
    if reading.language == "en" and plain and len(digits) >= 5 and not digits.endswith("00"):
        code = True
    if code or len(digits) > MAX_DIGITS:
        return digit_words(reading.speller, digits)
    return reading.speller.cardinal(int(digits))
