"""Speaker embedding: CAM++, 192 dimensions, without what channels add to a voice.

Two speakers on telephones have a mean cosine of 0.53, since the channel is in both voices, and two
speakers of clean speech one of 0.36: no threshold suits both. So the directions in which channels
differ are projected out; then it is 0 in both. `scripts/find_channel_directions.py` found them.

Sources: Wang et al., "CAM++: A fast and efficient network for speaker verification using
context-aware masking", Interspeech 2023; Solomonoff, Campbell and Boardman, "Advances in channel
compensation for SVM speaker recognition", ICASSP 2005.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.diarization import filter_bank
from shared.diarization.network import Network

N_DIMENSIONS = 192
FEATURES_PER_SECOND = filter_bank.SAMPLE_RATE // filter_bank.HOP_SAMPLES
# Fewer frames, 0.25 s, do not identify a voice.
LEAST_FEATURES = 25
_CHANNEL_DIRECTIONS = Path(__file__).parent / "channel_directions.npy"

Floats = npt.NDArray[np.float32]


class Embedding:
    """CAM++ with its network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def vector(self, features: Floats) -> Floats:
        """Return the embedding of one voice, a unit vector of shape `(192,)`.

        Parameters
        ----------
        features: log mel energies of clean frames of the voice, shape `(n_frames, 80)`, at least
            `LEAST_FEATURES`; they need not be consecutive.
        """
        centred = features - features.mean(axis=0)
        return remove_channel(self._network.run(centred[None])[0])


def remove_channel(vector: Floats) -> Floats:
    """Project the directions of the channels out; return a unit vector of shape `(192,)`."""
    directions = channel_directions()
    without = vector - (vector @ directions.T) @ directions
    return np.asarray(without / np.linalg.norm(without), np.float32)


@cache
def channel_directions() -> Floats:
    """Orthonormal directions in which channels differ, shape `(n_directions, 192)`."""
    directions: Floats = np.load(_CHANNEL_DIRECTIONS)
    return directions
