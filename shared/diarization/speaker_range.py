"""How many speakers an audio may have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeakerRange:
    """Least and greatest number of speakers; `most` None leaves it to the voices."""

    least: int = 1
    most: int | None = None
