import numpy as np

from shared.diarization.embedding import channel_directions, remove_channel


def test_the_directions_of_channels_are_orthonormal():
    directions = channel_directions()
    assert directions.shape == (12, 192)
    np.testing.assert_allclose(directions @ directions.T, np.eye(12), atol=1e-5)


def test_the_same_voice_over_two_channels_is_the_same_vector():
    """A channel adds a vector of its own to what is the voice's."""
    voice = np.random.default_rng(0).standard_normal(192).astype(np.float32)
    clean, telephone = 3 * channel_directions()[0], 9 * channel_directions()[5]
    found = remove_channel(voice + clean)
    np.testing.assert_allclose(found, remove_channel(voice + telephone), atol=1e-5)
    assert abs(np.linalg.norm(found) - 1) < 1e-5
    assert np.abs(channel_directions() @ found).max() < 1e-5
