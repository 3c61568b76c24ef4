"""Speech with a pause more, or a pause less. Samples are float32, mono, 16 kHz."""

import numpy as np
import numpy.typing as npt

from shared.audio.format import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

_FRAME_SAMPLES = 160
_FADE_SAMPLES = 80  # 5 ms: no click at a cut


def with_silence(samples: Samples, at_s: float, seconds: float, seed: int = 0) -> Samples:
    """Put a pause in, with noise of the level of the quietest frames."""
    n_frames = len(samples) // _FRAME_SAMPLES
    frames = samples[: n_frames * _FRAME_SAMPLES].reshape(n_frames, _FRAME_SAMPLES)
    level = np.sqrt(np.percentile(np.square(frames).mean(axis=1), 5))
    noise = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE)) * level
    at = min(max(round(at_s * SAMPLE_RATE), 0), len(samples))
    return _joined(_joined(samples[:at], noise.astype(np.float32)), samples[at:])


def without(samples: Samples, start_s: float, end_s: float) -> Samples:
    """Cut a stretch out."""
    start, end = (round(time_s * SAMPLE_RATE) for time_s in (start_s, end_s))
    return _joined(samples[:start], samples[end:])


def _joined(first: Samples, second: Samples) -> Samples:
    n_fade = min(_FADE_SAMPLES, len(first), len(second))
    if not n_fade:
        return np.concatenate([first, second])
    rise = np.linspace(0, 1, n_fade, dtype=np.float32)
    overlap = first[-n_fade:] * (1 - rise) + second[:n_fade] * rise
    return np.concatenate([first[:-n_fade], overlap, second[n_fade:]])
