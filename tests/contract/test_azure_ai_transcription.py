"""`azure-ai-transcription`, unmodified, against a running server.

https://learn.microsoft.com/python/api/overview/azure/ai-transcription-readme
"""

import asyncio
import io
import time

import pytest
from azure.ai.transcription import TranscriptionClient
from azure.ai.transcription.aio import TranscriptionClient as AsyncTranscriptionClient
from azure.ai.transcription.models import (
    EnhancedModeProperties,
    PhraseListProperties,
    TranscriptionContent,
    TranscriptionDiarizationOptions,
    TranscriptionOptions,
)
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

TEXT = "Please remind me to buy milk and bread at 5 o'clock."


@pytest.fixture
def connect(server):
    """Maker of clients."""
    clients = []

    def make(key="k", slash="", **options):
        client = TranscriptionClient(server.url + slash, AzureKeyCredential(key), **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def test_open_file_with_locale(connect, spoken_file):
    """The sample of the package's own page."""
    with spoken_file.open("rb") as audio:
        result = connect().transcribe(
            TranscriptionContent(audio=audio, definition=TranscriptionOptions(locales=["en-US"]))
        )
    assert result.combined_phrases[0].text == TEXT
    assert abs(result.duration_milliseconds - 3537) <= 2
    phrase = result.phrases[0]
    assert phrase.locale == "en-US"
    assert 0 < phrase.confidence <= 1
    assert (phrase.words[0].text, phrase.words[-1].text) == ("Please", "o'clock.")
    assert phrase.channel is None
    assert phrase.speaker is None


def test_bytes_without_filename(connect, spoken):
    """A part without filename and content type is audio all the same."""
    result = connect().transcribe({"definition": {"locales": ["en-US"]}, "audio": spoken})
    assert result.combined_phrases[0].text == TEXT


def test_empty_options_send_no_definition(connect, spoken):
    """The client leaves the part out; the language is detected."""
    result = connect().transcribe(
        TranscriptionContent(
            audio=("t.wav", spoken, "audio/wav"), definition=TranscriptionOptions()
        )
    )
    assert result.combined_phrases[0].text == TEXT
    assert result.phrases[0].locale == "en-US"


def test_endpoint_with_slash_and_older_version(connect, spoken):
    """The client then asks for `////speechtotext/...`."""
    result = connect(slash="/", api_version="2024-11-15").transcribe(
        {"definition": {"locales": ["en-US"]}, "audio": spoken}
    )
    assert result.combined_phrases[0].text == TEXT


def test_all_options_that_are_served(connect, spoken):
    """The client maps its option names to the definition."""
    options = TranscriptionOptions(
        locales=["en-US", "de-DE"],
        profanity_filter_mode="Masked",
        active_channels=[0],
        phrase_list=PhraseListProperties(phrases=["milk and bread"], biasing_weight=1.0),
        enhanced_mode=EnhancedModeProperties(task="transcribe"),
    )
    result = connect().transcribe(TranscriptionContent(audio=spoken, definition=options))
    assert result.combined_phrases[0].text == TEXT


def test_async_client(server, spoken):
    """The other class of the package, several requests at once."""

    async def transcribe():
        async with AsyncTranscriptionClient(server.url, AzureKeyCredential("k")) as client:
            return await asyncio.gather(
                *(
                    client.transcribe({"definition": {}, "audio": io.BytesIO(spoken)})
                    for _ in range(3)
                )
            )

    assert [r.combined_phrases[0].text for r in asyncio.run(transcribe())] == [TEXT] * 3


def test_token_credential(server, http, spoken):
    """A token of issueToken as the client's bearer token."""
    token = http.post(f"{server.url}/sts/v1.0/issueToken").text

    class Credential:
        def get_token(self, *_scopes, **_options):
            return AccessToken(token, int(time.time()) + 600)

    with TranscriptionClient(server.url, Credential()) as client:
        result = client.transcribe({"definition": {}, "audio": spoken}, enforce_https=False)
    assert result.combined_phrases[0].text == TEXT


def test_wrong_key_is_an_authentication_error(connect):
    """401, and the client's own exception for it."""
    with pytest.raises(ClientAuthenticationError) as caught:
        connect(key="wrong").transcribe({"definition": {}, "audio": b"x"})
    assert caught.value.status_code == 401


def test_url_of_no_host_fails_fast(connect):
    """A 4xx in under two seconds; the client does not try again."""
    started = time.monotonic()
    with pytest.raises(HttpResponseError) as caught:
        connect().transcribe_from_url("https://example.invalid/a.wav")
    assert caught.value.status_code == 400
    assert time.monotonic() - started < 2


def test_unsupported_locale_is_shown_with_its_code(connect, spoken):
    """The client shows `(Code) message` of the flat shape."""
    with pytest.raises(HttpResponseError) as caught:
        connect().transcribe({"definition": {"locales": ["xx-XX"]}, "audio": spoken})
    assert "(InvalidArgument) The locale xx-XX is not supported." in str(caught.value)


def test_speakers_are_distinguished(connect, speech_data):
    """The client never sends `enabled`. Two people telephone; phrases end where they change."""
    audio = (speech_data / "diarization" / "pyannote_sample.flac").read_bytes()
    options = TranscriptionOptions(
        locales=["en-US"], diarization_options=TranscriptionDiarizationOptions(max_speakers=2)
    )
    result = connect().transcribe(TranscriptionContent(audio=audio, definition=options))
    assert result.phrases[0].speaker == 1
    assert {phrase.speaker for phrase in result.phrases} == {1, 2}


def test_a_single_voice_is_one_speaker(connect, spoken):
    options = TranscriptionOptions(
        diarization_options=TranscriptionDiarizationOptions(max_speakers=2)
    )
    result = connect().transcribe(TranscriptionContent(audio=spoken, definition=options))
    assert {phrase.speaker for phrase in result.phrases} == {1}


def test_a_translation_that_is_not_offered_is_an_error(connect, spoken):
    """Not an answer that leaves it out."""
    options = TranscriptionOptions(
        enhanced_mode=EnhancedModeProperties(task="translate", target_language="ja")
    )
    with pytest.raises(HttpResponseError, match="SOTTO_TRANSLATION_MODELS") as caught:
        connect().transcribe(TranscriptionContent(audio=spoken, definition=options))
    assert caught.value.status_code == 400
