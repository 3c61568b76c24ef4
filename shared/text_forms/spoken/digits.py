"""A number in digits, by itself: its sign, thousands marks and decimals in words."""

from shared.text_forms.spelling import MOST_DIGITS, Words, digit_words
from shared.text_forms.spoken.reading import Reading


def sign_words(sign: str | None, reading: Reading) -> Words:
    """`plus` or `minus` before a number; nothing where no sign is written or it has no name."""
    name = reading.vocabulary.signs.get(sign or "")
    return (name,) if name else ()


def number_words(text: str, reading: Reading) -> Words:
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
    words = whole_words(digits, reading, plain=digits == text) if digits else ()
    if decimals:
        words = (*words, vocabulary.point, *digit_words(speller, decimals))
    return words


def whole_words(digits: str, reading: Reading, *, plain: bool) -> Words:
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
