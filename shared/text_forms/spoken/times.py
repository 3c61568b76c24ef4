"""Times of the day."""

import re

from shared.text_forms.spelling import Words
from shared.text_forms.spoken.reading import Reading

AFTERNOON = {"am": ("a", "m"), "pm": ("p", "m")}  # English only

TIME = (
    r"(?P<hour>[01]?\d|2[0-4])[:h](?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?"
    r"(?P<half>[aApP]\.?[mM])?"
)

# A number, unless its neighbours say otherwise.
TIME_WITH_STOP = (
    r"(?P<hour>[01]?\d|2[0-4])\.(?P<minutes>[0-5]\d)(?P<seconds>(?!))?(?P<half>[aApP]\.?[mM])?"
)
TIME_SPAN = (
    r"(?P<first>\d{1,2}(?:[.:h][0-5]\d)?)[-\u2010-\u2014]"
    r"(?P<second>\d{1,2}[.:h][0-5]\d)(?P<half>[aApP]\.?[mM])?"
)
_SECOND_TIME = re.compile(r"\d{1,2}(?:[.:][0-5]\d)?(?P<half>[aApP]\.?[mM])?")
_RANGE_WORDS = frozenset(("to", "till", "until", "and"))


def read_time(match: re.Match[str], reading: Reading) -> Words | None:
    """`5:30pm` as five thirty p m, `17:00` as seventeen hundred; `14h30` too."""
    hour, minutes, seconds, half = match["hour"], match["minutes"], match["seconds"], match["half"]
    speller, link = reading.speller, reading.lexicon.minutes_after
    words = speller.cardinal(int(hour))
    if reading.following.lower in reading.lexicon.hour_words and not seconds:
        return words  # the minutes follow the word for hours
    if int(minutes) or seconds:
        words = (*words, *((link,) if link else ()), *minute_words(minutes, reading))
    else:
        words += _full_hour(int(hour), half or reading.following.lower, reading)
    if seconds:
        words += minute_words(seconds, reading)
    return words + AFTERNOON.get((half or "").lower().replace(".", ""), ())


def read_time_with_stop(match: re.Match[str], reading: Reading) -> Words | None:
    """`6.45pm`, `3.30` before `pm` or `p m`, and what the word before says: `alle 15.30`."""
    halved = match["half"] or _has_half(reading, 1)
    announced = reading.previous.lower in reading.lexicon.before_clock
    return read_time(match, reading) if halved or announced else None


def read_time_span(match: re.Match[str], reading: Reading) -> Words | None:
    """`3.30-4.30pm` as three thirty to four thirty p m; without a half of the day a colon tells."""
    halved = match["half"] or _has_half(reading, 1)
    if not reading.lexicon.to or (not halved and "." in match[0]):
        return None
    first, second = (_span_end(match[name], reading) for name in ("first", "second"))
    half = AFTERNOON.get((match["half"] or "").lower().replace(".", ""), ())
    return (*first, reading.lexicon.to, *second, *half)


def _span_end(text: str, reading: Reading) -> Words:
    hour, _, minutes = text.replace(".", ":").replace("h", ":").partition(":")
    words = reading.speller.cardinal(int(hour))
    link = reading.lexicon.minutes_after
    if not minutes:
        return words
    if not int(minutes):
        return words if reading.language == "en" or len(link) == 1 else (*words, link)
    return (*words, *((link,) if link else ()), *minute_words(minutes, reading))


def _has_half(reading: Reading, ahead: int) -> bool:
    """Whether `pm` or `p m` follows, or a second time with it: `3.30 to 4.15 pm`."""
    following = [
        piece.lower for piece in reading.pieces[reading.index + ahead : reading.index + ahead + 3]
    ]
    if reading.pieces[reading.index + ahead - 1].after or not following:
        return False
    if following[0].replace(".", "") in AFTERNOON or following[:2] in (["a", "m"], ["p", "m"]):
        return True
    if ahead > 1 or following[0] not in _RANGE_WORDS or len(following) < 2:
        return False
    second = _SECOND_TIME.fullmatch(following[1])
    return second is not None and (bool(second["half"]) or _has_half(reading, 3))


def _full_hour(hour: int, following: str, reading: Reading) -> Words:
    if reading.language != "en":
        link = reading.lexicon.minutes_after
        return (link,) if len(link) > 1 else ()
    if following.lower().replace(".", "") in AFTERNOON or following == "o'clock":
        return ()
    return ("o'clock",) if 1 <= hour <= 12 else ("hundred",)


def minute_words(minutes: str, reading: Reading) -> Words:
    """Read two digits of minutes or seconds; `05` is `oh five` in English."""
    if reading.language == "en" and minutes[0] == "0":
        return ("oh", *reading.speller.cardinal(int(minutes)))
    return reading.speller.cardinal(int(minutes))


def is_clock(text: str, reading: Reading) -> bool:
    """Whether this is a time as in `10.30 Uhr`, not a number with decimals."""
    return (
        re.fullmatch(r"\d{1,2}\.\d{2}", text) is not None
        and reading.following.lower in reading.lexicon.hour_words
    )
