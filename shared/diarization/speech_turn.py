"""What diarization finds: who spoke from when to when."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechTurn:
    """Speech of one speaker. `speaker` counts from 1 in the order of first appearance."""

    speaker: int
    offset_s: float
    duration_s: float

    @property
    def end_s(self) -> float:
        """Where the turn ends."""
        return self.offset_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Diarization:
    """The speech of a whole audio, by speaker.

    turns: by time; those of different speakers may overlap.
    exclusive: the same speech with one speaker at a time, for words: the one who is heard best.
    """

    turns: tuple[SpeechTurn, ...]
    exclusive: tuple[SpeechTurn, ...]

    @property
    def n_speakers(self) -> int:
        """How many there are; 0 where nobody speaks."""
        return len({turn.speaker for turn in self.turns})
