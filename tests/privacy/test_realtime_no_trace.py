"""Sessions of real time of each kind, and nothing of them is left anywhere.

The system calls of the server, of Apertium's programs and of the process that loads eSpeak NG are
traced.
"""

import contextlib

import numpy as np
import pytest
from traced_host import (
    KEY,
    PHRASE,
    SIGNATURE,
    WRONG_KEY,
    Observation,
    encode,
    long_words,
    pcm_wav,
    traced_server,
)
from websockets.exceptions import ConnectionClosed, InvalidStatus

from functions.command_line.privacy_check.system_call_trace import (
    strangers_spoken_to,
    traces_left,
)
from functions.command_line.privacy_check.usp_client import speak, usp_client
from shared.audio.stream import open_audio

PATH = "/speech/recognition/conversation/cognitiveservices/v1"
SSML = (
    "<speak version='1.0' xml:lang='en-US'><voice name='{}'>The Zanzibar marmalade.</voice></speak>"
)
CANARIES = ("zanzibar", "marmalade", "jardín", KEY.lower(), WRONG_KEY.lower(), SIGNATURE.lower())
SPEAKERS = {"mode": "Anonymous"}
ENGLISH = {"language": "en-US"}


@pytest.fixture(scope="module")
def seen(strace, apertium, voice_models, spoken_clip, tmp_path_factory):  # noqa: ARG001
    """Run a session of each kind, and make mistakes."""
    folder = tmp_path_factory.mktemp("realtime-privacy")
    observation = Observation(home=folder / "home")
    observation.home.mkdir()
    with open_audio(spoken_clip.wav) as stream:
        samples = np.concatenate([block[0] for block in stream])
    wav = pcm_wav(np.concatenate([samples, np.zeros(24_000, np.int16)]), 16_000)
    mp3 = encode(samples, 16_000, "mp3", "libmp3lame")
    with traced_server(strace, folder / "trace", observation, voice_models) as url:

        def turn(name, audio=wav, path=PATH, **context):
            with usp_client(url, path, KEY) as client:
                client.begin(**context)
                client.send(audio)
                frames = client.turn()
                observation.answers[name] = (101, " ".join(map(str, frames)))

        turn("continuous", phraseDetection=ENGLISH | {"mode": "CONVERSATION"})
        turn("once", phraseDetection=ENGLISH | {"mode": "INTERACTIVE"})
        turn("compressed", mp3)
        detailed = {"format": "Detailed", "detailed": {"options": ["WordTimings"]}}
        phrases = {"Groups": [{"Items": [{"Text": PHRASE}]}]}
        turn("detailed", phraseOutput=detailed, dgi=phrases)
        turn("speakers", phraseDetection=ENGLISH | {"speakerDiarization": SPEAKERS})
        turn("languages", languageId={"languages": ["de-DE", "en-US"]})
        voice = {"synthesizedLanguages": ["es"], "defaultVoices": {"es": "es-ES-ElviraNeural"}}
        turn("translation", translation={"targetLanguages": ["es"]}, synthesis=voice)
        reading = {"referenceText": "The Zanzibar marmalade.", "enableMiscue": True}

        def assess(name, **more):
            enrichment = {"pronunciationAssessment": reading | more}
            mode = {"mode": "INTERACTIVE", "enrichment": enrichment}
            turn(name, phraseDetection=ENGLISH | mode)

        assess("assessed")
        assess("400, assessment", granularity=PHRASE)
        turn("400", phraseDetection={"language": PHRASE})
        turn("no audio", SIGNATURE.encode() * 40)
        for voice in ("en-US-HeartNeural", "en-US-EspeakStandard"):
            frames = speak(url, SSML.format(voice), KEY)
            observation.answers[voice] = (101, str(sum(map(len, frames))))
        with usp_client(url, f"{PATH}?Ocp-Apim-Subscription-Key={KEY}&x={SIGNATURE}", "") as client:
            client.begin()
            client.audio(wav)  # and away, in the middle of the speech
        with (
            pytest.raises(InvalidStatus),
            usp_client(url, f"{PATH}?Ocp-Apim-Subscription-Key={WRONG_KEY}", ""),
        ):
            pass
        with contextlib.suppress(ConnectionClosed), usp_client(url, PATH, KEY) as client:
            client.socket.send(SIGNATURE)
            client.socket.recv(10)
    return observation


def test_every_session_had_something_to_leave_behind(seen, spoken_clip):
    words = long_words(spoken_clip.text)
    for name in (
        "continuous",
        "once",
        "compressed",
        "detailed",
        "speakers",
        "languages",
        "assessed",
    ):
        assert words[0] in seen.answers[name][1], name
    assert "jardín" in seen.answers["translation"][1]
    assert all(int(seen.answers[voice][1]) > 20_000 for voice in seen.answers if "US-" in voice)
    assert "Omission" in seen.answers["assessed"][1]
    assert "marmalade" in seen.answers["assessed"][1]
    assert all("BadRequest" in seen.answers[name][1] for name in ("400", "400, assessment"))


def test_no_file_is_written_made_renamed_or_removed(seen):
    """But for the device that keeps nothing, where the other process's error output ends."""
    left = [call for call in traces_left(seen.calls) if '"/dev/null"' not in call]
    assert left == []
    assert list(seen.home.iterdir()) == []


def test_nothing_leads_beyond_loopback(seen):
    assert strangers_spoken_to(seen.calls) == []


def test_no_line_holds_a_word_a_key_or_a_query(seen, spoken_clip):
    log = seen.log.lower()
    assert log.count('"event": "session"') >= len(seen.answers)
    forbidden = (*CANARIES, *long_words(spoken_clip.text), "ocp-apim-subscription-key", "?")
    assert [canary for canary in forbidden if canary in log] == []
