"""Speech translation on a scripted transcriber, chain and voice: all three of its contracts."""

import base64
import email
import json
from email import policy

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.errors import SynthesisUnavailable, TranslationUnavailable
from shared.settings import Settings
from shared.synthesis.installed import Voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import FEMALE, Voice
from shared.transcript import Alternative, Dropped, DropReason, Phrase, Translation, Word
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.translation.chain import TranslatorChain
from shared.translation.translator import ScriptedTranslator
from shared.translation.whisper_task import WhisperTask

KEY = "k"
ROUTE = "/sotto/v1/speech-translations"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
OPENAI = "/v1/audio/translations"
SPANISH_VOICE = Voice(
    name="Dora", locale="es-ES", gender=FEMALE, engine="made-up", speaker="d", sample_rate=24_000
)


def spoken(display, locale, *, english=None, offset_s=0.5):
    reading = Alternative(0.9, display.lower(), display.lower(), display.lower(), display)
    return Phrase(
        channel=0,
        locale=locale,
        offset_s=offset_s,
        duration_s=1.0,
        n_best=(reading,),
        display_words=(Word(display, offset_s, 1.0, 0.9),),
        translations=() if english is None else (Translation("en", english),),
    )


HOLA = spoken("Hola.", "es-ES", english="Hello.")
HELLO = spoken("Hello.", "en-US")


class Unspeakable:
    """A speaker without voices."""

    def voices(self):
        """None."""
        raise SynthesisUnavailable("There are no voices on this server. Fetch one.")


@pytest.fixture
def text():
    return ScriptedTranslator({("en", "es"), ("en", "de"), ("es", "ca")})


@pytest.fixture
def voice():
    return ScriptedSynthesizer()


@pytest.fixture
def make(text, voice):
    """Make clients of apps that hear the given phrases."""

    def make_client(*phrases, speaker=None, translator=text):
        transcriber = ScriptedTranscriber(phrases)
        settings = Settings(keys=(KEY,), model="base")
        speaker = speaker or SpeechSynthesis(settings, Voices((SPANISH_VOICE,), {"made-up": voice}))
        chain = TranslatorChain([WhisperTask(settings), translator])
        app = create_app(settings, transcriber, synthesis=speaker, translators=chain)
        client = TestClient(app)
        client.headers["Ocp-Apim-Subscription-Key"] = KEY
        client.headers["Authorization"] = f"Bearer {KEY}"
        client.transcriber = transcriber
        return client

    return make_client


@pytest.fixture
def send(tone):
    """Send a form with a clip and a definition."""

    def send_form(client, definition, path=ROUTE, **headers):
        files = {"audio": ("t.wav", tone(2.0)), "definition": (None, json.dumps(definition))}
        return client.post(path, files=files, headers=headers)

    return send_form


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json()["innerError"]["code"]


# Sotto's own route


def test_each_phrase_has_its_words_and_every_translation(make, send):
    answer = send(make(HELLO), {"locales": ["en-US"], "targets": ["es", "de-DE"]})
    assert answer.json() == {
        "durationMilliseconds": 2000,
        "combinedPhrases": [
            {"text": "Hello.", "translations": {"es": "es: Hello.", "de-DE": "de: Hello."}}
        ],
        "phrases": [
            {
                "offsetMilliseconds": 500,
                "durationMilliseconds": 1000,
                "text": "Hello.",
                "words": [
                    {"text": "Hello.", "offsetMilliseconds": 500, "durationMilliseconds": 1000}
                ],
                "locale": "en-US",
                "confidence": 0.9,
                "translations": {"es": "es: Hello.", "de-DE": "de: Hello."},
            }
        ],
    }


def test_the_english_translation_of_whisper_is_used(make, send, text):
    client = make(HOLA)
    answer = send(client, {"locales": ["es-ES"], "targets": ["en", "ca"]}).json()
    assert answer["phrases"][0]["translations"] == {"en": "Hello.", "ca": "ca: Hola."}
    assert client.transcriber.requested[0].to_english
    assert [target for _, _, target in text.requests] == ["ca"]


def test_candidates_are_allowed_and_each_phrase_is_translated_from_its_own(make, send):
    client = make(HOLA, spoken("Bye.", "en-GB", offset_s=2.0))
    answer = send(client, {"locales": ["es-ES", "en-GB"], "targets": ["es"]}).json()
    assert answer["combinedPhrases"][0]["translations"] == {"es": "Hola. es: Bye."}


