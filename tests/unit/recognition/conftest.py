"""What tests of recognition share: decoded speech, and audio whose loudness tells what it says."""

import numpy as np
import pytest

from shared.audio.channels import float32_from_int16, mix_to_mono
from shared.audio.stream import open_audio


@pytest.fixture(scope="session")
def spoken_samples(spoken_clip):
    """Float32 samples of the spoken clip, shape (n_samples,), 16 kHz."""
    with open_audio(spoken_clip.wav) as stream:
        return float32_from_int16(np.concatenate([mix_to_mono(block) for block in stream]))
