"""Kaldi's log mel filter bank, on which CAM++ was trained.

Source: Kaldi `feature-window.cc` and `mel-computations.cc`, with the defaults of its program
`compute-fbank-feats` but for 80 bands and no dither, which would make results differ between calls.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms
FFT_SAMPLES = 512
N_BANDS = 80
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
FULL_SCALE = 32_768.0  # Kaldi reads 16 bit samples without scaling them
FLOOR = float(np.finfo(np.float32).eps)

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def filter_bank(samples: Floats) -> Floats:
    """Return log mel energies, shape `(n_frames, 80)`; frame `i` begins at sample `160 * i`.

    Parameters
    ----------
    samples: shape `(n_samples,)`, 16 kHz, -1..1. Only whole frames count: fewer than 400 samples
        have none.
    """
    if len(samples) < FRAME_SAMPLES:
        return np.zeros((0, N_BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::HOP_SAMPLES]
    frames = frames * np.float32(FULL_SCALE)
    frames -= frames.mean(axis=1, keepdims=True)
    # The first sample of a frame is its own predecessor.
    before = np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    frames -= np.float32(PREEMPHASIS) * before
    frames *= _window()
    spectrum = np.fft.rfft(frames, FFT_SAMPLES)[:, :-1]
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.log(np.maximum(power @ _bands(), np.float32(FLOOR)))


@cache
def _window() -> Floats:
    """Povey's window, shape `(400,)`: a Hann window to the power of 0.85."""
    phase = 2 * np.pi * np.arange(FRAME_SAMPLES) / (FRAME_SAMPLES - 1)
    return np.asarray((0.5 - 0.5 * np.cos(phase)) ** 0.85, np.float32)


def band_centres_hz() -> Doubles:
    """Return the frequency at which each band has its full weight, shape `(80,)`."""
    return np.asarray(700.0 * np.expm1(_corners()[1:-1] / 1127.0))


def _corners() -> Doubles:
    """Corners of the triangles in mel, shape `(82,)`."""
    lowest, highest = _mel(np.array([LOWEST_HZ, SAMPLE_RATE / 2]))
    return np.linspace(lowest, highest, N_BANDS + 2)


def _mel(hz: Doubles) -> Doubles:
    return np.asarray(1127.0 * np.log(1.0 + hz / 700.0))


@cache
def _bands() -> Floats:
    """Triangles of equal width in mel, shape `(256, 80)`: the weight of each bin in each band."""
    corners = _corners()
    bins = _mel(np.arange(FFT_SAMPLES // 2) * SAMPLE_RATE / FFT_SAMPLES)[:, None]
    rising = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)), np.float32)
