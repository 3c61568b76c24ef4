"""Text and speech are translated by a real server, and nothing of either is left anywhere.

The system calls of the server, of Apertium's programs and of the process that loads eSpeak NG are
traced.
"""

import json

import pytest
import requests
from traced_host import KEY, Observation, long_words, traced_server

from functions.command_line.privacy_check.system_call_trace import (
    strangers_spoken_to,
    traces_left,
)

TEXT = "The Zanzibar marmalade is behind the kaleidoscope."
CANARIES = ("zanzibar", "zanzíbar", "marmalade", "kaleidoscope", "detrás")
SPEECH = "/sotto/v1/speech-translations"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"


@pytest.fixture(scope="module")
def seen(strace, apertium, voice_models, spoken_clip, tmp_path_factory):  # noqa: ARG001
    """Translate text and speech in every contract, and make mistakes."""
    folder = tmp_path_factory.mktemp("translation-privacy")
    observation = Observation(home=folder / "home")
    observation.home.mkdir()
    with (
        traced_server(strace, folder / "trace", observation, voice_models) as url,
        requests.Session() as http,
    ):
        http.headers["Ocp-Apim-Subscription-Key"] = KEY

        def keep(name, answer):
            observation.answers[name] = (answer.status_code, answer.text)

        def text(name, version="3.0", body=None, **query):
            query = {"api-version": version, "from": "en"} | query
            body = [{"Text": TEXT}] if body is None else body
            keep(name, http.post(f"{url}/translate", params=query, json=body, timeout=120))

        def speech(name, path, **definition):
            files = {
                "audio": ("canary.wav", spoken_clip.wav),
                "definition": (None, json.dumps({"locales": ["en-US"]} | definition)),
            }
            keep(name, http.post(f"{url}{path}", files=files, timeout=120))

        text("3.0", to=["es", "ca"])
        text("3.0, detected", to="es", **{"from": None})
        text("3.0, html", to="es", textType="html")
        inputs = [{"text": TEXT, "language": "en", "targets": [{"language": "es"}]}]
        text("later", "2026-06-06", {"inputs": inputs})
        query = {"api-version": "3.0"}
        for name in ("detect", "breaksentence"):
            answer = http.post(f"{url}/{name}", params=query, json=[{"Text": TEXT}], timeout=120)
            keep(name, answer)
        speech("speech", SPEECH, targets=["es", "ca"], speech={"voices": {"es": "Nobody"}})
        speech("speech, voice", SPEECH, targets=["es", "ca"], speech={})
        mode = {"task": "translate", "targetLanguage": "es"}
        speech("fast transcription", FAST, enhancedMode=mode)
        answer = http.post(
            f"{url}/v1/audio/translations",
            data={"model": "whisper-1"}, files={"file": ("canary.wav", spoken_clip.wav)},
            timeout=120,
        )  # fmt: skip
        keep("openai", answer)
        text("400, pair", to="ja")
        text("400, body", to="es", body=[{"Zanzibar": TEXT}])
        speech("400, speech", SPEECH, targets=["ja"])
    return observation


def test_everything_was_translated(seen):
    """Otherwise there would be nothing to leave behind."""
    refused = {name for name, (status, _) in seen.answers.items() if status != 200}
    assert refused == {"speech", "400, pair", "400, body", "400, speech"}
    assert "detrás" in seen.answers["3.0"][1]
    assert "jardín" in seen.answers["fast transcription"][1]
    assert len(seen.answers["speech, voice"][1]) > 20_000


def test_no_file_is_written_made_renamed_or_removed(seen):
    """But for the device that keeps nothing, where other programs' error output ends."""
    left = [call for call in traces_left(seen.calls) if '"/dev/null"' not in call]
    assert left == []
    assert list(seen.home.iterdir()) == []


def test_nothing_leads_beyond_loopback(seen):
    assert strangers_spoken_to(seen.calls) == []


def test_other_programs_are_apertiums_and_the_one_that_loads_espeak(seen):
    """Each direction's once, however many texts there are; no shell, no front end."""
    started = [call for call in seen.calls if call.name == "execve" and call.result == "0"]
    names = sorted(path.rpartition("/")[2] for call in started for path in call.paths()[:1])
    assert not {"bash", "sh", "apertium", "gawk", "mktemp"} & set(names)
    assert names.count("lrx-proc") == 2


def test_no_line_holds_a_word_of_the_text_or_of_the_speech(seen, spoken_clip):
    log = seen.log.lower()
    assert log.count('"route":') >= len(seen.answers)
    words = (*CANARIES, *long_words(spoken_clip.text), "canary.wav", "jard")
    assert [word for word in words if word in log] == []
