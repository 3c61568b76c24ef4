"""The fetched model of pronunciation assessment, and a voice that is made here."""

import numpy as np
import pytest

from shared.models.folder import locate_model
from shared.pronunciation.words.pronouncer import Pronouncer

RATE = 16_000


@pytest.fixture(scope="session")
def pronunciation_folder(model_folder):
    """Folder of the model; the default configuration needs it."""
    return locate_model("pronunciation", model_folder)


@pytest.fixture(scope="session")
def pronouncer(pronunciation_folder):
    """Dictionary and network of the model."""
    return Pronouncer.load(pronunciation_folder)


@pytest.fixture(scope="session")
def voice():
    """Give a tone with the overtones of a voice; its pitch is a number or one for each sample."""

    def build(f0_hz, seconds):
        phase = 2 * np.pi * np.cumsum(np.broadcast_to(f0_hz, round(seconds * RATE))) / RATE
        overtones = np.array([np.sin(k * phase) / k for k in range(1, 12)])
        return 0.1 * overtones.sum(axis=0).astype(np.float32)

    return build
