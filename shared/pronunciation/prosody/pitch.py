"""Pitch: the fundamental frequency of the voice in each frame of 16 ms.

SwiftF0, a network of 14,386 parameters (MIT, 135 kB, part of the package `swift-f0`), on ONNX
Runtime. Only the graph of the package is used: its own session would keep its memory and spin.
Source: Nieradzik, "SwiftF0", 2025, arXiv:2508.18440.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.audio.format import SAMPLE_RATE
from shared.onnx_session import OnnxSession

Samples = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HOP_SAMPLES = 256
FRAME_S = HOP_SAMPLES / SAMPLE_RATE
# Voices of readers, children included; above it whistles and music.
LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
# From which confidence the authors count a frame as voiced.
_VOICED_FROM = 0.5
# In digital silence the network answers with random voiced frames.
_SILENT_BELOW = 1e-3
# Audio is read in windows, so that memory does not grow with it; a frame depends on that many
# frames before it and after it.
_WINDOW_FRAMES = 250  # 4 s: 27 MB, where 30 s take 97 MB and a quarter more time
_FRAMES_BEFORE, _FRAMES_AFTER = 11, 10


@dataclass(frozen=True, slots=True)
class PitchTrack:
    """Pitch over time.

    f0_hz: of each frame, shape `(n_frames,)`; 0 where it is not voiced.
    voiced: shape `(n_frames,)`.
    frame_s: from the centre of one frame to that of the next; the first is at 0.
    """

    f0_hz: Doubles
    voiced: Flags
    frame_s: float = FRAME_S


def track_pitch(samples: Samples) -> PitchTrack:
    """Track the pitch of samples of any length and content; thread-safe.

    samples: float32, mono, 16 kHz, shape `(n_samples,)`. Values that are no numbers count as 0.
    """
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32, copy=False)
    n_frames = len(finite) // HOP_SAMPLES
    if not n_frames:
        return PitchTrack(np.zeros(0), np.zeros(0, bool))
    windows = [
        _track_window(finite, start, min(start + _WINDOW_FRAMES, n_frames))
        for start in range(0, n_frames, _WINDOW_FRAMES)
    ]
    f0_hz, confidence = (np.concatenate(of_windows) for of_windows in zip(*windows, strict=True))
    peaks = np.abs(finite[: n_frames * HOP_SAMPLES].reshape(n_frames, HOP_SAMPLES)).max(axis=1)
    voiced = (confidence >= _VOICED_FROM) & (peaks >= _SILENT_BELOW) & (f0_hz > 0)
    return PitchTrack(np.where(voiced, f0_hz, 0.0), voiced)


def _track_window(samples: Samples, start: int, end: int) -> tuple[Doubles, Doubles]:
    """Pitch and confidence of the frames from `start` to `end`, as in the whole audio."""
    first = max(0, start - _FRAMES_BEFORE)
    audio = samples[first * HOP_SAMPLES : (end + _FRAMES_AFTER) * HOP_SAMPLES]
    pitch, confidence = _network().run(
        {
            "audio": audio[None, :],
            "fmin": np.asarray(LOWEST_HZ, np.float32),
            "fmax": np.asarray(HIGHEST_HZ, np.float32),
        }
    )
    own = slice(start - first, end - first)
    return pitch[0, own].astype(np.float64), confidence[0, own].astype(np.float64)


@cache
def _network() -> OnnxSession:
    package = find_spec("swift_f0")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("swift-f0 is missing: it is in requirements.txt.")
    # One thread: the network takes 3 ms for a second of speech.
    return OnnxSession(Path(package.origin).with_name("model.onnx"), threads=1)
