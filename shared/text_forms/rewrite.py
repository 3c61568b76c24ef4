"""Rewrites: words whose written form differs from the recognised words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replaces the pieces `first` to `last` (one past) with the word `written`."""

    first: int
    last: int
    written: str
