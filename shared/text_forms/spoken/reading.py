"""One word to read out, with the neighbours and the language that decide how."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.text_forms.lexicon import Vocabulary, vocabulary_of
from shared.text_forms.pieces import NO_PIECE, Piece
from shared.text_forms.spelling import Speller, Words, speller_for


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece among its neighbours, in a language and region (`US`, or empty)."""

    pieces: Sequence[Piece]
    index: int
    language: str
    region: str

    @property
    def piece(self) -> Piece:
        """The piece to read."""
        return self.pieces[self.index]

    @property
    def previous(self) -> Piece:
        """The piece before, or one without text."""
        return self.pieces[self.index - 1] if self.index else NO_PIECE

    @property
    def following(self) -> Piece:
        """The piece after, or one without text."""
        following = self.index + 1
        return self.pieces[following] if following < len(self.pieces) else NO_PIECE

    @property
    def vocabulary(self) -> Vocabulary:
        """The names of signs."""
        return vocabulary_of(self.language)

    @property
    def speller(self) -> Speller:
        """The numbers in words."""
        return speller_for(self.language, self.region)


# From the match of its pattern with the whole word to words; None declines.
Rule = Callable[[re.Match[str], Reading], Words | None]
