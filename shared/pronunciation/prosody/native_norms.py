"""How native readers speak: means and deviations of features, and the scales of confidences.

`native_norms.json` has the numbers and the names of their data; `scripts/fit_prosody.py` writes it.
Features are logarithms where a ratio matters: rates, durations, spreads of pitch.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

# A feature this many deviations short of the mean has half of its marks; at the mean it has 97 %.
_HALF_AT = 2.0
_STEEPNESS = 1.8
# Further away all is the same, or one outlier of little speech would outweigh its reliability.
_FURTHEST_DEVIATIONS = 4.0
_SHORTEST_S = 0.01  # added to a length before its logarithm


@dataclass(frozen=True, slots=True)
class Norm:
    """Distribution of a feature among native readers."""

    mean: float
    deviation: float

    def marks(self, value: float, reliability: float = 1.0) -> float:
        """Marks from 0 to 1 for a value; more than the mean is no fault.

        reliability: 0..1, of a value that rests on little speech: it draws towards the mean.
        """
        deviations = (value - self.mean) / self.deviation
        bounded = min(max(deviations, -_FURTHEST_DEVIATIONS), _FURTHEST_DEVIATIONS)
        return logistic(_STEEPNESS * (reliability * bounded + _HALF_AT))


@dataclass(frozen=True, slots=True)
class Scale:
    """A confidence that grows with the logarithm of a quantity: 0.5 at `half`.

    steepness: positive; the confidence is 0.73 where the quantity is `half` times e to its inverse.
    """

    half: float
    steepness: float

    def confidence(self, quantity: float) -> float:
        """Confidence, 0..1, in a quantity of 0 or more."""
        ratio = (max(quantity, 0.0) + _SHORTEST_S) / (self.half + _SHORTEST_S)
        return logistic(self.steepness * math.log(ratio))


@dataclass(frozen=True, slots=True)
class NativeNorms:
    """Features of native readers.

    phone_rate, articulation_rate: log of phones per second, with and without the pauses.
    silence: minus the share of pauses between the first word and the last.
    pitch_spread: log of the semitones between the 10th and the 90th percentile of pitch.
    pitch_movement: log of the mean semitones from a vowel to the next.
    level_spread: log of the deviation of the levels of vowels, in dB.
    stress: log of the duration of stressed vowels by that of unstressed ones.
    rhythm: log of the normalised pairwise variability index of vowels.
    """

    phone_rate: Norm
    articulation_rate: Norm
    silence: Norm
    pitch_spread: Norm
    pitch_movement: Norm
    level_spread: Norm
    stress: Norm
    rhythm: Norm


@dataclass(frozen=True, slots=True)
class Scales:
    """Scales of confidences.

    unexpected_break, expected_break: that the seconds of a pause are a break where the text has
        none, and where punctuation asks for one.
    varied_pitch: that an utterance is not monotone, by the spread of its pitch in semitones.
    sloped_word, moved_syllables: that a word is not flat, by the semitones of its slope, and of the
        changes between its syllables.
    """

    unexpected_break: Scale
    expected_break: Scale
    varied_pitch: Scale
    sloped_word: Scale
    moved_syllables: Scale


def logistic(value: float) -> float:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + math.exp(-min(max(value, -500.0), 500.0)))


_NUMBERS = json.loads(Path(__file__).with_name("native_norms.json").read_text(encoding="utf-8"))
NATIVE = NativeNorms(**{name: Norm(**values) for name, values in _NUMBERS["norms"].items()})
SCALES = Scales(**{name: Scale(**values) for name, values in _NUMBERS["scales"].items()})
