"""Decoding: encoder output in, one hypothesis per segment out, by the cheapest sufficient step.

    1. greedy search, segments of one context together
    2. beam search on the same encoder output, where greedy search is not certain
    3. both once more at a longer context, up to the full one, while the text is not plausible
    4. with a phrase list: once more with it as a hint

Each step is taken for the segments that need it; a later hypothesis counts only where it is more
plausible than the one before. `engines/plausibility.py` has the thresholds,
`engines/context_length.py` the contexts. `phrase_list.py` chooses between steps 3 and 4.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.language.locales import language_in_model
from shared.recognition.engines.context_length import positions_of
from shared.recognition.engines.engine import (
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    RecognitionEngine,
    Task,
)
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.plausibility import (
    BEAM_SIZE,
    more_plausible,
    needs_beam_search,
    needs_fallback,
    token_limit,
)
from shared.recognition.engines.segment_work import SegmentWork

# Segments of several utterances are decoded with time tokens. Without them the decoder may stop at
# the end of the first speaker: word error rate of a conversation 17.8 without, 14.4 with, of single
# utterances 12.5 without and 13.0 with.
LONG_SEGMENT_S = 10.0


def decode_segments(
    engine: RecognitionEngine,
    works: Sequence[SegmentWork],
    task: Task = Task.TRANSCRIBE,
) -> list[SegmentWork]:
    """Decode segments of one context, without a phrase list."""
    requests = [_request(engine, work, task) for work in works]
    hypotheses = _search(engine, [work.encoded for work in works], requests)
    return [
        _fall_back(engine, replace(work, hypothesis=hypothesis), request)
        for work, hypothesis, request in zip(works, hypotheses, requests, strict=True)
    ]


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
    return DecodingRequest(
        language,
        token_limit(segment.duration_s, language),
        timestamps=len(segment.utterances) > 1 and segment.duration_s > LONG_SEGMENT_S,
        task=task,
    )


def _search(
    engine: RecognitionEngine,
    encoded: Sequence[EncodedSegment],
    requests: Sequence[DecodingRequest],
) -> list[Hypothesis]:
    """Steps 1 and 2: greedy search, and beam search where that is not certain.

    No beam with time tokens: it ends such a text at a change of speaker (word error rate of a
    conversation 18.4, 14.4 without). No beam for translations, which are never certain.
    """
    found = list(engine.decode(encoded, requests))
    uncertain = [
        index
        for index, (hypothesis, request) in enumerate(zip(found, requests, strict=True))
        if needs_beam_search(hypothesis)
        and not request.timestamps
        and request.task is Task.TRANSCRIBE
    ]
    if uncertain:
        wider = engine.decode(
            [encoded[index] for index in uncertain],
            [replace(requests[index], beam_size=BEAM_SIZE) for index in uncertain],
        )
        for index, hypothesis in zip(uncertain, wider, strict=True):
            found[index] = more_plausible(found[index], hypothesis)
    return found


def _fall_back(
    engine: RecognitionEngine, work: SegmentWork, request: DecodingRequest
) -> SegmentWork:
    """Step 3: encode and decode at longer and longer context until the text is plausible."""
    for n_positions in (positions_of(2 * work.segment.duration_s + 6.0), MAX_POSITIONS):
        if not needs_fallback(work.hypothesis, request.task):
            break
        if n_positions <= work.encoded.n_positions:
            continue
        (encoded,) = engine.encode([work.segment.samples], n_positions)
        (hypothesis,) = _search(engine, [encoded], [request])
        work = replace(work, n_retries=work.n_retries + 1)
        if more_plausible(work.hypothesis, hypothesis) is hypothesis:
            work = replace(work, hypothesis=hypothesis, encoded=encoded)
    return work
