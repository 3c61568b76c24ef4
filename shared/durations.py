"""Durations of ISO 8601, read and written.

The contracts have two spellings: in time only, `PT26H`, for offsets and lengths of audio; with
days, `P1DT2H`, for times to live.
"""

import re
from datetime import timedelta

from shared.ticks import TICKS_PER_SECOND, ticks_from_seconds

# Years and months have no fixed length, so a duration with them has no number of seconds.
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W"
    r"|(?=.)(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:[.,]\d{1,9})?)S)?)?)",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of weeks, or of days and a time: `P2W`, `P1DT12H`, `PT0.5S`.

    Raises
    ------
    ValueError: the text is no duration, or has years or months; the message does not quote it.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("a duration must be one of ISO 8601, such as PT12H")
    parts = {
        unit: float(number.replace(",", "."))
        for unit, number in found.groupdict().items()
        if number is not None
    }
    return timedelta(**parts)


def duration_text(duration: timedelta) -> str:
    """Write a duration as the contracts do: days and a time, `P2DT30M`; zero is `PT0S`.

    Raises
    ------
    ValueError: it is negative, which ISO 8601 has no way to write.
    """
    if duration < timedelta(0):
        raise ValueError("a duration must not be negative")
    days, rest = divmod(duration, timedelta(days=1))
    time = iso_duration(ticks_from_seconds(rest.total_seconds()))
    if not days:
        return time
    return f"P{days}D{time.removeprefix('P')}" if rest else f"P{days}D"


def iso_duration(ticks: int) -> str:
    """Write a duration as hours, minutes and seconds of ISO 8601: `PT1M2.5S`; zero is `PT0S`.

    A day is 24 hours more, and a fraction has up to 7 digits, as in Azure's batch results.

    Raises
    ------
    ValueError: it is negative, which ISO 8601 has no way to write.
    """
    if ticks < 0:
        raise ValueError("a duration must not be negative")
    seconds, fraction = divmod(ticks, TICKS_PER_SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = f"{hours}H" if hours else ""
    if minutes:
        time += f"{minutes}M"
    if seconds or fraction or not time:
        time += f"{seconds}.{fraction:07}".rstrip("0").rstrip(".") + "S"
    return f"PT{time}"
