"""Sentence boundaries, and cuts of sentences that are too long.

One pass over the text: neighbours in a pattern never match the same character, and a match of a
run of signs starts at its first sign only, so the cost is linear in the length.
"""

import re
from collections.abc import Iterator

# A full stop after these ends no sentence.
_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|No|Sra|Srta|Dra|Ud|Uds|pág|Mme|Mlle|Sig|Dott"
    "|Herr|Fr|bzw|ca|Nr|Str"
)
_ABBREVIATED = re.compile(rf"\b({_ABBREVIATIONS})\.(?=\s++\S)")
_WORDS = frozenset(_ABBREVIATIONS.split("|"))
_LONGEST_WORD = max(map(len, _WORDS))

# Closing quotes and brackets belong to the sentence, and the space after them.
_END = re.compile(
    r"(?<![.!?…])(?P<signs>[.!?…]++)[\"'”’»)\]]*+\s++"
    r"|(?<![。！？])[。！？]++[」』”]*+\s*+"
)
_CLAUSE_END = re.compile(r"[,;:—–)]\s++|[、，；：]")
_SPACES = re.compile(r"\s++")


def sentence_ends(text: str) -> Iterator[int]:
    """Yield the ends of sentences, white space after them included; not the end of the text."""
    for mark in _END.finditer(text):
        if mark.end() < len(text) and not _is_abbreviation(mark):
            yield mark.end()


def without_stops_of_abbreviations(text: str) -> str:
    """Remove full stops of abbreviations, `Dr. Smith`: a voice would pause there."""
    return _ABBREVIATED.sub(r"\1", text)


def short_pieces(text: str, most_characters: int) -> Iterator[str]:
    """Cut a text at the last clause that fits, else at the last space, else at the limit.

    Joined, the pieces are the text.
    """
    start = 0
    while len(text) - start > most_characters:
        head = text[start : start + most_characters]
        cut = _last_end(_CLAUSE_END, head) or _last_end(_SPACES, head) or most_characters
        yield text[start : start + cut]
        start += cut
    if start < len(text):
        yield text[start:]


def _is_abbreviation(mark: re.Match[str]) -> bool:
    """Whether a mark is the full stop of an abbreviation, followed by space only."""
    place = mark.start()
    if mark["signs"] != "." or not mark.string[place + 1].isspace():
        return False
    before = mark.string[max(0, place - _LONGEST_WORD - 1) : place]
    return any(
        before.endswith(word) and not _is_word(before[-len(word) - 1 : -len(word)])
        for word in _WORDS
    )


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _last_end(mark: re.Pattern[str], text: str) -> int:
    """Return the end of the last match that leaves no tiny piece, 0 where there is none."""
    ends = [found.end() for found in mark.finditer(text) if found.end() > len(text) // 4]
    return ends[-1] if ends else 0
