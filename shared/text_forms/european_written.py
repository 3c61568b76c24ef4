"""Inverse text normalisation of Spanish, French, German, Italian, Portuguese and Dutch numbers.

text2num finds the numbers (10 to 100 microseconds per phrase, imported at first use). They become
digits from 10 on, as in English; below only before percent and euro, and in times. Single round
words (`mil gracias`, `tausend Dank`) and ordinals stay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.text_forms.european_clock import european_clock
from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import NO_PIECE, Piece, split_words
from shared.text_forms.rewrite import Rewrite
from shared.text_forms.spelled_versions import spelled_versions

LANGUAGES = frozenset(("es", "fr", "de", "it", "pt", "nl"))
_PERCENT = {
    "es": ("por", "ciento"),
    "fr": ("pour", "cent"),
    "de": ("prozent",),
    "it": ("per", "cento"),
    "pt": ("por", "cento"),
    "nl": ("procent",),
}
_EURO = frozenset(("euro", "euros"))
_ROUND = frozenset(
    split_words("cien ciento mil cent mille hundert tausend cento cem honderd duizend")
)
_AND = {"es": "y", "fr": "et", "de": "und", "it": "e", "pt": "e", "nl": "en"}
_BETWEEN = frozenset(("entre", "zwischen", "tra", "fra", "tussen"))
# Cheap filter before the search: every number from 10 on has one of these morphemes.
_NUMBER_MORPHEMES = {
    "es": r"diez|once|doce|trece|catorce|quince|dieci|veint|treinta|enta|cien|quinient|mil|coma"
    r"|uno?|por",
    "fr": r"dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|ante|cent|mille|virgule",
    "de": r"zehn|elf|zwölf|zig|ßig|hundert|tausend|komma|prozent|euro|million",
    "it": r"dieci|dici|dodici|venti?|trent|anta?|cento|mil|virgola|euro",
    "pt": r"dez|onze|doze|treze|catorze|quatorze|quinze|vinte|trinta|enta|cem|cent|zent|nhent|mil"
    r"|vírgula|euro|por",
    "nl": r"tien|elf|twaalf|tig|honderd|duizend|komma|procent|euro|miljoen",
}
_SEEDS = {language: re.compile(pattern) for language, pattern in _NUMBER_MORPHEMES.items()}


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece in the interface of text2num."""

    lower: str
    is_separated: bool
    excluded: bool

    def text(self) -> str:
        return self.lower

    def nt_separated(self, previous: object) -> bool:
        del previous
        return self.is_separated

    def not_a_number_part(self) -> bool:
        return self.excluded


def european_rewrites(pieces: Sequence[Piece], language: str) -> list[Rewrite]:
    """Find the rewrites of a phrase, in order, without overlap."""
    versions = spelled_versions(pieces, language)
    seed = _SEEDS[language]
    if not any(seed.search(piece.lower) or piece.core.isdecimal() for piece in pieces):
        return versions
    from text_to_num import find_numbers  # noqa: PLC0415 - most phrases have no number words

    percent = {
        index: length
        for index in range(len(pieces))
        if (length := _percent_length(pieces, index, language))
    }
    covered = {index + step for index, length in percent.items() for step in range(length)}
    covered |= {index for one in versions for index in range(one.first, one.last)}
    covered |= _links_of_scaled(pieces, language)
    tokens = [
        _Token(
            piece.lower,
            bool(piece.before or (index and pieces[index - 1].after)),
            index in covered or not piece.core,
        )
        for index, piece in enumerate(pieces)
    ]
    found: dict[int, tuple[int, str]] = {}
    for number in find_numbers(tokens, language, 0):
        text = _digits(number.text, language)
        # A number whose scale is left over, as in "dos mil y veinte mil", stays in words.
        scaled = number.end < len(pieces) and pieces[number.end].lower in _ROUND
        if text and not number.is_ordinal and not (scaled and not pieces[number.end - 1].after):
            found[number.start] = (number.end, text)
    rewrites = []
    version_at = {one.first: one for one in versions}
    position = 0
    while position < len(pieces):
        rewrite: Rewrite | None
        if position in version_at:
            rewrite = version_at[position]
        else:
            rewrite = (
                _divided_number(pieces, position, (language, percent))
                or european_clock(pieces, position, found, language)
                or _rewrite(
                    pieces,
                    position,
                    found.get(position) or _recognised_digits(pieces[position], position),
                    (language, percent),
                )
            )
        if rewrite is not None:
            rewrites.append(rewrite)
        end = found[position][0] if position in found else position + 1
        position = max(end, rewrite.last if rewrite else 0)
    return rewrites


