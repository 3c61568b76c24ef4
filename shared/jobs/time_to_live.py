"""How long a finished job is kept: ISO 8601 durations, and when one has expired.

A time to live counts from the job's end, successful or not. Both generations of the batch
contract have one: `timeToLiveHours`, 6 to 744, and `timeToLive`, a duration of at most 31 days
where none or zero keeps the job until it is deleted.
"""

import re
from datetime import UTC, datetime, timedelta

from shared.errors import InvalidTimeToLive
from shared.ticks import iso_duration, ticks_from_seconds

LONGEST = timedelta(days=31)
SHORTEST_HOURS, LONGEST_HOURS = 6, 744

# Years and months have no length of their own, so a duration in them can not be counted.
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
    InvalidTimeToLive: it is none, or has years or months.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise InvalidTimeToLive("A time to live must be an ISO 8601 duration such as PT12H.")
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


def time_to_live_from_hours(hours: int) -> timedelta:
    """Time to live of `timeToLiveHours`, 6 to 744.

    Raises
    ------
    InvalidTimeToLive: outside of that.
    """
    if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        raise InvalidTimeToLive(
            f"timeToLiveHours must be {SHORTEST_HOURS} to {LONGEST_HOURS} hours."
        )
    return timedelta(hours=hours)


def time_to_live_from_text(text: str | None) -> timedelta | None:
    """Time to live of `timeToLive`, and of a drop folder; None where there is none or zero.

    Raises
    ------
    InvalidTimeToLive: no duration, or longer than 31 days.
    """
    if text is None:
        return None
    duration = parse_duration(text)
    if duration > LONGEST:
        raise InvalidTimeToLive("A time to live must not be longer than 31 days.")
    return duration or None


def expiry(closed_at: datetime, time_to_live: timedelta | None) -> datetime | None:
    """When a job that ended at an aware time is to be gone, in UTC; None is never."""
    if time_to_live is None:
        return None
    return closed_at.astimezone(UTC) + time_to_live


def is_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Tell whether the time is over. At the very instant it is."""
    return expires_at is not None and now >= expires_at
