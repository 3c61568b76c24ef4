"""A recognised word, split into its core and the punctuation around it."""

import unicodedata
from dataclasses import dataclass

CURRENCY_SIGNS = "$€£¥₹"
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\uff07": "'"})
# Languages whose capital I is not the capital of i: Python lowers it as English does.
_DOTLESS_I = frozenset({"tr", "az"})
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Piece:
    """`before + core + after` is the word as recognised.

    lower: the core in lower case, apostrophes straight. Empty core: only punctuation.
    """

    before: str
    core: str
    after: str
    lower: str


NO_PIECE = Piece("", "", "", "")


def split_words(text: str) -> tuple[str, ...]:
    """Split a list in one text into its words."""
    return tuple(text.split())


def is_word_character(character: str) -> bool:
    r"""Whether this is a letter, a digit, or a combining mark as in Indic scripts.

    `\w` of `re` does not match vowel signs and would cut them off a Hindi word.
    """
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def lower_case(text: str, language: str) -> str:
    """Convert to lower case by the rules of the language, with straight apostrophes."""
    if language in _DOTLESS_I:
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower().translate(_APOSTROPHES)


def split_punctuation(word: str, language: str) -> Piece:
    """Split a word such as `("Hello,"` into punctuation and core."""
    if word.isalpha():
        return Piece("", word, "", lower_case(word, language))
    start, end = 0, len(word)
    while start < end and not _may_start(word, start):
        start += 1
    while end > start and not _may_end(word, start, end):
        end -= 1
    core = word[start:end]
    return Piece(word[:start], core, word[end:], lower_case(core, language))


def plain_words(core: str, language: str) -> tuple[str, ...]:
    """Split the core, in lower case, at all characters that are not part of a word.

    Apostrophes and joiners between word characters stay: `rock-n'-roll` is `rock`, `n`, `roll`,
    but `don't` is one word.
    """
    text = lower_case(core, language)
    words: list[str] = []
    word = ""
    for position, character in enumerate(text):
        following = text[position + 1 : position + 2]
        inside = character == "'" or character in _JOINERS
        if is_word_character(character) or (
            inside and word and following and is_word_character(following)
        ):
            word += character
        elif word:
            words.append(word)
            word = ""
    if word:
        words.append(word)
    return tuple(words)


def _may_start(word: str, position: int) -> bool:
    character = word[position]
    if is_word_character(character):
        return True
    following = word[position + 1 : position + 2]
    if character in "+-\u2212.":
        signed = following != "" and (following.isdigit() or following in CURRENCY_SIGNS)
        return signed or (character in "+-\u2212" and len(word) == 1)
    if character in "#@":
        return following.isalnum()
    return character in CURRENCY_SIGNS or character in "%°&×÷=¢<>\u2116"


def _may_end(word: str, start: int, end: int) -> bool:
    character = word[end - 1]
    if is_word_character(character) or character in CURRENCY_SIGNS or character in "%°¢":
        return True
    if character in "+#":  # C++, C#, and a separate plus sign
        return end - start == 1 or word[start:end].rstrip("+#").isalnum()
    return end - start == 1 and character in "&×÷=<>@-\u2212\u2116"
