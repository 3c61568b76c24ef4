"""Rules of subtitles that a list of cues breaks, judged from the cues and the transcript alone.

`docs/subtitles.md` has the rules with their sources.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from shared.formats.break_places import ends_sentence, parts_a_unit
from shared.formats.cues import Cue
from shared.formats.scripts import columns, is_unspaced
from shared.formats.subtitle_options import SubtitleOptions
from shared.formats.timed_text import TimedPiece
from shared.ticks import milliseconds_from_seconds
from shared.transcript import Transcript

_GAP_MS = 83
_SHIFT_MS, _LINGER_MS = 125, 1_500
_TURN_PAUSE_MS = 1_000
_ORPHAN_COLUMNS = 5
_ROUNDING_MS = 1


class Rule(StrEnum):
    """A rule of one cue, named as in the report."""

    LINE_LENGTH = "line too long"
    LINES = "too many lines"
    SHORT = "shown too shortly"
    LONG = "shown too long"
    SPEED = "faster than the reading speed"
    GAP = "overlap, or a gap below two frames"
    ORPHAN = "orphan word"
    BREAK = "break within a unit"
    STEP = "out of step with the speech"


def broken_rules(
    transcript: Transcript, cues: Sequence[Cue], options: SubtitleOptions
) -> list[set[Rule]]:
    """Return the broken rules of each cue of a transcript of one channel with word times."""
    spoken = _spoken_spans(transcript, cues)
    if not cues:
        return []
    followings = [*cues[1:], None]
    broken = [
        {*_rules_of_one(cue, options), *_rules_of_step(cue, span)}
        for cue, span in zip(cues, spoken, strict=True)
    ]
    for rules, cue, following in zip(broken, cues, followings, strict=True):
        if following is not None:
            rules.update(_rules_of_pair(cue, following))
    for before, cue, following, rules in zip(
        [None, *cues[:-1]], cues, followings, broken, strict=True
    ):
        if _is_orphan_cue(before, cue, following):
            rules.add(Rule.ORPHAN)
    return broken


def _rules_of_one(cue: Cue, options: SubtitleOptions) -> Iterator[Rule]:
    top, *others = cue.lines
    shown = [f"{cue.voice}: {top}" if cue.names_voice else top, *others]
    if max(map(columns, shown)) > options.line_columns(cue.locale):
        yield Rule.LINE_LENGTH
    if len(shown) > options.max_lines:
        yield Rule.LINES
    duration_ms = cue.end_ms - cue.offset_ms
    if duration_ms < milliseconds_from_seconds(options.min_cue_s):
        yield Rule.SHORT
    if duration_ms > milliseconds_from_seconds(options.max_cue_s):
        yield Rule.LONG
    n_columns = columns(" ".join(cue.lines))
    if n_columns / options.columns_per_s(cue.locale) * 1_000 > duration_ms + _ROUNDING_MS:
        yield Rule.SPEED
    if len(cue.lines) > 1 and any(
        len(line.split()) == 1 and columns(line) <= _ORPHAN_COLUMNS for line in cue.lines
    ):
        yield Rule.ORPHAN
    if any(_parts(above, below, cue.locale) for above, below in pairwise(cue.lines)):
        yield Rule.BREAK


def _rules_of_step(cue: Cue, spoken: tuple[int, int]) -> Iterator[Rule]:
    offset_ms, end_ms = spoken
    is_in_step = abs(cue.offset_ms - offset_ms) <= _SHIFT_MS
    if not is_in_step or cue.end_ms > end_ms + _LINGER_MS + _ROUNDING_MS:
        yield Rule.STEP


def _rules_of_pair(cue: Cue, following: Cue) -> Iterator[Rule]:
    gap_ms = following.offset_ms - cue.end_ms
    if gap_ms < 0 or 0 < gap_ms < _GAP_MS:
        yield Rule.GAP
    if _continues(cue, following) and _parts(cue.lines[-1], following.lines[0], cue.locale):
        yield Rule.BREAK


def _is_orphan_cue(before: Cue | None, cue: Cue, following: Cue | None) -> bool:
    """Whether a cue is one word of a sentence that the cue before or after has the rest of."""
    if len(" ".join(cue.lines).split()) > 1 or is_unspaced(cue.lines[0][0]):
        return False
    last = _pieces(cue.lines[-1])[-1]
    goes_on = following is not None and _continues(cue, following) and not ends_sentence(last)
    return goes_on or (
        before is not None
        and _continues(before, cue)
        and not ends_sentence(_pieces(before.lines[-1])[-1])
    )


def _continues(cue: Cue, following: Cue) -> bool:
    pause_ms = following.offset_ms - cue.end_ms
    return cue.voice == following.voice and pause_ms < _TURN_PAUSE_MS


def _parts(above: str, below: str, locale: str) -> bool:
    return parts_a_unit(_pieces(above)[-1], _pieces(below)[0], locale.partition("-")[0])


def _pieces(line: str) -> list[TimedPiece]:
    return [
        TimedPiece(word, columns(word), is_spaced=True, offset_s=0.0, end_s=0.0)
        for word in line.split()
    ]


def _spoken_spans(transcript: Transcript, cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """Return begin and end of the speech of each cue, found by counting its characters."""
    times: list[tuple[float, float]] = []
    for phrase in sorted(transcript.phrases, key=lambda phrase: phrase.offset_s):
        for word in phrase.display_words:
            span = (word.offset_s, word.offset_s + word.duration_s)
            times += [span] * len("".join(word.text.split()))
    spans, first = [], 0
    for cue in cues:
        last = first + len("".join("".join(cue.lines).split()))
        begin_s, end_s = times[first][0], times[last - 1][1]
        spans.append((milliseconds_from_seconds(begin_s), milliseconds_from_seconds(end_s)))
        first = last
    return spans
