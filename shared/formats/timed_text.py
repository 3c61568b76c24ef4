"""The display text of a phrase, split at possible line breaks, with times."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.formats.scripts import columns, may_break_between
from shared.transcript import Phrase, Word


@dataclass(frozen=True, slots=True)
class TimedPiece:
    """A word with its punctuation, or one character or more of a script without spaces.

    n_columns: its width. is_spaced: a space separates it from the previous piece.
    """

    text: str
    n_columns: int
    is_spaced: bool
    offset_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Span:
    """Characters `first` to `last`, one past, with their time."""

    first: int
    last: int
    offset_s: float
    end_s: float

    def time_s(self, position: int) -> float:
        """Interpolate the start of a character within the span."""
        share = (position - self.first) / (self.last - self.first)
        return self.offset_s + share * (self.end_s - self.offset_s)


def timed_pieces(phrase: Phrase, widest_columns: int) -> list[TimedPiece]:
    """Split the display form of the best alternative, lossless and in order.

    A timed word stays whole unless it is wider than `widest_columns`. Without word times, times
    are interpolated over the characters.
    """
    text = " ".join(phrase.best.display.split())
    spans = _word_spans(text, phrase.display_words)
    starts = {span.first for span in spans}

    def may_end_before(position: int) -> bool:
        before, after = text[position - 1], text[position]
        return after != " " and (before == " " or may_break_between(before, after))

    rules: list[Callable[[int], bool]] = [
        may_end_before,
        lambda position: columns(text[position]) > 0,
    ]
    if spans:
        rules.insert(0, lambda position: position in starts and may_end_before(position))
    elif text:
        spans = [_Span(0, len(text), phrase.offset_s, phrase.offset_s + phrase.duration_s)]
    return _assign_times(text, _split_by_rules(text, (0, len(text)), rules, widest_columns), spans)


def _word_spans(text: str, words: Sequence[Word]) -> list[_Span]:
    """Locate each word in the text; empty where the words are not the whole text."""
    spans: list[_Span] = []
    end = 0
    for word in words:
        first = text.find(word.text, end)
        if first < 0 or not word.text or text[end:first].strip():
            return []
        end = first + len(word.text)
        spans.append(_Span(first, end, word.offset_s, word.offset_s + word.duration_s))
    return [] if text[end:].strip() else spans


def _split_by_rules(
    text: str,
    extent: tuple[int, int],
    rules: Sequence[Callable[[int], bool]],
    widest_columns: int,
) -> Iterator[tuple[int, int]]:
    """Split a text by the first rule, and pieces that are too wide by the next rule."""
    first, last = extent
    cuts = [position for position in range(first + 1, last) if rules[0](position)]
    for piece in pairwise([first, *cuts, last]):
        if len(rules) > 1 and columns(text[slice(*piece)].rstrip()) > widest_columns:
            yield from _split_by_rules(text, piece, rules[1:], widest_columns)
        else:
            yield piece


def _assign_times(
    text: str, extents: Iterator[tuple[int, int]], spans: Sequence[_Span]
) -> list[TimedPiece]:
    pieces: list[TimedPiece] = []
    place, latest_s = 0, float("-inf")
    for first, last in extents:
        shown = text[first:last].rstrip()
        if not shown:
            continue
        end = first + len(shown)
        while spans[place].last <= first:
            place += 1
        offset_s = latest_s = max(latest_s, spans[place].time_s(first))
        while spans[place].last < end:
            place += 1
        end_s = latest_s = max(latest_s, spans[place].time_s(end))
        is_spaced = first > 0 and text[first - 1] == " "
        pieces.append(TimedPiece(shown, columns(shown), is_spaced, offset_s, end_s))
    return pieces
