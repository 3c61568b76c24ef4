"""Colours of a terminal: escape sequences of ECMA-48, which change no width."""

from dataclasses import dataclass
from enum import IntEnum

from shared.assessment import MISPRONOUNCED_BELOW

_GOOD_FROM = 80.0


class Colour(IntEnum):
    """Parameters of Select Graphic Rendition."""

    BOLD = 1
    RED = 31
    GREEN = 32
    YELLOW = 33


@dataclass(frozen=True, slots=True)
class Colours:
    """Paints text, or leaves it as it is."""

    is_on: bool

    def paint(self, text: str, colour: Colour) -> str:
        """Return the text in a colour."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.is_on and text else text


def colour_of_score(score: float) -> Colour:
    """Return the colour of a score of 0..100: red where a word counts as mispronounced."""
    if score < MISPRONOUNCED_BELOW:
        return Colour.RED
    return Colour.YELLOW if score < _GOOD_FROM else Colour.GREEN