@pytest.mark.parametrize("accept", ["application/json", "multipart/mixed"])
def test_stretches_without_text_are_in_a_header(make, send, accept):
    client = make(Dropped(0, 0.5, 0.25, DropReason.NOISE))
    answer = send(client, {"locales": ["en-US"], "targets": ["es"]}, Accept=accept)
    assert answer.headers["sotto-dropped"] == "noise;at=500;for=250"


def test_silence_is_an_answer_too(make, send):
    answer = send(make(), {"locales": ["en-US"], "targets": ["es"], "speech": {}}).json()
    assert answer["combinedPhrases"] == [{"text": "", "translations": {"es": ""}}]
    assert answer["phrases"] == []


def test_a_pair_without_a_translator_is_refused_before_recognition(make, send):
    client = make(HELLO)
    answer = send(client, {"locales": ["en-US"], "targets": ["es", "fr"]})
    assert refusal(answer) == (400, "InvalidArgument", "InvalidLocale")
    assert "from English to French" in answer.json()["message"]
    assert client.transcriber.requested == []


@pytest.mark.parametrize(
    "definition",
    [
        {}, {"targets": []}, {"targets": "es"}, {"targets": ["x"]}, {"targets": ["xx"]},
        {"targets": ["es"] * 11}, {"targets": ["es"], "speech": {"voices": ["a"]}},
        {"targets": ["es"], "locales": ["xx-XX"]},
    ],
)  # fmt: skip
def test_an_error_in_a_definition_is_400(make, send, definition):
    answer = send(make(HELLO), {"locales": ["en-US"]} | definition)
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidArgument"


def test_without_a_key_nothing_is_read(make, send):
    client = make(HELLO)
    del client.headers["Ocp-Apim-Subscription-Key"], client.headers["Authorization"]
    assert send(client, {"targets": ["es"]}).status_code == 401


def test_a_translator_that_is_gone_is_503(make, send):
    gone = ScriptedTranslator({("en", "es")}, failure=TranslationUnavailable("It is gone."))
    answer = send(make(HELLO, translator=gone), {"locales": ["en-US"], "targets": ["es"]})
    assert refusal(answer) == (503, "ServiceUnavailable", "UnexpectedError")


# Spoken translations


def test_speech_comes_in_base64(make, send, voice):
    definition = {"locales": ["en-US"], "targets": ["es"], "speech": {}}
    (speech,) = send(make(HELLO), definition).json()["speech"]
    audio = base64.b64decode(speech.pop("data"))
    assert speech == {"target": "es", "voice": "es-ES-DoraNeural", "contentType": "audio/x-wav"}
    assert audio[:4] == b"RIFF"
    assert voice.requests[0][0].text == "es: Hello."
    assert voice.requests[0][0].language == "es-ES"


def test_or_in_a_part_of_its_own(make, send):
    definition = {
        "locales": ["en-US"],
        "targets": ["es"],
        "speech": {"outputFormat": "audio-24khz-48kbitrate-mono-mp3"},
    }
    answer = send(make(HELLO), definition, Accept="multipart/mixed, application/json;q=0.5")
    kind = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    parts = list(email.message_from_bytes(kind + answer.content, policy=policy.HTTP).iter_parts())
    assert [part.get_content_type() for part in parts] == ["application/json", "audio/mpeg"]
    result = json.loads(parts[0].get_payload(decode=True))
    assert result["speech"] == [
        {"target": "es", "voice": "es-ES-DoraNeural", "contentType": "audio/mpeg"}
    ]
    assert len(parts[1].get_payload(decode=True)) > 500


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*, multipart/mixed"])
def test_json_is_the_default_answer(make, send, accept):
    answer = send(make(HELLO), {"locales": ["en-US"], "targets": ["es"]}, Accept=accept)
    assert answer.headers["content-type"] == "application/json"


def test_a_client_that_accepts_neither_type_is_refused(make, send):
    answer = send(make(HELLO), {"targets": ["es"]}, Accept="text/html")
    assert answer.status_code == 406


