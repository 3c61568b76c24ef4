"""Sums of money: the amount, its currency, and hundredths as cents."""

import re

from shared.text_forms.lexicon import Money, Vocabulary
from shared.text_forms.pieces import CURRENCY_SIGNS, listed
from shared.text_forms.spelling import MOST_DIGITS, Words
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
    """Pattern of a number with a currency before or after it."""
    return (
        r"(?P<sign>[+\-\u2212])?"
        rf"(?:(?:US|CA|AU|A|C)?(?P<currency>R?[{CURRENCY_SIGNS}])(?P<amount>{number})"
        r"(?P<magnitude>[kKmMbBtT]|bn|mn)?"
        rf"|(?P<amount_before>{number})(?P<currency_after>[{CURRENCY_SIGNS}]))"
    )


def read_money(match: re.Match[str], reading: Reading) -> Words | None:
    """`$5.50`, `250€`, `$5M`; of `$5 million` the currency is said after the scale.

    The country before a dollar sign is not said: `US$5` is five dollars.
    """
    vocabulary = reading.vocabulary
    amount = match["amount"] or match["amount_before"]
    money = vocabulary.money.get(match["currency"] or match["currency_after"])
    if money is None:
        return None
    before = sign_words(match["sign"], reading)
    magnitude = _MAGNITUDES.get((match["magnitude"] or "").lower())
    scaled = not reading.piece.after and reading.following.lower in vocabulary.scales
    if match["magnitude"]:
        if reading.language != "en" or magnitude is None:
            return None
        return (*before, *number_words(amount, reading), magnitude, *listed(money[1]))
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
        if digits.isdecimal() and whole == digits and len(digits) <= MOST_DIGITS:
            number = reading.speller.cardinal(int(digits))
        words = (*before_noun(number, reading), *listed(one if digits == "1" else many))
        if whole != digits and not re.fullmatch(r"\d{1,3}(?:\D\d{3})+", whole):
            words = (*number, *listed(many))
    if cents and part and int(cents[2]):
        number = reading.speller.cardinal(int(cents[2]))
        words = (*words, *number, *listed(part if int(cents[2]) == 1 else parts))
    return words or (*reading.speller.cardinal(0), *listed(many))


def scaled_currency(many: str, reading: Reading) -> Words:
    """`dollars` in `$5 million`; Romance languages say `de` before it, but not after `mil`."""
    if reading.language not in {"es", "fr", "it", "pt"} or reading.piece.lower in {"mil", "mille"}:
        return listed(many)
    if reading.language == "it":
        return ("di", *listed(many))
    elided = reading.language == "fr" and many[0] in "aeiouy"
    return (f"d'{many}",) if elided else ("de", *listed(many))


def before_noun(words: Words, reading: Reading) -> Words:
    """`un euro`, not `uno euro`."""
    alone, before = reading.vocabulary.one_of
    return (before,) if words == (alone,) else words


def is_money(word: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a word is a currency by sign or name."""
    return word != "" and any(
        word == sign or word in money for sign, money in vocabulary.money.items()
    )
