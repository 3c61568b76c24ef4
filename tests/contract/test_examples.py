"""Every program of `examples/` runs as a process, as its header says, against a running server."""

import io
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import wave
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import yaml

from tests.contract.certificate import make_certificate
from tests.contract.conftest import KEY, PROJECT, SENTENCE, speak
from tests.contract.test_drop_folder import wait_for
from tests.node_packages import SPEECH_SDK, modules_of, node

EXAMPLES = PROJECT / "examples"
INDEX = (EXAMPLES / "README.md").read_text()
LIMIT_S = 120
TEXT = "Please remind me to buy milk and bread at 5 o'clock."
FILES = sorted(
    path.relative_to(EXAMPLES).as_posix()
    for path in EXAMPLES.rglob("*")
    if path.suffix in {".py", ".js", ".sh", ".yaml"} and "node_modules" not in path.parts
)
# Arguments behind the recording.
MORE = {
    "pronunciation.py": [SENTENCE],
    "translation_with_voice.py": ["es", "t.es.wav"],
    "openai_client.py": ["hello.mp3"],
    "drop_folder.py": [".", "."],
}
OF_JOBS = ["batch_with_web_hook.py"]
OF_A_SERVER = [name for name in FILES if not name.startswith(("drop_folder", "open_webui"))]


@pytest.fixture
def program(tmp_path):
    """Command and environment of a program: `start("curl.sh", url)` gives both."""

    def prepare(name, url, **environment):
        file = EXAMPLES / name
        if name.endswith(".js"):
            folder = tmp_path / "javascript"
            shutil.copytree(file.parent, folder, dirs_exist_ok=True)
            if not (folder / "node_modules").exists():
                (folder / "node_modules").symlink_to(modules_of(SPEECH_SDK))
            file = folder / file.name
        runner = {".py": sys.executable, ".js": str(node()), ".sh": "bash"}[file.suffix]
        inherited = {name: value for name, value in os.environ.items() if "SOTTO_" not in name}
        return [runner, str(file)], inherited | {
            "SOTTO_URL": url,
            "SOTTO_KEY": KEY,
            "PYTHONUNBUFFERED": "1",
            **environment,
        }

    return prepare


@pytest.fixture
def attempt(program, server, tmp_path):
    """Run a program in a folder of its own; return how it ended."""

    def start(name, *arguments, url=server.url, standard_input=None, **environment):
        command, variables = program(name, url, **environment)
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=tmp_path,
            env=variables,
            input=standard_input,
            stdin=subprocess.DEVNULL if standard_input is None else None,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )

    return start


@pytest.fixture
def run(attempt):
    """Run a program that has to succeed; return its output."""

    def start(name, *arguments, **how):
        ended = attempt(name, *arguments, **how)
        assert ended.returncode == 0, ended.stderr.decode()
        assert ended.stderr == b""
        return ended.stdout.decode()

    return start


@pytest.fixture
def run_in_terminal(program, server, tmp_path):
    """Run a program in a terminal of 80 columns; return all that is written to it."""

    def start(name, *arguments):
        command, variables = program(name, server.url, COLUMNS="80")
        ours, its = pty.openpty()
        with subprocess.Popen(
            [*command, *map(str, arguments)],
            cwd=tmp_path,
            env={key: value for key, value in variables.items() if key != "NO_COLOR"},
            stdin=subprocess.DEVNULL,
            stdout=its,
            stderr=its,
        ) as process:
            os.close(its)
            written = b""
            with suppress(OSError):  # the end of the terminal
                while block := os.read(ours, 4096):
                    written += block
            os.close(ours)
            assert process.wait(LIMIT_S) == 0, written.decode()
        return written.decode()

    return start


@pytest.fixture
def speech_sdk():
    """Skip where Microsoft has no build of its SDK, as on arm64 in our requirements."""
    return pytest.importorskip("azure.cognitiveservices.speech")


@pytest.mark.usefixtures("speech_sdk")
def test_the_speech_sdk_recognises_a_phrase_and_a_recording(run, spoken_file):
    once, *phrases = run("python_sdk.py", spoken_file).splitlines()
    assert once == f"Once: {TEXT}"
    assert [re.sub(r"^ +\d\.\d s  ", "", phrase) for phrase in phrases] == [TEXT]


