"""Times that were recognised in digits: `3.30 pm`, `6.45pm`, `3 30 p m`."""

import re
from collections.abc import Sequence

from shared.text_forms.english_written.halves_of_day import HALVES, half_of_day, half_of_range
from shared.text_forms.english_written.number_run import piece_at
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite

_HOUR = r"(?P<hour>0?[1-9]|1[0-2])"
_CLOCK = re.compile(rf"{_HOUR}[.:](?P<minutes>[0-5]\d)")
_CLOCK_WITH_HALF = re.compile(rf"{_HOUR}(?:[.:](?P<minutes>[0-5]\d))?(?P<half>[ap]\.?m)")
_SPAN = re.compile(
    r"(?P<first>(?:0?[1-9]|1[0-2])(?:[.:][0-5]\d)?)[-\u2013]"
    r"(?P<second>(?:0?[1-9]|1[0-2])[.:][0-5]\d)(?P<half>[ap]\.?m)?"
)
_MINUTES = re.compile(r"[0-5]\d")
_WHOLE_HOUR = re.compile(_HOUR)


def written_time(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """Write the hour, with its minutes; the half of the day that follows is another rewrite."""
    piece = pieces[position]
    joined = _CLOCK_WITH_HALF.fullmatch(piece.lower)
    if joined:
        return Rewrite(position, position + 1, f"{_time(joined)} {HALVES[joined['half']]}")
    span = _SPAN.fullmatch(piece.lower)
    if span and (span["half"] or _is_half(pieces, position + 1)):
        half = f" {HALVES[span['half']]}" if span["half"] else ""
        written = f"{span['first']}-{span['second']}".replace(".", ":")
        return Rewrite(position, position + 1, written + half)
    clock = _CLOCK.fullmatch(piece.core)
    if clock and _has_half(pieces, position + 1):
        return Rewrite(position, position + 1, _time(clock))
    if not _WHOLE_HOUR.fullmatch(piece.core) or piece.after:
        return None
    minutes = piece_at(pieces, position + 1)
    if not minutes.before and _MINUTES.fullmatch(minutes.core) and _has_half(pieces, position + 2):
        return Rewrite(position, position + 2, f"{piece.core}:{minutes.core}")
    # `5 pm` at last, as `five pm`
    return Rewrite(position, position + 1, piece.core) if _is_half(pieces, position + 1) else None


def _time(match: re.Match[str]) -> str:
    minutes = match["minutes"]
    hour = match["hour"].lstrip("0")
    return f"{hour}:{minutes}" if minutes else hour


def _is_half(pieces: Sequence[Piece], last: int) -> bool:
    return not pieces[last - 1].after and half_of_day(pieces, last) > 0


def _has_half(pieces: Sequence[Piece], last: int) -> bool:
    return _is_half(pieces, last) or half_of_range(pieces, last)
