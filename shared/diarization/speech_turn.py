"""Result of a diarization: speech turns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechTurn:
    """Speech of one speaker. `speaker` counts from 1 in the order of first appearance."""

    speaker: int
    offset_s: float
    duration_s: float

    @property
    def end_s(self) -> float:
        """End of the turn, seconds from the start of the audio."""
        return self.offset_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Diarization:
    """The speech turns of a whole audio.

    turns: by time; those of different speakers may overlap.
    exclusive: the same speech with one speaker at a time, the one with the highest score; words
        are assigned by these.
    """

    turns: tuple[SpeechTurn, ...]
    exclusive: tuple[SpeechTurn, ...]

    @property
    def n_speakers(self) -> int:
        """Number of speakers; 0 without speech."""
        return len({turn.speaker for turn in self.turns})
