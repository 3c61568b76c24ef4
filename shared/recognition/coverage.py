"""Coverage: whether a text lasts as long as its speech.

The decoder may end after the first of several equal sentences, or of several speakers, and be
certain of it. Alignment shows it: the end of the text is aligned with its last word, seconds before
the last speech. Of complete texts it is aligned with the end of the audio.
"""

from shared.audio.segmenter import Segment
from shared.language.locales import language_in_model
from shared.recognition.engines.engine import RecognitionEngine
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.parts import part_of

LEAST_UNCOVERED_S = 1.0  # of speech; a shorter rest is the sound of the last word
LEAST_STEP_S = 0.5  # of audio that a text covers, or reading on would not come to an end
# A text with more tokens in a second of speech leaves none out; most speech has four.
DENSE_TOKENS_PER_SECOND = 3.0


def covers(engine: RecognitionEngine, work: SegmentWork) -> bool:
    """Whether the text of a segment covers its speech; aligned only if it has few tokens."""
    n_tokens = len(work.hypothesis.tokens)
    is_dense = n_tokens >= DENSE_TOKENS_PER_SECOND * work.segment.speech_s
    return is_dense or split_at_end_of_text(engine, work) is None


def split_at_end_of_text(
    engine: RecognitionEngine, work: SegmentWork
) -> tuple[Segment, Segment] | None:
    """The segment up to the end of its text, and the rest; None if that has no speech."""
    segment = work.segment
    if not work.hypothesis.tokens:
        return None
    (tokens,) = engine.align(
        [work.encoded],
        language_in_model(work.locale, engine.languages),
        [work.hypothesis],
        [segment.duration_s],
    )
    covered_s = tokens[-1].end_s
    end_s = segment.offset_s + segment.duration_s
    if covered_s < LEAST_STEP_S or segment.duration_s - covered_s < LEAST_UNCOVERED_S:
        return None
    rest = part_of(segment, segment.offset_s + covered_s, end_s)
    head = part_of(segment, segment.offset_s, segment.offset_s + covered_s)
    if rest.speech_s < LEAST_UNCOVERED_S or not head.utterances:
        return None
    return head, rest
