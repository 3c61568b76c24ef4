"""`a.m.` and `p.m.` after a time, in one piece or two."""

import re
from collections.abc import Sequence

from shared.text_forms.english_written.number_run import number_run, piece_at
from shared.text_forms.english_written.numbers import hour_of_clock, minutes_after_hour
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite

HALVES = {"am": "AM", "pm": "PM", "a.m": "a.m", "p.m": "p.m"}
HALF_STARTS = frozenset((*HALVES, "a", "p"))
_RANGE_WORDS = frozenset(("to", "till", "until", "and"))
_WRITTEN_CLOCK = re.compile(r"(?:0?[1-9]|1[0-2])(?:[.:][0-5]\d)?(?P<half>[ap]\.?m)?")


def half_of_day(pieces: Sequence[Piece], index: int) -> int:
    """Return the number of pieces of `pm` or `p m` at `index`; 0 without one."""
    lower = piece_at(pieces, index).lower
    if lower in HALVES:
        return 1
    parted = lower in {"a", "p"} and piece_at(pieces, index + 1).lower == "m"
    return 2 if parted and not pieces[index].after else 0


def half_of_range(pieces: Sequence[Piece], last: int) -> bool:
    """Whether a second time with its half of the day follows: `three thirty to four p m`."""
    if piece_at(pieces, last).lower not in _RANGE_WORDS:
        return False
    if pieces[last - 1].after or pieces[last].after:
        return False
    written = _WRITTEN_CLOCK.fullmatch(piece_at(pieces, last + 1).lower)
    if written:
        return bool(written["half"]) or half_of_day(pieces, last + 2) > 0
    run = number_run(pieces, last + 1)
    if not run.words or not hour_of_clock(run.words[0]):
        return False
    used = minutes_after_hour(run.words)[1] if len(run.words) > 1 else 1
    return used == len(run.words) and half_of_day(pieces, run.ends[-1]) > 0


def half_of_day_after_clock(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`pm` or `p m` after a rewritten time, as `PM`."""
    length = half_of_day(pieces, position)
    if not length or pieces[position - 1].after:
        return None
    spoken = pieces[position].lower + ("m" if length == 2 else "")
    written = HALVES[spoken]
    if written == pieces[position].core:
        return None
    return Rewrite(position, position + length, written)
