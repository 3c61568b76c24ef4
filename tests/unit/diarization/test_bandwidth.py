import numpy as np
import pytest

from benchmarks.made_conversations import over_telephone
from shared.diarization.bandwidth import is_narrow_band
from shared.diarization.filter_bank import band_centres_hz, filter_bank


@pytest.fixture(scope="module")
def noise():
    """Two seconds of noise, as loud as speech."""
    return (0.05 * np.random.default_rng(0).standard_normal(32_000)).astype(np.float32)


def test_sound_of_the_whole_band_is_not_narrow(noise):
    assert not is_narrow_band(filter_bank(noise).mean(axis=0))


def test_sound_over_a_telephone_is_narrow(noise):
    assert is_narrow_band(filter_bank(over_telephone(noise)).mean(axis=0))


def test_little_sound_above_the_line_is_enough(noise):
    """It is 25 dB below the rest, as in sounds that are hardly voiced."""
    some = over_telephone(noise) + np.float32(10 ** (-15 / 20)) * noise
    assert not is_narrow_band(filter_bank(some).mean(axis=0))


def test_bands_are_centred_from_35_to_7700_hz():
    centres_hz = band_centres_hz()
    assert centres_hz.shape == (80,)
    assert 35 < centres_hz[0] < 45
    assert 7_600 < centres_hz[-1] < 7_800
