"""The package that `make package` builds, unpacked in an empty folder and run by Azure's worker.

The worker sees the standard library, its own packages and those of the package, none of the tests:
its interpreter is isolated and starts without `site`.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
import wave
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import requests
from tiny_models import write_pair_model

from tests.hosts.azure.batch_host import BatchAccount, BatchHost
from tests.hosts.azure.functions_host import KEY, PROJECT

pytestmark = pytest.mark.timeout(600)

IGNORED = (PROJECT / ".funcignore").read_text("utf-8").split()
SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST_TRANSCRIPTION = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
SPEECH_TRANSLATION = "/sotto/v1/speech-translations"
SPEECH = "/cognitiveservices/v1"
SSML = "<speak version='1.0' xml:lang='en-US'><voice name='{}'>Good morning.</voice></speak>"

WWWROOT = "/home/site/wwwroot"
# A function app has no Apertium: its packages are Debian's.
TRANSLATORS = {"SOTTO_TRANSLATORS": "ctranslate2,whisper"}


def run_package(*arguments, **settings):
    """Run `make package`; print its table."""
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "package.py", *map(str, arguments)],
        env={k: v for k, v in os.environ.items() if not k.startswith("SOTTO_")} | settings,
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    print(done.stdout)  # noqa: T201 - sizes are worth reading with -s
    return done.stdout


@pytest.fixture(scope="module")
def worker_packages(azure_python, tmp_path_factory):  # noqa: ARG001 - may skip
    """Install the packages of Azure's worker alone, in the versions of the tests."""
    folder = tmp_path_factory.mktemp("worker")
    pins = (PROJECT / "requirements" / "development.txt").read_text("utf-8").splitlines()
    wanted = ("azure-functions-runtime==", "protobuf==")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--target", folder, *(pin for pin in pins if pin.startswith(wanted))], check=True
    )
    return folder


@pytest.fixture(scope="module")
def archive(azure_python, tmp_path_factory):  # noqa: ARG001 - may skip
    """Build the package as it is by default."""
    folder = tmp_path_factory.mktemp("package")
    run_package("--output", folder)
    yield folder / "sotto-functions.zip"
    shutil.rmtree(folder)  # pytest would keep the folders of three runs


@pytest.fixture(scope="module")
def package_root(archive, tmp_path_factory):
    """Unpack it in an empty folder."""
    root = tmp_path_factory.mktemp("wwwroot")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(root)
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def package_host(package_root, worker_packages, start_host, azure_storage, spoken_clip):
    """Run the unpacked package, with a drop folder; the weights lie elsewhere, as on a mount."""
    account = BatchAccount(azure_storage.connection_string)
    account.make_containers()
    account.make_dropped_queue()
    settings = account.settings() | TRANSLATORS | {
        "SOTTO_BLOB_TRIGGER": "queue", "SOTTO_TIME_TO_LIVE": "PT1S",
    }  # fmt: skip
    began = time.monotonic()
    with start_host(app=package_root, worker=worker_packages, **settings) as host:
        with requests.Session() as client:
            client.headers["Ocp-Apim-Subscription-Key"] = KEY
            assert recognise(client, host, spoken_clip.wav).status_code == 200
        print(f"first answer after {time.monotonic() - began:.1f} s")  # noqa: T201 - as above
        yield BatchHost(host, account)
    assert host.failures == []


@pytest.fixture(scope="module")
def voice_host(worker_packages, start_host, voice_models, tmp_path_factory):
    """Run a package that carries models, voices and a translator of two words."""
    folder = tmp_path_factory.mktemp("package-with-voices")
    write_pair_model(folder / "opus-mt-en-es")
    stated = run_package(
        "--models", "--voices", "--translators", "--folder-only", "--output", folder,
        SOTTO_VOICES="kokoro,espeak-ng", SOTTO_MODEL_FOLDER=str(voice_models),
        SOTTO_TRANSLATION_MODELS=str(folder / "opus-mt-en-es"),
    )  # fmt: skip
    _, _, lines = stated.partition("App settings: ")
    named = dict(line.strip().split("=") for line in lines.splitlines() if "SOTTO_" in line)
    assert named == {
        "SOTTO_MODEL_FOLDER": f"{WWWROOT}/.models",
        "SOTTO_TRANSLATION_MODELS": f"{WWWROOT}/.models/opus-mt-en-es",
    }
    shutil.rmtree(folder / "opus-mt-en-es")
    root = folder / "sotto-functions"
    settings = {key: value.replace(WWWROOT, str(root)) for key, value in named.items()}
    with start_host(app=root, worker=worker_packages, **settings, **TRANSLATORS) as host:
        yield host
    shutil.rmtree(folder)
    assert host.failures == []


def recognise(http, host, audio, kind="wav", **headers):
    headers = {"Content-Type": f"audio/{kind}", **headers}
    return http.post(host.url + SHORT_AUDIO, data=audio, headers=headers)


def post_form(http, host, route, audio, definition):
    parts = {
        "definition": (None, json.dumps(definition)),
        "audio": ("a.wav", audio, "audio/wav"),
    }
    return http.post(host.url + route, files=parts)


def translate(http, host, text):
    return http.post(host.url + "/translate?api-version=3.0&from=en&to=es", json=[{"Text": text}])


def speak(http, host, voice):
    return http.post(
        host.url + SPEECH,
        data=SSML.format(voice),
        headers={
            "Content-Type": "application/ssml+xml",
            "X-Microsoft-OutputFormat": "riff-24khz-16bit-mono-pcm",
        },
    )


