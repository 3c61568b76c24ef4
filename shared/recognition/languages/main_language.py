"""The main language of an audio: which candidate its segments sound like together, if any."""

from collections.abc import Mapping, Sequence

import numpy as np

from shared.audio.segmenter import Segment
from shared.audio.speech_detector import SAMPLE_RATE
from shared.language.candidates import SURE_SHARE, IdentifiedLanguage, LanguageCandidates
from shared.language.viterbi import shares_of
from shared.recognition.engines.context_length import context_lengths
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, RecognitionEngine
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.plausibility import is_not_speech, token_limit
from shared.recognition.languages.rescoring import weighed_by_reading

READ_SURE_SHARE = 0.6  # what counts as clear once a segment has been read in several languages
NOTHING_S = 1.0

# What the candidates must have together of the probability of all languages. Whisper base: the
# least that the truth and another language have is 0.039 (slow English with a Mandarin accent, or
# Spanish), for all but one speaker of 20 at least 0.10; of 18 clips cut to 1.5 s it is 0.36.
# Without the truth, four near languages have less with 16 of 18 clips, two others with 286 of 294.
LEAST_HEARD_SHARE = 0.02


def hear_main_language(
    engine: RecognitionEngine,
    candidates: LanguageCandidates,
    segments: Sequence[Segment],
    encoded: Sequence[EncodedSegment],
) -> IdentifiedLanguage:
    """The candidate that some segments sound like, on the encoder output that is decoded anyway."""
    weights_s = [segment.speech_s for segment in segments]
    place = max(range(len(segments)), key=weights_s.__getitem__)
    ranked = _heard(engine, encoded)
    shares: Mapping[str, float] = candidates.mean_shares(ranked, weights_s)
    if candidates.heard_share(ranked, weights_s) < LEAST_HEARD_SHARE:
        best = max(shares, key=shares.__getitem__)
        if _is_foreign(engine, candidates, segments[place], best):
            return candidates.identified(shares, is_heard=False)
    if not _is_sure(shares, SURE_SHARE):
        shares = _heard_and_read(engine, candidates, segments[place], encoded[place], shares)
    return candidates.identified(shares)


def _heard(
    engine: RecognitionEngine, encoded: Sequence[EncodedSegment]
) -> list[Mapping[str, float]]:
    """Probability of every language in each segment; those of one context are heard together."""
    heard: dict[int, Mapping[str, float]] = {}
    for n_positions in {segment.n_positions for segment in encoded}:
        places = [place for place, one in enumerate(encoded) if one.n_positions == n_positions]
        ranked = engine.identify_language([encoded[place] for place in places])
        heard |= zip(places, ranked, strict=True)
    return [heard[place] for place in range(len(encoded))]


def _is_foreign(
    engine: RecognitionEngine, candidates: LanguageCandidates, segment: Segment, language: str
) -> bool:
    """Whether a segment sounds like no candidate at the full context either, but like speech.

    A Spanish clip that is clear at 30 s may sound like Hindi at its own context. What is not
    speech sounds like any language, so it is read in the most probable candidate.
    """
    full = engine.encode(segment.samples, MAX_POSITIONS)
    if candidates.heard_share(engine.identify_language([full]), [1.0]) >= LEAST_HEARD_SHARE:
        return False
    request = DecodingRequest(language, token_limit(segment.duration_s, language))
    (reading,) = engine.decode([full], [request])
    return any(map(str.isalnum, reading.text)) and not is_not_speech(reading)


def _heard_and_read(
    engine: RecognitionEngine,
    candidates: LanguageCandidates,
    segment: Segment,
    encoded: EncodedSegment,
    shares: Mapping[str, float],
) -> Mapping[str, float]:
    """Shares where hearing leaves a doubt: what is read in a language it is not in reads badly.

    The longest segment is read in the most probable languages. Only where that does not tell
    either is it encoded once more, at the full context.
    """
    read, is_loop = weighed_by_reading(engine, segment, encoded, shares)
    if _is_sure(read, READ_SURE_SHARE) and not is_loop:
        return read
    full = engine.encode(segment.samples, MAX_POSITIONS)
    shares = candidates.shares(engine.identify_language([full])[0])
    if _is_sure(shares, SURE_SHARE):
        return shares
    return weighed_by_reading(engine, segment, full, _without_bias(engine, shares))[0]


def _is_sure(shares: Mapping[str, float], least: float) -> bool:
    return max(shares.values()) >= least


def _without_bias(engine: RecognitionEngine, shares: Mapping[str, float]) -> dict[str, float]:
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
