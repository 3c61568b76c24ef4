"""Display text without punctuation, for `punctuationMode` `None`.

Capitals, numbers and symbols stay. Punctuation has Unicode's categories P*, except for marks that
are part of a word or a number: `don't`, `U.S.`, `3.50`, `10:30`, `50%`, `AT&T`.
"""

import re
import unicodedata

from shared.formats.scripts import is_unspaced

_SIGNS = re.compile(r"[^\w\s]+")
_PARTS_OF_WORDS = frozenset("'’-‐‑%‰٪&@#*/\\§・·׳״་＆％＠＃＊／")
_WITHIN_WORDS = frozenset(".,:")  # between two letters or digits: `3.50`, `10:30`, `node.js`
_WITHIN_NUMBERS = frozenset("–—〜")  # between two digits, as in a range of years
_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.[^\W\d_]$")  # `p.m`, also at the end of `U.S.A`
_LOOKBACK_CHARACTERS = 4  # two initials, the full stop between them, the character before


def without_punctuation(text: str) -> str:
    """Return `text` with single spaces and without punctuation.

    A mark between two words without a space becomes a space, `yes—no` becomes `yes no`; between
    characters of a script without spaces it is removed.
    """
    return " ".join(_SIGNS.sub(_without_marks, text).split())


def _without_marks(signs: re.Match[str]) -> str:
    """Return the remainder of a run of characters that are no letters, digits or spaces."""
    text, run = signs.string, signs.group()
    start, end = signs.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if len(run) == 1 and (_is_within(run, before, after) or _ends_initials(signs)):
        return run
    if run == "-" and not before.strip() and not after.strip():
        return ""
    kept = "".join(sign for sign in run if not _is_mark(sign))
    if run[-1] == "." and after.isdecimal() and not _is_mark(run[-2:-1]):
        return f"{kept}."  # `.5` and `$.50`
    if _ends_initials(signs):
        return f".{kept}"
    if kept or not before.isalnum() or not after.isalnum():
        return kept
    return "" if is_unspaced(before) or is_unspaced(after) else " "


def _is_mark(sign: str) -> bool:
    return bool(sign) and sign not in _PARTS_OF_WORDS and unicodedata.category(sign)[0] == "P"


def _is_within(sign: str, before: str, after: str) -> bool:
    if sign in _WITHIN_NUMBERS:
        return before.isdecimal() and after.isdecimal()
    if sign not in _WITHIN_WORDS or not before.isalnum() or not after.isalnum():
        return False
    return not is_unspaced(before) and not is_unspaced(after)


def _ends_initials(signs: re.Match[str]) -> bool:
    if signs.group()[0] != ".":
        return False
    start = signs.start()
    return bool(_INITIALS.search(signs.string[max(0, start - _LOOKBACK_CHARACTERS) : start]))
