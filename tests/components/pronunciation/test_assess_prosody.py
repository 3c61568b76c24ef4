"""Prosody with the network that tracks the pitch."""

import math

import numpy as np

from shared.pronunciation.aligned_word import AlignedPhone, AlignedWord
from shared.pronunciation.prosody.prosody import assess_prosody

RATE = 16_000


def test_a_flat_voice_is_monotone_and_a_singing_one_is_not(voice):
    words = tuple(
        AlignedWord("are", (AlignedPhone("AA1", start_s, start_s + 0.3),))
        for start_s in np.arange(0.2, 2.4, 0.35)
    )
    lively_hz = 160 * 2 ** (0.4 * np.sin(np.arange(3 * RATE) / RATE * 2 * math.pi / 1.3))
    flat = assess_prosody(voice(160, 3.0), 0.0, words)
    lively = assess_prosody(voice(lively_hz, 3.0), 0.0, words)
    assert flat.words[0].monotone > 0.75
    assert lively.words[0].monotone < 0.25
    assert flat.score < lively.score