def test_the_javascript_sdk_recognises_a_recording(run, spoken_file):
    assert (
        re.fullmatch(r" +\d\.\d s  (.*)\n", run("javascript_sdk/index.js", spoken_file))[1] == TEXT
    )


def test_the_javascript_example_pins_the_version_that_is_tested():
    package = (EXAMPLES / "javascript_sdk" / "package.json").read_text()
    name, _, version = SPEECH_SDK.rpartition("@")
    assert f'"{name}": "{version}"' in package


@pytest.mark.usefixtures("voice_models")
def test_curl_recognises_transcribes_and_speaks(run, spoken_file, tmp_path):
    answers = run("curl.sh", spoken_file, "hello.wav")
    short, fast = re.findall(r"^\{.*\}$", answers, re.MULTILINE)
    assert f'"Display":"{TEXT}"' in short
    assert f'"combinedPhrases":[{{"text":"{TEXT}"}}]' in fast
    with wave.open(str(tmp_path / "hello.wav")) as speech:
        assert speech.getnframes() > 24_000


def test_curl_shows_why_a_server_does_not_speak(
    attempt, start, model_folder, spoken_file, tmp_path
):
    """Its only voice was never fetched."""
    (tmp_path / "models").mkdir()
    for model in model_folder.iterdir():
        if "kokoro" not in model.name:
            (tmp_path / "models" / model.name).symlink_to(model)
    host = start(SOTTO_MODEL_FOLDER=str(tmp_path / "models"), SOTTO_VOICES="kokoro")
    ended = attempt("curl.sh", spoken_file, "hello.wav", url=host.url)
    assert ended.returncode == 22
    assert b"models fetch" in ended.stdout.splitlines()[-1]
    assert ended.stderr == b"\nThe server refuses this request; its reason is in the answer.\n"


@pytest.mark.usefixtures("voice_models")
def test_openais_client_transcribes_in_four_ways_and_speaks(run, spoken_file, tmp_path):
    text, streamed, words, *subtitles = run(
        "openai_client.py", spoken_file, "hello.mp3"
    ).splitlines()
    assert text == f"Text: {TEXT}"
    assert streamed == f"As it is recognised: {TEXT}"
    assert re.findall(r" ([A-Za-z0-9']+) \d\.\d\d", words) == TEXT.rstrip(".").split()
    assert subtitles[:2] == ["Subtitles:", "1"]
    assert subtitles[-1] == "Speech: hello.mp3"
    assert (tmp_path / "hello.mp3").stat().st_size > 5000


def test_azures_client_names_speakers_of_a_call(run, speech_data):
    call = speech_data / "diarization" / "pyannote_sample.flac"
    lines = run("azure_ai_transcription.py", call, "Contoso").splitlines()
    assert {re.search(r"s  (Speaker \d): \S", line)[1] for line in lines} >= {
        "Speaker 1",
        "Speaker 2",
    }


def test_azures_client_hears_a_name_of_its_phrase_list(run, tmp_path):
    """Without the list the name is heard as "Akankwo"."""
    (tmp_path / "t.wav").write_bytes(speak("The report is on the desk of Mister Okonkwo."))
    said = run("azure_ai_transcription.py", "t.wav", "Okonkwo", "Contoso")
    assert re.fullmatch(r" +\d\.\d s  Speaker 1: The report .* Okonkwo\.\n", said)


def test_azures_client_needs_no_phrase_list(run, spoken_file):
    assert run("azure_ai_transcription.py", spoken_file).endswith(f"Speaker 1: {TEXT}\n")


