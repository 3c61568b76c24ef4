"""Range of the number of speakers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeakerRange:
    """Least and greatest number of speakers; `most` None sets no upper bound."""

    least: int = 1
    most: int | None = None
