"""Conversions between the time units of the contracts: seconds, milliseconds and ticks.

A tick is 100 ns, the unit of Azure's short audio and batch results. Inside Sotto time is
seconds as a float (`_s`); it becomes an integer here and nowhere else.
"""

TICKS_PER_SECOND = 10_000_000
MILLISECONDS_PER_SECOND = 1_000


def ticks_from_seconds(seconds: float) -> int:
    """Nearest whole number of 100 ns ticks."""
    return round(seconds * TICKS_PER_SECOND)


def milliseconds_from_seconds(seconds: float) -> int:
    """Nearest whole number of milliseconds."""
    return round(seconds * MILLISECONDS_PER_SECOND)
