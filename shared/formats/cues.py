"""Transcript -> subtitle cues.

At most two lines of 42 columns and 7 seconds, preferably up to the end of a sentence, clause or
breath group:
https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617-Timed-Text-Style-Guide-General-Requirements
Three hours of English take 0.4 s, of Chinese without word times 1.1 s (2 cores).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shared.formats.scripts import columns
from shared.formats.speaker_labels import count_speaking_channels, label_speaker
from shared.formats.timed_text import TimedPiece, timed_pieces
from shared.ticks import milliseconds_from_seconds
from shared.transcript import Phrase, Transcript

LINE_COLUMNS = 42
LONGEST_S = 7.0
SHORTEST_S = 1.0  # unless the next cue of the channel begins earlier

_PAUSE_S = 0.3
_SENTENCE_ENDS = ".?!…。？！।۔؟။។།"
_CLAUSE_ENDS = ",;:—–、，；：،؛၊"
_CLOSING = "\"'”’»)]}」』）】"

# Penalties of a break after each, in units of one cue: a worse place is chosen only where a better
# one needs one more cue, or leaves one nearly empty.
_AFTER_SENTENCE, _AFTER_PAUSE, _AFTER_CLAUSE, _AFTER_WORD = 0.0, 0.2, 0.3, 1.0


@dataclass(frozen=True, slots=True)
class Cue:
    """One or two lines with their time on screen.

    end_ms: after offset_ms. voice: speaker label, empty where there is only one; the label and a
    colon fit before the first line.
    """

    channel: int
    offset_ms: int
    end_ms: int
    voice: str
    lines: tuple[str, ...]


def cues(transcript: Transcript) -> list[Cue]:
    """Return cues in order of time; those of one channel do not overlap."""
    names_channel = count_speaking_channels(transcript) > 1
    by_channel: dict[int, list[Cue]] = {}
    for phrase in transcript.phrases:
        by_channel.setdefault(phrase.channel, []).extend(
            _split_into_cues(phrase, label_speaker(phrase, names_channel=names_channel))
        )
    duration_ms = milliseconds_from_seconds(transcript.duration_s)
    resolved = [
        cue
        for of_channel in by_channel.values()
        for cue in _resolve_overlaps(sorted(of_channel, key=lambda cue: cue.offset_ms), duration_ms)
    ]
    return sorted(resolved, key=lambda cue: (cue.offset_ms, cue.channel))


def _split_into_cues(phrase: Phrase, voice: str) -> list[Cue]:
    first_columns = LINE_COLUMNS - (columns(f"{voice}: ") if voice else 0)
    pieces = timed_pieces(phrase, first_columns)
    layout = _Layout(pieces, first_columns)
    return [
        Cue(
            channel=phrase.channel,
            offset_ms=milliseconds_from_seconds(pieces[first].offset_s),
            end_ms=milliseconds_from_seconds(pieces[last - 1].end_s),
            voice=voice,
            lines=layout.lines(first, last),
        )
        for first, last in layout.cues()
    ]


class _Layout:
    """Splits pieces into cues and lines; `first` to `last` (one past) name a range of pieces."""

    def __init__(self, pieces: Sequence[TimedPiece], first_columns: int) -> None:
        self._pieces = pieces
        self._first_columns = first_columns
        self._penalties = [0.0, *(_penalty(*pair) for pair in pairwise(pieces)), _AFTER_SENTENCE]
        # Column of the end of each piece if all were in one line
        self._ends = [0]
        for piece in pieces:
            self._ends.append(self._ends[-1] + piece.is_spaced + piece.n_columns)

    def cues(self) -> list[tuple[int, int]]:
        """Return the cheapest split into cues, by dynamic programming.

        Time grows with the number of pieces times that of the longest cue.
        """
        n_pieces = len(self._pieces)
        costs = [0.0, *[float("inf")] * n_pieces]
        origins = [0] * (n_pieces + 1)
        for first in range(n_pieces):
            for last in range(first + 1, self._last_of_longest_cue(first) + 1):
                cost = costs[first] + self._cost(first, last)
                if cost < costs[last]:
                    costs[last], origins[last] = cost, first
        parts = []
        last = n_pieces
        while last:
            parts.append((origins[last], last))
            last = origins[last]
        return parts[::-1]

    def lines(self, first: int, last: int) -> tuple[str, ...]:
        """Return one line if it fits, else two of similar width, preferably split at a clause."""
        if self._columns(first, last) <= self._first_columns:
            return (self._text(first, last),)
        middle = min(
            (
                place
                for place in range(first + 1, last)
                if self._columns(first, place) <= self._first_columns
                and self._columns(place, last) <= LINE_COLUMNS
            ),
            key=lambda place: self._imbalance(first, place, last) + self._penalties[place] / 2,
        )
        return self._text(first, middle), self._text(middle, last)

    def _imbalance(self, first: int, middle: int, last: int) -> float:
        difference = self._columns(first, middle) - self._columns(middle, last)
        return abs(difference) / LINE_COLUMNS

    def _last_of_longest_cue(self, first: int) -> int:
        """Return the end of the longest cue within two lines and `LONGEST_S`, at least a piece."""
        middle = last = self._last_within(first, first, self._first_columns)
        if last < len(self._pieces):
            last = self._last_within(middle, middle, LINE_COLUMNS)
        while last > first + 1 and self._duration_s(first, last) > LONGEST_S:
            last -= 1
        return last

    def _last_within(self, first: int, last: int, n_columns: int) -> int:
        while last < len(self._pieces) and self._columns(first, last + 1) <= n_columns:
            last += 1
        return last

    def _cost(self, first: int, last: int) -> float:
        empty = 1 - self._columns(first, last) / (self._first_columns + LINE_COLUMNS)
        hasty = max(0.0, 1 - self._duration_s(first, last) / SHORTEST_S)
        return 1 + self._penalties[last] + empty * empty + hasty

    def _columns(self, first: int, last: int) -> int:
        return self._ends[last] - self._ends[first] - self._pieces[first].is_spaced

    def _duration_s(self, first: int, last: int) -> float:
        return self._pieces[last - 1].end_s - self._pieces[first].offset_s

    def _text(self, first: int, last: int) -> str:
        head, *tail = self._pieces[first:last]
        return head.text + "".join(f" {p.text}" if p.is_spaced else p.text for p in tail)


def _penalty(piece: TimedPiece, following: TimedPiece) -> float:
    """Return the penalty of a break between two pieces."""
    end = piece.text.rstrip(_CLOSING)[-1:]
    if end and end in _SENTENCE_ENDS:
        return _AFTER_SENTENCE
    if following.offset_s - piece.end_s >= _PAUSE_S:
        return _AFTER_PAUSE
    return _AFTER_CLAUSE if end and end in _CLAUSE_ENDS else _AFTER_WORD


def _resolve_overlaps(channel_cues: Sequence[Cue], duration_ms: int) -> list[Cue]:
    """Remove overlaps between the cues of a channel and lengthen short cues."""
    longest_ms, shortest_ms = map(milliseconds_from_seconds, (LONGEST_S, SHORTEST_S))
    resolved: list[Cue] = []
    for cue in channel_cues:
        offset_ms = cue.offset_ms
        if resolved:
            offset_ms = max(offset_ms, resolved[-1].offset_ms + 1)
            resolved[-1] = replace(resolved[-1], end_ms=min(resolved[-1].end_ms, offset_ms))
        end_ms = max(
            min(cue.end_ms, offset_ms + longest_ms),
            min(offset_ms + shortest_ms, duration_ms),
            offset_ms + 1,  # WebVTT: a cue ends after it starts
        )
        resolved.append(replace(cue, offset_ms=offset_ms, end_ms=end_ms))
    return resolved
