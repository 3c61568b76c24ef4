"""Sums of money: the amount, its currency, and hundredths as cents."""

import re

from shared.text_forms.lexicon import Lexicon, Money
from shared.text_forms.pieces import CURRENCY_SIGNS, split_words
from shared.text_forms.spelling import MAX_DIGITS, Words
from shared.text_forms.spoken.digits import number_words, sign_words
from shared.text_forms.spoken.reading import Reading

_MAGNITUDES = {
    "k": "thousand",
    "m": "million",
    "b": "billion",
    "bn": "billion",
    "mn": "million",
    "t": "trillion",
}


def sum_of_money(number: str) -> str:
    """Return the pattern of a number with a currency before or after it."""
    return (
        r"(?P<sign>[+\-\u2212])?"
        rf"(?:(?:US|CA|AU|A|C)?(?P<currency>R?[{CURRENCY_SIGNS}])(?P<amount>{number})"
        r"(?P<magnitude>[kKmMbBtT]|bn|mn)?"
        rf"|(?P<amount_before>{number})(?P<currency_after>[{CURRENCY_SIGNS}]))"
    )


def read_money(match: re.Match[str], reading: Reading) -> Words | None:
    """Read `$5.50`, `250€`, `$5M`; in `$5 million` the currency follows the scale.

    The country before a dollar sign is silent: `US$5` is five dollars.
    """
    lexicon = reading.lexicon
    amount = match["amount"] or match["amount_before"]
    money = lexicon.money.get(match["currency"] or match["currency_after"])
    if money is None:
        return None
    before = sign_words(match["sign"], reading)
    magnitude = _MAGNITUDES.get((match["magnitude"] or "").lower())
    scaled = not reading.piece.after and reading.following.lower in lexicon.scales
    if match["magnitude"]:
        if reading.language != "en" or magnitude is None:
            return None
        return (*before, *number_words(amount, reading), magnitude, *split_words(money[1]))
    if scaled:
        return before + number_words(amount, reading)
    return before + amount_words(amount, money, reading)


def amount_words(amount: str, money: Money, reading: Reading) -> Words:
    """Read an amount with its currency; `.50` and `,50` are cents where the currency has any."""
    one, many, part, parts = money
    cents = re.fullmatch(r"(.*)[.,](\d{2})", amount)
    whole = cents[1] if cents and part else amount
    digits = "".join(character for character in whole if character.isdecimal())
    words: Words = ()
    if digits.strip("0") or not cents:
        number = number_words(whole, reading)
        if digits.isdecimal() and whole == digits and len(digits) <= MAX_DIGITS:
            number = reading.speller.cardinal(int(digits))
        words = (*before_noun(number, reading), *split_words(one if digits == "1" else many))
        if whole != digits and not re.fullmatch(r"\d{1,3}(?:\D\d{3})+", whole):
            words = (*number, *split_words(many))
    if cents and part and int(cents[2]):
        number = reading.speller.cardinal(int(cents[2]))
        words = (*words, *number, *split_words(part if int(cents[2]) == 1 else parts))
    return words or (*reading.speller.cardinal(0), *split_words(many))


def scaled_currency(many: str, reading: Reading) -> Words:
    """Return `dollars` of `$5 million`; in Romance languages with `de`, but not after `mil`."""
    if reading.language not in {"es", "fr", "it", "pt"} or reading.piece.lower in {"mil", "mille"}:
        return split_words(many)
    if reading.language == "it":
        return ("di", *split_words(many))
    elided = reading.language == "fr" and many[0] in "aeiouy"
    return (f"d'{many}",) if elided else ("de", *split_words(many))


def before_noun(words: Words, reading: Reading) -> Words:
    """Use the form of "one" before a noun: `un euro`, not `uno euro`."""
    alone, before = reading.lexicon.one_of
    return (before,) if words == (alone,) else words


def is_money(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is the sign or name of a currency."""
    return word != "" and any(
        word == sign or word in money for sign, money in lexicon.money.items()
    )
