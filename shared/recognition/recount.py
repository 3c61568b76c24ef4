"""Recounting: the number of times that a repeated unit is said, by alignment with the audio.

A decoder writes repeated words too often, up to its token limit, or stops too soon. See
`repetition.py` for the method.
"""

import math
import statistics
from dataclasses import dataclass, replace

from shared.audio.segmenter import Segment
from shared.language.locales import language_in_model, language_of
from shared.recognition.alignment import group_words
from shared.recognition.engines.engine import AlignedToken, Hypothesis, RecognitionEngine
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.repetition import count_steps, find_repetition, words_of

LEAST_UNIT_S = 0.2  # of one short word; people who chant say four in a second
LETTERS_PER_SECOND = 14  # of a longer unit, said fast
MOST_TOKENS = 220  # of an aligned text; Whisper's text context has 448
MOST_LETTERS_PER_SECOND = 20  # of any unit; an utterance of less time cannot have it
SPARE_TIMES = 3
LIKE_DURATIONS = 1.5  # of utterances of the same words, by their median
MOST_BELIEVED_TIMES = 3  # what is written so often is no loop: it is said as often, or more often


def recount(engine: RecognitionEngine, work: SegmentWork) -> SegmentWork | None:
    """Write the repeated unit of a hypothesis as often as it is said; None if it has none.

    See `find_repetition` for what is a repeated unit.
    """
    unit = _repeated_unit(work)
    if unit is None:
        return None
    n_times = _count(engine, work, unit)
    if unit.n_written <= MOST_BELIEVED_TIMES:
        n_times = max(n_times, unit.n_written)
    if (unit.start, unit.stop) == (0, len(work.hypothesis.tokens)):
        n_times = max(n_times, _n_like_utterances(work.segment, unit.n_letters))
    return replace(work, hypothesis=unit.written(work.hypothesis, n_times))


@dataclass(frozen=True, slots=True)
class _Unit:
    """Tokens of the second repetition, `first..last` (exclusive), in the stretch `start..stop`.

    The first one may be written otherwise, with a capital or without a space before it.
    """

    start: int
    stop: int
    first: int
    last: int
    n_letters: int
    n_written: int

    @property
    def n_tokens(self) -> int:
        return self.last - self.first

    def written(self, hypothesis: Hypothesis, n_times: int) -> Hypothesis:
        """The hypothesis with the unit `n_times` in place of the stretch."""
        places = [
            *range(self.first),
            *(list(range(self.first, self.last)) * (n_times - 1)),
            *range(self.stop, len(hypothesis.tokens)),
        ]
        return replace(
            hypothesis,
            tokens=tuple(hypothesis.tokens[place] for place in places),
            contents=tuple(hypothesis.contents[place] for place in places),
            hit_token_limit=False,
        )


def _repeated_unit(work: SegmentWork) -> _Unit | None:
    hypothesis, language = work.hypothesis, language_of(work.locale)
    groups = group_words(hypothesis.contents, language)
    words = ["".join(words_of(group.text, language)) for group in groups]
    found = find_repetition(words, language)
    if found is None:
        return None
    second, behind = found.first + found.period, found.first + found.n_times * found.period
    stop = groups[behind - 1].last
    if hypothesis.hit_token_limit and found.first + found.n_words >= len(words) - 1:
        stop = len(hypothesis.tokens)  # the limit cut the last repetition
    return _Unit(
        start=groups[found.first].first,
        stop=stop,
        first=groups[second].first,
        last=groups[second + found.period - 1].last,
        n_letters=sum(map(len, words[second : second + found.period])),
        n_written=found.n_times,
    )


def _n_like_utterances(segment: Segment, n_letters: int) -> int:
    """Number of utterances of a segment if they last about as long, and as long as a unit; else 0.

    Where all that is said is the unit, each of them has it at least once.
    """
    durations_s = [utterance.end_s - utterance.start_s for utterance in segment.utterances]
    usual_s, unit_s = statistics.median(durations_s), n_letters / MOST_LETTERS_PER_SECOND
    are_long = max(unit_s, usual_s / LIKE_DURATIONS) <= min(durations_s)
    return len(durations_s) if are_long and max(durations_s) <= usual_s * LIKE_DURATIONS else 0


def _most_times(work: SegmentWork, unit: _Unit) -> int:
    """More often than the unit can be said, as far as the text fits the model."""
    shortest_s = max(LEAST_UNIT_S, unit.n_letters / LETTERS_PER_SECOND)
    n_others = len(work.hypothesis.tokens) - (unit.stop - unit.start)
    n_fitting = (MOST_TOKENS - n_others) // unit.n_tokens
    return max(1, min(math.ceil(work.segment.speech_s / shortest_s) + SPARE_TIMES, n_fitting))


def _count(engine: RecognitionEngine, work: SegmentWork, unit: _Unit) -> int:
    """Count twice: surplus repetitions crowd the last real one, so a first count bounds them."""
    n_most = _most_times(work, unit)
    n_times = _count_aligned(engine, work, unit, n_most)
    return _count_aligned(engine, work, unit, min(n_times + SPARE_TIMES, n_most))


def _count_aligned(
    engine: RecognitionEngine, work: SegmentWork, unit: _Unit, n_aligned: int
) -> int:
    """Align the unit `n_aligned` times, and count the steps of its onsets."""
    times = _align(engine, work, unit.written(work.hypothesis, n_aligned))
    behind = unit.first + (n_aligned - 1) * unit.n_tokens
    end_s = times[behind].start_s if behind < len(times) else work.segment.duration_s
    onsets = [unit.start, *range(unit.first, behind, unit.n_tokens)]
    onsets_s = [times[place].start_s for place in onsets]
    return count_steps(
        [_speech_before(work, onset_s) for onset_s in onsets_s], _speech_before(work, end_s)
    )


def _align(
    engine: RecognitionEngine, work: SegmentWork, hypothesis: Hypothesis
) -> list[AlignedToken]:
    (times,) = engine.align(
        [work.encoded],
        language_in_model(work.locale, engine.languages),
        [hypothesis],
        [work.segment.duration_s],
    )
    return times


def _speech_before(work: SegmentWork, time_s: float) -> float:
    """Seconds of speech before a time of the segment."""
    moment_s = work.segment.offset_s + time_s
    return sum(
        max(0.0, min(moment_s, utterance.end_s) - utterance.start_s)
        for utterance in work.segment.utterances
    )
