"""Signal-to-noise ratio of an utterance."""

from collections.abc import Sequence

import numpy as np

from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody.loudness import Samples, frame_levels_db, spoken_frames

HIGHEST_DB = 60.0  # of 16 bits little more can be heard, and digital silence has no noise at all
_FADING_FRAMES = 10


def signal_to_noise_db(samples: Samples, offset_s: float, words: Sequence[AlignedWord]) -> float:
    """Mean power within words by the median power of the rest, in dB from 0 to 60.

    0 without audible words, 60 where words leave no rest. The median, since a breath or a word that
    is not aligned is no noise. The frames beside a word count as its own, since its ends are
    uncertain and its last sound fades.
    """
    levels_db = frame_levels_db(samples)
    spoken = spoken_frames(len(levels_db), offset_s, words)
    if not spoken.any():
        return 0.0
    whole = np.convolve(spoken, np.ones(2 * _FADING_FRAMES + 1))
    near = whole[_FADING_FRAMES : _FADING_FRAMES + len(spoken)] > 0
    power = 10.0 ** (levels_db / 10.0)
    if near.all():
        return HIGHEST_DB
    ratio_db = 10.0 * np.log10(power[spoken].mean() / np.median(power[~near]))
    return float(min(max(ratio_db, 0.0), HIGHEST_DB))
