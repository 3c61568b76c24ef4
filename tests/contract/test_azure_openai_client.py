"""Azure OpenAI's client, unmodified, against a running container host; exact requests of others."""

import json

import openai
import pytest
import requests

KEY = "k"
SPOKEN = "Please remind me to buy milk and bread at 5 o'clock."
ESPEAK = "en-US-EspeakStandard"


@pytest.fixture
def client(server):
    """Make the client as users do; it tries nothing twice here."""
    with openai.AzureOpenAI(
        azure_endpoint=server.url, api_key=KEY, api_version="2024-10-21", max_retries=0
    ) as made:
        yield made


@pytest.mark.parametrize("deployment", ["our-whisper", "whisper-1"])
def test_a_deployment_transcribes(client, spoken, deployment):
    answer = client.audio.transcriptions.create(model=deployment, file=("t.wav", spoken))
    assert answer.text == SPOKEN


# The client calls this part of the API deprecated; servers and programs that have it stay.
@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_deployment_translates(client, spoken):
    answer = client.audio.translations.create(model="our-whisper", file=("t.wav", spoken))
    assert answer.text


def test_a_deployment_speaks(client):
    speech = client.audio.speech.create(
        model="our-tts", voice=ESPEAK, input="Good morning.", response_format="pcm"
    )
    assert len(speech.content) > 24_000


def test_the_deployment_of_the_client_is_in_its_paths(server, spoken):
    with openai.AzureOpenAI(
        azure_endpoint=server.url,
        azure_deployment="our-whisper",
        azure_ad_token=KEY,
        api_version="2024-10-21",
        max_retries=0,
    ) as client:
        answer = client.audio.transcriptions.create(model="any", file=("t.wav", spoken))
    assert answer.text == SPOKEN


def test_the_address_without_versions_is_served(server, spoken):
    with openai.OpenAI(base_url=f"{server.url}/openai/v1", api_key=KEY, max_retries=0) as client:
        answer = client.audio.transcriptions.create(model="our-whisper", file=("t.wav", spoken))
        assert "whisper-1" in [model.id for model in client.models.list()]
    assert answer.text == SPOKEN


def test_a_wrong_key_is_an_error_of_the_client(server):
    with (
        openai.AzureOpenAI(
            azure_endpoint=server.url, api_key="x", api_version="2024-10-21", max_retries=0
        ) as client,
        pytest.raises(openai.AuthenticationError, match="not valid"),
    ):
        client.audio.speech.create(model="our-tts", voice="alloy", input="Good morning.")


def test_the_ai_sdks_request_for_gpt_4o_transcribe(server, http, spoken):
    """`ai` 6 with `@ai-sdk/openai` 3, for `providerOptions: {openai: {language: "en"}}`."""
    fields = {
        "model": "gpt-4o-transcribe",
        "language": "en",
        "response_format": "json",
        "temperature": "0",
        "timestamp_granularities[]": "segment",
    }
    answer = http.post(
        f"{server.url}/v1/audio/transcriptions",
        data=fields,
        files={"file": ("audio.wav", spoken, "audio/wav")},
        timeout=60,
    )
    assert answer.json()["text"] == SPOKEN


def test_open_webuis_request_with_the_engine_of_azure(server, http, spoken):
    """The setting of the number of speakers is a text, and is sent as it is."""
    definition = {
        "locales": ["en-US"],
        "diarization": {"maxSpeakers": "3", "enabled": True},
    }
    answer = http.post(
        f"{server.url}/speechtotext/transcriptions:transcribe?api-version=2024-11-15",
        files={"audio": ("a.wav", spoken, "audio/wav")},
        data={"definition": json.dumps(definition)},
        timeout=60,
    )
    assert answer.json()["combinedPhrases"][0]["text"] == SPOKEN


def test_the_ai_sdks_request_for_mai_transcribe(server, spoken):
    """`@ai-sdk/azure` 3 with the API of Speech: unknown members, and the key in `api-key`."""
    definition = {
        "enhancedMode": {
            "enabled": True,
            "model": "MAI-Transcribe-2",
            "modelOptions": {"timestamps": "segment"},
        },
        "locales": ["en"],
        "diarization": {"enabled": True},
    }
    answer = requests.post(
        f"{server.url}/speechtotext/transcriptions:transcribe?api-version=2025-10-15",
        files={"audio": ("audio.wav", spoken, "audio/wav")},
        data={"definition": json.dumps(definition)},
        headers={"api-key": KEY},
        timeout=60,
    )
    assert answer.json()["combinedPhrases"][0]["text"] == SPOKEN
