"""Numbers that are spoken digit by digit."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import NumberRun, piece_at
from shared.text_forms.english_written.numbers import TEENS, UNITS, ZEROS
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite

_REPEATS = {"double": 2, "triple": 3}


def digit_sequence(run: NumberRun) -> Rewrite | None:
    """`one two three` as 123, and telephone numbers, whose pauses are commas in the words."""
    pieces, index = run.pieces, run.position
    digits, singles = "", 0
    groups: list[str] = []
    while index < len(pieces):
        piece = pieces[index]
        taken, length = _digits_at(pieces, index)
        if not length or (index > run.position and piece.before):
            break
        singles += len(taken) if piece.lower in _REPEATS else len(taken) == 1
        digits += taken
        index += length
        after = pieces[index - 1].after
        if after == "," and _digits_at(pieces, index)[1]:
            groups.append(taken)
            continue
        if after:
            break
    if singles < 3 or len(digits) < 3:
        return None
    if groups and (len(digits) not in {7, 10, 11} or len(groups) > 3):
        return None
    return Rewrite(run.position, index, _telephone(digits))


def _digits_at(pieces: Sequence[Piece], index: int) -> tuple[str, int]:
    """Return the digits that a piece adds to a sequence, and the number of pieces they take."""
    piece = piece_at(pieces, index)
    lower = piece.lower
    following = piece_at(pieces, index + 1).lower
    if lower in _REPEATS and not piece.after:
        digit, length = _digits_at(pieces, index + 1)
        return (digit * _REPEATS[lower], 2) if length == 1 and len(digit) == 1 else ("", 0)
    if lower in UNITS:
        if following == "hundred" and not piece.after:
            return str(100 * UNITS[lower]), 2
        return str(UNITS[lower]), 1
    if lower in ZEROS:
        return "0", 1
    if lower in TEENS:
        return str(TEENS[lower]), 1
    return "", 0


def _telephone(digits: str) -> str:
    if len(digits) == 7:
        return f"{digits[:3]}-{digits[3:]}"
    if len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if len(digits) == 11 and digits[0] == "1":
        return f"1-{digits[1:4]}-{digits[4:7]}-{digits[7:]}"
    return digits
