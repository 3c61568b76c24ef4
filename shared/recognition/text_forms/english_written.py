"""English number words as they are written: `twenty five percent` to `25%`.

Whisper writes most numbers in digits and leaves small ones in words on purpose, so rewriting is
conservative. Azure's documentation asks for `$900`, `6:45 PM`, `6.5`, `1-800-456-8910` and `at 5`
(display text format; short audio reference). Decisions:

- From 10 on digits, below words, as Microsoft's style guide has it; below 10 digits too where a
  number measures or names: percent, money, units, times, decimals, `page five`.
- No comma below 10,000 but in money, so that `two thousand five` can be a year.
- Three and more single digits in a row are one number: `one two three` is `123`; of seven, ten or
  eleven digits a telephone number.
- `one of them`, `two thirds`, `a hundred`, `thousands` stay words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.recognition.text_forms.english_numbers import (
    NUMBER_WORDS,
    ORDINAL_WORDS,
    TEENS,
    TENS,
    UNITS,
    ZEROS,
    cardinal,
    ordinal,
    ordinal_ending,
)
from shared.recognition.text_forms.pieces import NO_PIECE, Piece, listed
from shared.recognition.text_forms.vocabulary import vocabulary_of

_STARTS = NUMBER_WORDS | ORDINAL_WORDS | {"a", "minus", "negative", "double", "triple", "oh", "dot"}
_INSIDE = NUMBER_WORDS | ORDINAL_WORDS | ZEROS | {"and"}
_MAJOR_MONEY = {"dollars": "$", "euros": "€", "yen": "¥", "euro": "€"}
_SINGLE_MONEY = {"dollar": "$", "euro": "€"}
_MEASURES = frozenset(
    listed(
        "kilometers kilometres kilometer kilometre meters metres centimeters centimetres "
        "millimeters millimetres kilograms kilos grams milligrams liters litres milliliters "
        "degrees "
        "megabytes gigabytes terabytes kilobytes volts watts kilowatts megawatts hertz megahertz "
        "gigahertz km kg cm mm mph cents o'clock"
    )
)
_NAMED_BY_NUMBER = frozenset(
    listed(
        "page chapter room section flight gate platform channel route highway apartment suite "
        "version episode season figure table paragraph article volume level"
    )
)
_BEFORE_HOUR = frozenset(listed("at until till around"))
_AFTER_HOUR = frozenset(listed("today tomorrow tonight sharp on every"))
_BEFORE_CLOCK = _BEFORE_HOUR | {"by", "before", "after", "from", "to", "about", "is", "it's"}
_HALVES = {"am": "AM", "pm": "PM", "a.m": "a.m", "p.m": "p.m"}
_HALF_STARTS = frozenset((*_HALVES, "a", "p"))
_TOP_LEVEL = frozenset(listed("com org net edu gov io co uk info dev app ai de"))
_BEFORE_MAILBOX = frozenset(listed("to is email address from contact mail cc"))
_REPEATS = {"double": 2, "triple": 3}
_FRACTION_NOUNS = frozenset(
    f"{word}s" for word in ORDINAL_WORDS if word not in {"first", "second"}
) | {"half", "halves", "quarter", "quarters"}


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The pieces `first` to `last` (one past) are written as one word `written`."""

    first: int
    last: int
    written: str


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number that was said or written, up to piece `last` (one past).

    written: digits, perhaps with a scale (`2.5 million`). spelled: it was said in words.
    """

    last: int
    written: str
    value: float
    spelled: bool


def english_rewrites(pieces: Sequence[Piece]) -> list[Rewrite]:
    """Find what is to be written otherwise than it was recognised, in order, without overlap."""
    rewrites: list[Rewrite] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        lower = piece.lower
        found: Rewrite | None = None
        if lower in _STARTS or "-" in lower or lower[:1].isdecimal():
            found = _rewrite_at(pieces, position)
        elif lower in _HALF_STARTS and rewrites and rewrites[-1].last == position:
            found = _after_clock(pieces, position)
        if found is None:
            position += 1
            continue
        if found.written:
            rewrites.append(found)
        position = max(found.last, position + 1)
    return rewrites


def _rewrite_at(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    lower = pieces[position].lower
    if lower[0].isdecimal():
        return _written_quantity(pieces, position)
    if lower == "dot":
        return _address(pieces, position)
    words, ends = _number_run(pieces, position)
    if not words:
        return None
    for rule in (_clock, _digit_sequence, _hour, _ordinal, _year):
        rewrite = rule(pieces, position, words, ends)
        if rewrite is not None:
            return rewrite
    return _spoken_quantity(pieces, position)


def _number_run(pieces: Sequence[Piece], position: int) -> tuple[list[str], list[int]]:
    """Collect number words from `position` on and, for each, one past the piece that it ends, or 0.

    A hyphenated `twenty-five` gives two words, of which only the last ends a piece.
    """
    words: list[str] = []
    ends: list[int] = []
    for index in range(position, len(pieces)):
        piece = pieces[index]
        parts = piece.lower.split("-")
        allowed = _INSIDE if index > position else _STARTS
        if not all(part in allowed for part in parts) or (index > position and piece.before):
            break
        words += parts
        ends += [0] * (len(parts) - 1) + [index + 1]
        if piece.after:
            break
    while words and words[-1] == "and":
        del words[-1], ends[-1]
    return words, ends


def _at(pieces: Sequence[Piece], index: int) -> Piece:
    return pieces[index] if 0 <= index < len(pieces) else NO_PIECE


def _ends_clause(pieces: Sequence[Piece], last: int) -> bool:
    return last == len(pieces) or bool(pieces[last - 1].after)


def _run_ends(words: list[str], used: int) -> bool:
    """Whether the run of number words ends at `used`, or goes on only after `and`."""
    return used >= len(words) or words[used] == "and"


# -- numbers that are read digit by digit


def _digit_sequence(
    pieces: Sequence[Piece], position: int, words: list[str], ends: list[int]
) -> Rewrite | None:
    """`one two three` as 123, and telephone numbers, in which pauses are written as commas."""
    del words, ends
    digits, singles, index = "", 0, position
    groups: list[str] = []
    while index < len(pieces):
        piece = pieces[index]
        taken, length = _digits_at(pieces, index)
        if not length or (index > position and piece.before):
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
    return Rewrite(position, index, _telephone(digits))


def _digits_at(pieces: Sequence[Piece], index: int) -> tuple[str, int]:
    """Read the digits that a piece adds to a sequence and how many pieces say them."""
    piece = _at(pieces, index)
    lower = piece.lower
    following = _at(pieces, index + 1).lower
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


# -- times of the day


def _clock(
    pieces: Sequence[Piece], position: int, words: list[str], ends: list[int]
) -> Rewrite | None:
    """`three thirty pm` and `at three thirty`."""
    hour = UNITS.get(words[0]) or TEENS.get(words[0], 0)
    if not 1 <= hour <= 12 or len(words) < 2:
        return None
    if words[1] in {"oh", "o"}:
        minute = UNITS.get(words[2], 0) if len(words) > 2 else 0
        used = 3
    else:
        minute, used = cardinal(words, 1)
    if not 1 <= minute < 60 or (minute < 10 and words[1] not in {"oh", "o"}):
        return None
    last = ends[used - 1]
    if not last or not _run_ends(words, used):
        return None
    half = not pieces[last - 1].after and _half_of_day(pieces, last)
    if not half and _at(pieces, position - 1).lower not in _BEFORE_CLOCK:
        return None
    return Rewrite(position, last, f"{hour}:{minute:02}")


def _hour(
    pieces: Sequence[Piece], position: int, words: list[str], ends: list[int]
) -> Rewrite | None:
    """`five pm`, and `at five` where the clause ends or the day follows."""
    hour = UNITS.get(words[0]) or TEENS.get(words[0], 0)
    if not 1 <= hour <= 12 or not _run_ends(words, 1):
        return None
    last, following = ends[0], _at(pieces, ends[0]).lower
    if not pieces[position].after and _half_of_day(pieces, last):
        return Rewrite(position, last, str(hour))
    if hour == 1 or _at(pieces, position - 1).lower not in _BEFORE_HOUR:
        return None
    if _ends_clause(pieces, last) or following in _AFTER_HOUR:
        return Rewrite(position, last, str(hour))
    return None


def _half_of_day(pieces: Sequence[Piece], index: int) -> int:
    """How many pieces say `pm` or `p m` at `index`; 0 where none does."""
    lower = _at(pieces, index).lower
    if lower in _HALVES:
        return 1
    parted = lower in {"a", "p"} and _at(pieces, index + 1).lower == "m"
    return 2 if parted and not pieces[index].after else 0


def _after_clock(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`pm` or `p m` after a time that was rewritten, as `PM`."""
    length = _half_of_day(pieces, position)
    if not length or pieces[position - 1].after:
        return None
    said = pieces[position].lower + ("m" if length == 2 else "")
    written = _HALVES[said]
    if written == pieces[position].core:
        return None
    return Rewrite(position, position + length, written)


