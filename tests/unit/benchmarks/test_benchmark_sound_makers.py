import numpy as np
import pytest

from benchmarks.sound_makers import RATE, makers

N_SAMPLES = RATE
VOICES = [np.sin(np.arange(2 * RATE) * (0.01 + 0.003 * n)) for n in range(9)]


@pytest.mark.parametrize("name", makers(VOICES))
def test_every_sound_has_its_length_and_comes_again_by_its_seed(name: str) -> None:
    """A second of each sound is finite, and the same seed makes the same sound."""
    make = makers(VOICES)[name]
    first, second = (make(N_SAMPLES, np.random.default_rng(3)) for _ in range(2))
    assert first.shape == (N_SAMPLES,)
    assert np.isfinite(first).all()
    assert (first == second).all()


def test_only_digital_silence_is_silent() -> None:
    """Every other sound has some power within two seconds."""
    silent = [
        name
        for name, make in makers(VOICES).items()
        if not make(2 * N_SAMPLES, np.random.default_rng(3)).any()
    ]
    assert silent == ["digital silence"]


def test_brown_noise_is_low_and_violet_noise_is_high() -> None:
    """Most of the power is below 200 Hz, or above 4 kHz."""
    shares = {}
    for name in ("brown noise", "violet noise"):
        sound = makers(VOICES)[name](N_SAMPLES, np.random.default_rng(3))
        power = np.abs(np.fft.rfft(sound)) ** 2
        shares[name] = power[:200].sum() / power.sum(), power[4000:].sum() / power.sum()
    assert shares["brown noise"][0] > 0.5
    assert shares["violet noise"][1] > 0.5