def seconds_of(wav):
    with wave.open(BytesIO(wav)) as reader:
        return reader.getnframes() / reader.getframerate()


def test_the_package_is_under_300_mb_without_weights(archive):
    print(f"{archive.stat().st_size / 1e6:.0f} MB")  # noqa: T201 - worth reading with -s
    assert archive.stat().st_size < 300_000_000


def test_the_package_has_the_app_and_its_packages_and_nothing_that_is_ignored(archive):
    with zipfile.ZipFile(archive) as zipped:
        names = zipped.namelist()
    assert {name.split("/")[0] for name in names} == {
        ".funcignore", ".python_packages", "LICENSE", "__pycache__", "function_app.py", "functions",
        "host.json", "requirements.txt", "shared",
    }  # fmt: skip
    assert {name.split("/")[1] for name in names if name.startswith("functions/")} == {
        "__init__.py", "__pycache__", "api", "azure_app", "batch_log.py", "dropped_files.py",
        "model_loading.py",
    }  # fmt: skip
    folders = {pattern.rstrip("/") for pattern in IGNORED} - {"__pycache__"}
    assert not folders & {"/".join(name.split("/")[:2]) for name in names}
    assert names == sorted(names)


def test_the_worker_sees_no_packages_but_its_own_and_the_apps(package_host):
    maps = Path(f"/proc/{package_host.host.process.pid}/maps").read_text("utf-8")
    libraries = {line.split()[-1] for line in maps.splitlines() if ".so" in line}
    assert any("/wwwroot" in path and "ctranslate2" in path for path in libraries)
    assert not [path for path in libraries if path.startswith(f"{sys.prefix}/")]


def test_package_requests_of_speech_are_answered(package_host, http, spoken_clip):
    host = package_host.host
    assert recognise(http, host, spoken_clip.wav).json()["DisplayText"] == spoken_clip.text
    answer = post_form(http, host, FAST_TRANSCRIPTION, spoken_clip.wav, {"locales": ["en-US"]})
    assert answer.json()["combinedPhrases"][0]["text"] == spoken_clip.text


@pytest.mark.speech
def test_package_recorded_speech_is_recognised_and_translated(package_host, http, speech_data):
    english = (speech_data / "multilingual" / "cheetah_test_en.wav").read_bytes()
    said = recognise(http, package_host.host, english).json()["DisplayText"]
    assert "only platforms" in said
    spanish = (speech_data / "multilingual" / "cheetah_test_es_norm.wav").read_bytes()
    definition = {"locales": ["es-ES"], "targets": ["en"]}
    answer = post_form(http, package_host.host, SPEECH_TRANSLATION, spanish, definition)
    (phrase,) = answer.json()["combinedPhrases"]
    assert "favorite number" in phrase["translations"]["en"]


def test_package_pronunciation_is_assessed(package_host, http, spoken_clip):
    assessment = {
        "ReferenceText": spoken_clip.text,
        "GradingSystem": "HundredMark",
        "Dimension": "Comprehensive",
    }
    header = base64.b64encode(json.dumps(assessment).encode()).decode()
    answer = recognise(
        http, package_host.host, spoken_clip.wav, **{"Pronunciation-Assessment": header}
    )
    (best,) = answer.json()["NBest"]
    assert best["CompletenessScore"] == 100
    assert best["PronScore"] > 60


def test_package_a_dropped_file_goes_from_its_event_to_its_end(package_host, spoken_clip):
    """An event of Event Grid, a message of the queue, and calls of the timer."""
    package_host.drop("day 1.wav", spoken_clip.wav)
    assert package_host.announce(package_host.event("put_blob", "day 1.wav"))
    assert package_host.deliver_all() == 1
    transcript = package_host.read("transcripts", "day 1.wav.json")
    assert transcript["combinedRecognizedPhrases"][0]["display"] == spoken_clip.text
    deadline_s = time.monotonic() + 60
    while package_host.names("transcripts"):
        assert time.monotonic() < deadline_s
        assert package_host.purge()


def test_package_without_voices_says_how_to_get_them(package_host, http):
    answer = speak(http, package_host.host, "en-US-JennyNeural")
    assert answer.status_code == 503
    assert "pip install -r requirements/text-to-speech.txt" in answer.json()["error"]["message"]


def test_package_without_translation_models_says_what_it_needs(package_host, http):
    answer = translate(http, package_host.host, "The children are playing.")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400023)
    assert "SOTTO_TRANSLATION_MODELS" in answer.json()["error"]["message"]


def test_package_with_a_translator_translates(voice_host, http):
    answer = translate(http, voice_host, "dog")
    assert answer.json() == [{"translations": [{"text": "perro", "to": "es"}]}]


@pytest.mark.parametrize("voice", ["en-US-HeartNeural", "de-DE-EspeakStandard"])
def test_package_with_voices_speaks(voice_host, http, voice):
    """Kokoro, and eSpeak NG, whose process is started with the worker's interpreter."""
    answer = speak(http, voice_host, voice)
    assert answer.status_code == 200
    assert seconds_of(answer.content) > 0.5


@pytest.mark.speech
def test_package_with_voices_translates_speech_to_speech(voice_host, http, speech_data):
    spanish = (speech_data / "multilingual" / "cheetah_test_es_norm.wav").read_bytes()
    definition = {"locales": ["es-ES"], "targets": ["en"], "speech": {}}
    answer = post_form(http, voice_host, SPEECH_TRANSLATION, spanish, definition)
    (spoken,) = answer.json()["speech"]
    heard = recognise(http, voice_host, base64.b64decode(spoken["data"]))
    assert "number" in heard.json()["DisplayText"]
