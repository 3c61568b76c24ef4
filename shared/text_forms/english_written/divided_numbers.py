"""One number that was recognised in two: `2000 and 8`, `two thousand and 8`."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import number_run, piece_at
from shared.text_forms.english_written.numbers import NUMBER_WORDS, ORDINAL_WORDS, cardinal
from shared.text_forms.english_written.quantity import LARGE_SCALES, Quantity, grouped
from shared.text_forms.pieces import Piece, split_words

# After these two numbers are two.
_PAIRED = frozenset(
    split_words(
        "between both either numbers rooms pages chapters sections flights gates channels routes "
        "highways roads buses platforms years"
    )
)
_BEFORE_YEAR = frozenset(split_words("in year since of by"))
_PERCENT = frozenset(("percent", "per", "%"))


def divided_quantity(pieces: Sequence[Piece], position: int, head: Quantity) -> Quantity | None:
    """Add the rest below a hundred to `head`, a round number of words or digits at `position`.

    `100 and 50` may be two numbers and stays. A thousand, a year, and a number of which one half
    is in words and the other in digits are one.
    """
    before, last = piece_at(pieces, position - 1), head.last
    conjunction = piece_at(pieces, last)
    if conjunction.lower != "and" or conjunction.after or pieces[last - 1].after:
        return None
    listed = before.core[-1:].isdecimal() or before.lower in NUMBER_WORDS
    if before.lower in _PAIRED or listed or head.value % 100:
        return None
    rest, end, spelled = _rest(pieces, last + 1)
    if not rest:
        return None
    year = before.lower in _BEFORE_YEAR and 1100 <= head.value <= 2000
    thousands = head.value % 1000 == 0 and 1000 <= head.value < 10**6
    if not (thousands or year or spelled != head.spelled):
        return None
    value = int(head.value) + rest
    return Quantity(end, grouped(value), value, spelled=True)


def _rest(pieces: Sequence[Piece], position: int) -> tuple[int, int, bool]:
    """Read the rest at `position`: its value, one past it, whether in words; 0 without one."""
    piece = piece_at(pieces, position)
    if piece.before:
        return 0, position, False
    spelled = not piece.core.isdecimal()
    if spelled:
        run = number_run(pieces, position)
        value, used = cardinal(run.words, 0) if run.words else (0, 0)
        last = run.ends[used - 1] if used else 0
        if not last or used < len(run.words):
            return 0, position, True
    else:
        last = position + 1
        value = int(piece.core) if len(piece.core) <= 2 and piece.core[0] != "0" else 0
    following = piece_at(pieces, last).lower if not pieces[last - 1].after else ""
    counted = following in NUMBER_WORDS or following in LARGE_SCALES or following in ORDINAL_WORDS
    if counted or following in _PERCENT or value >= 100:
        return 0, position, spelled
    return value, last, spelled
