"""Whisper's input: the log-mel spectrogram, in NumPy.

Equal to openai-whisper's `log_mel_spectrogram` (Hann window, Slaney mel scale, eight decades of
dynamic range), without torch, and for audio of any length rather than of 30 s.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
N_FFT = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms per frame
FRAMES_PER_SECOND = SAMPLE_RATE // HOP_SAMPLES
FRAMES_PER_POSITION = 2  # the encoder halves them: 20 ms per position
POSITIONS_PER_SECOND = FRAMES_PER_SECOND // FRAMES_PER_POSITION
MAX_POSITIONS = 1_500  # 30 s, the length of Whisper's training segments

Samples = npt.NDArray[np.float32]


def log_mel_spectrogram(samples: Samples, n_frames: int, n_mels: int) -> Samples:
    """Compute the log-mel spectrogram of `samples` followed by silence up to `n_frames`.

    Parameters
    ----------
    samples: mono, 16 kHz, shape `(n_samples,)`, -1..1. Cut if longer than `n_frames`.
    n_frames: 10 ms frames of the result.
    n_mels: 80, or 128 for large-v3 and later.

    Returns
    -------
    Shape `(n_mels, n_frames)`.
    """
    # Reflected at the start, as torch.stft does with center=True; silence follows the end.
    n_samples = n_frames * HOP_SAMPLES
    half = N_FFT // 2
    padded = np.zeros(n_samples + N_FFT, dtype=np.float32)
    kept = samples[:n_samples]
    padded[half : half + len(kept)] = kept
    padded[:half] = padded[half + 1 : N_FFT + 1][::-1]

    # Frames of silence only have a known spectrum: the transform skips them.
    n_audible = min(n_frames, -(-(len(kept) + half) // HOP_SAMPLES))
    power = np.zeros((n_frames, N_FFT // 2 + 1), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP_SAMPLES][:n_audible]
    spectrum = np.fft.rfft(windows * _hann_window(), axis=1)
    power[:n_audible] = spectrum.real**2 + spectrum.imag**2

    log_mel = np.log10(np.maximum(_mel_filters(n_mels) @ power.T, 1e-10))
    log_mel = np.maximum(log_mel, log_mel.max() - 8.0)
    return np.ascontiguousarray((log_mel + 4.0) / 4.0, dtype=np.float32)


@cache
def _hann_window() -> Samples:
    return np.hanning(N_FFT + 1)[:-1].astype(np.float32)


@cache
def _mel_filters(n_mels: int) -> Samples:
    """Triangular filters of equal area on the Slaney mel scale, shape `(n_mels, 201)`.

    Malcolm Slaney, Auditory Toolbox, 1998: linear up to 1 kHz, logarithmic above.
    """
    hz_per_mel, break_hz = 200.0 / 3, 1000.0
    break_mel, log_step = break_hz / hz_per_mel, np.log(6.4) / 27.0
    top_mel = break_mel + np.log(SAMPLE_RATE / 2 / break_hz) / log_step
    mels = np.linspace(0.0, top_mel, n_mels + 2)
    edges_hz = np.where(
        mels < break_mel, mels * hz_per_mel, break_hz * np.exp(log_step * (mels - break_mel))
    )
    bins_hz = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE)
    slopes = edges_hz[:, None] - bins_hz[None, :]
    widths = np.diff(edges_hz)
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return (triangles * areas[:, None]).astype(np.float32)
