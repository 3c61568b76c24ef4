"""Ordinals, in digits below ten only in dates, and years."""

from shared.text_forms.english_written.number_run import NumberRun, piece_at
from shared.text_forms.english_written.numbers import (
    NUMBER_WORDS,
    TEENS,
    TENS,
    UNITS,
    cardinal,
    ordinal,
    ordinal_ending,
)
from shared.text_forms.lexicon import find_lexicon
from shared.text_forms.pieces import Piece
from shared.text_forms.rewrite import Rewrite

_DECADES = {f"{word[:-1]}ies": value for word, value in TENS.items()} | {"hundreds": 0}
_MONTHS = frozenset(find_lexicon("en").months)


def ordinal_day(run: NumberRun) -> Rewrite | None:
    """`twenty first` as 21st; below ten only in dates."""
    value, used = ordinal(run.words, 0)
    if not value:
        return None
    pieces, before, last = run.pieces, run.before, run.ends[used - 1]
    after = pieces[last - 1].after if last else ""
    of_month = (
        not after and piece_at(pieces, last).lower == "of" and _is_month(piece_at(pieces, last + 1))
    )
    dated = of_month or (_is_month(before) and not before.after)
    if not last or before.lower in NUMBER_WORDS:
        return None
    if run.words[:used] == ["twenty", "second"] and not dated and before.lower != "the":
        return None
    if value < 10 and not dated:
        return None
    return Rewrite(run.position, last, f"{value}{ordinal_ending(value)}")


def _is_month(piece: Piece) -> bool:
    """Whether this is a month; `may` and `march` only with a capital."""
    if piece.lower in {"may", "march"}:
        return piece.core[0].isupper()
    return piece.lower in _MONTHS


def year(run: NumberRun) -> Rewrite | None:
    """`nineteen ninety nine` and `twenty oh five`; `twenty twenty`, `nineteen eighties` too."""
    words = run.words
    decade = _decade(run)
    if decade is not None:
        return decade
    century = TEENS.get(words[0], 0) if words[0] in TEENS else 20 * (words[0] == "twenty")
    if not 13 <= century <= 20 or len(words) < 2:
        return None
    if words[1] in {"oh", "o"}:
        rest, used = (UNITS.get(words[2], 0) if len(words) > 2 else 0), 3
    elif words[1] in TEENS or words[1] in TENS:
        rest, used = cardinal(words, 1)
    else:
        return None
    if not 1 <= rest < 100 or not run.ends_after(used) or not run.ends[used - 1]:
        return None
    return Rewrite(run.position, run.ends[used - 1], f"{century}{rest:02}")


def _decade(run: NumberRun) -> Rewrite | None:
    """`nineteen eighties` as 1980s, `eighteen hundreds` as 1800s."""
    century = 20 if run.words[0] == "twenty" else TEENS.get(run.words[0], 0)
    last = run.ends[0]
    following = piece_at(run.pieces, last)
    if len(run.words) > 1 or century < 13 or run.pieces[last - 1].after or following.before:
        return None
    tens = _DECADES.get(following.lower)
    return None if tens is None else Rewrite(run.position, last + 1, f"{century}{tens:02}s")
