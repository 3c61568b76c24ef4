import numpy as np
import pytest

from shared.pronunciation.prosody.snr import signal_to_noise_db


@pytest.mark.parametrize(("noise", "expected_db"), [(0.02, 20), (0.0067, 30)])
def test_it_is_the_level_of_words_above_the_rest(make_words, make_samples, noise, expected_db):
    """A tone of amplitude 0.3 has a power of 0.045."""
    words = make_words([1.0, 1.0])
    measured_db = signal_to_noise_db(make_samples(words, noise=noise), 0.0, words)
    assert measured_db == pytest.approx(expected_db, abs=1.5)


def test_it_is_bounded(make_words, make_samples):
    words = make_words([1.0])
    assert signal_to_noise_db(make_samples(words, noise=0.0), 0.0, words) == 60
    loud_rest = make_samples(words, noise=0.0, level=0.0) + 0.1
    assert signal_to_noise_db(loud_rest, 0.0, words) == pytest.approx(0, abs=0.1)


def test_words_without_a_rest_have_the_highest(make_words, make_samples):
    words = make_words([0.0])
    assert signal_to_noise_db(make_samples(words)[3_200:-3_200], 0.2, words) == 60


@pytest.mark.parametrize("n_samples", [0, 100, 1_000, 16_000])
def test_silence_and_short_audio_have_a_value(make_words, n_samples):
    silence = np.zeros(n_samples, np.float32)
    assert signal_to_noise_db(silence, 0.0, make_words([0.0])) in (0, 60)
    assert signal_to_noise_db(silence, 0.0, ()) == 0
