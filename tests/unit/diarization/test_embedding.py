import numpy as np

from shared.diarization.embedding import Embedding


class LastFrame:
    """A network whose output is the last frame of its input."""

    def run(self, batch):
        """Return shape `(1, 80)`."""
        return batch[:, -1]


def test_a_vector_has_length_one_and_does_not_depend_on_the_level():
    features = np.zeros((3, 80), np.float32)
    features[2, 5] = 9.0
    quiet, loud = (Embedding(LastFrame()).vector(features + level) for level in (0, 4))
    np.testing.assert_allclose(quiet, loud, atol=1e-6)
    assert quiet.argmax() == 5
    assert abs(np.linalg.norm(quiet) - 1) < 1e-5
