"""Generated voices of hours of audio, to measure the cost of clustering."""

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
from shared.diarization.voice_embeddings import FULL_ACTIVITY, Piece, WindowActivity

# Gives a cosine of 0.66 within a speaker and of 0.36 between two, like real voices.
_COMMON, _NOISE = 0.75, 0.7
_PIECE_FRAMES = 96  # 1.6 s, two in the step of the windows
_LEAST_S = 0.5


def make_voices(
    hours: float, n_speakers: int
) -> tuple[list[WindowActivity], list[Piece], list[int]]:
    """Make windows and pieces of alternating speakers, and the speaker of every piece."""
    random = np.random.default_rng(3)
    common = _COMMON * _unit(np.ones(N_DIMENSIONS))
    speakers = _unit(common + _unit(random.standard_normal((n_speakers, N_DIMENSIONS))))
    step_frames = STEP_SAMPLES // FRAME_SAMPLES
    n_windows = round(hours * 3600 * SAMPLE_RATE / STEP_SAMPLES)
    windows = [_window(index * step_frames) for index in range(n_windows)]
    pieces, spoken = [], []
    current = 0
    longest_s = _PIECE_FRAMES * FRAME_SAMPLES / SAMPLE_RATE
    for first in range(0, n_windows * step_frames, _PIECE_FRAMES):
        if random.random() < 0.4:
            current = int(random.integers(n_speakers))
        noise = random.standard_normal(N_DIMENSIONS) / N_DIMENSIONS**0.5
        vector = _unit(speakers[current] + _NOISE * noise)
        duration_s = float(random.uniform(_LEAST_S, longest_s))
        pieces.append(Piece(first, first + _PIECE_FRAMES, vector, duration_s))
        spoken.append(current)
    return windows, pieces, spoken


def _window(first_frame: int) -> WindowActivity:
    activity = np.zeros((N_FRAMES, N_VOICES), np.uint8)
    activity[:, 0] = FULL_ACTIVITY
    return WindowActivity(first_frame, activity)


def _unit(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)
