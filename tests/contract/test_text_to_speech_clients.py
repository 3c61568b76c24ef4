"""Text to speech as its users call it: the `openai` client and `requests`, unmodified.

eSpeak NG speaks where a test is about the contract; Kokoro where it is about streaming.
"""

import io
import wave

import av
import openai
import pytest

KEY = "k"
ESPEAK = "en-US-EspeakStandard"
SPEAK = "/cognitiveservices/v1"
PARAGRAPH = (
    "The train to the coast leaves at seven. It is a quiet journey along the river. "
    "We will have breakfast on the way. My sister is waiting for us there. "
    "In the evening we come back with the last bus."
)


@pytest.fixture
def client(server):
    """Make OpenAI's client, which tries nothing twice here."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


def ssml(text, voice=ESPEAK):
    return f"<speak version='1.0' xml:lang='en-US'><voice name='{voice}'>{text}</voice></speak>"


def headers(output="riff-24khz-16bit-mono-pcm"):
    return {
        "Content-Type": "application/ssml+xml",
        "X-Microsoft-OutputFormat": output,
        "User-Agent": "t",
    }


def duration_s(encoded):
    with av.open(io.BytesIO(encoded)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def test_the_contracts_own_example(server, http):
    """A name of Azure's, the sample rate asked for, the length in the header right."""
    document = ssml("Hi", "en-US-JennyNeural")
    answer = http.post(f"{server.url}{SPEAK}", headers=headers(), data=document, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/x-wav"
    with wave.open(io.BytesIO(answer.content)) as reader:
        assert reader.getframerate() == 24_000
        assert 44 + 2 * reader.getnframes() == len(answer.content)


def test_a_reader_of_files_finds_the_length_of_a_short_text(server, http, client):
    """Two sentences, from both contracts."""
    text = "Good morning to you. How are you?"
    whole = http.post(f"{server.url}{SPEAK}", headers=headers(), data=ssml(text), timeout=60)
    speech = client.audio.speech.create(
        model="tts-1", voice=ESPEAK, input=text, response_format="wav"
    )
    for wav in (whole.content, speech.content):
        with wave.open(io.BytesIO(wav)) as reader:
            assert 24_000 < reader.getnframes() == (len(wav) - 44) // 2


def test_open_webui_lists_voices_and_models(server, http):
    """It reads these members, and sends the chosen ones."""
    voices = http.get(f"{server.url}/v1/audio/voices", timeout=60).json()["voices"]
    names = {voice["id"]: voice["name"] for voice in voices}
    models = http.get(f"{server.url}/v1/audio/models", timeout=60).json()["models"]
    body = {"model": models[0]["id"], "voice": ESPEAK, "input": "Good morning."}
    assert names[ESPEAK].startswith("Espeak")
    answer = http.post(f"{server.url}/v1/audio/speech", json=body, timeout=60)
    assert duration_s(answer.content) > 0.5


def test_voices_can_be_listed_and_requested(server, http):
    voices = http.get(f"{server.url}/cognitiveservices/voices/list", timeout=60).json()
    german = next(voice for voice in voices if voice["Locale"] == "de-DE")
    answer = http.post(
        f"{server.url}/tts{SPEAK}",
        headers=headers("audio-24khz-48kbitrate-mono-mp3"),
        data=ssml("Guten Morgen", german["ShortName"]),
        timeout=60,
    )
    assert answer.status_code == 200
    assert 0.5 < duration_s(answer.content) < 3


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav"])
def test_openais_client_gets_every_format(client, form):
    speech = client.audio.speech.create(
        model="tts-1", voice=ESPEAK, input="Good morning to you. How are you?", response_format=form
    )
    assert 1 < duration_s(speech.content) < 6


def test_openais_client_gets_samples(client):
    """24 kHz, 16 bit."""
    speech = client.audio.speech.create(
        model="tts-1", voice=ESPEAK, input="Good morning.", response_format="pcm"
    )
    assert 0.5 < len(speech.content) / 2 / 24_000 < 3


def test_openais_client_streams(client):
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice=ESPEAK, input="One. Two. Three.", response_format="pcm"
    ) as speech:
        assert len(list(speech.iter_bytes())) >= 2


def test_openais_client_reads_our_errors(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.speech.create(model="tts-1", voice="HAL", input="Good morning.")
    assert refused.value.body["message"] == "There is no voice of that name here."
    assert refused.value.type == "invalid_request_error"


def test_openais_client_raises_for_a_wrong_key(server):
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="x", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="not valid"),
    ):
        client.audio.speech.create(model="tts-1", voice="alloy", input="Good morning.")


@pytest.mark.usefixtures("voice_models")
def test_the_first_of_five_sentences_arrives_before_the_last_is_spoken(gated_server, http):
    """Kokoro does not begin the last one until the first is here."""
    with http.post(
        f"{gated_server.url}{SPEAK}",
        headers=headers("raw-24khz-16bit-mono-pcm"),
        data=ssml(PARAGRAPH, "af_heart"),
        timeout=120,
        stream=True,
    ) as answer:
        pieces = answer.iter_content(None)
        first = next(pieces)
        gated_server.open_gate()
        pcm = first + b"".join(pieces)
    assert len(first) / 2 / 24_000 > 1
    assert len(pcm) / 2 / 24_000 > 10
