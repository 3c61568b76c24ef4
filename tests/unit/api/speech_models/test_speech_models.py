"""Routes that clients use beside batch transcription, in their exact shapes."""

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.api.speech_models.base_model import names_model
from shared.errors import StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.store import JobStore
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber

DATED = {"api-version": "2024-11-15"}
SERVER = "http://localhost"
BASE = f"{SERVER}/speechtotext"
LOCALES = ["de-DE", "en-GB", "en-US"]


@pytest.fixture
def client():
    return client_of()


def client_of(batch=None, **settings):
    app = create_app(Settings(**settings), ScriptedTranscriber(locales=LOCALES), batch)
    return TestClient(app, base_url=SERVER)  # without keys no other name is served


def test_the_model_is_listed_for_each_locale(client):
    models = client.get("/speechtotext/models/base", params=DATED).json()
    assert list(models) == ["values"]
    assert [model["locale"] for model in models["values"]] == LOCALES
    model = models["values"][2]
    address = model["self"].partition("?")[0]
    assert address.startswith(f"{BASE}/models/base/")
    assert model == {
        "self": f"{address}?api-version=2024-11-15",
        "displayName": "en-US Whisper base",
        "locale": "en-US",
        "createdDateTime": "2022-09-21T00:00:00Z",
        "lastActionDateTime": "2022-09-21T00:00:00Z",
        "status": "Succeeded",
        "links": {"manifest": f"{address}/manifest?api-version=2024-11-15"},
        "properties": {
            "deprecationDates": {
                "adaptationDateTime": "2099-12-31T00:00:00Z",
                "transcriptionDateTime": "2099-12-31T00:00:00Z",
            },
            "features": {
                "supportsTranscriptionsSubmit": True,
                "supportsTranscriptionsTranscribe": True,
                "supportsEndpoints": False,
                "supportsTranscriptionsOnSpeechContainers": False,
                "supportsAdaptationsWith": [],
                "supportedOutputFormats": ["Display", "Lexical"],
            },
            "chargeForAdaptation": False,
        },
    }
    assert client.get(model["self"]).json() == model


def test_the_first_generation_calls_a_feature_otherwise(client):
    (model,) = client.get("/speechtotext/v3.2/models/base?top=1&skip=1").json()["values"]
    features = model["properties"]["features"]
    assert model["self"].startswith(f"{BASE}/v3.2/models/base/")
    assert features["supportsTranscriptions"] is True
    assert not any(name.startswith("supportsTranscriptionsS") for name in features)
    assert client.get(model["self"]).json() == model


def test_clients_find_the_model_of_their_locale_page_by_page(client):
    wanted = {**DATED, "filter": "locale eq 'en-GB' and status eq 'Succeeded'"}
    (model,) = client.get("/speechtotext/models/base", params=wanted).json()["values"]
    assert model["locale"] == "en-GB"
    page = client.get("/speechtotext/models/base", params={**DATED, "top": 2}).json()
    assert len(page["values"]) == 2
    assert [m["locale"] for m in client.get(page["@nextLink"]).json()["values"]] == ["en-US"]
    bad = client.get("/speechtotext/models/base", params={**DATED, "filter": "locale"})
    assert bad.json()["innerError"]["code"] == "UnsupportedFilter"


def test_a_listed_model_may_be_named_by_a_job(client):
    for model in client.get("/speechtotext/models/base", params=DATED).json()["values"]:
        assert names_model(model["self"], "base")
        assert not names_model(model["self"], "small")


def test_the_folder_of_a_model_is_not_shown():
    client = client_of(model="/srv/secret/my-whisper")
    answer = client.get("/speechtotext/models/base", params=DATED)
    assert answer.json()["values"][0]["displayName"] == "de-DE Whisper my-whisper"
    assert "secret" not in answer.text


def test_a_manifest_names_no_files(client):
    model = client.get("/speechtotext/models/base", params=DATED).json()["values"][0]
    assert client.get(model["links"]["manifest"]).json() == {
        "model": {"self": model["self"]},
        "properties": {},
        "modelFiles": [],
    }


@pytest.mark.parametrize("path", ["models/base/x", "models/base/x/manifest"])
def test_another_model_is_not_found(client, path):
    answer = client.get(f"/speechtotext/{path}", params=DATED)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "path",
    [
        "/speechtotext/models/base/locales?api-version=2024-11-15",
        "/speechtotext/models/locales?api-version=2024-11-15",
        "/speechtotext/v3.2/models/base/locales",
        "/speechtotext/v3.1/models/locales",
        "/speechtotext/v3.0/transcriptions/locales",
    ],
)
def test_locales_are_a_list(client, path):
    assert client.get(path).json() == LOCALES


def test_locales_of_transcriptions_have_two_lists_in_the_second_generation(client):
    answer = client.get("/speechtotext/transcriptions/locales", params=DATED)
    assert answer.json() == {"Submit": LOCALES, "Transcribe": LOCALES}


@pytest.mark.parametrize("name", ["models", "projects", "datasets", "endpoints", "evaluations"])
@pytest.mark.parametrize(
    "root", ["/speechtotext/{}?api-version=2024-11-15", "/speechtotext/v3.2/{}"]
)
def test_unsupported_collections_are_empty(client, root, name):
    path = root.format(name)
    assert client.get(path).json() == {"values": []}
    made = client.post(path, json={"displayName": "mine"})
    assert (made.status_code, made.json()["code"]) == (405, "NotAllowed")
    assert made.headers["Allow"] == "GET"


def test_a_healthy_service_says_so(client):
    for path in (
        "/speechtotext/v3.2/healthstatus",
        "/speechtotext/healthstatus?api-version=2024-11-15",
    ):
        assert client.get(path).json() == {
            "status": "Healthy",
            "components": [
                {"name": "Database", "type": "SpeechServicesDbContext", "status": "Healthy"}
            ],
        }


def test_a_store_that_cannot_be_reached_is_not_healthy():
    class Unreachable:
        def list(self, *_, **__):
            raise StorageUnavailable("It is not there.")

    client = client_of(BatchServices(JobStore(Unreachable()), None))
    assert client.get("/speechtotext/v3.2/healthstatus").json()["status"] == "Unhealthy"


@pytest.mark.parametrize("path", ["models/base", "models", "projects", "healthstatus"])
def test_no_request_is_served_without_a_key_or_a_version(path):
    assert client_of().get(f"/speechtotext/{path}").status_code == 400
    assert client_of(keys=("k",)).get(f"/speechtotext/v3.2/{path}").status_code == 401
