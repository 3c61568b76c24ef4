"""Telephone numbers, e-mail addresses and hosts."""

import re

from shared.text_forms.pieces import plain_words, split_words
from shared.text_forms.spelling import MAX_DIGITS, Words, digit_words
from shared.text_forms.spoken.digits import whole_words
from shared.text_forms.spoken.reading import Reading

PHONE = r"\+?[\d(][\d().\-\u2010-\u2013]+\d"
MAILBOX = r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"
HOST = r"(?:https?://)?[\w\-]+(?:\.[\w\-]+)*\.[a-z][a-z0-9]{0,5}(?:/\S*)?"


def read_phone(match: re.Match[str], reading: Reading) -> Words | None:
    """Digits one by one; an exchange of round hundreds in English as `eight hundred`."""
    groups = re.findall(r"\d+", match[0])
    if len(groups) < 2 or not 7 <= sum(map(len, groups)) <= MAX_DIGITS:
        return None
    signs = reading.lexicon.signs
    words: Words = (signs["+"],) if match[0][0] == "+" and "+" in signs else ()
    for group in groups:
        round_group = reading.language == "en" and group in {"800", "900"}
        if round_group:
            words += reading.speller.cardinal(int(group))
        else:
            words += digit_words(reading.speller, group)
    return words


def read_address(match: re.Match[str], reading: Reading) -> Words | None:
    """Read an e-mail address or host name sign by sign: `example.com/a` has a dot and a slash."""
    lexicon = reading.lexicon
    names = {
        ".": lexicon.dot,
        "@": lexicon.signs.get("@", ""),
        "/": lexicon.slash,
        "-": "dash" if reading.language == "en" else "",
        "_": "underscore" if reading.language == "en" else "",
        "www": "w w w" if reading.language == "en" else "www",
    }
    if not lexicon.dot:
        return None
    words: Words = ()
    for part in re.findall(r"[^\W_]+|.", re.sub(r"^https?://", "", match[0].lower())):
        if part in names:
            words += split_words(names[part])
        elif part.isdecimal():
            words += whole_words(part, reading, plain=True)
        else:
            words += plain_words(part, reading.language)
    return words
