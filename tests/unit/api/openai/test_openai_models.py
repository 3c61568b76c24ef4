"""The one model under the names that OpenAI's clients ask for."""

import pytest
from openai_api import MODELS, refused, with_bearer


@pytest.fixture
def make(make_client):
    """Make clients that present their key as OpenAI's do."""
    return lambda *results, **settings: with_bearer(make_client(*results, **settings))


def test_models_are_the_names_of_the_one_model(make):
    answer = make(model="/models/my-whisper").get(MODELS).json()
    assert answer["object"] == "list"
    assert [model["id"] for model in answer["data"]] == [
        "my-whisper",
        "whisper-1",
        "gpt-transcribe",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-4o-transcribe-diarize",
    ]


def test_a_model_is_described(make):
    assert make().get(f"{MODELS}/base").json() == {
        "id": "base",
        "object": "model",
        "created": 1663718400,
        "owned_by": "sotto",
    }


def test_a_model_that_is_not_there_is_not_found(make):
    assert refused(make().get(f"{MODELS}/gpt-5"), 404, "model_not_found", "model")
