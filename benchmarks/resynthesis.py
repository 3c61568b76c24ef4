"""Speech with another melody or at another speed. Samples are float32, mono, 16 kHz.

Resynthesis is Praat's (overlap-add at the pulses of the voice: Moulines and Charpentier 1990), by
parselmouth.
"""

import numpy as np
import numpy.typing as npt
import parselmouth
from parselmouth.praat import call

from shared.audio.format import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

_LOWEST_HZ, _HIGHEST_HZ = 60.0, 500.0
_STEP_S = 0.01


def with_pitch_range(samples: Samples, share: float) -> Samples | None:
    """Resynthesise with a share of the deviations from the mean pitch: with 0 it is flat.

    None where no pitch is found.
    """
    sound = parselmouth.Sound(samples.astype(np.float64), SAMPLE_RATE)
    manipulation = call(sound, "To Manipulation", _STEP_S, _LOWEST_HZ, _HIGHEST_HZ)
    tier = call(manipulation, "Extract pitch tier")
    if not call(tier, "Get number of points"):
        return None
    mean_hz = call(tier, "Get mean (points)", 0, 0)
    call(tier, "Formula", f"{mean_hz} * (self / {mean_hz}) ^ {share}")
    call([tier, manipulation], "Replace pitch tier")
    made = call(manipulation, "Get resynthesis (overlap-add)")
    return np.asarray(made.values[0], np.float32)


def at_speed(samples: Samples, speed: float) -> Samples:
    """Stretch the time at the same pitch: 0.5 takes twice as long."""
    sound = parselmouth.Sound(samples.astype(np.float64), SAMPLE_RATE)
    made = call(sound, "Lengthen (overlap-add)", _LOWEST_HZ, _HIGHEST_HZ, 1 / speed)
    return np.asarray(made.values[0], np.float32)
