"""Times of the day."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import (
    NumberRun,
    ends_clause,
    piece_at,
)
from shared.text_forms.english_written.numbers import TEENS, UNITS, cardinal
from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.rewrite import Rewrite

_BEFORE_HOUR = frozenset(split_words("at until till around"))
_AFTER_HOUR = frozenset(split_words("today tomorrow tonight sharp on every"))
_BEFORE_CLOCK = _BEFORE_HOUR | {"by", "before", "after", "from", "to", "about", "is", "it's"}
_HALVES = {"am": "AM", "pm": "PM", "a.m": "a.m", "p.m": "p.m"}
HALF_STARTS = frozenset((*_HALVES, "a", "p"))


def clock(run: NumberRun) -> Rewrite | None:
    """`three thirty pm` and `at three thirty`."""
    words = run.words
    full_hour = _hour_of(words[0])
    if not full_hour or len(words) < 2:
        return None
    if words[1] in {"oh", "o"}:
        minute = UNITS.get(words[2], 0) if len(words) > 2 else 0
        used = 3
    else:
        minute, used = cardinal(words, 1)
    if not 1 <= minute < 60 or (minute < 10 and words[1] not in {"oh", "o"}):
        return None
    last = run.ends[used - 1]
    if not last or not run.ends_after(used):
        return None
    half = not run.pieces[last - 1].after and _half_of_day(run.pieces, last)
    if not half and run.before.lower not in _BEFORE_CLOCK:
        return None
    return Rewrite(run.position, last, f"{full_hour}:{minute:02}")


def hour(run: NumberRun) -> Rewrite | None:
    """`five pm`, and `at five` where the clause ends or the day follows."""
    full_hour = _hour_of(run.words[0])
    if not full_hour or not run.ends_after(1):
        return None
    last = run.ends[0]
    following = piece_at(run.pieces, last).lower
    if not run.pieces[run.position].after and _half_of_day(run.pieces, last):
        return Rewrite(run.position, last, str(full_hour))
    if full_hour == 1 or run.before.lower not in _BEFORE_HOUR:
        return None
    if ends_clause(run.pieces, last) or following in _AFTER_HOUR:
        return Rewrite(run.position, last, str(full_hour))
    return None


def half_of_day_after_clock(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`pm` or `p m` after a rewritten time, as `PM`."""
    length = _half_of_day(pieces, position)
    if not length or pieces[position - 1].after:
        return None
    spoken = pieces[position].lower + ("m" if length == 2 else "")
    written = _HALVES[spoken]
    if written == pieces[position].core:
        return None
    return Rewrite(position, position + length, written)


def _hour_of(word: str) -> int:
    """Return an hour of the clock, 1 to 12; 0 for another word."""
    value = UNITS.get(word) or TEENS.get(word, 0)
    return value if value <= 12 else 0


def _half_of_day(pieces: Sequence[Piece], index: int) -> int:
    """Return the number of pieces of `pm` or `p m` at `index`; 0 without one."""
    lower = piece_at(pieces, index).lower
    if lower in _HALVES:
        return 1
    parted = lower in {"a", "p"} and piece_at(pieces, index + 1).lower == "m"
    return 2 if parted and not pieces[index].after else 0
