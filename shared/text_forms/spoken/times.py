"""Times of the day."""

import re

from shared.text_forms.spelling import Words
from shared.text_forms.spoken.reading import Reading

AFTERNOON = {"am": ("a", "m"), "pm": ("p", "m")}  # English only

TIME = (
    r"(?P<hour>[01]?\d|2[0-4])[:h](?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d))?"
    r"(?P<half>[ap]\.?m)?"
)


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
