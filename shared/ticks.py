"""Conversions between the time units of the contracts: seconds, milliseconds and ticks.

A tick is 100 ns, the unit of Azure's short audio and batch results. Inside Sotto time is
seconds as a float (`_s`); it becomes an integer here and nowhere else.
"""

TICKS_PER_SECOND = 10_000_000
TICKS_PER_MILLISECOND = 10_000


def ticks_from_seconds(seconds: float) -> int:
    """Nearest whole number of 100 ns ticks."""
    return round(seconds * TICKS_PER_SECOND)


def milliseconds_from_seconds(seconds: float) -> int:
    """Nearest whole number of milliseconds."""
    # By way of ticks: 0.0045 and 0.0015 + 0.003 s mean one instant, but as floats they would
    # be rounded to 4 and 5 ms.
    return round(ticks_from_seconds(seconds) / TICKS_PER_MILLISECOND)


def ticks_from_milliseconds(milliseconds: int) -> int:
    """100 ns ticks of whole milliseconds."""
    return milliseconds * TICKS_PER_MILLISECOND


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
