"""The words of a phrase while it is spoken.

Each reading costs as much as the audio and the text that it covers. So a long phrase is read in
windows: where one is full, the words shown so far are placed by alignment, and the next window
begins behind them. The final reading covers the whole phrase.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from shared.audio.segmenter import Segment, Utterance
from shared.audio.speech_detector import SAMPLE_RATE
from shared.recognition.stability import PartialWord, StableWords

# A reading of eight seconds takes twice the time of one of four.
MOST_WINDOW_S = 6.0


@dataclass(frozen=True, slots=True)
class PartialReading:
    """One reading of speech under way.

    words: those behind the prefix.
    log_probability: average over the tokens.
    locale: the most likely one so far.
    language_probability: see `Phrase`.
    english: translation of the whole by the model; None where none was requested.
    prefix_end_s: end of the prefix in the audio; None where it was not asked for.
    """

    words: tuple[PartialWord, ...]
    log_probability: float
    locale: str
    language_probability: float | None
    english: str | None
    prefix_end_s: float | None = None


class PartialReader(Protocol):
    """Port of one reading of speech under way; `Recognition` is it."""

    @property
    def translates(self) -> bool:
        """Whether readings are translated, which needs the whole phrase."""
        ...

    def read_partial(
        self, segment: Segment, prefix: tuple[int, ...], *, locates_prefix: bool
    ) -> PartialReading | None:
        """Read a segment whose text begins with these tokens; None if that fails."""
        ...


class PhraseUnderWay:
    """A phrase from its first sound to its end.

    agreement: see `StableWords`.
    """

    def __init__(self, reader: PartialReader, agreement: int) -> None:
        self._reader = reader
        self._agreement = agreement
        self._before: tuple[PartialWord, ...] = ()  # words of the windows before
        self._start_s: float | None = None  # of the window; None: that of the phrase
        self._stable = StableWords(agreement)

    @property
    def words(self) -> tuple[PartialWord, ...]:
        """Words to show."""
        return self._before + self._stable.shown

    def read(self, segment: Segment) -> PartialReading | None:
        """Read the phrase so far; None where that fails."""
        window = _from(segment, self._start_s)
        is_full = window.duration_s > MOST_WINDOW_S and len(self._stable.shown) > 0
        reading = self._reader.read_partial(
            window, self._stable.tokens, locates_prefix=is_full and not self._reader.translates
        )
        if reading is None:
            return None
        if reading.prefix_end_s is None:
            self._stable.add(reading.words, reading.log_probability)
        else:
            self._before, self._start_s = self.words, reading.prefix_end_s
            self._stable = StableWords(self._agreement, is_first=False)
        return reading


def _from(segment: Segment, start_s: float | None) -> Segment:
    """The part of a segment from a time on."""
    if start_s is None:
        return segment
    first = round((start_s - segment.offset_s) * SAMPLE_RATE)
    samples = segment.samples[max(0, min(first, len(segment.samples) - 1)) :]
    end_s = segment.utterances[-1].end_s
    spoken = tuple(
        Utterance(max(one.start_s, start_s), one.end_s)
        for one in segment.utterances
        if one.end_s > start_s
    )
    return replace(
        segment,
        samples=samples,
        offset_s=start_s,
        utterances=spoken or (Utterance(min(start_s, end_s), end_s),),
    )
