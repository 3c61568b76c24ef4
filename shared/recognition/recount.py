"""Recounting: the number of times that a repeated unit is said, by alignment with the audio.

A decoder writes repeated words too often, up to its token limit, or too seldom. See
`repetition.py` for the method.
"""

import math
from dataclasses import replace

from shared.language.locales import language_in_model, language_of
from shared.recognition.alignment import group_words
from shared.recognition.engines.engine import Hypothesis, RecognitionEngine
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.repetition import Repetition, count_times, find_repetition, words_of

MOST_WORDS_PER_SECOND = 5.0  # of repeated words; people who chant say four
MOST_TOKENS = 220  # of an aligned text; Whisper's text context has 448
SPARE_TIMES = 2


def recount(engine: RecognitionEngine, work: SegmentWork) -> SegmentWork:
    """Write the repeated unit of a hypothesis as often as it is said; others stay as they are."""
    language = language_of(work.locale)
    groups = group_words(work.hypothesis.contents, language)
    words = ["".join(words_of(group.text, language)) for group in groups]
    found = find_repetition(words, language)
    if found is None:
        return work
    # The second time, since a first word may be written without a space before it.
    second = found.first + found.period
    unit = groups[second].first, groups[second + found.period - 1].last
    start = groups[found.first].first
    stop = groups[found.first + found.n_times * found.period - 1].last
    if work.hypothesis.hit_token_limit and found.first + found.n_words >= len(words) - 1:
        stop = len(work.hypothesis.tokens)  # the limit cut the last repetition
    n_most = _most_times(work, found, unit[1] - unit[0])
    aligned = _with_times(work.hypothesis, (start, stop), unit, n_most)
    (times,) = engine.align(
        [work.encoded],
        language_in_model(work.locale, engine.languages),
        [aligned],
        [work.segment.duration_s],
    )
    n_unit = unit[1] - unit[0]
    behind = start + n_most * n_unit
    onsets_s = [times[place].start_s for place in range(start, behind, n_unit)]
    end_s = times[behind].start_s if behind < len(times) else work.segment.duration_s
    log_probabilities = [
        sum(math.log(max(token.probability, 1e-10)) for token in times[place : place + n_unit])
        for place in range(start, behind, n_unit)
    ]
    n_times = count_times(
        log_probabilities,
        [_speech_before(work, onset_s) for onset_s in onsets_s],
        _speech_before(work, end_s),
    )
    return replace(work, hypothesis=_with_times(work.hypothesis, (start, stop), unit, n_times))


def _most_times(work: SegmentWork, found: Repetition, n_tokens: int) -> int:
    """More often than the unit can be said, as far as the text fits the model."""
    possible = math.ceil(work.segment.speech_s * MOST_WORDS_PER_SECOND / found.period)
    n_others = max(0, len(work.hypothesis.tokens) - found.n_times * n_tokens)
    return max(1, min(possible + SPARE_TIMES, (MOST_TOKENS - n_others) // n_tokens))


def _with_times(
    hypothesis: Hypothesis, stretch: tuple[int, int], unit: tuple[int, int], n_times: int
) -> Hypothesis:
    """The hypothesis with the tokens of the stretch replaced by the unit, `n_times` over."""
    places = [
        *range(stretch[0]),
        *(list(range(*unit)) * n_times),
        *range(stretch[1], len(hypothesis.tokens)),
    ]
    return replace(
        hypothesis,
        tokens=tuple(hypothesis.tokens[place] for place in places),
        contents=tuple(hypothesis.contents[place] for place in places),
        hit_token_limit=False,
    )


def _speech_before(work: SegmentWork, time_s: float) -> float:
    """Seconds of speech before a time of the segment."""
    moment_s = work.segment.offset_s + time_s
    return sum(
        max(0.0, min(moment_s, utterance.end_s) - utterance.start_s)
        for utterance in work.segment.utterances
    )
