"""Rate, stress and rhythm of aligned words, from the durations of their phones.

Source of the variability index: Grabe and Low, "Durational variability in speech and the rhythm
class hypothesis", 2002.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from shared.pronunciation.aligned_word import AlignedPhone, AlignedWord

# A shorter gap is a stop or an uncertain end of a word.
SHORTEST_PAUSE_S = 0.1
_SHORTEST_PHONE_S = 0.01
_LEAST_OF_A_KIND = 2


def vowels(words: Sequence[AlignedWord]) -> list[AlignedPhone]:
    """All vowels of the words: phonemes with a stress (`AH0`)."""
    return [phone for word in words for phone in word.phones if is_vowel(phone)]


def is_vowel(phone: AlignedPhone) -> bool:
    """Whether a phone is a vowel."""
    return phone.phoneme[-1:].isdigit()


def n_phones(words: Sequence[AlignedWord]) -> int:
    """Number of phones."""
    return sum(len(word.phones) for word in words)


def pauses_s(words: Sequence[AlignedWord]) -> list[float]:
    """Gap before each word but the first; short ones are 0."""
    gaps = [after.start_s - before.end_s for before, after in pairwise(words)]
    return [gap if gap >= SHORTEST_PAUSE_S else 0.0 for gap in gaps]


def log_phone_rate(words: Sequence[AlignedWord]) -> float:
    """Log of phones per second from the first word to the last, pauses included."""
    return _log_rate(n_phones(words), words[-1].end_s - words[0].start_s)


def log_articulation_rate(words: Sequence[AlignedWord]) -> float:
    """Log of phones per second without the pauses between words."""
    whole_s = words[-1].end_s - words[0].start_s
    return _log_rate(n_phones(words), whole_s - sum(pauses_s(words)))


def silence_share(words: Sequence[AlignedWord]) -> float:
    """Share of pauses in the time from the first word to the last, 0..1."""
    whole_s = max(words[-1].end_s - words[0].start_s, _SHORTEST_PHONE_S)
    return min(sum(pauses_s(words)) / whole_s, 1.0)


def log_stress(words: Sequence[AlignedWord]) -> float | None:
    """Log of the median duration of stressed vowels by that of unstressed ones; None if few."""
    stressed = [_seconds(one) for one in vowels(words) if one.phoneme[-1] == "1"]
    unstressed = [_seconds(one) for one in vowels(words) if one.phoneme[-1] == "0"]
    if min(len(stressed), len(unstressed)) < _LEAST_OF_A_KIND:
        return None
    return math.log(float(np.median(stressed)) / float(np.median(unstressed)))


def log_variability(words: Sequence[AlignedWord]) -> float | None:
    """Log of the normalised pairwise variability index of vowels, in percent; None if few."""
    durations_s = np.array([_seconds(one) for one in vowels(words)])
    if len(durations_s) <= _LEAST_OF_A_KIND:
        return None
    pairs = np.abs(np.diff(durations_s)) / ((durations_s[1:] + durations_s[:-1]) / 2)
    return math.log(max(100.0 * float(pairs.mean()), 1.0))


def _log_rate(count: int, seconds: float) -> float:
    return math.log(count / max(seconds, _SHORTEST_PHONE_S * count))


def _seconds(phone: AlignedPhone) -> float:
    return max(phone.end_s - phone.start_s, _SHORTEST_PHONE_S)
