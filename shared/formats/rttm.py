"""Speech turns as RTTM, the input of diarization scorers: one line per turn.

Source: NIST, "Rich Transcription Time Marked", RT-09 evaluation plan, appendix A.
"""

from collections.abc import Iterable
from typing import Protocol


class SpokenTurn(Protocol):
    """A phrase of a transcript, or a turn of a diarization."""

    @property
    def speaker(self) -> int | None:
        """Speaker, counted from 1; None without diarization."""
        ...

    @property
    def offset_s(self) -> float:
        """Seconds from the start of the audio."""
        ...

    @property
    def duration_s(self) -> float:
        """Seconds."""
        ...


def rttm(turns: Iterable[SpokenTurn], file_id: str, channel: int = 0) -> str:
    """Write `SPEAKER` lines for all turns that have a speaker: `Guest-1`, `Guest-2`, ...

    Parameters
    ----------
    file_id: name of the audio in the second column; blanks, which separate columns, become `_`.
    channel: counted from 0; RTTM counts from 1.
    """
    name = "_".join(file_id.split()) or "audio"
    return "".join(
        f"SPEAKER {name} {channel + 1} {turn.offset_s:.3f} {turn.duration_s:.3f}"
        f" <NA> <NA> Guest-{turn.speaker} <NA> <NA>\n"
        for turn in turns
        if turn.speaker is not None
    )
