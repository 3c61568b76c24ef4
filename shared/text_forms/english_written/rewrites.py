"""Selection of the rule for each position of a phrase, from left to right."""

from collections.abc import Sequence

from shared.text_forms.english_written.addresses import address
from shared.text_forms.english_written.dates import ordinal_day, year
from shared.text_forms.english_written.digit_sequences import digit_sequence, named_number
from shared.text_forms.english_written.halves_of_day import (
    HALF_STARTS,
    half_of_day_after_clock,
)
from shared.text_forms.english_written.number_run import STARTS, number_run
from shared.text_forms.english_written.quantities import (
    spoken_quantity,
    written_quantity,
)
from shared.text_forms.english_written.times import clock, clock_of_24_hours, hour
from shared.text_forms.english_written.versions import version
from shared.text_forms.english_written.written_times import written_time
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite


def english_rewrites(pieces: Sequence[Piece]) -> list[Rewrite]:
    """Find the rewrites of a phrase, in order, without overlap."""
    rewrites: list[Rewrite] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        lower = piece.lower
        found: Rewrite | None = None
        if lower in HALF_STARTS and rewrites and rewrites[-1].last == position:
            found = half_of_day_after_clock(pieces, position)
        if found is None and (lower in STARTS or "-" in lower or lower[:1].isdecimal()):
            found = _rewrite_at(pieces, position)
        if found is None:
            position += 1
            continue
        if found.written:
            rewrites.append(found)
        position = max(found.last, position + 1)
    return rewrites


def _rewrite_at(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    lower = pieces[position].lower
    if lower == "dot":
        return address(pieces, position)
    found = version(pieces, position)
    if found is not None:
        return found
    if lower[0].isdecimal():
        return written_time(pieces, position) or written_quantity(pieces, position)
    run = number_run(pieces, position)
    if not run.words:
        return None
    for rule in (named_number, clock, clock_of_24_hours, digit_sequence, hour, ordinal_day, year):
        rewrite = rule(run)
        if rewrite is not None:
            return rewrite
    return spoken_quantity(run)
