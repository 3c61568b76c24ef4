"""The session of one audio, without the networks."""

import numpy as np
import pytest

from shared.diarization.diarize import DiarizationSession
from shared.diarization.embedding import N_DIMENSIONS
from shared.diarization.segmentation import N_FRAMES
from shared.diarization.voice_embeddings import Piece, WindowActivity


class ClientLeft(Exception):
    """The client has left."""


def test_the_end_of_a_session_is_not_computed_for_a_client_that_has_left():
    def leave():
        raise ClientLeft

    session = DiarizationSession(None, check_cancelled=leave)
    activity = np.full((N_FRAMES, 3), 255, np.uint8)
    session._voices.windows = [WindowActivity(0, activity)]
    session._voices.pieces = [Piece(0, 100, np.eye(N_DIMENSIONS, dtype=np.float32)[0], 1.6)]
    with pytest.raises(ClientLeft):
        session.finish()
    assert session._voices.windows == session._voices.pieces == []