# -- ordinals and years


def _ordinal(
    pieces: Sequence[Piece], position: int, words: list[str], ends: list[int]
) -> Rewrite | None:
    """`twenty first` as 21st; below ten only in dates."""
    value, used = ordinal(words, 0)
    if not value:
        return None
    last = ends[used - 1]
    before = _at(pieces, position - 1)
    months = vocabulary_of("en").months
    after = pieces[last - 1].after if last else ""
    of_month = not after and _at(pieces, last).lower == "of" and _is_month(_at(pieces, last + 1))
    dated = of_month or (before.lower in months and _is_month(before) and not before.after)
    if not last or before.lower in NUMBER_WORDS:
        return None
    if words[:used] == ["twenty", "second"] and not dated and before.lower != "the":
        return None
    if value < 10 and not dated:
        return None
    return Rewrite(position, last, f"{value}{ordinal_ending(value)}")


def _is_month(piece: Piece) -> bool:
    if piece.lower in {"may", "march"}:
        return piece.core[0].isupper()
    return piece.lower in vocabulary_of("en").months


def _year(
    pieces: Sequence[Piece], position: int, words: list[str], ends: list[int]
) -> Rewrite | None:
    """`nineteen ninety nine` and `twenty oh five`; `twenty twenty` too."""
    del pieces
    century = TEENS.get(words[0], 0) if words[0] in TEENS else 20 * (words[0] == "twenty")
    if not 13 <= century <= 20 or len(words) < 2:
        return None
    if words[1] in {"oh", "o"}:
        rest, used = (UNITS.get(words[2], 0) if len(words) > 2 else 0), 3
    elif words[1] in TEENS or words[1] in TENS:
        rest, used = cardinal(words, 1)
    else:
        return None
    if not 1 <= rest < 100 or not _run_ends(words, used) or not ends[used - 1]:
        return None
    return Rewrite(position, ends[used - 1], f"{century}{rest:02}")


