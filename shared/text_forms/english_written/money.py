"""A quantity with its unit: percent, or money with its cents."""

from collections.abc import Sequence

from shared.text_forms.english_written.number_run import ends_clause, number_run, piece_at
from shared.text_forms.english_written.numbers import cardinal
from shared.text_forms.english_written.quantity import Quantity
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite

_MAJOR_MONEY = {"dollars": "$", "euros": "€", "yen": "¥", "euro": "€"}
_SINGLE_MONEY = {"dollar": "$", "euro": "€"}


def with_noun(
    pieces: Sequence[Piece], position: int, quantity: Quantity, sign: str
) -> Rewrite | None:
    """Write a quantity that begins at `position` as `25%` or `$25`; None without such a unit."""
    last = quantity.last
    if pieces[last - 1].after:
        return None
    noun, after_noun = piece_at(pieces, last), piece_at(pieces, last + 1)
    pair = (noun.lower, "" if noun.after else after_noun.lower)
    if noun.before:
        return None
    if noun.lower == "percent" or pair == ("per", "cent"):
        end = last + (1 if noun.lower == "percent" else 2)
        return Rewrite(position, end, f"{sign}{quantity.written}%")
    if pair == ("pounds", "sterling"):
        return Rewrite(position, last + 2, f"{sign}£{_amount(quantity)}")
    currency = (_SINGLE_MONEY if quantity.value == 1 else _MAJOR_MONEY).get(noun.lower)
    return _sum(pieces, position, quantity, sign + currency) if currency else None


def _sum(pieces: Sequence[Piece], position: int, quantity: Quantity, currency: str) -> Rewrite:
    """Write an amount of money, with the cents that follow; `currency` with the sign before."""
    last = quantity.last
    cents, end = _cents(pieces, last)
    if cents and "." not in quantity.written and " " not in quantity.written:
        return Rewrite(position, end, f"{currency}{_amount(quantity)}.{cents}")
    return Rewrite(position, last + 1, f"{currency}{_amount(quantity)}")


def _amount(quantity: Quantity) -> str:
    if quantity.spelled and quantity.written.isdecimal():
        return f"{int(quantity.written):,}"
    return quantity.written


def _cents(pieces: Sequence[Piece], noun: int) -> tuple[str, int]:
    """`and fifty cents` after the currency at `noun`: two digits and one past the last piece."""
    start = noun + 1
    if pieces[noun].after:
        return "", start
    if piece_at(pieces, start).lower == "and":
        start += 1
    piece = piece_at(pieces, start)
    if piece.lower.isdecimal() and len(piece.lower) <= 2:
        value, last = int(piece.lower), start + 1
    else:
        run = number_run(pieces, start)
        value, used = cardinal(run.words, 0) if run.words else (0, 0)
        last = run.ends[used - 1] if used else 0
        if not last or used < len(run.words):
            return "", start
    following = piece_at(pieces, last).lower
    if not 1 <= value < 100:
        return "", start
    if not pieces[last - 1].after and following in {"cents", "cent"}:
        return f"{value:02}", last + 1
    # "five dollars fifty" at the end of a clause
    bare = start == noun + 1 and value >= 10 and ends_clause(pieces, last)
    return (str(value), last) if bare else ("", start)
