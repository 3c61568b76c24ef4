"""The session of one audio, without the networks."""

import numpy as np
import pytest

from shared.diarization.diarize import DiarizationSession
from shared.diarization.embedding import N_DIMENSIONS
from shared.diarization.segmentation import N_FRAMES
from shared.diarization.voice_embeddings import WindowVoices


class ClientLeft(Exception):
    """The client has left."""


def test_the_end_of_a_session_is_not_computed_for_a_client_that_has_left():
    def leave():
        raise ClientLeft

    session = DiarizationSession(None, check_cancelled=leave)
    voice = np.ones((1, N_DIMENSIONS), np.float32)
    activity = np.full((N_FRAMES, 1), 255, np.uint8)
    session._windows = [
        WindowVoices(0, activity, voice, np.array([4.0]), np.zeros(1, np.int8)) for _ in range(3)
    ]
    with pytest.raises(ClientLeft):
        session.finish()
    assert session._windows == []