@pytest.fixture
def hook(tmp_path):
    """Environment of a receiver on a free port, with its certificate."""
    certificate, key = make_certificate(tmp_path)
    pem = tmp_path / "hook.pem"
    pem.write_bytes(key.read_bytes() + certificate.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return {"HOOK_URL": f"https://127.0.0.1:{port}", "HOOK_CERTIFICATE": str(pem)}


def test_a_web_hook_ends_the_wait_for_a_job(run, start, hook, spoken_file, tmp_path):
    host = start(
        SOTTO_DATA_FOLDER=str(tmp_path / "data"),
        SOTTO_ALLOWED_NETWORKS="127.0.0.0/8",
        SSL_CERT_FILE=hook["HOOK_CERTIFICATE"],
    )
    said = run("batch_with_web_hook.py", spoken_file, url=host.url, **hook)
    assert said.splitlines() == [
        "Received: Challenge",
        "Received: TranscriptionCompletion",
        f"Transcript: {TEXT}",
    ]
    for path in ("webhooks", "transcriptions"):
        address = f"{host.url}/speechtotext/{path}?api-version=2024-11-15"
        left = requests.get(address, headers={"Ocp-Apim-Subscription-Key": KEY}, timeout=10)
        assert left.json() == {"values": []}


def test_a_file_without_audio_fails_the_job_and_says_why(run, start, hook, tmp_path):
    host = start(
        SOTTO_DATA_FOLDER=str(tmp_path / "data"),
        SOTTO_ALLOWED_NETWORKS="127.0.0.0/8",
        SSL_CERT_FILE=hook["HOOK_CERTIFICATE"],
    )
    (tmp_path / "t.mp3").write_bytes(b"no audio at all")
    said = run("batch_with_web_hook.py", "t.mp3", url=host.url, **hook)
    assert said.splitlines()[-1].startswith("Failed: ")


def test_the_receiver_refuses_a_forged_notification_and_a_guessed_address(
    program, hook, spoken_file, tmp_path
):
    """Its server takes the connection and says nothing, so that the receiver goes on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command, variables = program("batch_with_web_hook.py", url, **hook)
        with subprocess.Popen([*command, spoken_file], cwd=tmp_path, env=variables) as process:
            silent.settimeout(LIMIT_S)
            connection, _ = silent.accept()
            forged = {"X-MicrosoftSpeechServices-Signature": "forged"}
            for path, body, status in (("/hook", b"{}", 401), ("/t.wav", None, 404)):
                answer = requests.request(
                    "GET" if body is None else "POST",
                    hook["HOOK_URL"] + path,
                    data=body,
                    headers=forged,
                    verify=hook["HOOK_CERTIFICATE"],
                    timeout=LIMIT_S,
                )
                assert answer.status_code == status
            process.kill()
            connection.close()


@pytest.fixture
def folders(start, tmp_path):
    """Folder for recordings and folder of transcripts of a running host."""
    start(SOTTO_DATA_FOLDER=str(tmp_path / "data"))
    found = [tmp_path / "data" / "containers" / name for name in ("audio", "transcripts")]
    wait_for(lambda: all(folder.is_dir() for folder in found))
    return found


def test_a_dropped_recording_comes_back_as_transcript_and_subtitles(run, folders, spoken_file):
    said = run("drop_folder.py", spoken_file, *folders)
    _, transcript, *subtitles = said.splitlines()
    assert transcript == f"json: {TEXT}"
    assert subtitles[0] == "srt: 1"
    assert " ".join(subtitles[2:]) == TEXT


def test_a_folder_keeps_the_options_that_it_has(run, folders, spoken_file):
    (folders[0] / "sotto.json").write_text('{"locales": ["en-US"], "formats": ["txt"]}')
    said = run("drop_folder.py", spoken_file, *folders)
    assert said.splitlines()[1:] == [f"txt: {TEXT}"]


def test_a_dropped_file_without_audio_is_said_to_have_none(attempt, folders, tmp_path):
    (tmp_path / "t.mp3").write_bytes(b"no audio at all")
    ended = attempt("drop_folder.py", "t.mp3", *folders)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.usefixtures("apertium", "voice_models")
def test_english_speech_becomes_spanish_speech(run, spoken_clip, tmp_path):
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    said, translated, voice = run(
        "translation_with_voice.py", "t.wav", "es", "t.es.wav"
    ).splitlines()
    assert said.endswith(spoken_clip.text)
    assert translated.strip() == "Los niños están tocando en el jardín detrás de la casa."
    assert voice == "Voice: es-ES-DoraNeural, t.es.wav"
    with wave.open(str(tmp_path / "t.es.wav")) as speech:
        assert speech.getnframes() > 2 * speech.getframerate()


def test_a_language_without_a_translator_is_refused_with_its_set_up(attempt, spoken_file):
    ended = attempt("translation_with_voice.py", spoken_file, "ja", "t.ja.wav")
    assert ended.returncode == 1
    assert b"SOTTO_TRANSLATION_MODELS" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.usefixtures("speech_sdk")
def test_a_reading_is_scored_word_by_word(run, spoken_clip, tmp_path):
    """One word of the reference is not read."""
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    reference = spoken_clip.text.replace("garden", "big garden")
    lines = run("pronunciation.py", "t.wav", reference).splitlines()
    assert [line.split()[0] for line in lines[:5]] == [
        "Pronunciation", "Accuracy", "Fluency", "Completeness", "Prosody",
    ]  # fmt: skip
    words = [line.split() for line in lines[5:]]
    assert [word[0] for word in words] == reference.lower().rstrip(".").split()
    assert [word[0] for word in words if word[-1] == "Omission"] == ["big"]
    assert words[0][2] == "ð"


@pytest.mark.usefixtures("speech_sdk")
def test_scores_have_colours_in_a_terminal(run_in_terminal, spoken_clip, tmp_path):
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    reference = spoken_clip.text.replace("garden", "big garden")
    shown = run_in_terminal("pronunciation.py", "t.wav", reference)
    assert re.search(r"^big +\x1b\[31m +0\.0\x1b\[0m", shown, re.MULTILINE)
    assert re.search(r"^Fluency +\x1b\[32m", shown, re.MULTILINE)


@pytest.mark.usefixtures("speech_sdk")
def test_captions_change_in_place_until_they_are_final(run_in_terminal, spoken_file):
    shown = run_in_terminal("realtime_captions.py", spoken_file)
    assert shown.count("\n") == 1
    *partials, final = re.split(r"\r\x1b\[K", shown.rstrip())[1:]
    assert final == TEXT
    assert partials
    for partial in partials:
        assert re.fullmatch(r"\x1b\[2m[^\x1b]{1,79}\x1b\[0m", partial)
    assert any("please" in partial for partial in partials)


@pytest.mark.usefixtures("speech_sdk")
def test_captions_of_a_pipe_are_the_final_phrases(run, spoken):
    from tests.contract.realtime.conftest import pcm_of  # noqa: PLC0415 - imports the SDK

    assert run("realtime_captions.py", "-", standard_input=pcm_of(spoken)) == f"{TEXT}\n"


@pytest.fixture
def open_webui(server):
    """Variables of Open WebUI in its example, with the address and key of this server."""
    compose = yaml.safe_load((EXAMPLES / "open_webui" / "compose.yaml").read_text())
    variables = compose["services"]["open-webui"]["environment"]
    meant = {"http://127.0.0.1:5000": server.url, "any": KEY}
    for written, value in meant.items():
        assert written in " ".join(variables.values())
        variables = {name: text.replace(written, value) for name, text in variables.items()}
    return variables


def test_open_webui_has_a_recording_transcribed(open_webui, spoken):
    """The request of `transcription_handler` in its `routers/audio.py`."""
    assert open_webui["AUDIO_STT_ENGINE"] == "openai"
    for language in ({}, {"language": "en"}):
        answer = requests.post(
            f"{open_webui['AUDIO_STT_OPENAI_API_BASE_URL']}/audio/transcriptions",
            headers={"Authorization": f"Bearer {open_webui['AUDIO_STT_OPENAI_API_KEY']}"},
            files={"file": ("6f9619ff.wav", spoken)},
            data={"model": open_webui["AUDIO_STT_MODEL"], **language},
            timeout=LIMIT_S,
        )
        assert answer.json()["text"] == TEXT


@pytest.mark.usefixtures("voice_models")
def test_open_webui_has_an_answer_spoken(open_webui):
    """The request of `speech` in its `routers/audio.py`, and the two lists of its settings."""
    assert open_webui["AUDIO_TTS_ENGINE"] == "openai"
    base = open_webui["AUDIO_TTS_OPENAI_API_BASE_URL"]
    headers = {"Authorization": f"Bearer {open_webui['AUDIO_TTS_OPENAI_API_KEY']}"}
    answer = requests.post(
        f"{base}/audio/speech",
        headers=headers,
        json={
            "input": "The children are playing.",
            "voice": open_webui["AUDIO_TTS_VOICE"],
            "model": open_webui["AUDIO_TTS_MODEL"],
        },
        timeout=LIMIT_S,
    )
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert len(answer.content) > 5000
    models = requests.get(f"{base}/audio/models", headers=headers, timeout=LIMIT_S).json()
    assert open_webui["AUDIO_TTS_MODEL"] in {model["id"] for model in models["models"]}
    voices = requests.get(f"{base}/audio/voices", headers=headers, timeout=LIMIT_S).json()
    assert voices["voices"]


@pytest.mark.usefixtures("speech_sdk")
@pytest.mark.parametrize("name", OF_A_SERVER)
def test_a_server_that_cannot_be_reached_is_one_sentence(attempt, hook, spoken_file, name):
    ended = attempt(name, spoken_file, *MORE.get(name, []), url="http://127.0.0.1:1", **hook)
    assert ended.returncode != 0
    (sentence,) = ended.stderr.decode().splitlines()
    assert re.match("No server (answers|takes the connection) at http://127.0.0.1:1", sentence)


@pytest.mark.usefixtures("speech_sdk")
@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".yaml")])
def test_a_recording_that_is_missing_is_one_sentence(attempt, hook, name):
    ended = attempt(name, "absent.wav", *MORE.get(name, []), **hook)
    assert ended.returncode == 1
    assert ended.stderr == b"There is no file absent.wav.\n"


@pytest.mark.usefixtures("speech_sdk", "voice_models", "apertium")
@pytest.mark.parametrize("name", [name for name in OF_A_SERVER if name not in OF_JOBS])
def test_a_recording_without_speech_is_no_error(attempt, tmp_path, name):
    """Two seconds of silence; a reading needs speech, and says so."""
    (tmp_path / "t.wav").write_bytes(wav_of_silence(2))
    ended = attempt(name, "t.wav", *MORE.get(name, []))
    if name == "pronunciation.py":
        assert ended.stderr == b"There is no speech in the recording.\n"
    else:
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_dropped_recording_without_speech_has_an_empty_transcript(run, folders, tmp_path):
    (tmp_path / "t.wav").write_bytes(wav_of_silence(2))
    assert run("drop_folder.py", "t.wav", *folders).splitlines()[1:] == [
        "json: ",
        "srt: ",
    ]


def wav_of_silence(duration_s):
    """WAV file of zeros, 16 bit, mono, 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(32_000 * duration_s))
    return file.getvalue()


