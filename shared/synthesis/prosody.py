"""Values of SSML's `prosody` and `break` as factors, decibels and seconds.

Sources: W3C SSML 1.1, 3.2.3 and 3.2.4; Azure's speech-synthesis-markup-voice for its constants.
A malformed or overlong value is ignored, as the specification demands.
"""

import math
import re

MAX_PAUSE_S = 20.0

_RATES = {"x-slow": 0.5, "slow": 0.64, "medium": 1.0, "fast": 1.55, "x-fast": 2.0, "default": 1.0}
_PITCHES = {
    "x-low": 0.55, "low": 0.8, "medium": 1.0, "high": 1.2, "x-high": 1.45, "default": 1.0,
}  # fmt: skip
_VOLUMES = {
    "silent": 0.0, "x-soft": 20.0, "soft": 40.0, "medium": 60.0, "loud": 80.0, "x-loud": 100.0,
    "default": 100.0,
}  # fmt: skip
_PAUSES_S = {
    "none": 0.0, "x-weak": 0.25, "weak": 0.5, "medium": 0.75, "strong": 1.0, "x-strong": 1.25,
}  # fmt: skip
_USUAL_PITCH_HZ = 160.0  # between a low and a high voice
_SILENCE_DB = -120.0

_LONGEST_VALUE = 100
_OCTAVE_ST = 12.0
# Neighbouring parts never match the same character: no backtracking, linear time.
_NUMBER = re.compile(r"([+-]?)(\d++(?:\.\d*+)?+|\.\d++)\s*+(%|st|hz|db|)", re.IGNORECASE)
_TIME = re.compile(r"\+?(\d++(?:\.\d*+)?+|\.\d++)\s*+(ms|s)", re.IGNORECASE)


def clamp_speed(factor: float) -> float:
    """Clamp a speed factor to 0.5..3, the range of the voices."""
    return min(3.0, max(0.5, factor))


def clamp_pitch(factor: float) -> float:
    """Clamp a pitch factor to 0.5..1.5, the range of the voices."""
    return min(1.5, max(0.5, factor))


def clamp_gain(gain_db: float) -> float:
    """Clamp a gain to -120..20 dB."""
    return min(20.0, max(_SILENCE_DB, gain_db))


def speed_factor(rate: str) -> float:
    """Read `fast`, `+20%` or `1.5` as a factor in 0.5..3."""
    factor = _RATES.get(rate.strip().lower())
    if factor is None:
        factor = _factor(rate, bare_is_factor=True)
    return clamp_speed(factor)


def pitch_factor(pitch: str) -> float:
    """Read `high`, `+2st`, `-10%` or `+20Hz` as a factor in 0.5..1.5."""
    factor = _PITCHES.get(pitch.strip().lower())
    if factor is None:
        factor = _factor(pitch, bare_is_factor=False)
    return clamp_pitch(factor)


def gain_db(volume: str) -> float:
    """Read `loud`, `50` of 100, `-20%` or `+6dB` as decibels, at most 20."""
    volume = volume.strip().lower()
    percent = _VOLUMES.get(volume)
    if percent is None:
        number = _number(volume)
        if number is None:
            return 0.0
        sign, value, unit = number[1], float(number[2]), number[3]
        if unit == "db":
            return clamp_gain(-value if sign == "-" else value)
        relative = -value if sign == "-" else value
        percent = 100.0 + relative if sign or unit else value
    return min(20.0, 20 * math.log10(percent / 100)) if percent > 0 else _SILENCE_DB


def pause_s(time: str | None, strength: str | None) -> float:
    """Return the seconds of a `break`: by its time, else its strength, else `medium`."""
    if time is not None and (match := _time(time.strip())):
        seconds = float(match[1]) / (1000 if match[2].lower() == "ms" else 1)
        return min(MAX_PAUSE_S, seconds)
    return _PAUSES_S.get((strength or "medium").strip().lower(), _PAUSES_S["medium"])


def _time(text: str) -> re.Match[str] | None:
    return _TIME.fullmatch(text) if len(text) <= _LONGEST_VALUE else None


def _number(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text) if len(text) <= _LONGEST_VALUE else None


def _factor(text: str, *, bare_is_factor: bool) -> float:
    number = _number(text.strip())
    if number is None:
        return 1.0
    sign, unit = number[1], number[3].lower()
    value = float(number[2]) * (-1 if sign == "-" else 1)
    if unit == "%":
        return 1 + value / 100
    if unit == "st":
        octaves = min(_OCTAVE_ST, max(-_OCTAVE_ST, value)) / _OCTAVE_ST
        return float(2**octaves)
    if unit == "hz":
        # The pitch of the voice is unknown: only a relative change is applied.
        return 1 + value / _USUAL_PITCH_HZ if sign else 1.0
    return value if bare_is_factor and not sign else 1.0
