"""Runs of number words, the input of the rules for times, dates and quantities."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.text_forms.english_written.numbers import (
    NUMBER_WORDS,
    ORDINAL_WORDS,
    ZEROS,
)
from shared.text_forms.pieces import NO_PIECE, Piece

STARTS = NUMBER_WORDS | ORDINAL_WORDS | {"a", "minus", "negative", "double", "triple", "oh", "dot"}
_INSIDE = NUMBER_WORDS | ORDINAL_WORDS | ZEROS | {"and"}


@dataclass(frozen=True, slots=True)
class NumberRun:
    """The number words from piece `position` on.

    words: lower case; a hyphenated `twenty-five` is two. ends: for each word one past the piece
    that it ends, or 0 inside a piece, as for `twenty` there.
    """

    pieces: Sequence[Piece]
    position: int
    words: list[str]
    ends: list[int]

    @property
    def before(self) -> Piece:
        """The piece before the run, or one without text."""
        return piece_at(self.pieces, self.position - 1)

    def ends_after(self, n_words: int) -> bool:
        """Whether the run ends after `n_words` words, or continues with `and`."""
        return n_words >= len(self.words) or self.words[n_words] == "and"


def number_run(pieces: Sequence[Piece], position: int) -> NumberRun:
    """Collect number words from `position` on, up to punctuation; may be empty."""
    words: list[str] = []
    ends: list[int] = []
    for index in range(position, len(pieces)):
        piece = pieces[index]
        parts = piece.lower.split("-")
        allowed = _INSIDE if index > position else STARTS
        if not all(part in allowed for part in parts) or (index > position and piece.before):
            break
        words += parts
        ends += [0] * (len(parts) - 1) + [index + 1]
        if piece.after:
            break
    while words and words[-1] == "and":
        del words[-1], ends[-1]
    return NumberRun(pieces, position, words, ends)


def piece_at(pieces: Sequence[Piece], index: int) -> Piece:
    """Return the piece at an index, or `NO_PIECE` outside of the phrase."""
    return pieces[index] if 0 <= index < len(pieces) else NO_PIECE


def ends_clause(pieces: Sequence[Piece], last: int) -> bool:
    """Whether the piece before `last` ends a clause: punctuation or the end follows it."""
    return last == len(pieces) or bool(pieces[last - 1].after)
