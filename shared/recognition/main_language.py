"""The main language of an audio: which candidate its segments sound like together."""

from collections.abc import Sequence

import numpy as np

from shared.audio.voice_activity import SAMPLE_RATE, Segment
from shared.language.identification import SURE_SHARE, LanguageCandidates
from shared.language.turns import shares_of
from shared.recognition.context_length import context_lengths
from shared.recognition.engine import EncodedSegment, RecognitionEngine
from shared.recognition.language_readings import weighed_by_reading
from shared.recognition.log_mel import MAX_POSITIONS

READ_SURE_SHARE = 0.6  # what counts as clear once a segment has been read in several languages
NOTHING_S = 1.0


def hear_main_language(
    engine: RecognitionEngine,
    candidates: LanguageCandidates,
    segments: Sequence[Segment],
    encoded: Sequence[EncodedSegment],
) -> dict[str, float]:
    """Probability of each candidate, on the encoder's output that is decoded anyway.

    Where that leaves a doubt, the longest segment is read in the most probable languages: what
    it is not in reads badly. Only where that does not tell either is it encoded once more, at the
    full context.
    """
    weights_s = [segment.speech_s for segment in segments]
    shares = candidates.mean_shares(engine.identify_language(encoded), weights_s)
    if _is_sure(shares, SURE_SHARE):
        return shares
    place = max(range(len(segments)), key=weights_s.__getitem__)
    longest = segments[place]
    read, is_loop = weighed_by_reading(engine, longest, encoded[place], shares)
    if _is_sure(read, READ_SURE_SHARE) and not is_loop:
        return read
    full = engine.encode(longest.samples, MAX_POSITIONS)
    shares = candidates.shares(engine.identify_language([full])[0])
    if _is_sure(shares, SURE_SHARE):
        return shares
    return weighed_by_reading(engine, longest, full, _without_bias(engine, shares))[0]


def _is_sure(shares: dict[str, float], least: float) -> bool:
    return max(shares.values()) >= least


def _without_bias(engine: RecognitionEngine, shares: dict[str, float]) -> dict[str, float]:
    """Shares less what the model says of silence, which has no language.

    To base it is English with 0.29, Chinese 0.12, Korean 0.03, Japanese and Russian 0.02; half a
    second of speech that it hardly understands is English too. By the square root, because that
    bias is in part true of what people speak.
    """
    silence = np.zeros(round(NOTHING_S * SAMPLE_RATE), np.float32)
    (bias,) = engine.identify_language([engine.encode(silence, context_lengths(NOTHING_S)[0])])
    unbiased = {
        language: share / max(bias.get(language, 0.0), 1e-4) ** 0.5
        for language, share in shares.items()
    }
    return shares_of(unbiased, tuple(shares))
