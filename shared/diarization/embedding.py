"""Speaker embedding: CAM++, 192 dimensions.

Source: Wang et al., "CAM++: A fast and efficient network for speaker verification using
context-aware masking", Interspeech 2023.
"""

import numpy as np
import numpy.typing as npt

from shared.diarization import filter_bank, segmentation
from shared.diarization.network import Network

N_DIMENSIONS = 192
FEATURES_PER_SECOND = filter_bank.SAMPLE_RATE // filter_bank.HOP_SAMPLES
# Fewer frames do not identify a voice.
LEAST_FEATURES = 20
# More than five seconds of one window make the network slower and the result no better: with all
# frames the same speakers were found in 40 % more time.
MOST_FEATURES = 500

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


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


def to_feature_frames(is_clean: Flags, n_features: int) -> Flags:
    """Resample flags from the frames of the segmentation to those of the filter bank.

    Parameters
    ----------
    is_clean: flags of a window by `segmentation.find_clean_frames`, shape `(n_frames, n_voices)`.
    n_features: frames of the filter bank in the same window.

    Returns
    -------
    Shape `(n_features, n_voices)`.
    """
    centres = np.arange(n_features) * filter_bank.HOP_SAMPLES + filter_bank.FRAME_SAMPLES / 2
    nearest = np.round((centres - segmentation.FRAME_CENTRE_SAMPLES) / segmentation.FRAME_SAMPLES)
    return np.asarray(is_clean[np.clip(nearest.astype(int), 0, len(is_clean) - 1)])


def longest_speech(is_speech: Flags, at_most: int = MOST_FEATURES) -> npt.NDArray[np.intp]:
    """Return the indices of at most `at_most` frames, in order, from the longest runs of speech.

    Long runs characterise a voice better than the edges of many short ones.
    """
    starts, ends = runs(is_speech)
    if (ends - starts).sum() <= at_most:
        return np.flatnonzero(is_speech)
    chosen: list[npt.NDArray[np.intp]] = []
    left = at_most
    for run in np.argsort(starts - ends, kind="stable"):
        length = min(left, int(ends[run] - starts[run]))
        first = (starts[run] + ends[run] - length) // 2
        chosen.append(np.arange(first, first + length))
        left -= length
        if not left:
            break
    return np.sort(np.concatenate(chosen))


def runs(flags: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the starts and ends (one past) of the runs of True, each of shape `(n_runs,)`."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
