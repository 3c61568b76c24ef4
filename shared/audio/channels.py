"""Conversion of channels to the mono float samples of voice activity detection and recognition."""

import numpy as np
import numpy.typing as npt

Int16Block = npt.NDArray[np.int16]


def mix_to_mono(block: Int16Block) -> Int16Block:
    """Average all channels: int16, shape (n_channels, n_samples) to int16, shape (n_samples,).

    The plain mean never clips. Two channels of one microphone with opposite polarity cancel, as
    they do in every mixer; a caller that knows of it selects a channel.
    """
    if block.shape[0] == 1:
        return select_channel(block, 0)
    mean: Int16Block = np.rint(block.mean(axis=0)).astype(np.int16)
    return mean


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
