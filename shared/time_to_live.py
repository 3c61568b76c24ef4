"""Times to live of finished jobs, and their expiry.

A time to live counts from the job's end, successful or not. Both generations of the batch
contract have one: `timeToLiveHours`, 6 to 744, and `timeToLive`, a duration of at most 31 days
where none or zero keeps the job until it is deleted.
"""

from datetime import UTC, datetime, timedelta

from shared.durations import parse_duration
from shared.errors import InvalidTimeToLive

LONGEST = timedelta(days=31)
SHORTEST_HOURS, LONGEST_HOURS = 6, 744


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
    try:
        duration = parse_duration(text)
    except ValueError:
        message = "A time to live must be an ISO 8601 duration such as PT12H."
        raise InvalidTimeToLive(message) from None
    if duration > LONGEST:
        raise InvalidTimeToLive("A time to live must not be longer than 31 days.")
    return duration or None


def expiry(closed_at: datetime, time_to_live: timedelta | None) -> datetime | None:
    """Expiry of a job that ended at an aware time, in UTC; None is never."""
    return None if time_to_live is None else later(closed_at, time_to_live)


def later(moment: datetime, delay: timedelta) -> datetime:
    """Add a delay to an aware time, in UTC; past the year 9999 it is the end of that year."""
    try:
        return moment.astimezone(UTC) + delay
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def is_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether the time to live is over; at the very instant it is."""
    return expires_at is not None and now >= expires_at