@pytest.mark.parametrize(
    ("targets", "speech"),
    [
        (["de"], {}),
        (["es"], {"voices": {"es": "fr-FR-DeniseNeural"}}),
        (["es"], {"outputFormat": "wav"}),
    ],
)
def test_an_unknown_voice_is_refused_before_recognition(make, send, targets, speech):
    client = make(HELLO)
    definition = {"locales": ["en-US"], "targets": targets, "speech": speech}
    answer = send(client, definition)
    assert refusal(answer) == (400, "InvalidArgument", "InvalidParameterValue")
    assert client.transcriber.requested == []


def test_without_any_voice_the_answer_names_the_command(make, send):
    client = make(HELLO, speaker=Unspeakable())
    answer = send(client, {"locales": ["en-US"], "targets": ["es"], "speech": {}})
    assert answer.status_code == 503
    assert "Fetch one" in answer.json()["message"]


# Fast transcription


@pytest.mark.parametrize(
    ("mode", "said", "shown"),
    [
        ({"task": "translate", "targetLanguage": "es-MX"}, HELLO, "es: Hello."),
        ({"task": "translate"}, HOLA, "Hello."),
        ({"enabled": True, "task": "translate", "targetLanguage": "en-US"}, HOLA, "Hello."),
        ({"task": "translate", "targetLanguage": "en"}, HELLO, "Hello."),
    ],
)
def test_enhanced_mode_has_the_translation_in_place_of_the_text(make, send, mode, said, shown):
    definition = {"locales": [said.locale], "enhancedMode": mode}
    answer = send(make(said), definition, FAST).json()
    assert answer["combinedPhrases"] == [{"text": shown}]
    (phrase,) = answer["phrases"]
    assert (phrase["text"], phrase["locale"], phrase["words"]) == (shown, said.locale, [])


@pytest.mark.parametrize("mode", [{"task": "transcribe"}, {"enabled": False, "task": "translate"}])
def test_any_other_enhanced_mode_leaves_the_text_alone(make, send, mode):
    answer = send(make(HELLO), {"locales": ["en-US"], "enhancedMode": mode}, FAST).json()
    assert answer["phrases"][0]["text"] == "Hello."
    assert answer["phrases"][0]["words"]


def test_enhanced_mode_refuses_a_pair_without_a_translator(make, send):
    client = make(HELLO)
    mode = {"task": "translate", "targetLanguage": "ja"}
    answer = send(client, {"locales": ["en-US"], "enhancedMode": mode}, FAST)
    assert refusal(answer) == (400, "InvalidArgument", "InvalidLocale")
    assert client.transcriber.requested == []


# OpenAI


@pytest.fixture
def translate(tone):
    def send_form(client, **fields):
        data = {"model": "whisper-1"} | fields
        return client.post(OPENAI, data=data, files={"file": ("t.wav", tone(2.0))})

    return send_form


def test_openais_api_answers_in_english(make, translate):
    answer = translate(make(HOLA))
    assert answer.json()["text"] == "Hello."


def test_openais_verbose_json_names_the_task(make, translate):
    answer = translate(make(HOLA), response_format="verbose_json").json()
    assert (answer["task"], answer["language"], answer["text"]) == (
        "translate", "english", "Hello.",
    )  # fmt: skip
    assert answer["segments"][0]["text"].strip() == "Hello."
    assert "words" not in answer


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("text", "Hello.\n"),
        ("srt", "1\n00:00:00,500 --> 00:00:01,500\nHello.\n"),
        ("vtt", "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHello.\n"),
    ],
)
def test_openais_other_formats_are_written_in_english(make, translate, form, body):
    assert translate(make(HOLA), response_format=form).text == body


@pytest.mark.parametrize("fields", [{"stream": "true"}, {"response_format": "diarized_json"}])
def test_options_of_transcripts_alone_are_refused(make, translate, fields):
    answer = translate(make(HOLA), **fields)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_parameter"


def test_a_language_without_a_translator_is_refused_in_openais_shape(tone):
    """A model of English alone, and no translator of text."""
    app = create_app(
        Settings(model="tiny.en"), ScriptedTranscriber([HOLA]), translators=TranslatorChain([])
    )
    answer = TestClient(app, base_url="http://localhost").post(
        OPENAI, data={"model": "tiny.en"}, files={"file": ("t.wav", tone(2.0))}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_language"
