"""Times of the day."""

from shared.text_forms.english_written.halves_of_day import half_of_day, half_of_range
from shared.text_forms.english_written.number_run import (
    NumberRun,
    ends_clause,
    piece_at,
)
from shared.text_forms.english_written.numbers import (
    TEENS,
    UNITS,
    hour_of_clock,
    minutes_after_hour,
)
from shared.text_forms.pieces import split_words
from shared.text_forms.rewrite import Rewrite

_BEFORE_HOUR = frozenset(split_words("at until till around"))
_AFTER_HOUR = frozenset(split_words("today tomorrow tonight sharp on every"))
_BEFORE_CLOCK = _BEFORE_HOUR | {"by", "before", "after", "from", "to", "about", "is", "it's"}


def clock(run: NumberRun) -> Rewrite | None:
    """`three thirty pm`, `at three thirty`."""
    full_hour = hour_of_clock(run.words[0])
    found = _with_minutes(run, full_hour, 1)
    if found is None:
        return None
    pieces, last = run.pieces, found.last
    half = not pieces[last - 1].after and half_of_day(pieces, last)
    known = half or run.before.lower in _BEFORE_CLOCK or half_of_range(pieces, last)
    return found if known else None


def clock_of_24_hours(run: NumberRun) -> Rewrite | None:
    """`at fifteen thirty` as 15:30; `until nineteen forty` is a year."""
    words = run.words
    if run.before.lower != "at" or len(words) < 2:
        return None
    full_hour, start = TEENS.get(words[0], 0), 1
    if words[0] == "twenty":
        unit = UNITS.get(words[1], 0)
        full_hour, start = 20 + unit, 2 if unit else 1
    found = _with_minutes(run, full_hour, start) if 13 <= full_hour <= 23 else None
    return found if found is not None and _ends_time(run, found.last) else None


def _with_minutes(run: NumberRun, full_hour: int, start: int) -> Rewrite | None:
    """Read the minutes from word `start` on, which must be the last number words of the run."""
    if not full_hour or start >= len(run.words):
        return None
    minute, used = minutes_after_hour(run.words, start)
    if not minute or used > len(run.words) or not run.ends_after(used):
        return None
    last = run.ends[used - 1]
    return Rewrite(run.position, last, f"{full_hour}:{minute:02}") if last else None


def _ends_time(run: NumberRun, last: int) -> bool:
    following = piece_at(run.pieces, last).lower
    return ends_clause(run.pieces, last) or following in _AFTER_HOUR or following == "hours"


def hour(run: NumberRun) -> Rewrite | None:
    """`five pm`, and `at five` where the clause ends or the day follows."""
    full_hour = hour_of_clock(run.words[0])
    if not full_hour or not run.ends_after(1):
        return None
    last = run.ends[0]
    following = piece_at(run.pieces, last).lower
    if not run.pieces[run.position].after and half_of_day(run.pieces, last):
        return Rewrite(run.position, last, str(full_hour))
    if run.before.lower in {"from", "between"} and half_of_range(run.pieces, last):
        return Rewrite(run.position, last, str(full_hour))
    if full_hour == 1 or run.before.lower not in _BEFORE_HOUR:
        return None
    if ends_clause(run.pieces, last) or following in _AFTER_HOUR:
        return Rewrite(run.position, last, str(full_hour))
    return None
