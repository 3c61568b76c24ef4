"""The copy of the base model in int8 against the model that it is made from."""

import ctranslate2
import numpy as np
import pytest

from shared.models.int8_copy import int8_copy


@pytest.fixture(scope="module")
def models(model_folder):
    """The model as CTranslate2 quantizes it, and the copy that `models fetch` has made."""
    copy = int8_copy(model_folder / "base")
    assert copy is not None
    return [
        ctranslate2.models.Whisper(str(folder), compute_type="int8", intra_threads=1)
        for folder in (model_folder / "base", copy)
    ]


def test_the_copy_computes_what_the_model_computes(models):
    log_mel = np.random.default_rng(1).standard_normal((1, 80, 600)).astype(np.float32)
    features = ctranslate2.StorageView.from_array(log_mel)
    ours, theirs = (np.asarray(model.encode(features)) for model in models)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_the_copy_decodes_what_the_model_decodes(models):
    log_mel = np.random.default_rng(2).standard_normal((1, 80, 600)).astype(np.float32)
    features = ctranslate2.StorageView.from_array(log_mel)
    prompt = [[50258, 50259, 50359, 50363]]
    scores = [
        model.generate(features, prompt, beam_size=1, return_scores=True)[0].scores[0]
        for model in models
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)
