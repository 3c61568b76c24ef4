import numpy as np
import pytest
from torch_reference import reference_answers, reference_signal

from shared.diarization.filter_bank import filter_bank


def test_energies_are_those_of_kaldi():
    """Measured: 7e-5 of values between 0 and 25."""
    features = filter_bank(reference_signal())
    assert features.shape == (998, 80)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features[::37], reference_answers()["features"], atol=1e-3)


@pytest.mark.parametrize(("n_samples", "n_frames"), [(0, 0), (399, 0), (400, 1), (560, 2)])
def test_only_whole_frames_count(n_samples, n_frames):
    assert filter_bank(np.zeros(n_samples, np.float32)).shape == (n_frames, 80)


def test_digital_silence_has_the_floor_in_every_band():
    features = filter_bank(np.zeros(1600, np.float32))
    np.testing.assert_allclose(features, np.log(np.finfo(np.float32).eps), rtol=1e-6)


def test_the_same_audio_gives_the_same_features_wherever_it_is_cut():
    """Frames do not look beyond themselves: windows that overlap share them."""
    samples = np.random.default_rng(1).standard_normal(8000).astype(np.float32) * 0.1
    whole, tail = filter_bank(samples), filter_bank(samples[10 * 160 :])
    np.testing.assert_allclose(tail, whole[10:], atol=1e-4)
