"""Speech translated over HTTP, end to end: real speech, Whisper, Apertium and the voices.

Clients are unmodified: `azure-ai-transcription`, `openai`, `requests`.
"""

import base64
import io
import json

import openai
import pytest
from azure.ai.transcription import TranscriptionClient
from azure.ai.transcription.models import (
    EnhancedModeProperties,
    TranscriptionContent,
    TranscriptionOptions,
)
from azure.core.credentials import AzureKeyCredential

KEY = "k"
ROUTE = "/sotto/v1/speech-translations"
# Every processor translates the Spanish clip so; the number that follows is 268, or 260 and 88.
MEANT = "My favorite number"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"


@pytest.fixture
def spanish(speech_data):
    """A Spaniard says what his favourite number is."""
    return (speech_data / "multilingual/cheetah_test_es_norm.wav").read_bytes()


def translate(server, http, audio, **definition):
    files = {"audio": ("t.wav", audio), "definition": (None, json.dumps(definition))}
    return http.post(f"{server.url}{ROUTE}", files=files, timeout=120)


def transcribe(server, http, audio, locale):
    """Transcribe an audio."""
    files = {"audio": ("t.wav", audio), "definition": (None, json.dumps({"locales": [locale]}))}
    answer = http.post(f"{server.url}{FAST}", files=files, timeout=120)
    return answer.json()["combinedPhrases"][0]["text"]


def test_spanish_speech_becomes_english_text(server, http, spanish):
    answer = translate(server, http, spanish, locales=["es-ES"], targets=["en"]).json()
    (phrase,) = answer["phrases"]
    assert "Mi número favorito" in phrase["text"]
    assert MEANT in phrase["translations"]["en"]
    assert [word["text"] for word in phrase["words"][:3]] == ["Mi", "número", "favorito"]


def test_the_language_is_found_among_candidates(server, http, spanish):
    locales = ["en-US", "es-ES"]
    answer = translate(server, http, spanish, locales=locales, targets=["en"]).json()
    assert answer["phrases"][0]["locale"] == "es-ES"
    assert MEANT in answer["phrases"][0]["translations"]["en"]


@pytest.mark.usefixtures("apertium", "voice_models")
def test_english_speech_becomes_spanish_text_and_voice(server, http, spoken_clip):
    """Speech of the voice is recognised as the translation, but for a word or two."""
    answer = translate(
        server, http, spoken_clip.wav, locales=["en-US"], targets=["es", "ca"],
        speech={"voices": {"es": "es-ES-DoraNeural"}},
    ).json()  # fmt: skip
    written = answer["combinedPhrases"][0]["translations"]
    assert written == {
        "es": "Los niños están tocando en el jardín detrás de la casa.",
        "ca": "Els nens estan jugant en el jardí darrere de la casa.",
    }
    first, second = answer["speech"]
    assert (first["target"], first["voice"]) == ("es", "es-ES-DoraNeural")
    assert second["voice"] == "ca-ES-EspeakStandard"
    heard = transcribe(server, http, base64.b64decode(first["data"]), "es-ES").lower()
    words = written["es"].lower().strip(".").split()
    assert sum(word in heard for word in words) >= len(words) - 2


@pytest.mark.usefixtures("apertium")
def test_azures_client_gets_the_translation_in_place_of_the_text(server, spoken_clip):
    client = TranscriptionClient(endpoint=server.url, credential=AzureKeyCredential(KEY))
    mode = EnhancedModeProperties(task="translate", target_language="es")
    options = TranscriptionOptions(locales=["en-US"], enhanced_mode=mode)
    result = client.transcribe(TranscriptionContent(audio=spoken_clip.wav, definition=options))
    text = "Los niños están tocando en el jardín detrás de la casa."
    assert result.combined_phrases[0].text == text
    assert result.phrases[0].locale == "en-US"


# The client calls this part of the API deprecated; servers and programs that have it stay.
@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", ["json", "verbose_json", "text", "srt", "vtt"])
def test_openais_client_gets_english(server, spanish, form):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as client:
        file = io.BytesIO(spanish)
        file.name = "t.wav"
        result = client.audio.translations.create(
            model="whisper-1", file=file, response_format=form
        )
    text = result if isinstance(result, str) else result.text
    assert MEANT in text


def test_a_pair_without_a_translator_is_refused_at_once(server, http, spoken_clip):
    answer = translate(server, http, spoken_clip.wav, locales=["en-US"], targets=["ja"])
    assert answer.status_code == 400
    assert "SOTTO_TRANSLATION_MODELS" in answer.json()["message"]
    assert answer.elapsed.total_seconds() < 1
