"""The four text forms of a phrase, from the words of Whisper.

Whisper's text is display-like: `Dr. Smith paid $5.50 at 5:30 p.m.` The lexical form verbalises it
(`spoken`), ITN and display write number words in digits (`english_written`, `european_written`),
and the profanity mode applies last, to display and masked ITN only.
Source of the forms: Azure's short audio reference and its page on display text format.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.text_forms.english_written import english_rewrites
from shared.text_forms.european_written import LANGUAGES, european_rewrites
from shared.text_forms.joining import is_written_without_spaces, join_words
from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import Piece, lower_case, split_punctuation
from shared.text_forms.profanity import ProfanityMode, apply_mode, profane_pieces
from shared.text_forms.rewrite import Rewrite
from shared.text_forms.spelled_versions import spelled_versions
from shared.text_forms.spoken import Reading, spoken_words

_SENTENCE_ENDS = ".!?…。！？"
_CLAUSE_SIGNS = re.compile(r"[\s\u2014…,;!?\"“”«»()\[\]{}、。，！？：；]+(?!\d)")
_CLOSING = "\"'”’»)]}」』"
_WRITTEN_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
# Languages of locales that the tables of text forms have under another code.
_ALIASES = {"nb": "no", "fil": "tl", "jv": "jw", "wuu": "zh"}
_AFTERNOON = {"a.m": "am", "p.m": "pm"}


@dataclass(frozen=True, slots=True)
class WrittenToken:
    """One word of the written forms.

    first, last: the recognised words that it covers, `last` one past; the tokens of a phrase cover
    every word once, in order. lexical: spoken words, lower case, without punctuation; empty for
    punctuation, as is itn. display: with punctuation.
    """

    first: int
    last: int
    lexical: tuple[str, ...]
    itn: str
    display: str
    profane: bool


@dataclass(frozen=True, slots=True)
class TextForms:
    """The forms of one phrase.

    tokens: the profanity mode changes their `display`, empty for a removed word, but not their
    `lexical` and `itn`.
    """

    lexical: str
    itn: str
    masked_itn: str
    display: str
    tokens: tuple[WrittenToken, ...]


def written_tokens(words: Sequence[str], language: str) -> tuple[WrittenToken, ...]:
    """Convert recognised words to tokens with spoken and written forms.

    Parameters
    ----------
    words:
        Words between spaces, with punctuation; in scripts without spaces, characters or words.
    language:
        A language or a locale; the region of `en-GB` decides the reading of `6/5/2020`.
    """
    language, region = _language_and_region(language)
    pieces = [split_punctuation(word, language) for word in words]
    profane = profane_pieces(pieces, language)
    spoken = [
        spoken_words(Reading(pieces, index, language, region)) for index in range(len(pieces))
    ]
    tokens: list[WrittenToken] = []
    position = 0
    for rewrite in [*_rewrites(pieces, words, language), Rewrite(len(pieces), len(pieces), "")]:
        tokens += [
            _token(words, pieces, index, spoken[index], index in profane)
            for index in range(position, rewrite.first)
        ]
        position = rewrite.last
        if rewrite.first < rewrite.last:
            tokens.append(_rewritten_token(pieces, rewrite, spoken, language))
    return tuple(tokens)


def text_forms(words: Sequence[str], language: str, profanity: ProfanityMode) -> TextForms:
    """Return the four forms of a phrase; raises nothing for any words.

    Parameters
    ----------
    words:
        Recognised words, as for `written_tokens`.
    language:
        A language or a locale, as for `written_tokens`.
    profanity:
        Mode for `masked_itn`, `display` and the `display` of tokens.
    """
    tokens = written_tokens(words, language)
    language, _ = _language_and_region(language)
    shown_tokens = _apply_profanity_mode(tokens, profanity)
    return TextForms(
        lexical=join_words((word for token in tokens for word in token.lexical), language),
        itn=join_words((token.itn for token in tokens), language),
        masked_itn=join_words(
            (
                apply_mode("", token.itn, "", profanity) if token.profane else token.itn
                for token in tokens
            ),
            language,
        ),
        display=join_words((token.display for token in shown_tokens), language),
        tokens=shown_tokens,
    )


def masked_lexical(words: Sequence[str], language: str, profanity: ProfanityMode) -> list[str]:
    """Return the words as spoken, in lower case, with the profanity mode; the form of partials.

    words, language: as for `written_tokens`.
    """
    return [
        word
        for token in written_tokens(words, language)
        for spoken in token.lexical
        if (word := apply_mode("", spoken, "", profanity) if token.profane else spoken)
    ]


def _language_and_region(locale: str) -> tuple[str, str]:
    """Divide `pt-BR` into pt and BR; languages as the model names them."""
    language, _, region = locale.partition("-")
    language = language.lower()
    return _ALIASES.get(language, language), region.upper()


def _rewrites(pieces: Sequence[Piece], words: Sequence[str], language: str) -> list[Rewrite]:
    if language == "en":
        return english_rewrites(pieces)
    if is_written_without_spaces(language):
        return _digit_runs(pieces)
    grouped: list[Rewrite] = []
    if find_lexicon(language).joined_thousands:
        grouped = _thousands(pieces, words)
    if grouped:
        return grouped
    if language in LANGUAGES:
        return european_rewrites(pieces, language)
    return spelled_versions(pieces, language)


def _digit_runs(pieces: Sequence[Piece]) -> list[Rewrite]:
    """Find runs of digits that were recognised as single characters: one number."""
    runs: list[Rewrite] = []
    first = 0
    while first < len(pieces):
        last = first
        while last < len(pieces) and pieces[last].core.isdecimal() and not pieces[last].before:
            last += 1
            if pieces[last - 1].after:
                break
        if last - first > 1:
            runs.append(Rewrite(first, last, "".join(piece.core for piece in pieces[first:last])))
        first = max(last, first + 1)
    return runs


def _thousands(pieces: Sequence[Piece], words: Sequence[str]) -> list[Rewrite]:
    """Find `1 000`, one number where a space separates thousands."""
    groups: list[Rewrite] = []
    first = 0
    while first < len(pieces):
        last = first + 1
        if re.fullmatch(r"[1-9]\d{0,2}", words[first]):
            while last < len(pieces) and re.fullmatch(r"\d{3}", pieces[last].core):
                last += 1
                if pieces[last - 1].after or pieces[last - 1].before:
                    break
        if last - first > 1:
            groups.append(
                Rewrite(first, last, " ".join(piece.core for piece in pieces[first:last]))
            )
        first = last
    return groups


def _token(
    words: Sequence[str],
    pieces: Sequence[Piece],
    index: int,
    lexical: tuple[str, ...],
    profane: bool,
) -> WrittenToken:
    piece = pieces[index]
    if not lexical and not any(character.isalnum() for character in piece.core):
        itn = piece.core if piece.core in {"&", "+", "=", "×", "÷"} else ""
    else:
        itn = _itn(piece)
    return WrittenToken(index, index + 1, lexical, itn, words[index], profane)


def _itn(piece: Piece) -> str:
    """Return the word in lower case without sentence punctuation: `Dr.` as dr, `p.m.` as pm."""
    lower = piece.lower
    if lower.isalnum():
        return lower
    if lower in _AFTERNOON:
        return _AFTERNOON[lower]
    if _WRITTEN_INITIALS.fullmatch(lower):
        return lower + "." if piece.after.startswith(".") else lower
    return _CLAUSE_SIGNS.sub(" ", lower).strip()


def _rewritten_token(
    pieces: Sequence[Piece], rewrite: Rewrite, spoken: Sequence[tuple[str, ...]], language: str
) -> WrittenToken:
    first, last = rewrite.first, rewrite.last
    covered = pieces[first:last]
    if all(piece.core.isdecimal() for piece in covered):
        number = split_punctuation(rewrite.written.replace(" ", ""), language)
        lexical = spoken_words(Reading((number, *pieces[last : last + 1]), 0, language, ""))
    else:
        lexical = tuple(word for words in spoken[first:last] for word in words)
        if language == "en" and lexical[-2:] == ("per", "cent"):
            lexical = (*lexical[:-2], "percent")
    return WrittenToken(
        first,
        last,
        lexical,
        lower_case(rewrite.written, language),
        covered[0].before + rewrite.written + covered[-1].after,
        profane=False,
    )


def _apply_profanity_mode(
    tokens: Sequence[WrittenToken], mode: ProfanityMode
) -> tuple[WrittenToken, ...]:
    if mode is ProfanityMode.RAW or not any(token.profane for token in tokens):
        return tuple(tokens)
    if mode is ProfanityMode.REMOVED:
        return _without_profanity(tokens)
    return tuple(
        replace(token, display=_display_of_profane(token, mode)) if token.profane else token
        for token in tokens
    )


def _display_of_profane(token: WrittenToken, mode: ProfanityMode) -> str:
    piece = split_punctuation(token.display, "")
    return apply_mode(piece.before, piece.core, piece.after, mode)


def _without_profanity(tokens: Sequence[WrittenToken]) -> tuple[WrittenToken, ...]:
    """Drop profane words and keep the punctuation of the sentences.

    The end of a sentence or quotation moves to the previous word, an opening quote to the next
    word, and the next word gets the capital of a dropped beginning.
    """
    displays = [token.display for token in tokens]
    previous: int | None = None
    opening, capital = "", False
    for index, token in enumerate(tokens):
        if token.profane:
            piece = split_punctuation(token.display, "")
            opening, ending = _remaining_punctuation(opening + piece.before, piece.after)
            displays[index] = ""
            if previous is not None and ending:
                displays[previous] = _append_ending(displays[previous], ending)
            starts = previous is None or displays[previous].rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS
            capital = capital or (starts and piece.core[:1].isupper())
        elif token.display:
            if not token.itn and previous is None and not opening:
                displays[index] = ""  # remaining punctuation at the beginning
                continue
            text = token.display
            displays[index] = opening + (_capitalise(text) if capital else text)
            opening, capital, previous = "", False, index
    if previous is not None and not any(token.itn and not token.profane for token in tokens):
        displays = [""] * len(tokens)
    return tuple(
        replace(token, display=display) for token, display in zip(tokens, displays, strict=True)
    )


def _remaining_punctuation(before: str, after: str) -> tuple[str, str]:
    """Return the punctuation around a dropped word that must stay: (opening, ending)."""
    quotes = [sign for sign in after if sign in _CLOSING]
    ends = "".join(sign for sign in after if sign in _SENTENCE_ENDS)
    opening = before.strip(" ,;:—-")
    if opening and quotes:
        return "", ends
    return opening, ends + "".join(quotes)


def _append_ending(text: str, ending: str) -> str:
    """Append a moved sentence end to `text`, where it replaces a comma."""
    ends = ending.rstrip(_CLOSING)
    quotes = ending[len(ends) :]
    if not ends:
        return text + quotes
    if text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS:
        return text + quotes
    return text.rstrip(",;:—- ") + ending


def _capitalise(text: str) -> str:
    for position, character in enumerate(text):
        if character.isalnum():
            return text[:position] + character.upper() + text[position + 1 :]
    return text
