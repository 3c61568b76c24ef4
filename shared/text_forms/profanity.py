"""Detection of profane words, and the profanity modes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from shared.text_forms.joining import is_written_without_spaces
from shared.text_forms.pieces import Piece, is_word_character
from shared.text_forms.profanity_words import PROFANE_WORDS

# Microsoft documents `Tags` as 'add "profanity" XML tags'.
TAG_START, TAG_END = "<profanity>", "</profanity>"
_CENSORED = re.compile(r"[^\W\d_]\w*\*{2,}\w*")  # Whisper's own `f***`
_POSSESSIVE = re.compile(r"'(?:s|re|d|ll|ve|m)?$")


class ProfanityMode(StrEnum):
    """Treatment of profane words in `display` and `masked_itn`, never in `lexical` and `itn`.

    MASKED replaces their letters with `*`, REMOVED drops them, RAW keeps them, TAGS wraps them
    in `<profanity>` elements.
    """

    MASKED = "masked"
    REMOVED = "removed"
    RAW = "raw"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class _WordList:
    words: frozenset[str]
    stem: re.Pattern[str] | None
    phrases: dict[str, tuple[tuple[str, ...], ...]]  # by first word
    phrase_text: re.Pattern[str] | None  # without spaces: any entry, anywhere


def profane_pieces(pieces: Sequence[Piece], language: str) -> frozenset[int]:
    """Find the indices of profane pieces: whole words, in any case and inflection."""
    entries = _word_list(language)
    if entries.phrase_text is not None:
        return _profane_in_text(pieces, entries)
    found: set[int] = set()
    for index, piece in enumerate(pieces):
        if not piece.core:
            continue
        word = piece.lower
        if _is_profane(word, entries):
            found.add(index)
        elif word in entries.phrases:
            for phrase in entries.phrases[word]:
                end = index + len(phrase)
                if phrase == tuple(following.lower for following in pieces[index:end]):
                    found.update(range(index, end))
    return frozenset(found)


def apply_mode(before: str, core: str, after: str, mode: ProfanityMode) -> str:
    """Apply a mode to a profane word, keep its punctuation; empty when it is removed."""
    if mode is ProfanityMode.REMOVED:
        return ""
    if mode is ProfanityMode.TAGS:
        return f"{before}{TAG_START}{core}{TAG_END}{after}"
    if mode is ProfanityMode.MASKED:
        core = "".join("*" if is_word_character(character) else character for character in core)
    return before + core + after


def _is_profane(word: str, entries: _WordList) -> bool:
    if word.isalpha():
        return _is_listed(word, entries)
    if _CENSORED.fullmatch(word):
        return True
    bare = _POSSESSIVE.sub("", word)
    return (
        _is_listed(bare, entries)
        or _is_listed(bare.replace("-", "").replace("'", ""), entries)
        or ("-" in bare and any(_is_listed(part, entries) for part in bare.split("-")))
    )


def _is_listed(word: str, entries: _WordList) -> bool:
    folded = word.casefold()
    return folded in entries.words or (
        entries.stem is not None and entries.stem.match(folded) is not None
    )


@cache
def _word_list(language: str) -> _WordList:
    entries = f"{PROFANE_WORDS['']} {PROFANE_WORDS.get(language, '')}".casefold().split()
    stems = [re.escape(entry[:-1]) for entry in entries if entry.endswith("*")]
    phrases: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in entries:
        if "+" in entry:
            phrase = tuple(entry.split("+"))
            phrases[phrase[0]] = (*phrases.get(phrase[0], ()), phrase)
    anywhere = None
    if is_written_without_spaces(language):
        own = PROFANE_WORDS.get(language, "").split()
        anywhere = re.compile("|".join(map(re.escape, own)) or r"(?!)")
    return _WordList(
        words=frozenset(entry for entry in entries if "*" not in entry and "+" not in entry),
        stem=re.compile("|".join(stems)) if stems else None,
        phrases=phrases,
        phrase_text=anywhere,
    )


def _profane_in_text(pieces: Sequence[Piece], entries: _WordList) -> frozenset[int]:
    """Search the joined text, since pieces may be single characters.

    An entry matches only where it starts and ends with a piece, so that it does not match inside
    a longer recognised word.
    """
    text, starts, ends = "", {}, {}
    found = set()
    for index, piece in enumerate(pieces):
        starts[len(text)] = index
        text += piece.lower + ("\n" if piece.after or not piece.core else "")
        ends[len(text.rstrip("\n"))] = index + 1
        if piece.core and _is_profane(piece.lower, entries):
            found.add(index)
    pattern = entries.phrase_text
    for match in pattern.finditer(text) if pattern else ():
        if match.start() in starts and match.end() in ends:
            found.update(range(starts[match.start()], ends[match.end()]))
    return frozenset(found)
