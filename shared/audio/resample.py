"""Band-limited conversion to 16 kHz, block by block, with libsoxr.

Measured on tones (soxr 1.1, "HQ"): aliases (10 kHz at 44.1 kHz) are at the rounding noise, below
-85 dB; 1 kHz keeps its level within 0.001 dB and 7 kHz within 0.01 dB. The output does not depend
on the block boundaries of the input, its length is the exact one rounded up, and a second of
44.1 kHz mono takes 0.3 ms. PyAV's resampler is as clean up to 6 kHz (7 kHz loses 0.4 dB) and half
as fast, but every instance leaves 0.75 MB, with the last samples of the audio in it, to the garbage
collector: 130 MB were uncollected after 400 short requests.
"""

import numpy as np
import numpy.typing as npt
import soxr

from shared.audio.format import SAMPLE_RATE

Int16Block = npt.NDArray[np.int16]


class Resampler:
    """Converts consecutive blocks of one audio from `sample_rate` to `to_rate` (Hz).

    Blocks are int16, shape (n_channels, n_samples). Blocks of the target rate pass unchanged.
    """

    def __init__(self, sample_rate: int, n_channels: int, to_rate: int = SAMPLE_RATE) -> None:
        self.sample_rate = sample_rate
        self._n_channels = n_channels
        self._stream: soxr.ResampleStream | None = None
        if sample_rate != to_rate:
            # As float32, because libsoxr adds dither to int16: the samples would then depend on
            # the block boundaries.
            self._stream = soxr.ResampleStream(
                sample_rate, to_rate, n_channels, dtype="float32", quality="HQ"
            )

    def resample(self, samples: Int16Block) -> Int16Block:
        """Convert the next block; its last 25 ms or so are returned with the next one."""
        if self._stream is None or samples.shape[1] == 0:
            return samples
        return self._convert(self._stream, samples, is_last=False)

    def flush(self) -> Int16Block:
        """Return the rest, after the last block."""
        nothing = np.zeros((self._n_channels, 0), np.int16)
        if self._stream is None:
            return nothing
        stream, self._stream = self._stream, None
        return self._convert(stream, nothing, is_last=True)

    def _convert(
        self, stream: soxr.ResampleStream, samples: Int16Block, *, is_last: bool
    ) -> Int16Block:
        interleaved = samples.T.astype(np.float32, order="C")
        if self._n_channels == 1:
            interleaved = interleaved.reshape(-1)
        resampled = stream.resample_chunk(interleaved, last=is_last)
        rounded = np.clip(np.rint(resampled), -32_768, 32_767).astype(np.int16)
        return np.ascontiguousarray(rounded.reshape(-1, self._n_channels).T)
