"""The words of a reference text, as a recogniser would write what a reader says.

Numbers, money, dates and abbreviations become words by the text forms of the recogniser's own
phrases, so that a correct reading gives the same words on both sides.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.errors import InvalidReferenceText
from shared.text_forms.forms import written_tokens
from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import Piece, split_punctuation

MAX_REFERENCE_WORDS = 2_000  # read aloud in a quarter of an hour
MAX_REFERENCE_CHARACTERS = 100_000

_PAUSES = re.compile(r"[,;:.!?\u2026\u2014\u2013\u2015。、，；：！？]|--")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_HYPHENS = "-\u2010\u2011\u2212"  # the last one is the minus
# A sign between two words without a space: `no;yes`, `wait...what`, `yes—no`, `the end.Then`.
_JOINED = re.compile(
    r"(?<=[^\W\d_])(?:[,;:!?\u2026\u2014\u2015]+|\.{2,}|--+)(?=[^\W\d_])|(?<=[a-z]{2})\.(?=[A-Z][a-z])"
)
_WORD_CHARACTER = re.compile(r"[^\W_]")
# Signs that text forms read as words where they stand alone: `3 + 4`, `you & me`.
_READ_ALONE = frozenset("&+=×÷<>@%°#$€£¥₹№¢" + _HYPHENS)
# The rules of text forms take quadratic time: 0.2 ms for these characters in the worst case. Of a
# longer token only the letters and digits are read.
_TOKEN_CHARACTERS = 40
_PARTS_OF_TOKEN = re.compile(r"[^\W\d_]+|\d{1,15}|[^\W_]")
_PARTS_PER_WORD = 4  # at the most: `1,000,000,000` is one billion
# Abbreviations that can end a sentence; the others stand before another word.
_AT_SENTENCE_END = frozenset(("etc", "jr", "sr", "ave", "blvd", "rd", "dept", "a.m", "p.m", "ph.d"))
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_MARKS_OF_WORD = "'"


@dataclass(frozen=True, slots=True)
class ReferenceWord:
    """One word to read.

    text: lower case, without punctuation; accents stay.
    expects_break: punctuation between the previous word and this one asks for a pause.
    """

    text: str
    expects_break: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """Characters between spaces, and whether a pause stands between the previous token and it."""

    text: str
    after_pause: bool


def read_reference_text(text: str, locale: str) -> tuple[ReferenceWord, ...]:
    """Return the words of a text that is not blank.

    Hyphens divide words. A comma, semicolon, colon, sentence end, ellipsis, dash between spaces or
    empty line asks for a pause; a line end and quotation marks do not.

    Raises
    ------
    InvalidReferenceText: no word, too many words or characters, or in English a letter that is
        not Latin. No message quotes the text.
    """
    if len(text) > MAX_REFERENCE_CHARACTERS:
        raise InvalidReferenceText(
            f"The reference text has more than {MAX_REFERENCE_CHARACTERS} characters."
        )
    tokens = list(_tokens(text))
    if not tokens:
        raise InvalidReferenceText("The reference text has no word.")
    language = locale.partition("-")[0].lower()
    words: list[ReferenceWord] = []
    for first, last in _clauses(tokens, language):
        expects_break = bool(words)
        for written in written_tokens([token.text for token in tokens[first:last]], locale):
            for lexical in written.lexical:
                if word := _plain(lexical, language):
                    words.append(ReferenceWord(word, expects_break))
                    expects_break = False
        if len(words) > MAX_REFERENCE_WORDS:
            raise _too_many_words()
    if not words:
        raise InvalidReferenceText("The reference text has no word.")
    return tuple(words)


def _tokens(text: str) -> Iterator[_Token]:
    """Divide a text at spaces and at signs that join words; drop tokens that are only signs."""
    n_tokens = n_parts = 0
    most_parts = _PARTS_PER_WORD * MAX_REFERENCE_WORDS
    after_pause = False
    previous = ""
    end = 0
    spaced = _JOINED.sub(lambda sign: sign[0] + " ", text)
    for match in re.finditer(r"\S+", spaced):
        after_pause |= _PARAGRAPH.search(spaced, end, match.start()) is not None
        end = match.end()
        token = match[0]
        if _WORD_CHARACTER.search(token) is None and token not in _READ_ALONE:
            after_pause |= _has_pause(token)
            continue
        if not token.strip(_HYPHENS) and not previous[-1:].isdecimal():
            after_pause = True  # a dash; after a number it may be read as minus
            continue
        previous = token
        for part in _bounded(token):
            yield _Token(part, after_pause)
            after_pause = False
            n_tokens += 1
            n_parts += _count_parts(part)
            if n_tokens > MAX_REFERENCE_WORDS or n_parts > most_parts:
                raise _too_many_words()


def _clauses(tokens: Sequence[_Token], language: str) -> Iterator[tuple[int, int]]:
    """Yield first and last token (one past) of the stretches between pauses.

    Text forms read each alone: `one - two` are two numbers, `one two` may be 12.
    """
    pieces = [split_punctuation(token.text, language) for token in tokens]
    first = 0
    for index in range(1, len(tokens)):
        piece = pieces[index]
        if (
            tokens[index].after_pause
            or _has_pause(piece.before)
            or _pauses_after(pieces[index - 1], piece, language)
        ):
            yield first, index
            first = index
    yield first, len(tokens)


def _bounded(token: str) -> list[str]:
    """Return a token, or its letters and digits if it is too long to be one."""
    if len(token) <= _TOKEN_CHARACTERS:
        return [token]
    return _PARTS_OF_TOKEN.findall(token)


def _count_parts(token: str) -> int:
    """Count the parts that are read separately: runs of letters or digits, and signs such as ½."""
    signs = 0 if token.isascii() else sum(map(_is_sign_of_number, token))
    return len(_PARTS_OF_TOKEN.findall(token)) + signs


def _is_sign_of_number(character: str) -> bool:
    return character.isnumeric() and not (character.isdecimal() or character.isalpha())


def _pauses_after(piece: Piece, following: Piece, language: str) -> bool:
    """Whether the signs behind a word ask for a pause; the full stop of `Mr.` does not."""
    after = piece.after
    if not after.startswith(".") or after.startswith(".."):
        return _has_pause(after)
    name = piece.lower
    is_abbreviation = name in find_lexicon(language).abbreviations
    is_initials = name != "i" and _INITIALS.fullmatch(name) is not None
    if is_abbreviation or is_initials:
        ends = name in _AT_SENTENCE_END and following.core[:1].isupper()
        return ends or _has_pause(after[1:])
    return True


def _has_pause(signs: str) -> bool:
    return _PAUSES.search(signs) is not None


def _plain(word: str, language: str) -> str:
    """Return the letters and apostrophes of a lexical word; empty if it has no letter.

    Raises
    ------
    InvalidReferenceText: in English, a letter that is not Latin.
    """
    if word.isascii() and word.isalpha():
        return word
    kept = ""
    for character in unicodedata.normalize("NFKC", word):
        category = unicodedata.category(character)
        if character in _MARKS_OF_WORD:
            kept += character
        elif category[0] == "L" and category != "Lm":
            if language == "en" and not unicodedata.name(character, "").startswith("LATIN "):
                raise InvalidReferenceText(
                    "The reference text has letters that are not Latin. English is written in "
                    "Latin letters only."
                )
            kept += character
    return kept.strip(_MARKS_OF_WORD).lower()


def _too_many_words() -> InvalidReferenceText:
    return InvalidReferenceText(f"The reference text has more than {MAX_REFERENCE_WORDS} words.")
