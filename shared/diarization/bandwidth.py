"""Bandwidth of speech: whether it came over a telephone line, whose band ends at 3400 Hz.

The sound of such a line may be sampled at any rate. Above its band is no sound: in a recording of
a call, and in conversations that were sent over one, log energies fall by 9 or more there, and by 2
at most in all other recordings, with noise, of a distant microphone or out of a compressed file.
"""

import numpy as np
import numpy.typing as npt

from shared.diarization.filter_bank import band_centres_hz

LINE_HZ = 3_400.0
# From here on a line's filter is closed.
BEYOND_HZ = 4_300.0
# Of the mean log energies, as natural logarithms of the power
LEAST_FALL = 5.0


def is_narrow_band(energies: npt.NDArray[np.floating]) -> bool:
    """Return whether the loudest band above the line's is far below the loudest within.

    energies: mean log mel energies of speech, shape `(80,)`.
    """
    centres_hz = band_centres_hz()
    within, beyond = energies[centres_hz < LINE_HZ].max(), energies[centres_hz >= BEYOND_HZ].max()
    return bool(within - beyond >= LEAST_FALL)
