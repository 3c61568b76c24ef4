"""A time as subtitle files write it."""


def time_text(milliseconds: int, decimal_point: str = ".") -> str:
    """Format as `00:00:00.000`; hours have at least two digits."""
    seconds, milliseconds = divmod(milliseconds, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_point}{milliseconds:03}"
