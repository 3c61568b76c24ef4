"""The port of phone recognition: audio in, posteriors of phones for each frame out."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

PHONES = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"),
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S"),
    *("SH", "T", "TH", "V", "W", "Y", "Z", "ZH"),
)
"""Columns of the posteriors; behind them the blank of CTC, which stands for no new phone."""

BLANK = len(PHONES)
FRAME_S = 0.02


class PhoneEngine(Protocol):
    """A recogniser of phones trained with CTC. Thread-safe."""

    def log_posteriors(self, samples: Floats) -> Floats:
        """Return natural logarithms of the posteriors, shape `(n_frames, len(PHONES) + 1)`.

        Rows sum to 1 and have no zero. Frame `i` is of the audio around `(i + 0.5) * FRAME_S`.

        samples: mono at 16 kHz, shape `(n_samples,)`, at any level.
        """
        ...
