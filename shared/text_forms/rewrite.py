"""Words that are written otherwise than they were recognised."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The pieces `first` to `last` (one past) are written as one word `written`."""

    first: int
    last: int
    written: str