@pytest.mark.usefixtures("speech_sdk")
@pytest.mark.parametrize("name", OF_A_SERVER)
def test_a_wrong_key_is_one_sentence(attempt, hook, spoken_file, name):
    ended = attempt(name, spoken_file, *MORE.get(name, []), SOTTO_KEY="wrong", **hook)
    assert ended.returncode != 0
    assert len(ended.stderr.strip().splitlines()) == 1
    assert b"key" in (ended.stdout + ended.stderr).lower()


def test_every_example_has_a_test_and_a_row_in_the_index():
    here = Path(__file__).read_text()
    tested = {*re.findall(r"(?:run|run_in_terminal)\(\s*\"([\w./]+)\"", here), *_composed(here)}
    listed = set(re.findall(r"^\| \[[\w. ]+\]\(([\w./]+)\) \|", INDEX, re.MULTILINE))
    assert set(FILES) == tested == listed
    assert len(FILES) == 11


def _composed(source):
    """Return the compose file that `open_webui` reads."""
    return {"/".join(found) for found in re.findall(r'EXAMPLES / "(\w+)" / "(\w+\.yaml)"', source)}


def test_every_version_in_a_header_is_the_one_that_is_tested():
    required = "\n".join(path.read_text() for path in PROJECT.glob("requirements*/*.txt"))
    required += (PROJECT / "requirements.txt").read_text()
    named = {
        found
        for name in FILES
        for found in re.findall(r"pip install (\S+)", (EXAMPLES / name).read_text())
    }
    assert len(named) == 5
    assert [
        pin for pin in named if not re.search(f"^{re.escape(pin)}\\b", required, re.MULTILINE)
    ] == []
