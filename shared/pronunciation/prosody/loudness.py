"""Levels of audio in frames of 10 ms, and the level below which a frame is silent."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.audio.format import SAMPLE_RATE
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.prosody.rhythm import vowels

Samples = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FRAME_SAMPLES = 160
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE
# Of digital silence: below the quantisation noise of 16 bits.
LOWEST_DB = -100.0
# A frame this far below speech is silent, however low the noise is.
_DEEPEST_DB = 50.0
# Silence ends at this share of the way from the noise to speech, in dB. Breaths are below it in
# clean speech, weak fricatives above.
_SILENT_SHARE = 0.35
# With less between noise and speech no frame can be called silent.
_LEAST_RANGE_DB = 10.0
# A level further below the loudest vowel is that of noise.
_FAINTEST_DB = 40.0
_LEAST_VOWELS = 3
_LEAST_DEVIATION_DB = 0.1


def frame_levels_db(samples: Samples) -> Doubles:
    """Mean power of each whole frame in dB of full scale, shape `(n_frames,)`; not below -100."""
    n_frames = len(samples) // FRAME_SAMPLES
    frames = np.nan_to_num(samples[: n_frames * FRAME_SAMPLES], posinf=0.0, neginf=0.0)
    power = np.square(frames.reshape(n_frames, FRAME_SAMPLES), dtype=np.float64).mean(axis=1)
    return np.asarray(10.0 * np.log10(np.maximum(power, 10.0 ** (LOWEST_DB / 10.0))))


def frames_of(start_s: float, end_s: float, offset_s: float, n_frames: int) -> slice:
    """Frames whose centres are within a stretch of audio; `offset_s` is the time of the first."""
    first, last = (round((time_s - offset_s) / FRAME_S) for time_s in (start_s, end_s))
    return slice(min(max(first, 0), n_frames), min(max(last, 0), n_frames))


def spoken_frames(n_frames: int, offset_s: float, words: Sequence[AlignedWord]) -> Flags:
    """Frames within words, shape `(n_frames,)`."""
    spoken = np.zeros(n_frames, bool)
    for word in words:
        spoken[frames_of(word.start_s, word.end_s, offset_s, n_frames)] = True
    return spoken


def silent_frames(levels_db: Doubles, spoken: Flags) -> Flags | None:
    """Frames without speech; None if noise, or no speech at all, makes them indistinguishable."""
    if not spoken.any():
        return None
    speech_db = float(np.percentile(levels_db[spoken], 90))
    noise_db = max(float(np.percentile(levels_db, 5)), speech_db - _DEEPEST_DB)
    if speech_db - noise_db < _LEAST_RANGE_DB:
        return None
    return np.asarray(levels_db < noise_db + _SILENT_SHARE * (speech_db - noise_db))


def log_level_spread(
    samples: Samples, offset_s: float, words: Sequence[AlignedWord]
) -> float | None:
    """Log of the standard deviation of the mean levels of vowels, in dB; None if few."""
    levels_db = frame_levels_db(samples)
    of_vowels = [
        levels_db[frames_of(one.start_s, one.end_s, offset_s, len(levels_db))]
        for one in vowels(words)
    ]
    means_db = np.array([levels.mean() for levels in of_vowels if len(levels)])
    if len(means_db) < _LEAST_VOWELS:
        return None
    heard_db = np.maximum(means_db, means_db.max() - _FAINTEST_DB)
    return math.log(max(float(heard_db.std()), _LEAST_DEVIATION_DB))
