"""Speaker embedding: CAM++, 192 dimensions.

Source: Wang et al., "CAM++: A fast and efficient network for speaker verification using
context-aware masking", Interspeech 2023.
"""

import numpy as np
import numpy.typing as npt

from shared.diarization import filter_bank
from shared.diarization.network import Network

N_DIMENSIONS = 192
FEATURES_PER_SECOND = filter_bank.SAMPLE_RATE // filter_bank.HOP_SAMPLES
# Fewer frames, 0.25 s, do not identify a voice.
LEAST_FEATURES = 25

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
        vector = self._network.run(centred[None])[0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)
