"""Fluency: how natural the silent breaks between words are, and the rate of speech."""

import math
from collections.abc import Sequence

from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody import rhythm
from shared.pronunciation.prosody.native_norms import NATIVE, SCALES

# A pause at punctuation is natural up to this length; elsewhere up to that of an unexpected break.
_NATURAL_PAUSE_S = 1.0
# Marks of hesitation fall to 37 % where the excess of the pauses is this share of the speech.
_HESITATION_SHARE = 0.25
# A rate of few phones is drawn towards the mean of natives: half of the way for this number.
_UNRELIABLE_PHONES = 6
# Weights of the marks; their sum is 1.
_PHONE_RATE, _ARTICULATION_RATE, _SILENCE, _HESITATION = 0.3, 0.15, 0.2, 0.35


def score_fluency(words: Sequence[AlignedWord]) -> float:
    """Score the fluency of aligned words, 0..100; without words it is 0.

    Marks of natives' distributions for the rate with pauses, the rate without, and the share of
    silence; and of the pauses that are longer than natural where they stand.
    """
    if not words:
        return 0.0
    n_phones = rhythm.n_phones(words)
    reliability = n_phones / (n_phones + _UNRELIABLE_PHONES)
    marks = (
        _PHONE_RATE * NATIVE.phone_rate.marks(rhythm.log_phone_rate(words), reliability)
        + _ARTICULATION_RATE
        * NATIVE.articulation_rate.marks(rhythm.log_articulation_rate(words), reliability)
        + _SILENCE * NATIVE.silence.marks(-rhythm.silence_share(words), reliability)
        + _HESITATION * math.exp(-_hesitation(words) / _HESITATION_SHARE)
    )
    return 100.0 * marks


def _hesitation(words: Sequence[AlignedWord]) -> float:
    """Seconds of pauses beyond their natural length, by the seconds of speech."""
    natural_s = (
        _NATURAL_PAUSE_S if word.expects_break else SCALES.unexpected_break.half
        for word in words[1:]
    )
    pauses_s = rhythm.pauses_s(words)
    excess_s = sum(max(0.0, one - most) for one, most in zip(pauses_s, natural_s, strict=True))
    spoken_s = words[-1].end_s - words[0].start_s - sum(pauses_s)
    return excess_s / max(spoken_s, rhythm.SHORTEST_PAUSE_S)
