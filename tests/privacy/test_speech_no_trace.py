"""Text goes through a real server and its voices, and nothing of it is left anywhere.

The system calls of the server and of the process that loads eSpeak NG are traced.
"""

import pytest
import requests
from traced_host import KEY, Observation, traced_server

from functions.command_line.privacy_check.system_call_trace import (
    strangers_spoken_to,
    traces_left,
)

CANARIES = ("zanzibar", "marmalade", "kaleidoscope")
SSML = (
    "<speak version='1.0' xml:lang='en-US'><voice name='{}'>The Zanzibar marmalade is late. "
    "<phoneme alphabet='ipa' ph='kəlˈaɪdəskˌoʊp'>Kaleidoscope</phoneme>!</voice></speak>"
)
VOICES = ("en-US-HeartNeural", "en-US-JoeNeural", "en-US-EspeakStandard")
FORMATS = (
    "riff-24khz-16bit-mono-pcm", "audio-24khz-48kbitrate-mono-mp3", "ogg-24khz-16bit-mono-opus",
    "webm-24khz-16bit-mono-opus", "raw-8khz-8bit-mono-mulaw",
)  # fmt: skip


@pytest.fixture(scope="module")
def seen(strace, voice_models, tmp_path_factory):
    """Speak with every engine, in a format of every kind, and make mistakes."""
    folder = tmp_path_factory.mktemp("speech-privacy")
    observation = Observation(home=folder / "home")
    observation.home.mkdir()
    with (
        traced_server(strace, folder / "trace", observation, voice_models) as url,
        requests.Session() as http,
    ):
        http.headers["Ocp-Apim-Subscription-Key"] = KEY

        def speak(name, ssml, output):
            headers = {"Content-Type": "application/ssml+xml", "X-Microsoft-OutputFormat": output}
            answer = http.post(
                f"{url}/cognitiveservices/v1", data=ssml.encode(), headers=headers, timeout=120
            )
            observation.answers[name] = (answer.status_code, str(len(answer.content)))

        for voice in VOICES:
            speak(voice, SSML.format(voice), FORMATS[0])
        for output in FORMATS[1:]:
            speak(output, SSML.format("en-US-EspeakStandard"), output)
        speak("no voice", SSML.format("Zanzibar"), FORMATS[0])
        speak("no XML", "<speak>Zanzibar marmalade", FORMATS[0])
        body = {"model": "tts-1", "voice": "alloy", "input": "Zanzibar marmalade."}
        answer = http.post(f"{url}/v1/audio/speech", json=body, timeout=120)
        observation.answers["openai"] = (answer.status_code, str(len(answer.content)))
    return observation


def test_everything_was_spoken(seen):
    """Otherwise there would be nothing to leave behind."""
    spoken = {name: size for name, (status, size) in seen.answers.items() if status == 200}
    assert seen.answers.keys() - spoken.keys() == {"no voice", "no XML"}
    assert all(int(size) > 2_000 for size in spoken.values())


def test_no_file_is_written_made_renamed_or_removed(seen):
    """But for the device that keeps nothing, where the other process's error output ends."""
    left = [call for call in traces_left(seen.calls) if '"/dev/null"' not in call]
    assert left == []
    assert list(seen.home.iterdir()) == []


def test_nothing_leads_beyond_loopback(seen):
    assert strangers_spoken_to(seen.calls) == []


def test_the_only_other_program_is_the_one_that_loads_espeak(seen):
    """Started once, for all voices."""
    programs = [call for call in seen.calls if call.name == "execve" and call.result == "0"]
    assert len(programs) == 2


def test_no_line_holds_a_word_of_the_text(seen):
    log = seen.log.lower()
    assert log.count('"route":') >= len(seen.answers)
    assert [canary for canary in CANARIES if canary in log] == []
