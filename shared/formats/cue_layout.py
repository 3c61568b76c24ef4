"""Pieces of one speaker -> cues and their lines, by dynamic programming over the places of breaks.

Line count and line length are kept always but for a piece that is too wide; the other rules have a
cost. A cue costs 1, so that a rule is broken only where no other split of the run keeps it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.formats.break_places import AFTER_SENTENCE, break_penalty, ends_sentence
from shared.formats.timed_text import TimedPiece

LINGER_S = 1.5
"""A cue stays at most this long after its speech (BBC, "Match subtitle to pace of speaking")."""
LONGEST_PAUSE_S = 1.0
"""No cue spans a longer pause: its end would be read long before it is spoken."""
ORPHAN_COLUMNS = 5

_BROKEN = 4.0  # a rule, by however little; half of it for a speed that is hardly too fast
_FAST = 10.0  # for twice the reading speed
_PAUSE_PER_S = 1.0  # within a cue, beyond the pause of a breath
_BREATH_S = 0.3
_LINE_BREAK = 0.8  # of the penalty of the same break between two cues
_IMBALANCE = 0.5  # of two lines, one of them empty
_TOP_HEAVY = 0.15  # first line longer than the second
_ORPHAN = 1.5
_TWO_SENTENCES = 1.0  # the end of one and the beginning of another in one cue


@dataclass(frozen=True, slots=True, kw_only=True)
class CueLimits:
    """Limits of the cues of one run.

    columns: of a line. first_columns: of the first line of a cue, opening_columns: of the first
        cue; both are less where they have room for a label.
    following_s: start of what is spoken next on the channel, or the end of the audio.
    """

    opening_columns: int
    first_columns: int
    columns: int
    max_lines: int
    columns_per_s: float
    min_cue_s: float
    max_cue_s: float
    following_s: float

    def top_columns(self, first: int) -> int:
        """Return the width of the first line of the cue that begins with piece `first`."""
        return self.first_columns if first else self.opening_columns


@dataclass(frozen=True, slots=True)
class _Split:
    """Lines of a range of pieces: their cost, and the ends of all but the last."""

    cost: float
    ends: tuple[int, ...] = ()


_IMPOSSIBLE = _Split(float("inf"))


class CueLayout:
    """Splits pieces into cues and lines; `first` to `last` (one past) name a range of pieces."""

    def __init__(self, pieces: Sequence[TimedPiece], limits: CueLimits, language: str) -> None:
        self._pieces = pieces
        self._limits = limits
        penalties = (break_penalty(*pair, language) for pair in pairwise(pieces))
        self._penalties = [AFTER_SENTENCE, *penalties, AFTER_SENTENCE]
        # Of all pieces before each: column of their end if all were in one line, pauses, sentences
        self._ends, self._pauses_s, self._sentences = [0], [0.0], [0]
        before_s = pieces[0].offset_s if pieces else 0.0
        for piece in pieces:
            self._ends.append(self._ends[-1] + piece.is_spaced + piece.n_columns)
            pause_s = max(0.0, piece.offset_s - before_s - _BREATH_S)
            self._pauses_s.append(self._pauses_s[-1] + pause_s)
            self._sentences.append(self._sentences[-1] + ends_sentence(piece))
            before_s = piece.end_s

    def cues(self) -> list[tuple[int, int]]:
        """Return the cheapest split into cues.

        Time grows with the number of pieces times the square of that of the longest cue.
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
        """Return the fewest lines, balanced, the shorter above, preferably split at a clause."""
        ends = self._split(first, last).ends
        return tuple(self._text(*part) for part in pairwise((first, *ends, last)))

    def _cost(self, first: int, last: int) -> float:
        limits = self._limits
        n_columns = self._columns(first, last)
        room = limits.top_columns(first) + limits.columns * (limits.max_lines - 1)
        empty = 1 - n_columns / room
        cost = 1 + self._penalties[last] + empty * empty + self._split(first, last).cost
        cost += _PAUSE_PER_S * (self._pauses_s[last] - self._pauses_s[first + 1])
        until_next_s = self._until_next_s(first, last)
        if until_next_s < limits.min_cue_s:
            cost += _BROKEN + 1 - until_next_s / limits.min_cue_s
        # A cue that needs the time touches the next one.
        needed = n_columns / limits.columns_per_s / max(until_next_s, 1e-3)
        if needed > 1:
            cost += min(_BROKEN / 2 + _FAST * (needed - 1), 2 * _BROKEN)
        if self._sentences[last - 1] > self._sentences[first] and self._penalties[last]:
            cost += _TWO_SENTENCES
        return cost + (_ORPHAN if self._is_orphan(first, last) else 0.0)

    def _until_next_s(self, first: int, last: int) -> float:
        """Return the longest time on screen: until the next cue begins, or the speech is over."""
        limits = self._limits
        is_last = last == len(self._pieces)
        next_s = limits.following_s if is_last else self._pieces[last].offset_s
        until_s = min(next_s, self._pieces[last - 1].end_s + LINGER_S)
        return min(until_s - self._pieces[first].offset_s, limits.max_cue_s)

    def _is_orphan(self, first: int, last: int) -> bool:
        """Whether the cue is one word of a longer sentence."""
        if last - first > 1 or (not self._pieces[first].is_spaced and first > 0):
            return False
        begins = first == 0 or ends_sentence(self._pieces[first - 1])
        ends = last == len(self._pieces) or ends_sentence(self._pieces[first])
        return not (begins and ends)

    def _split(self, first: int, last: int) -> _Split:
        n_columns = self._columns(first, last)
        if n_columns <= self._limits.top_columns(first) or last == first + 1:
            return _Split(0.0)
        for n_lines in range(2, self._limits.max_lines + 1):
            split = self._split_lines(first, last, n_lines, n_columns / n_lines, is_top=True)
            if split.cost < float("inf"):
                return split
        return _Split(0.0)  # of pieces that are too wide themselves

    def _split_lines(
        self, first: int, last: int, n_lines: int, mean: float, *, is_top: bool = False
    ) -> _Split:
        """Return the cheapest split into lines of nearly the mean width."""
        limits = self._limits
        most = limits.top_columns(first) if is_top else limits.columns
        if n_lines == 1:
            n_columns = self._columns(first, last)
            return _Split(self._line_cost(first, last, mean)) if n_columns <= most else _IMPOSSIBLE
        best = _IMPOSSIBLE
        # No earlier place leaves few enough columns for the other lines.
        least = self._ends[last] - limits.columns * (n_lines - 1) - 1
        for place in range(max(first + 1, bisect_left(self._ends, least, first, last)), last):
            n_columns = self._columns(first, place)
            if n_columns > most:
                break
            rest = self._split_lines(place, last, n_lines - 1, mean)
            cost = (
                rest.cost
                + self._line_cost(first, place, mean)
                + _LINE_BREAK * self._penalties[place]
            )
            cost += _TOP_HEAVY if n_columns > mean else 0.0
            if cost < best.cost:
                best = _Split(cost, (place, *rest.ends))
        return best

    def _line_cost(self, first: int, last: int, mean: float) -> float:
        n_columns = self._columns(first, last)
        is_orphan = last == first + 1 and n_columns <= ORPHAN_COLUMNS
        imbalance = abs(n_columns - mean) / self._limits.columns
        return _IMBALANCE * imbalance + (_ORPHAN if is_orphan else 0.0)

    def _last_of_longest_cue(self, first: int) -> int:
        """Return the end of the longest cue that keeps the limits, at least one piece."""
        last = start = first
        for line in range(self._limits.max_lines):
            most = self._limits.columns if line else self._limits.top_columns(first)
            while last < len(self._pieces) and self._columns(start, last + 1) <= most:
                last += 1
            start = last
            if last == len(self._pieces):
                break
        longest_s = self._limits.max_cue_s
        begin_s = self._pieces[first].offset_s
        while last > first + 1 and self._pieces[last - 1].end_s - begin_s > longest_s:
            last -= 1
        return max(last, first + 1)

    def _columns(self, first: int, last: int) -> int:
        return self._ends[last] - self._ends[first] - self._pieces[first].is_spaced

    def _text(self, first: int, last: int) -> str:
        head, *tail = self._pieces[first:last]
        return head.text + "".join(f" {p.text}" if p.is_spaced else p.text for p in tail)
