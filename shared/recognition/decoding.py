"""Decoding: encoder output in, hypotheses out, by the cheapest reading that can be believed.

    1. greedy search at the context that the segment came with
    2. one reading with twice the margin, by beam search, where the first is doubtful
    3. where that reading repeats itself, repetitions are counted by alignment (`recount.py`);
       where it leaves speech out, that is read (`coverage.py`)
    4. with a phrase list: once more with it as a hint

The second reading counts, however probable the first one was. So a segment costs one reading more
at most, but for speech that the text leaves out: one for each early end, up to three for each gap.
`engines/plausibility.py` has the thresholds. `phrase_list.py` chooses between steps 3 and 4.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.audio.segmenter import Segment
from shared.language.locales import language_in_model
from shared.recognition.coverage import (
    align_text,
    covers,
    split_around_gap,
    split_at_end_of_text,
)
from shared.recognition.encoding import encode_again
from shared.recognition.engines.engine import (
    DecodingRequest,
    Hypothesis,
    RecognitionEngine,
    Task,
)
from shared.recognition.engines.plausibility import (
    BEAM_SIZE,
    is_complete,
    is_doubtful,
    is_loop,
    token_limit,
)
from shared.recognition.engines.segment_work import SegmentWork
from shared.recognition.non_speech import is_not_speech, is_suspect
from shared.recognition.parts import split_into_parts
from shared.recognition.recount import recount

# Translations of longer segments of several utterances are decoded with time tokens. Without them
# the decoder may stop at the end of the first speaker; of a transcript, `coverage.py` finds the
# rest, and time tokens cost accuracy: word error rate of joined clips 13.8 without, 15.4 with.
LONG_TRANSLATION_S = 10.0


def decode_segments(
    engine: RecognitionEngine,
    works: Sequence[SegmentWork],
    task: Task = Task.TRANSCRIBE,
) -> list[SegmentWork]:
    """Decode segments of one context, without a phrase list.

    A segment that is read in parts comes back as several works, in order of time; a translation
    never does.
    """
    read = read_once(engine, works, task)
    if task is Task.TRANSLATE:
        return [
            _read_again(engine, work, task) if is_loop(work.hypothesis) else work for work in read
        ]
    return [result for work in read for result in _settle(engine, work)]


def read_once(
    engine: RecognitionEngine,
    works: Sequence[SegmentWork],
    task: Task = Task.TRANSCRIBE,
    *,
    prefix: tuple[int, ...] = (),
) -> list[SegmentWork]:
    """Step 1 alone: decode segments of one context by greedy search, whatever comes out.

    prefix: see `DecodingRequest`.
    """
    requests = [replace(_request(engine, work, task), prefix=prefix) for work in works]
    hypotheses = engine.decode([work.encoded for work in works], requests)
    return [replace(work, hypothesis=one) for work, one in zip(works, hypotheses, strict=True)]


def decode_with_hint(
    engine: RecognitionEngine, works: Sequence[SegmentWork], hint: str
) -> list[Hypothesis]:
    """Step 4: decode each segment with a phrase list as preceding context."""
    return [
        hypothesis
        for work in works
        for hypothesis in engine.decode(
            [work.encoded], [replace(_request(engine, work, Task.TRANSCRIBE), hint=hint)]
        )
    ]


def _request(engine: RecognitionEngine, work: SegmentWork, task: Task) -> DecodingRequest:
    segment, language = work.segment, language_in_model(work.locale, engine.languages)
    is_long = len(segment.utterances) > 1 and segment.duration_s > LONG_TRANSLATION_S
    return DecodingRequest(
        language,
        token_limit(segment.duration_s, language),
        timestamps=is_long and task is Task.TRANSLATE,
        task=task,
    )


def _settle(engine: RecognitionEngine, work: SegmentWork) -> list[SegmentWork]:
    """Steps 2 and 3, as far as the first reading needs them."""
    speech_s, language = work.segment.speech_s, language_in_model(work.locale, engine.languages)
    is_believed = not is_doubtful(work.hypothesis, speech_s, language)
    if is_believed and not is_suspect(work.hypothesis, speech_s) and covers(engine, work):
        return [work]
    again = _read_again(engine, work, Task.TRANSCRIBE)
    if is_not_speech([work.hypothesis, again.hypothesis], speech_s):
        # A sound may be beside speech: then each part is judged by itself.
        is_alone = len(work.segment.utterances) == 1
        return [replace(again, is_noise=True)] if is_alone else _read_in_parts(engine, again)
    if not is_complete(again.hypothesis, speech_s, language):
        if is_complete(work.hypothesis, speech_s, language) and covers(engine, work):
            return [replace(work, n_retries=again.n_retries)]
        if counted := recount(engine, again):
            return _read_on(engine, counted)
        if again.hypothesis.hit_token_limit:
            return [recount(engine, part) or part for part in _read_in_parts(engine, again)]
    return _read_on(engine, again)


def _read_on(engine: RecognitionEngine, work: SegmentWork) -> list[SegmentWork]:
    """Read what the text leaves out, behind its end or within, as long as there is speech."""
    tokens = align_text(engine, work)
    if split := split_at_end_of_text(work.segment, tokens):
        head, rest = split
        (tail,) = _read_parts(engine, work, [rest])
        if tail.is_noise or not any(map(str.isalnum, tail.hypothesis.text)):
            return [work]
        others = _recounted_or_read_on(engine, tail)
        return [replace(work, segment=head, n_retries=work.n_retries + 1), *others]
    if parts := split_around_gap(work.segment, tokens):
        return _read_around_gap(engine, work, parts)
    return [work]


def _read_around_gap(
    engine: RecognitionEngine, work: SegmentWork, segments: Sequence[Segment]
) -> list[SegmentWork]:
    """Read the parts of a segment around a gap; they count if they have more text than it has."""
    first, *rest = _read_parts(engine, work, segments)
    first = replace(first, n_retries=work.n_retries + len(segments))
    results = [one for part in (first, *rest) for one in _recounted_or_read_on(engine, part)]
    texts = [one.hypothesis for one in results if not one.is_noise]
    n_tokens = sum(len(text.tokens) for text in texts if not text.hit_token_limit)
    return results if n_tokens > len(work.hypothesis.tokens) else [work]


def _recounted_or_read_on(engine: RecognitionEngine, work: SegmentWork) -> list[SegmentWork]:
    return _read_on(engine, recount(engine, work) or work)


def _read_again(engine: RecognitionEngine, work: SegmentWork, task: Task) -> SegmentWork:
    """Read a segment with twice the margin, by beam search; a translation by greedy search."""
    request = _request(engine, work, task)
    if task is Task.TRANSCRIBE:
        request = replace(request, beam_size=BEAM_SIZE)
    encoded, duration_s, context = work.encoded, work.segment.duration_s, engine.context
    if context.n_positions(duration_s) < context.n_positions_again(duration_s):
        (encoded,) = encode_again(engine, [work.segment])
    (hypothesis,) = engine.decode([encoded], [request])
    return replace(work, encoded=encoded, hypothesis=hypothesis, n_retries=work.n_retries + 1)


def _read_in_parts(engine: RecognitionEngine, work: SegmentWork) -> list[SegmentWork]:
    """Read a segment in parts with twice the margin; the segment as it is if it has one part."""
    parts = split_into_parts(work.segment)
    if len(parts) == 1:
        return [work]
    first, *rest = _read_parts(engine, work, parts)
    return [replace(first, n_retries=work.n_retries + 1), *rest]


def _read_parts(
    engine: RecognitionEngine, work: SegmentWork, parts: Sequence[Segment]
) -> list[SegmentWork]:
    """Read parts of a segment by greedy search, each judged by itself."""
    encoded = encode_again(engine, parts)
    works = [
        replace(work, segment=part, encoded=output, n_retries=0)
        for part, output in zip(parts, encoded, strict=True)
    ]
    requests = [_request(engine, one, Task.TRANSCRIBE) for one in works]
    hypotheses = engine.decode(encoded, requests)
    return [
        replace(one, hypothesis=found, is_noise=is_not_speech([found], one.segment.speech_s))
        for one, found in zip(works, hypotheses, strict=True)
    ]
