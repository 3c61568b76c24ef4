"""The ladder of evidence for a language: what is computed next, and how sure each answer must be.

    1. posterior    the language head on the encoder output that is decoded anyway; no extra cost
    2. isolated     a span or part is encoded by itself: neighbouring speech can mask its language
    3. rescored     it is decoded in each likely language; a wrong language gives improbable text
    4. full         it is encoded at the full context of 30 s and rescored there

Each rung is climbed only where the one below leaves a doubt. Main language of an audio:
`main_language.py`, rungs 1, 3, 4. Language of each phrase: `switching.py`, rungs 1, 2, 3.

All thresholds of identification stand here. They were chosen on the speech set with Whisper base;
docs/languages.md has the figures.
"""

import math
from collections.abc import Mapping, Sequence

from shared.audio.segmenter import Segment
from shared.language.viterbi import normalised
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, RecognitionEngine
from shared.recognition.engines.plausibility import is_loop, token_limit

# Rung 1. All 18 multilingual clips are above it at full length, each among its four most confusable
# languages, and none is wrong; of their first 1.5 s, one is above it and wrong.
SURE_POSTERIOR = 0.75
CLEAR_POSTERIOR = 0.9  # asked of a language that is new in the audio
# What the candidates must have together of the probability of all languages (open-set
# identification). The least that the truth and another language have is 0.039 (slow English with a
# Mandarin accent, or Spanish), for all but one speaker of 20 at least 0.10; of 18 clips cut to
# 1.5 s it is 0.36. Without the truth, four near languages have less with 16 of 18 clips, two others
# with 286 of 294.
LEAST_IN_SET_PROBABILITY = 0.02

# Rung 2, asked of a part of a cut segment. Of 121 clips of one language seven raise a wrong alarm,
# six of these are below it; of 120 joined pairs of clips three rightly cut ones are.
CONFIRMED_POSTERIOR = 0.95

# Rung 3.
RESCORED_SURE_POSTERIOR = 0.6
MOST_RESCORED = 3  # languages
# A second of speech counts once, up to this. Of 40 clips of English with a Mandarin accent, many
# of children, 9 sound rather Chinese where Chinese is the other candidate; rescored, 2 do.
MOST_WEIGHT_S = 3.0
LOOP_LOSS = 0.5


def rescore_by_decoding(
    engine: RecognitionEngine,
    segment: Segment,
    encoded: EncodedSegment,
    posteriors: Mapping[str, float],
    languages: Sequence[str] = (),
) -> tuple[dict[str, float], bool]:
    """Posterior of each language, weighted by how probable the text is that decoding gives in it.

    By its average log probability, because scripts have different numbers of tokens. Decoded are
    `languages`, or the most probable three; others keep nothing. A loop, whatever its probability,
    counts as a little worse than the worst other text; the second result says whether there was
    one, because at a short context it is weak evidence.
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
