"""Conversion of channels to the mono float samples of voice activity detection and recognition."""

import math

import numpy as np
import numpy.typing as npt

from shared.audio.format import SAMPLE_RATE

Int16Block = npt.NDArray[np.int16]


# Energy of the mean beside that of channels with nothing in common: 1 for these and for a single
# one that sounds, the number of channels for equal ones, 0 for two of opposite polarity. -0.9 gives
# 0.006, -0.5 gives 0.2.
_CANCELS, _ADDS_UP = 0.25, 0.5
_DECAY_SAMPLES = SAMPLE_RATE  # energies of the past count less by a factor of e in this time
_LOUDER = 2.0  # in energy, for a change of the channel that stands for all


class MonoMixer:
    """Mixes all channels of one audio, block by block, without cancelling speech.

    The result is the plain mean, which never clips. Where the channels cancel each other, as on a
    balanced line that was wired wrong, it is the loudest channel: no other choice of signs keeps
    both a voice that the channels share and one that they have in opposite phase.
    """

    def __init__(self) -> None:
        self._energies: npt.NDArray[np.float64] | None = None
        self._mean_energy = 0.0
        self._loudest = 0
        self._cancels = False

    def mix(self, block: Int16Block) -> Int16Block:
        """Mix int16, shape (n_channels, n_samples), to int16, shape (n_samples,)."""
        n_channels, n_samples = block.shape
        if n_channels == 1 or n_samples == 0:
            return select_channel(block, 0)
        mean = block.mean(axis=0)
        self._measure(block, mean)
        if self._cancels:
            return select_channel(block, self._loudest)
        mixed: Int16Block = np.rint(mean).astype(np.int16)
        return mixed

    def _measure(self, block: Int16Block, mean: npt.NDArray[np.float64]) -> None:
        n_channels, n_samples = block.shape
        samples = block.astype(np.float64)
        energies = np.einsum("cs,cs->c", samples, samples)
        mean_energy = float(mean @ mean)
        if self._energies is not None and len(self._energies) == n_channels:
            decay = math.exp(-n_samples / _DECAY_SAMPLES)
            energies += decay * self._energies
            mean_energy += decay * self._mean_energy
        self._energies, self._mean_energy = energies, mean_energy
        self._loudest = min(self._loudest, n_channels - 1)
        if energies.max() > _LOUDER * energies[self._loudest]:
            self._loudest = int(energies.argmax())
        total = float(energies.sum())
        if total > 0.0:
            gain = mean_energy * n_channels**2 / total
            self._cancels = gain < (_ADDS_UP if self._cancels else _CANCELS)


def select_channel(block: Int16Block, channel: int) -> Int16Block:
    """Take one channel, counted from 0: a view, int16, shape (n_samples,).

    Raises
    ------
    IndexError: the audio has no such channel.
    """
    if not 0 <= channel < block.shape[0]:
        raise IndexError(f"channel must be 0 to {block.shape[0] - 1}")
    selected: Int16Block = block[channel]
    return selected


def float32_from_int16(samples: Int16Block) -> npt.NDArray[np.float32]:
    """Scale samples to -1.0 up to just below 1.0, float32, same shape."""
    return samples.astype(np.float32) * np.float32(1 / 32_768)
