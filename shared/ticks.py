"""Conversions between the time units of the contracts: seconds, milliseconds and ticks.

A tick is 100 ns, the unit of Azure's short audio and batch results. Inside Sotto time is
seconds as a float (`_s`); only this module converts it to an integer.
"""

TICKS_PER_SECOND = 10_000_000
TICKS_PER_MILLISECOND = 10_000


def ticks_from_seconds(seconds: float) -> int:
    """Nearest whole number of 100 ns ticks."""
    return round(seconds * TICKS_PER_SECOND)


def milliseconds_from_seconds(seconds: float) -> int:
    """Nearest whole number of milliseconds."""
    # Through ticks: 0.0045 and 0.0015 + 0.003 s are one instant, but as floats they would be
    # rounded to 4 and 5 ms.
    return round(ticks_from_seconds(seconds) / TICKS_PER_MILLISECOND)


def ticks_from_milliseconds(milliseconds: int) -> int:
    """100 ns ticks of whole milliseconds."""
    return milliseconds * TICKS_PER_MILLISECOND
