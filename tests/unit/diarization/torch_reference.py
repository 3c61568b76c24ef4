"""A signal, and the outputs of torch for it."""

from pathlib import Path

import numpy as np


def reference_answers():
    """Answers by name, as `scripts/export_diarization_graphs.py` kept them."""
    with np.load(Path(__file__).parent / "reference.npz") as arrays:
        return dict(arrays)


def reference_signal():
    """Ten seconds, float32, 16 kHz: the formula of the export script once more."""
    time_s = np.arange(160_000) / 16_000
    phase = 2 * np.pi * (140 * time_s + 9 * np.sin(2 * np.pi * 0.7 * time_s))
    voice = sum(np.sin(n * phase) / n for n in range(1, 24))
    is_on = np.sin(2 * np.pi * 0.35 * time_s) > -0.4
    noise = np.random.default_rng(0).standard_normal(160_000)
    return (0.1 * voice * is_on + 0.001 * noise).astype(np.float32)
