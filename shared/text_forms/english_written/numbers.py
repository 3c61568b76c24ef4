"""Values of English number words: `two hundred and fifty` is 250."""

from collections.abc import Sequence

from shared.text_forms.pieces import split_words

UNITS = {
    word: value
    for value, word in enumerate(
        split_words("one two three four five six seven eight nine"), start=1
    )
}
TEENS = {
    word: value
    for value, word in enumerate(
        split_words(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
        ),
        start=10,
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        split_words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ZEROS = frozenset(("zero", "oh", "o"))
NUMBER_WORDS = frozenset((*UNITS, *TEENS, *TENS, *SCALES, "hundred", "zero"))
_ORDINAL_UNITS = {
    word: value
    for value, word in enumerate(
        split_words("first second third fourth fifth sixth seventh eighth ninth"), start=1
    )
}
_ORDINAL_TEENS = {
    word: value
    for value, word in enumerate(
        split_words(
            "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
            "eighteenth nineteenth"
        ),
        start=10,
    )
}
_ORDINAL_TENS = {
    word: 10 * value
    for value, word in enumerate(
        split_words(
            "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
        ),
        start=2,
    )
}
_ORDINALS = {**_ORDINAL_UNITS, **_ORDINAL_TEENS, **_ORDINAL_TENS}
ORDINAL_WORDS = frozenset(_ORDINALS)


def cardinal(words: Sequence[str], start: int) -> tuple[int, int]:
    """Read the longest cardinal from `start` on.

    Returns
    -------
    Its value and the index one past its last word; `start` itself where there is none.
    """
    total, current, position = 0, 0, start
    scale_before = 10**15
    while position < len(words):
        word = words[position]
        if word in UNITS and _takes_unit(current):
            current += UNITS[word]
        elif word in TEENS and current % 100 == 0:
            current += TEENS[word]
        elif word in TENS and current % 100 == 0:
            current += TENS[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word in SCALES and 0 < current < 1000 and SCALES[word] < scale_before:
            scale_before = SCALES[word]
            total, current = total + current * scale_before, 0
        elif word == "and" and _takes_and(words, position, total, current):
            pass
        elif word == "zero" and position == start:
            return 0, start + 1
        else:
            break
        position += 1
    return total + current, position


def ordinal(words: Sequence[str], start: int) -> tuple[int, int]:
    """Read an ordinal below 100 from `start` on, as `cardinal` returns it."""
    word = words[start]
    if word in _ORDINALS:
        return _ORDINALS[word], start + 1
    if word in TENS and start + 1 < len(words) and words[start + 1] in _ORDINAL_UNITS:
        return TENS[word] + _ORDINAL_UNITS[words[start + 1]], start + 2
    return 0, start


def ordinal_ending(number: int) -> str:
    """Return the ending of an ordinal: `st` of 21, `th` of 11."""
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _takes_unit(current: int) -> bool:
    below_hundred = current % 100
    return below_hundred == 0 or (below_hundred >= 20 and below_hundred % 10 == 0)


def _takes_and(words: Sequence[str], position: int, total: int, current: int) -> bool:
    """`two hundred and fifty`: `and` only after a round number and before a smaller one."""
    following = words[position + 1] if position + 1 < len(words) else ""
    if following not in UNITS and following not in TEENS and following not in TENS:
        return False
    # "two hundred and two thousand" is one number, "a hundred and one million" too
    return current % 100 == 0 and (current > 0 or total > 0)


def hour_of_clock(word: str) -> int:
    """Return an hour of the clock, 1 to 12; 0 for another word."""
    value = UNITS.get(word) or TEENS.get(word, 0)
    return value if value <= 12 else 0


def minutes_after_hour(words: Sequence[str], start: int = 1) -> tuple[int, int]:
    """Read minutes from `start` on, `thirty` or `oh five`, as `cardinal` does; 0 for none."""
    if words[start] in {"oh", "o"}:
        following = words[start + 1] if start + 1 < len(words) else ""
        return UNITS.get(following, 0), start + 2
    minutes, end = cardinal(words, start)
    return (minutes, end) if 10 <= minutes < 60 else (0, end)
