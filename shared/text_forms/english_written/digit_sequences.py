"""Numbers that are spoken digit by digit."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import NumberRun, piece_at
from shared.text_forms.english_written.numbers import TEENS, UNITS, ZEROS, cardinal
from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.rewrite import Rewrite

_NAMED_IN_PAIRS = frozenset(
    split_words("room flight gate route highway apartment suite page train bus channel extension")
)
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


def named_number(run: NumberRun) -> Rewrite | None:
    """`flight six seventy two` as 672, `room twelve oh five` as 1205."""
    words, before = run.words, run.before
    if before.lower not in _NAMED_IN_PAIRS or before.after or len(words) < 2:
        return None
    head = UNITS.get(words[0]) or TEENS.get(words[0])
    if not head:
        return None
    if words[1] in {"oh", "o"}:
        rest, used = (UNITS.get(words[2], 0) if len(words) > 2 else 0), 3
    else:
        rest, used = cardinal(words, 1)
        rest = rest if rest >= 10 else 0
    if not 1 <= rest < 100 or used != len(words):
        return None
    return Rewrite(run.position, run.ends[-1], f"{head}{rest:02}")


def _digits_at(pieces: Sequence[Piece], index: int) -> tuple[str, int]:
    """Return the digits that a piece adds to a sequence, and the number of pieces they take."""
    piece = piece_at(pieces, index)
    lower = piece.lower
    following = piece_at(pieces, index + 1).lower
    # Not `double double`: it would be followed through all its repetitions.
    if lower in _REPEATS and following not in _REPEATS and not piece.after:
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
