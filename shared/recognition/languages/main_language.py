"""The main language of an audio: the candidate of its segments together, if any.

`evidence.py` describes the rungs.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from shared.audio.segmenter import Segment
from shared.audio.speech_detector import SAMPLE_RATE
from shared.language.candidates import IdentifiedLanguage, LanguageCandidates
from shared.language.posteriors import normalised
from shared.recognition.engines.context_length import positions_of
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, RecognitionEngine
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.plausibility import token_limit
from shared.recognition.languages.evidence import (
    LEAST_IN_SET_PROBABILITY,
    RESCORED_SURE_POSTERIOR,
    SURE_POSTERIOR,
    rescore_by_decoding,
)
from shared.recognition.non_speech import is_not_speech

SILENCE_MARGIN_S = 3.0
SILENCE_S = 1.0  # input for measuring the model's bias for languages


def identify_main_language(
    engine: RecognitionEngine,
    candidates: LanguageCandidates,
    segments: Sequence[Segment],
    encoded: Sequence[EncodedSegment],
) -> IdentifiedLanguage:
    """Identify the language of segments together; uncertain ones by rescoring the longest."""
    weights_s = [segment.speech_s for segment in segments]
    longest = max(range(len(segments)), key=weights_s.__getitem__)
    ranked = _probabilities(engine, encoded)
    posteriors: Mapping[str, float] = candidates.mean_posteriors(ranked, weights_s)
    if candidates.in_set_probability(ranked, weights_s) < LEAST_IN_SET_PROBABILITY:
        best = max(posteriors, key=posteriors.__getitem__)
        if _is_out_of_set(engine, candidates, segments[longest], best):
            return candidates.identified(posteriors, is_in_set=False)
    if not _is_sure(posteriors, SURE_POSTERIOR):
        posteriors = _rescored(engine, candidates, segments[longest], encoded[longest], posteriors)
    return candidates.identified(posteriors)


def _probabilities(
    engine: RecognitionEngine, encoded: Sequence[EncodedSegment]
) -> list[Mapping[str, float]]:
    """Probability of every language in each segment; one call for each context."""
    found: dict[int, Mapping[str, float]] = {}
    for n_positions in {segment.n_positions for segment in encoded}:
        indices = [i for i, one in enumerate(encoded) if one.n_positions == n_positions]
        ranked = engine.identify_language([encoded[index] for index in indices])
        found |= zip(indices, ranked, strict=True)
    return [found[index] for index in range(len(encoded))]


def _is_out_of_set(
    engine: RecognitionEngine, candidates: LanguageCandidates, segment: Segment, language: str
) -> bool:
    """Whether a segment is speech in none of the candidates, also at the full context.

    A Spanish clip that is clear at 30 s may be identified as Hindi at its own context. Noise may be
    identified as any language, so the segment is decoded in the most probable candidate: noise
    gives no text.
    """
    (full,) = engine.encode([segment.samples], MAX_POSITIONS)
    ranked = engine.identify_language([full])
    if candidates.in_set_probability(ranked, [1.0]) >= LEAST_IN_SET_PROBABILITY:
        return False
    request = DecodingRequest(language, token_limit(segment.duration_s, language))
    (hypothesis,) = engine.decode([full], [request])
    return any(map(str.isalnum, hypothesis.text)) and not is_not_speech(
        [hypothesis], segment.speech_s
    )


def _rescored(
    engine: RecognitionEngine,
    candidates: LanguageCandidates,
    segment: Segment,
    encoded: EncodedSegment,
    posteriors: Mapping[str, float],
) -> Mapping[str, float]:
    """Posteriors after rung 3, and after rung 4 if that is uncertain."""
    rescored, has_loop = rescore_by_decoding(engine, segment, encoded, posteriors)
    if _is_sure(rescored, RESCORED_SURE_POSTERIOR) and not has_loop:
        return rescored
    (full,) = engine.encode([segment.samples], MAX_POSITIONS)
    posteriors = candidates.posteriors(engine.identify_language([full])[0])
    if _is_sure(posteriors, SURE_POSTERIOR):
        return posteriors
    return rescore_by_decoding(engine, segment, full, _without_bias(engine, posteriors))[0]


def _is_sure(posteriors: Mapping[str, float], least: float) -> bool:
    return max(posteriors.values()) >= least


def _without_bias(engine: RecognitionEngine, posteriors: Mapping[str, float]) -> dict[str, float]:
    """Correct posteriors by the model's bias: its posteriors of silence, which has no language.

    With base silence is English with 0.29, Chinese 0.12, Korean 0.03, Japanese and Russian 0.02,
    and so is half a second of unclear speech. The correction is the square root of the bias, which
    in part reflects the true frequency of languages.
    """
    silence = np.zeros(round(SILENCE_S * SAMPLE_RATE), np.float32)
    encoded = engine.encode([silence], positions_of(SILENCE_S + SILENCE_MARGIN_S))
    (bias,) = engine.identify_language(encoded)
    unbiased = {
        language: posterior / max(bias.get(language, 0.0), 1e-4) ** 0.5
        for language, posterior in posteriors.items()
    }
    return normalised(unbiased, tuple(posteriors))