def _links_of_scaled(pieces: Sequence[Piece], language: str) -> set[int]:
    """Find the `y` of `dos mil y ocho mil`: two numbers, not 2008 and a thousand."""
    return {
        index
        for index in range(1, len(pieces) - 2)
        if pieces[index].lower == _AND[language]
        and pieces[index - 1].lower in _ROUND
        and pieces[index + 2].lower in _ROUND
    }


def _divided_number(
    pieces: Sequence[Piece], position: int, context: tuple[str, dict[int, int]]
) -> Rewrite | None:
    """`2000 e 8`, one number that was recognised in two, as 2008; not after `entre`."""
    head, *rest = pieces[position : position + 3]
    before = pieces[position - 1].lower if position else ""
    if len(rest) < 2 or before in _BETWEEN or not re.fullmatch(r"[1-9]000", head.core):
        return None
    language, percent = context
    link, unit = rest
    if head.after or link.lower != _AND[language] or link.after or unit.before:
        return None
    if not re.fullmatch(r"[1-9]\d?", unit.core) or before[-1:].isdecimal():
        return None
    following = pieces[position + 3] if position + 3 < len(pieces) else NO_PIECE
    if not unit.after and (following.lower in _ROUND or position + 3 in percent):
        return None
    return Rewrite(position, position + 3, str(int(head.core) + int(unit.core)))


def _digits(text: str, language: str) -> str:
    """Format with the decimal mark of the language, thousands separated from 10,000 on."""
    whole, mark, decimals = text.replace(".", ",").partition(",")
    if not whole.isdecimal() or (mark and not decimals.isdecimal()):
        return ""
    if len(whole) >= 5:
        thousands = "\u202f" if language == "fr" else "."
        whole = f"{int(whole):,}".replace(",", thousands)
    return whole + mark + decimals


def _recognised_digits(piece: Piece, position: int) -> tuple[int, str]:
    """Return the end and text of recognised digits, to which percent or euro may be joined."""
    plain = re.fullmatch(r"\d+(?:[.,]\d+)*", piece.core)
    return position + 1, piece.core if plain else ""


def _percent_length(pieces: Sequence[Piece], index: int, language: str) -> int:
    words = _PERCENT[language]
    given = pieces[index : index + len(words)]
    same = tuple(piece.lower for piece in given) == words
    return len(words) if same and index and not any(piece.after for piece in given[:-1]) else 0


def _rewrite(
    pieces: Sequence[Piece],
    first: int,
    number: tuple[int, str],
    context: tuple[str, dict[int, int]],
) -> Rewrite | None:
    last, text = number
    language, percent = context
    if not text:
        return None
    spelled = not pieces[first].core[:1].isdecimal()
    noun = pieces[last] if last < len(pieces) and not pieces[last - 1].after else NO_PIECE
    if noun is not NO_PIECE and last in percent and not noun.before:
        return Rewrite(first, last + percent[last], text + "%")
    if noun.lower in _EURO and not noun.before:
        written = f"€ {text}" if language == "nl" else f"{text} €"
        return Rewrite(first, last + 1, written) if spelled or language != "nl" else None
    if not spelled or (last - first == 1 and pieces[first].lower in _ROUND):
        return None
    small = text.isdecimal() and int(text) < 10
    month_after = noun.lower in find_lexicon(language).months or (
        noun.lower == "de"
        and pieces[last + 1 : last + 2] != []
        and pieces[last + 1].lower in find_lexicon(language).months
    )
    return None if small and not month_after else Rewrite(first, last, text)
