"""Agreement with established grammars: WeText's inverse normalisation, and num2words.

WeText (Apache-2.0) compiles grammars to transducers, for English here; num2words spells numbers in
many languages. Where the style of the contract differs from WeText's, the style is converted and
each conversion stands in `in_the_style_of_the_contract`; values are compared as they are.
"""

import re

import pytest
from num2words import num2words
from wetext import Normalizer

from shared.text_forms import text_forms
from shared.text_forms.profanity import ProfanityMode
from shared.text_forms.spelling import speller_for

ENGLISH = speller_for("en")


def cardinal(number):
    return " ".join(ENGLISH.cardinal(number))


def ordinal(number):
    return " ".join(ENGLISH.ordinal(number))


def year(number):
    return " ".join(ENGLISH.year(number))


KINDS = {
    # None from ten to twelve: WeText leaves those in words.
    "cardinals": [cardinal(n) for n in [*range(13, 3000, 43), 12_345, 45_678, 999_999]],
    "cardinals with and": [
        f"{cardinal(head)} and {cardinal(rest)}"
        for head in (100, 700, 2000, 5000)
        for rest in (1, 8, 12, 45, 99)
    ],
    "years": [f"in {year(n)}" for n in range(1301, 2060, 13)],
    # No minutes below ten: WeText writes "one oh five a m" as 105am.
    "times": [
        f"{cardinal(hour)} {cardinal(minutes)} {half} m"
        for hour in range(1, 13)
        for minutes in (10, 15, 30, 45, 59)
        for half in "ap"
    ],
    "hours": [f"{cardinal(hour)} {half} m" for hour in range(1, 13) for half in "ap"],
    "decimals": [
        f"{cardinal(whole)} point {decimals}"
        for whole in (0, 1, 3, 17, 250)
        for decimals in ("five", "zero five", "one four", "two seven one")
    ],
    "percentages": [f"{cardinal(n)} percent" for n in (1, 5, 10, 33, 99)],
    "money": [
        *(f"{cardinal(n)} dollars" for n in (2, 5, 99, 250, 1500, 12_000)),
        *(f"{cardinal(n)} dollars and {cardinal(c)} cents" for n in (2, 250) for c in (5, 50)),
    ],
    "ordinals": [f"the {ordinal(n)}" for n in range(10, 100, 3)],
    "dates": [
        f"{month} {ordinal(day)} {year(n)}"
        for month in ("january", "june")
        for day in (1, 5, 21, 30)
        for n in (1999, 2008, 2020)
    ],
    "decades": ["the nineteen eighties", "the eighteen sixties"],
    "addresses": ["one ninety two dot one sixty eight dot zero dot one"],
}


def in_the_style_of_the_contract(text):
    text = re.sub(r"\b0?(\d+):(\d\d) ([ap])\.m\.", r"\1:\2 \3m", text)  # 01:10 a.m.
    text = re.sub(r":00 ([ap]m)", r" \1", text)  # 1:00 am
    text = text.replace(" %", "%")
    # Commas from 10,000 on, and from 1,000 on in money
    return re.sub(r"\$\d{4,}|\d{5,}", lambda m: m[0][:-3] + "," + m[0][-3:], text)


def our_itn(spoken):
    itn = text_forms(spoken.split(), "en-US", ProfanityMode.RAW).itn
    return re.sub(r"^((?:january|june) \d+)(?:st|nd|rd|th)", r"\1", itn)  # June 5th


@pytest.fixture(scope="module")
def wetext():
    return Normalizer(lang="en", operator="itn")


@pytest.mark.parametrize("kind", KINDS)
def test_english_itn_agrees_with_the_grammars_of_wetext(wetext, kind):
    expected = {
        spoken: in_the_style_of_the_contract(wetext.normalize(spoken)) for spoken in KINDS[kind]
    }
    assert {spoken: our_itn(spoken) for spoken in KINDS[kind]} == expected


def is_known(language, number):
    """Whether the words of num2words are those that are spoken and that have one meaning.

    A single round word stays (`mil gracias`); Italian elides `centottanta`, which text2num does
    not know, and num2words spells `centodicotto`.
    """
    elided = language == "it" and number > 100 and (number % 100 == 18 or number % 100 // 10 == 8)
    return number not in {100, 1000} and not elided


@pytest.mark.parametrize("language", ["es", "fr", "de", "it", "pt", "nl"])
def test_numbers_that_num2words_spells_are_written_in_digits(language):
    numbers = [
        n
        for n in [*range(10, 200), *range(200, 3000, 37), 500, 2008, 9999, 12_345, 250_000]
        if is_known(language, n)
    ]
    written = {}
    for number in numbers:
        words = num2words(number, lang=language).split()
        display = text_forms(words, language, ProfanityMode.RAW).display
        written[number] = re.sub(r"[.\u202f]", "", display)
    assert written == {number: str(number) for number in numbers}
