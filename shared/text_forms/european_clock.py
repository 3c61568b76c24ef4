"""Times in words, in Spanish, French, German, Italian, Portuguese and Dutch."""

from collections.abc import Mapping, Sequence

from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import NO_PIECE, Piece
from shared.text_forms.rewrite import Rewrite

Found = Mapping[int, tuple[int, str]]

# How a time with a word for hours is written; the others have a colon.
_WITH_HOURS = {"fr": "{}h{}", "de": "{}:{} Uhr", "nl": "{}:{} uur"}


def european_clock(
    pieces: Sequence[Piece], position: int, found: Found, language: str
) -> Rewrite | None:
    """`alle quindici e trenta` as 15:30, `quinze heures trente` as 15h30.

    found: for the piece that begins a number in words, one past its last piece, and its digits.
    `las tres` needs no word for hours but one before the time, `las`; fifteen hours and thirty
    minutes are no time.
    """
    last, hour = found.get(position, (position, ""))
    if not hour.isdecimal() or int(hour) > 24 or last >= len(pieces) or pieces[last - 1].after:
        return None
    linked = _is_linked(pieces, position, last, language)
    if linked is None:
        return None
    end, minutes = found.get(last + linked, (0, ""))
    if not minutes.isdecimal() or not 1 <= int(minutes) < 60 or (int(minutes) < 10 and not linked):
        return None
    following = pieces[end].lower if end < len(pieces) and not pieces[end - 1].after else ""
    if following.startswith("minut"):
        return None
    written = _WITH_HOURS.get(language, "{}:{}")
    return Rewrite(position, end, written.format(hour, f"{int(minutes):02}"))


def _is_linked(pieces: Sequence[Piece], first: int, last: int, language: str) -> bool | None:
    """Whether a word stands between hour and minutes; None where the hour begins no time."""
    lexicon, link = find_lexicon(language), pieces[last]
    if language in _WITH_HOURS:
        linked = link.lower in lexicon.hour_words
        return None if not linked or link.before or link.after else True
    before = pieces[first - 1] if first else NO_PIECE
    if before.after or before.lower not in lexicon.before_clock:
        return None
    linked = link.lower == lexicon.minutes_after
    return None if linked and (link.before or link.after) else linked
