"""A word of the reference with the times of its phonemes. Times are seconds of the audio."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlignedPhone:
    """A phoneme of the reference (`AH0`) and the stretch of audio that it was aligned with."""

    phoneme: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A spoken word.

    text: lexical form, lower case.
    phones: at least one, in order, without gaps between them; silence lies between words only.
    expects_break: punctuation before the word asks for a pause; false for the first word, and
        where there is no reference text.
    """

    text: str
    phones: tuple[AlignedPhone, ...]
    expects_break: bool = False

    @property
    def start_s(self) -> float:
        """Start of the first phone."""
        return self.phones[0].start_s

    @property
    def end_s(self) -> float:
        """End of the last phone."""
        return self.phones[-1].end_s
