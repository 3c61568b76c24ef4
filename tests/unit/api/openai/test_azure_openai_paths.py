"""Azure OpenAI's paths of the audio API, which its clients use in place of `/v1/audio/...`.

https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

import pytest
from openai_api import form, refused

from functions.api.paths import canonical_path, deployment_of

VERSION = {"api-version": "2024-10-21"}


@pytest.fixture
def make(make_client):
    """Make clients that present their key as Azure OpenAI's do."""

    def build(*results, **settings):
        client = make_client(*results, **settings)
        del client.headers["Ocp-Apim-Subscription-Key"]
        client.headers["api-key"] = "k"
        return client

    return build


@pytest.mark.parametrize(
    ("path", "canonical", "deployment"),
    [
        ("/openai/deployments/my-whisper/audio/speech", "/v1/audio/speech", "my-whisper"),
        ("//OpenAI/Deployments/a.b_c/audio/translations", "/v1/audio/translations", "a.b_c"),
        ("/openai/v1/audio/transcriptions/", "/v1/audio/transcriptions", ""),
        ("/openai/v1/models/whisper-1", "/v1/models/whisper-1", ""),
        ("/openai/models", "/v1/models", ""),
        ("/v1/audio/speech", "/v1/audio/speech", None),
        ("/openai/deployments/x/chat/completions", "/openai/deployments/x/chat/completions", None),
        ("/openai/v1/audiobooks", "/openai/v1/audiobooks", None),
        ("/openai/deployments//audio/speech", "/openai/deployments/audio/speech", None),
    ],
)
def test_azures_paths_are_those_of_openai(path, canonical, deployment):
    assert canonical_path(path) == canonical
    assert deployment_of(path) == deployment


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/openai/deployments/our-whisper/audio/transcriptions", []),
        ("/openai/deployments/our-whisper/audio/transcriptions", [("model", "our-whisper")]),
        ("/openai/deployments/our-whisper/audio/translations", [("language", "en")]),
        ("/openai/v1/audio/transcriptions", [("model", "our-whisper")]),
    ],
)
def test_the_name_of_a_deployment_is_the_operators_choice(make, remind, tone, path, fields):
    answer = make(remind).post(path, params=VERSION, **form(fields, tone(1.0)))
    assert (answer.status_code, answer.json()["text"]) == (200, "Remind me at 5.")


def test_a_deployment_takes_granularities_unless_it_is_called_whisper_1(make, remind, tone):
    client = make(remind)
    fields = [("timestamp_granularities[]", "word"), ("response_format", "json")]
    for deployment, status in (("our-transcribe", 200), ("whisper-1", 400)):
        path = f"/openai/deployments/{deployment}/audio/transcriptions"
        answer = client.post(path, params=VERSION, **form(fields, tone(1.0)))
        assert answer.status_code == status


def test_without_a_deployment_the_body_names_the_model(make, tone):
    answer = make().post("/openai/v1/audio/transcriptions", **form([], tone(1.0)))
    assert refused(answer, 400, "missing_required_parameter", "model")


@pytest.mark.parametrize(
    "path",
    [
        "/openai/deployments/x/audio/transcriptions",
        "/openai/deployments/x/audio/speech",
        "/openai/v1/models",
    ],
)
def test_a_wrong_key_is_refused_in_openais_shape(make, path):
    method = "GET" if path.endswith("models") else "POST"
    answer = make().request(method, path, headers={"api-key": "wrong"})
    assert refused(answer, 401, "invalid_api_key")
    bearer = {"api-key": "", "Authorization": "Bearer k"}
    assert make().request(method, path, headers=bearer).status_code != 401


def test_other_operations_are_refused_in_openais_shape(make):
    answer = make().post("/openai/deployments/x/chat/completions", params=VERSION, json={})
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_models_are_listed(make):
    listed = make().get("/openai/models", params=VERSION).json()
    assert "whisper-1" in [model["id"] for model in listed["data"]]


def test_the_reference_has_each_operation_once(make):
    assert not [path for path in make().get("/openapi.json").json()["paths"] if "openai" in path]
