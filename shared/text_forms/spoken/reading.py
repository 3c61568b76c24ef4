"""Context of one word to verbalise: its neighbours and its language."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.text_forms.lexicon import Lexicon, find_lexicon
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
        """The previous piece, or `NO_PIECE`."""
        return self.pieces[self.index - 1] if self.index else NO_PIECE

    @property
    def following(self) -> Piece:
        """The next piece, or `NO_PIECE`."""
        following = self.index + 1
        return self.pieces[following] if following < len(self.pieces) else NO_PIECE

    @property
    def lexicon(self) -> Lexicon:
        """Lexicon of the language."""
        return find_lexicon(self.language)

    @property
    def speller(self) -> Speller:
        """Speller of numbers in the language."""
        return speller_for(self.language, self.region)


# Maps the match of its pattern with the whole word to words; None if the rule does not apply.
Rule = Callable[[re.Match[str], Reading], Words | None]
