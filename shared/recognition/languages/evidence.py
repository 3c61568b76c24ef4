"""The ladder of evidence for a language: the order of the computations, and their thresholds.

    1. posterior    the language head on the encoder output that is decoded anyway; no extra cost
    2. isolated     a span or part is encoded alone: neighbouring speech can mask its language
    3. rescored     it is decoded in each likely language; a wrong language gives improbable text
    4. full         it is encoded at the full context of 30 s and rescored there

A rung is computed only if the one before it is uncertain. Main language of an audio:
`main_language.py`, rungs 1, 3, 4. Language of each phrase: `switching.py`, rungs 1, 2, 3.

This module has all thresholds of identification. They were chosen on the speech set with Whisper
base; docs/languages.md has the figures.
"""

import math
from collections.abc import Mapping, Sequence

from shared.audio.segmenter import Segment
from shared.language.posteriors import normalised
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, RecognitionEngine
from shared.recognition.engines.plausibility import is_loop, token_limit

# Rung 1. All 18 multilingual clips are above it at full length, each among its four most confusable
# languages, and none is wrong; of their first 1.5 s, one is above it and wrong.
SURE_POSTERIOR = 0.75
CLEAR_POSTERIOR = 0.9  # required of a language that is new in the audio
# Least sum of the candidates' probabilities among all languages (open-set identification). The
# smallest sum of the truth and another language is 0.039 (slow English with a Mandarin accent, or
# Spanish), for all but one speaker of 20 at least 0.10; of 18 clips cut to 1.5 s it is 0.36.
# Without the truth, four near languages have less with 16 of 18 clips, two others with 286 of 294.
LEAST_IN_SET_PROBABILITY = 0.02

# Rung 2, required of a part of a cut segment. Of 121 clips of one language seven give a false
# alarm, six of them below it; of 120 joined pairs of clips three correct cuts are below it.
CONFIRMED_POSTERIOR = 0.95

# Rung 3.
RESCORED_SURE_POSTERIOR = 0.6
MOST_RESCORED = 3  # languages
# The weight is the duration of the speech, up to this. Of 40 clips of English with a Mandarin
# accent, many of children, 9 are identified as Chinese if Chinese is the other candidate; after
# rescoring, 2 are.
MOST_WEIGHT_S = 3.0
LOOP_LOSS = 0.5


def rescore_by_decoding(
    engine: RecognitionEngine,
    segment: Segment,
    encoded: EncodedSegment,
    posteriors: Mapping[str, float],
    languages: Sequence[str] = (),
) -> tuple[dict[str, float], bool]:
    """Weight the posterior of each language by the probability of the text decoded in it.

    The average log probability counts, because scripts have different numbers of tokens. Decoding
    is in `languages`, or the three most probable ones; others are dropped. A loop, whatever its
    probability, counts as slightly worse than the worst other text; the second result is whether
    there was one, because at a short context it is weak evidence.
    """
    ranked = list(dict.fromkeys(languages)) or top_languages(posteriors)
    requests = [
        DecodingRequest(language, token_limit(segment.duration_s, language)) for language in ranked
    ]
    hypotheses = engine.decode([encoded] * len(ranked), requests)
    weight = min(segment.speech_s, MOST_WEIGHT_S)
    plausible = {
        language: hypothesis.average_log_probability
        for language, hypothesis in zip(ranked, hypotheses, strict=True)
        if not is_loop(hypothesis)
    }
    worst = min(plausible.values(), default=0.0)
    weighted = {
        language: posteriors[language]
        * math.exp(weight * plausible.get(language, worst - LOOP_LOSS))
        for language in ranked
    }
    return normalised(weighted, tuple(posteriors)), len(plausible) < len(ranked)


def top_languages(posteriors: Mapping[str, float]) -> list[str]:
    """The most probable languages, most probable first."""
    return sorted(posteriors, key=lambda language: -posteriors[language])[:MOST_RESCORED]
