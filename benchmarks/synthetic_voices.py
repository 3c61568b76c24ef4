"""Generated voices of hours of audio, to measure the cost of clustering."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.diarization.embedding import N_DIMENSIONS
from shared.diarization.segmentation import (
    FRAME_SAMPLES,
    N_FRAMES,
    N_VOICES,
    SAMPLE_RATE,
    STEP_SAMPLES,
)
from shared.diarization.voice_embeddings import FULL_ACTIVITY, WindowVoices

# Gives a cosine of 0.7 within a speaker and at most 0.45 between two, like real voices.
_COMMON, _NOISE = 0.5, 0.62


def make_windows(hours: float, n_speakers: int) -> tuple[list[WindowVoices], list[int]]:
    """Make windows of a conversation of alternating speakers, and the speaker of every voice."""
    random = np.random.default_rng(3)
    speakers = _unit(_COMMON + random.standard_normal((n_speakers, N_DIMENSIONS)))
    windows, spoken = [], []
    current = 0
    for index in range(round(hours * 3600 * SAMPLE_RATE / STEP_SAMPLES)):
        if random.random() < 0.4:
            current = int(random.integers(n_speakers))
        others = [int(random.integers(n_speakers))] if random.random() < 0.5 else []
        active = list(dict.fromkeys([current, *others]))
        spoken += active
        windows.append(_window(index, active, speakers, random))
    return windows, spoken


def _window(
    index: int,
    active: Sequence[int],
    speakers: npt.NDArray[np.float32],
    random: np.random.Generator,
) -> WindowVoices:
    activity = np.zeros((N_FRAMES, N_VOICES), np.uint8)
    vectors = np.zeros((N_VOICES, N_DIMENSIONS), np.float32)
    durations_s = np.zeros(N_VOICES)
    length = N_FRAMES // len(active)
    for voice, speaker in enumerate(active):
        noise = random.standard_normal(N_DIMENSIONS) / N_DIMENSIONS**0.5
        vectors[voice] = _unit(speakers[speaker] + _NOISE * noise)
        durations_s[voice] = random.uniform(0.5, length * FRAME_SAMPLES / SAMPLE_RATE)
        activity[voice * length : (voice + 1) * length, voice] = FULL_ACTIVITY
    first_frame = index * STEP_SAMPLES // FRAME_SAMPLES
    return WindowVoices(
        first_frame, activity, vectors, durations_s, np.arange(N_VOICES, dtype=np.int8)
    )


def _unit(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
