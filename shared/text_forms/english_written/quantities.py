"""Quantities in digits, with sign and unit, and the decision whether to use digits."""

from collections.abc import Sequence

from shared.text_forms.english_written.divided_numbers import divided_quantity
from shared.text_forms.english_written.money import with_noun
from shared.text_forms.english_written.number_run import (
    NumberRun,
    ends_clause,
    number_run,
    piece_at,
)
from shared.text_forms.english_written.numbers import NUMBER_WORDS, ORDINAL_WORDS
from shared.text_forms.english_written.quantity import (
    LARGE_SCALES,
    Quantity,
    quantity_of,
)
from shared.text_forms.pieces import Piece, split_words
from shared.text_forms.rewrite import Rewrite
from shared.text_forms.spelling import MAX_DIGITS

_MEASURES = frozenset(
    split_words(
        "kilometers kilometres kilometer kilometre meters metres centimeters centimetres "
        "millimeters millimetres kilograms kilos grams milligrams liters litres milliliters "
        "degrees "
        "megabytes gigabytes terabytes kilobytes volts watts kilowatts megawatts hertz megahertz "
        "gigahertz km kg cm mm mph cents o'clock"
    )
)
_NAMED_BY_NUMBER = frozenset(
    split_words(
        "page chapter room section flight gate platform channel route highway apartment suite "
        "version episode season figure table paragraph article volume level"
    )
)
_FRACTION_NOUNS = frozenset(
    f"{word}s" for word in ORDINAL_WORDS if word not in {"first", "second"}
) | set(split_words("half halves quarter quarters hundredth hundredths thousandth thousandths"))


def spoken_quantity(run: NumberRun) -> Rewrite | None:
    """Rewrite number words as digits; an empty rewrite keeps the words."""
    pieces, position, sign = run.pieces, run.position, ""
    if pieces[position].lower in {"minus", "negative"}:
        before = run.before
        counted = before.lower in NUMBER_WORDS or before.core[-1:].isdecimal()
        if counted or pieces[position].after:
            return None
        sign, run = "-", number_run(pieces, position + 1)
    quantity = quantity_of(run)
    if quantity is None:
        # Skips the whole run, so that no part of an ambiguous "nine eleven" is rewritten.
        return Rewrite(position, run.ends[-1], "") if run.ends else None
    if not sign:
        quantity = divided_quantity(pieces, position, quantity) or quantity
    with_unit = with_noun(pieces, position, quantity, sign)
    if with_unit is not None:
        return with_unit
    if quantity.spelled and not (sign or _is_written_in_digits(run, quantity)):
        return Rewrite(position, quantity.last, "")
    last = quantity.last
    written = quantity.written
    if quantity.value >= 10**6 and " " in written:
        written, last = written.split(" ")[0], last - 1
    return Rewrite(position, last, sign + written)


def written_quantity(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """Rewrite recognised digits before `percent` or a currency, and `2000 and 8`."""
    piece = pieces[position]
    digits = piece.lower.replace(",", "")
    if piece.after or not digits.replace(".", "", 1).isdecimal():
        return None
    written, last = piece.core, position + 1
    if digits.isdecimal() and len(digits) <= MAX_DIGITS:
        head = Quantity(last, written, int(digits), spelled=False)
        divided = divided_quantity(pieces, position, head)
        if divided is not None:
            money = with_noun(pieces, position, divided, "")
            return money or Rewrite(position, divided.last, divided.written)
    following = piece_at(pieces, last)
    if following.lower in LARGE_SCALES and not following.after:
        written, last = f"{piece.core} {following.lower}", last + 1
    quantity = Quantity(last, written, float(digits), spelled=False)
    return with_noun(pieces, position, quantity, "")


def _is_written_in_digits(run: NumberRun, quantity: Quantity) -> bool:
    pieces, last, written = run.pieces, quantity.last, quantity.written
    following = piece_at(pieces, last).lower if not pieces[last - 1].after else ""
    if following in _FRACTION_NOUNS or following in ORDINAL_WORDS:
        return False
    if run.before.lower in {"foot", "feet"} and quantity.value < 12:  # "five foot ten"
        return False
    if quantity.value >= 10 or "." in written:
        return True
    if following in {"to", "or"}:  # "five to ten" as 5 to 10
        limit = quantity_of(number_run(pieces, last + 1))
        return limit is not None and limit.value >= 10
    before = run.before
    named = before.lower in _NAMED_BY_NUMBER and not before.after and ends_clause(pieces, last)
    return named or following in _MEASURES