# -- quantities


def _spoken_quantity(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    sign, start = "", position
    if pieces[position].lower in {"minus", "negative"}:
        number_before = _at(pieces, position - 1)
        counted = number_before.lower in NUMBER_WORDS or number_before.core[-1:].isdecimal()
        if counted or pieces[position].after:
            return None
        sign, start = "-", position + 1
    quantity = _quantity(pieces, start)
    if quantity is None:
        # Skips the run, so that of an unreadable "nine eleven" no part is rewritten alone.
        _, ends = _number_run(pieces, start)
        return Rewrite(position, ends[-1], "") if ends else None
    with_noun = _with_noun(pieces, position, quantity, sign)
    if with_noun is not None:
        return with_noun
    if quantity.spelled and not (sign or _is_written_in_digits(pieces, start, quantity)):
        return Rewrite(position, quantity.last, "")
    last = quantity.last
    written = quantity.written
    if quantity.value >= 10**6 and " " in written:
        written, last = written.split(" ")[0], last - 1
    return Rewrite(position, last, sign + written)


def _written_quantity(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """Digits as recognised, before `percent` or a currency."""
    piece = pieces[position]
    digits = piece.lower.replace(",", "")
    if piece.after or not digits.replace(".", "", 1).isdecimal():
        return None
    written, last = piece.core, position + 1
    following = _at(pieces, last)
    if following.lower in {"million", "billion", "trillion"} and not following.after:
        written, last = f"{piece.core} {following.lower}", last + 1
    quantity = _Quantity(last, written, float(digits), spelled=False)
    return _with_noun(pieces, position, quantity, "")


def _quantity(pieces: Sequence[Piece], position: int) -> _Quantity | None:
    """Read a cardinal or decimal in words from `position` on, whole pieces only."""
    words, ends = _number_run(pieces, position)
    if not words:
        return None
    start = 1 if words[0] == "a" and len(words) > 1 else 0
    if start:  # "a hundred and fifty" is 150, "a hundred" stays
        words = ["one", *words[1:]]
    value, used = cardinal(words, 0)
    if not used or not ends[used - 1] or words[0] == "a" or (start and value in _ROUND):
        return None
    last = ends[used - 1]
    decimal = _decimals(pieces, last)
    if decimal is not None and not start:
        return _scaled_decimal(pieces, value, *decimal)
    if used < len(words) and words[used] in NUMBER_WORDS | ORDINAL_WORDS:
        return None  # two numbers without a reading of their own: "five ten"
    return _Quantity(last, _grouped(value, words[:used]), value, spelled=True)


_ROUND = frozenset((100, 1000, 10**6, 10**9, 10**12))


def _decimals(pieces: Sequence[Piece], position: int) -> tuple[str, int] | None:
    """Read the digits after `point` at `position`, and one past their last piece."""
    if (
        _at(pieces, position).lower != "point"
        or pieces[position].after
        or (pieces[position - 1].after)
    ):
        return None
    words, ends = _number_run(pieces, position + 1)
    digits, used = "", 0
    while used < len(words) and (words[used] in UNITS or words[used] in ZEROS):
        digits += str(UNITS.get(words[used], 0))
        used += 1
    if not used and words:
        value, used = cardinal(words, 0)
        digits = str(value) if value < 100 else ""
    if not digits or not ends[used - 1]:
        return None
    return digits, ends[used - 1]


def _scaled_decimal(
    pieces: Sequence[Piece], whole: int, digits: str, last: int
) -> _Quantity | None:
    written, value = f"{whole}.{digits}", float(f"{whole}.{digits}")
    following = _at(pieces, last)
    if not pieces[last - 1].after and following.lower in {"million", "billion", "trillion"}:
        return _Quantity(last + 1, f"{written} {following.lower}", value * 10**6, spelled=True)
    return _Quantity(last, written, value, spelled=True)


def _grouped(value: int, words: list[str]) -> str:
    """Digits, with commas from 10,000 on; a round million in words."""
    scale = words[-1]
    for name, size in (("trillion", 10**12), ("billion", 10**9), ("million", 10**6)):
        if scale == name and value % size == 0:
            return f"{value // size} {name}"
    return f"{value:,}" if value >= 10_000 else str(value)


def _with_noun(
    pieces: Sequence[Piece], position: int, quantity: _Quantity, sign: str
) -> Rewrite | None:
    """Write a quantity with what it counts: percent or money."""
    last = quantity.last
    if pieces[last - 1].after:
        return None
    noun, after_noun = _at(pieces, last), _at(pieces, last + 1)
    pair = (noun.lower, "" if noun.after else after_noun.lower)
    if noun.before:
        return None
    if noun.lower == "percent" or pair == ("per", "cent"):
        end = last + (1 if noun.lower == "percent" else 2)
        return Rewrite(position, end, f"{sign}{quantity.written}%")
    if pair == ("pounds", "sterling"):
        return Rewrite(position, last + 2, f"{sign}£{_money(quantity)}")
    currency = (_SINGLE_MONEY if quantity.value == 1 else _MAJOR_MONEY).get(noun.lower)
    return _sum(pieces, position, quantity, sign + currency) if currency else None


def _sum(pieces: Sequence[Piece], position: int, quantity: _Quantity, currency: str) -> Rewrite:
    """Write an amount of money, with the cents that follow; `currency` with the sign before."""
    last = quantity.last
    cents, end = _cents(pieces, last)
    if cents and "." not in quantity.written and " " not in quantity.written:
        return Rewrite(position, end, f"{currency}{_money(quantity)}.{cents}")
    return Rewrite(position, last + 1, f"{currency}{_money(quantity)}")


def _money(quantity: _Quantity) -> str:
    if quantity.spelled and quantity.written.isdecimal():
        return f"{int(quantity.written):,}"
    return quantity.written


def _cents(pieces: Sequence[Piece], noun: int) -> tuple[str, int]:
    """`and fifty cents` after the currency at `noun`: two digits and one past the last piece."""
    start = noun + 1
    if pieces[noun].after:
        return "", start
    if _at(pieces, start).lower == "and":
        start += 1
    piece = _at(pieces, start)
    if piece.lower.isdecimal() and len(piece.lower) <= 2:
        value, last = int(piece.lower), start + 1
    else:
        words, ends = _number_run(pieces, start)
        value, used = cardinal(words, 0) if words else (0, 0)
        last = ends[used - 1] if used else 0
        if not last or used < len(words):
            return "", start
    following = _at(pieces, last).lower
    if not 1 <= value < 100 or pieces[last - 1].after or following not in {"cents", "cent"}:
        return "", start
    return f"{value:02}", last + 1


def _is_written_in_digits(pieces: Sequence[Piece], start: int, quantity: _Quantity) -> bool:
    last, written = quantity.last, quantity.written
    following = _at(pieces, last).lower if not pieces[last - 1].after else ""
    if following in _FRACTION_NOUNS or following in ORDINAL_WORDS:
        return False
    if quantity.value >= 10 or "." in written:
        return True
    if following in {"to", "or"}:  # "five to ten" as 5 to 10
        limit = _quantity(pieces, last + 1)
        return limit is not None and limit.value >= 10
    before = _at(pieces, start - 1)
    named = before.lower in _NAMED_BY_NUMBER and not before.after and _ends_clause(pieces, last)
    return named or following in _MEASURES


# -- addresses


def _address(pieces: Sequence[Piece], position: int) -> Rewrite | None:
    """`help dot com` as help.com, `support at help dot com` as an e-mail address.

    An address needs a word before its mailbox that announces one: `me at amazon dot com` is a
    place, not a mailbox.
    """
    host, end = _at(pieces, position - 1), position
    name = host.lower
    if not name.isalnum() or host.after or pieces[position].after:
        return None
    while _at(pieces, end).lower == "dot" and _at(pieces, end + 1).lower.isalnum():
        name += "." + pieces[end + 1].lower
        end += 2
        if pieces[end - 1].after:
            break
    # Of at least two parts: a rewrite that ends where it began would be looked for for ever.
    if end == position or name.rpartition(".")[2] not in _TOP_LEVEL:
        return None
    at, mailbox, announced = (_at(pieces, position - back).lower for back in (2, 3, 4))
    if at == "at" and mailbox.isalnum() and announced in _BEFORE_MAILBOX:
        return Rewrite(position - 3, end, f"{mailbox}@{name}")
    return Rewrite(position - 1, end, name)
