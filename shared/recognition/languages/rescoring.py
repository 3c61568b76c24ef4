"""Where it is not clear which language somebody speaks: read it in each, take what reads well."""

import math
from collections.abc import Mapping, Sequence

from shared.audio.segmenter import Segment
from shared.language.viterbi import shares_of
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, RecognitionEngine
from shared.recognition.engines.plausibility import is_loop, token_limit

MOST_READ = 3

# A second of speech counts once, up to this. Of 40 clips of English with a Mandarin accent, many
# of children, 9 sound rather Chinese where Chinese is the other candidate; with readings 2 are
# taken for it.
MOST_WEIGHT_S = 3.0
LOOP_LOSS = 0.5


def weighed_by_reading(
    engine: RecognitionEngine,
    segment: Segment,
    encoded: EncodedSegment,
    shares: Mapping[str, float],
    languages: Sequence[str] = (),
) -> tuple[dict[str, float], bool]:
    """Share of each language, weighed by how probable the text is that is read in it.

    By its average log probability, because scripts have different numbers of tokens. Read are
    `languages`, or the most probable three; others keep nothing. A loop, whatever its probability,
    counts as a little worse than the worst other text; the second result says whether there was
    one, because at a short context it is weak evidence.
    """
    ranked = list(dict.fromkeys(languages)) or top_languages(shares)
    requests = [
        DecodingRequest(language, token_limit(segment.duration_s, language)) for language in ranked
    ]
    readings = engine.decode([encoded] * len(ranked), requests)
    weight = min(segment.speech_s, MOST_WEIGHT_S)
    well = {
        language: reading.average_log_probability
        for language, reading in zip(ranked, readings, strict=True)
        if not is_loop(reading)
    }
    worst = min(well.values(), default=0.0)
    weighed = {
        language: shares[language] * math.exp(weight * well.get(language, worst - LOOP_LOSS))
        for language in ranked
    }
    return shares_of(weighed, tuple(shares)), len(well) < len(ranked)


def top_languages(shares: Mapping[str, float]) -> list[str]:
    """The most probable languages, most probable first."""
    return sorted(shares, key=lambda language: -shares[language])[:MOST_READ]
