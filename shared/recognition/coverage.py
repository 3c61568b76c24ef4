"""Coverage: whether a text lasts as long as its speech.

The decoder may end after the first of several equal sentences, or of several speakers, and be
certain of it; or it leaves out what is called between two sentences. Alignment shows it. The end of
the text is aligned seconds before the last speech, or one token with all the speech that is left
out: no word lasts as long.
"""

from collections.abc import Sequence
from itertools import pairwise

from shared.audio.segmenter import Segment
from shared.language.locales import language_in_model
from shared.recognition.engines.engine import AlignedToken, RecognitionEngine
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.parts import part_of

LEAST_UNCOVERED_S = 1.0  # of speech; a shorter rest is the sound of the last word
LEAST_STEP_S = 0.5  # of audio that a text covers, or reading on would not come to an end
# Of speech in one token. The longest of 132 read, accented and child segments has 1.3 s; three with
# something left out have 1.6, 4.1 and 4.9 s.
LEAST_GAP_S = 1.5
OWN_SPEECH_S = 0.6  # of such a token, before or behind what is left out
# A text with more tokens in a second of speech leaves none out; most speech has four.
DENSE_TOKENS_PER_SECOND = 3.0


def covers(engine: RecognitionEngine, work: SegmentWork) -> bool:
    """Whether the text of a segment covers its speech; aligned only if it has few tokens."""
    n_tokens = len(work.hypothesis.tokens)
    if n_tokens >= DENSE_TOKENS_PER_SECOND * work.segment.speech_s:
        return True
    tokens = align_text(engine, work)
    return not split_at_end_of_text(work.segment, tokens) and not split_around_gap(
        work.segment, tokens
    )


def align_text(engine: RecognitionEngine, work: SegmentWork) -> list[AlignedToken]:
    """Times of the tokens of a segment, from its first sample; empty without tokens."""
    if not work.hypothesis.tokens:
        return []
    (tokens,) = engine.align(
        [work.encoded],
        language_in_model(work.locale, engine.languages),
        [work.hypothesis],
        [work.segment.duration_s],
    )
    return tokens


def split_at_end_of_text(
    segment: Segment, tokens: Sequence[AlignedToken]
) -> tuple[Segment, Segment] | None:
    """The segment up to the end of its text, and the rest; None if that has no speech."""
    if not tokens:
        return None
    covered_s = tokens[-1].end_s
    if covered_s < LEAST_STEP_S or segment.duration_s - covered_s < LEAST_UNCOVERED_S:
        return None
    head = part_of(segment, segment.offset_s, segment.offset_s + covered_s)
    rest = part_of(segment, segment.offset_s + covered_s, segment.offset_s + segment.duration_s)
    if rest.speech_s < LEAST_UNCOVERED_S or not head.utterances:
        return None
    return head, rest


def split_around_gap(segment: Segment, tokens: Sequence[AlignedToken]) -> list[Segment]:
    """Parts before, in and behind the first stretch of speech that one token covers alone.

    Parts without speech are left out. A segment that is nothing else is halved in a pause. Empty
    without such a stretch, and where there is no pause either.
    """
    for token in tokens:
        start_s, end_s = segment.offset_s + token.start_s, segment.offset_s + token.end_s
        if part_of(segment, start_s, end_s).speech_s >= LEAST_GAP_S:
            borders_s = [
                _start_of_gap(segment, start_s, end_s),
                _end_of_gap(segment, start_s, end_s),
            ]
            return _cut(segment, borders_s) or _halve(segment)
    return []


def _halve(segment: Segment) -> list[Segment]:
    if len(segment.utterances) == 1:
        return []
    half = len(segment.utterances) // 2
    middle_s = (segment.utterances[half - 1].end_s + segment.utterances[half].start_s) / 2
    return _cut(segment, [middle_s])


def _cut(segment: Segment, borders_s: Sequence[float]) -> list[Segment]:
    """Parts with speech; empty where there is one, or one is almost the whole segment."""
    edges_s = [segment.offset_s, *borders_s, segment.offset_s + segment.duration_s]
    parts = [part_of(segment, *edges) for edges in pairwise(edges_s)]
    spoken = [part for part in parts if part.speech_s]
    most_s = segment.duration_s - LEAST_STEP_S
    return spoken if len(spoken) > 1 and all(part.duration_s <= most_s for part in spoken) else []


def _start_of_gap(segment: Segment, start_s: float, end_s: float) -> float:
    """In the pause before the first utterance of the gap, or where its token starts."""
    begins_s = min(
        (u.start_s for u in segment.utterances if start_s <= u.start_s < end_s), default=end_s
    )
    if part_of(segment, start_s, begins_s).speech_s > OWN_SPEECH_S:
        return start_s
    before_s = max((u.end_s for u in segment.utterances if u.end_s <= begins_s), default=start_s)
    return (before_s + begins_s) / 2


def _end_of_gap(segment: Segment, start_s: float, end_s: float) -> float:
    """In the pause behind the last utterance of the gap, or where its token ends."""
    ends_s = max(
        (u.end_s for u in segment.utterances if start_s < u.end_s <= end_s), default=start_s
    )
    if part_of(segment, ends_s, end_s).speech_s > OWN_SPEECH_S:
        return end_s
    behind_s = min((u.start_s for u in segment.utterances if u.start_s >= ends_s), default=end_s)
    return (ends_s + behind_s) / 2
