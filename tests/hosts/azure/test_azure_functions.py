"""The project in the worker that Azure runs, called over HTTP as its clients call it."""

import io
import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import openai
import pytest
from azure.ai.transcription import TranscriptionClient
from azure.core.credentials import AzureKeyCredential

from tests.hosts.azure.functions_host import KEY, PROJECT

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST_TRANSCRIPTION = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"


def recognise(http, host, wav):
    return http.post(host.url + SHORT_AUDIO, data=wav, headers={"Content-Type": "audio/wav"})


def transcribe(http, host, wav):
    parts = {
        "definition": (None, json.dumps({"locales": ["en-US"]})),
        "audio": ("a.wav", wav, "audio/wav"),
    }
    return http.post(host.url + FAST_TRANSCRIPTION, files=parts)


def padded(wav, n_bytes):
    """Append silence to a 16 bit mono WAV, up to a size."""
    with wave.open(io.BytesIO(wav)) as reader:
        rate, frames = reader.getframerate(), reader.readframes(reader.getnframes())
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(frames + bytes(n_bytes - len(frames)))
    return file.getvalue()


def memory_kb(host, field):
    status = Path(f"/proc/{host.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field))


def test_the_functions_are_one_for_http_and_one_for_warming_up(azure_host):
    triggers = {
        name: next(b for b in function["bindings"] if b["type"].endswith("Trigger"))
        for name, function in azure_host.functions.items()
    }
    assert {name: trigger["type"] for name, trigger in triggers.items()} == {
        "http": "httpTrigger",
        "warmup": "warmupTrigger",
    }
    assert triggers["http"]["route"] == "{*path}"
    assert triggers["http"]["authLevel"] == "ANONYMOUS"
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(triggers["http"]["methods"])


def test_paths_are_not_prefixed():
    """The contracts' paths begin at the root, so the host must not put `api` before them."""
    assert (
        json.loads((PROJECT / "host.json").read_text())["extensions"]["http"]["routePrefix"] == ""
    )


def test_short_audio_gives_a_transcript(azure_host, http, spoken_clip):
    answer = recognise(http, azure_host, spoken_clip.wav)
    assert answer.status_code == 200
    assert answer.json()["RecognitionStatus"] == "Success"
    assert answer.json()["DisplayText"] == spoken_clip.text


def test_chunked_short_audio_gives_a_transcript(azure_host, http, spoken_clip):
    pieces = (spoken_clip.wav[at : at + 3_200] for at in range(0, len(spoken_clip.wav), 3_200))
    assert recognise(http, azure_host, pieces).json()["DisplayText"] == spoken_clip.text


def test_the_unmodified_client_gets_a_transcript(azure_host, spoken_clip):
    with TranscriptionClient(azure_host.url, AzureKeyCredential(KEY)) as client:
        result = client.transcribe(
            {"definition": {"locales": ["en-US"]}, "audio": io.BytesIO(spoken_clip.wav)}
        )
    assert result.combined_phrases[0].text == spoken_clip.text


def test_azure_openais_client_gets_a_transcript(azure_host, spoken_clip):
    with openai.AzureOpenAI(
        azure_endpoint=azure_host.url, api_key=KEY, api_version="2024-10-21", max_retries=0
    ) as client:
        audio = ("t.wav", spoken_clip.wav)
        answer = client.audio.transcriptions.create(model="our-whisper", file=audio)
    assert answer.text == spoken_clip.text


def test_a_form_of_30_mb_adds_less_than_150_mb(azure_host, http, spoken_clip):
    """Streamed, a form is in memory once; by `AsgiFunctionApp` it would be there several times."""
    recognise(http, azure_host, spoken_clip.wav)  # the model is in memory
    idle_kb = memory_kb(azure_host, "VmRSS")
    Path(f"/proc/{azure_host.process.pid}/clear_refs").write_text("5")  # restart the peak
    answer = transcribe(http, azure_host, padded(spoken_clip.wav, 30_000_000))
    assert answer.json()["combinedPhrases"][0]["text"] == spoken_clip.text
    added_mb = (memory_kb(azure_host, "VmHWM") - idle_kb) / 1000
    print(f"added {added_mb:.0f} MB")  # noqa: T201 - the figure is worth reading with -s
    assert added_mb < 150


def test_errors_have_their_contracts_shape(azure_host, http):
    denied = http.get(azure_host.url + "/nowhere", headers={"Ocp-Apim-Subscription-Key": "x"})
    assert (denied.status_code, denied.json()["code"]) == (404, "NotFound")
    http.headers["Ocp-Apim-Subscription-Key"] = "wrong"
    denied = http.post(azure_host.url + SHORT_AUDIO, data=b"")
    assert (denied.status_code, denied.json()["error"]["code"]) == (401, "401")


def test_pages_are_served_at_the_root(azure_host, http):
    page = http.get(azure_host.url + "/")
    assert "<title>Sotto</title>" in page.text
    assert 'data-real-time="no"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    script = http.get(azure_host.url + "/playground/playground.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    reference = http.get(azure_host.url + "/swagger/index.html")
    assert "<title>Sotto: API reference</title>" in reference.text
    script = http.get(azure_host.url + "/swagger/swagger-ui-bundle.js")
    assert len(script.content) > 1_000_000
    assert http.head(azure_host.url + "/healthz").status_code == 200


def test_a_browser_may_ask_first(azure_host, http):
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    answer = http.options(azure_host.url + SHORT_AUDIO, headers=asked)
    assert answer.headers["Access-Control-Allow-Methods"]


def test_after_the_warm_up_the_model_is_in_memory(start_host, http):
    with start_host() as host:
        assert host.end_invocation(host.start_invocation("warmup"))
        assert http.get(host.url + "/ready").status_code == 200


def test_a_request_too_large_for_the_platform_gets_the_contracts_413(start_host, http, spoken_clip):
    """The limit lies below the host's own, past which it would answer 500."""
    too_large = padded(spoken_clip.wav, 3_500_000)
    with start_host(FUNCTIONS_REQUEST_BODY_SIZE_LIMIT="4100000") as host:
        short, fast = recognise(http, host, too_large), transcribe(http, host, too_large)
    assert (short.status_code, fast.status_code) == (413, 413)
    assert short.json()["error"]["code"] == "413"
    assert fast.json()["code"] == "InvalidRequest"
    assert fast.json()["innerError"]["code"] == "InvalidPayload"


def test_an_installed_package_called_shared_does_not_win(start_host, http, spoken_clip, tmp_path):
    """The worker puts the project last on the path; `function_app.py` puts it first."""
    for name in ("shared", "functions"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the impostor')")
    with start_host(PYTHONPATH=str(tmp_path)) as host:
        assert recognise(http, host, spoken_clip.wav).json()["DisplayText"] == spoken_clip.text


def test_without_keys_every_request_is_refused(start_host, http, spoken_clip):
    """And the log says which setting is missing."""
    with start_host(SOTTO_KEYS="") as host:
        answer = recognise(http, host, spoken_clip.wav)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "503"
        answer = http.get(host.url + "/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "ServiceUnavailable")
        assert "Retry-After" not in answer.headers
        assert set(host.functions) == {"http"}
    assert any("SOTTO_KEYS must be set" in line for line in host.output)


def test_without_a_model_requests_are_refused_and_the_log_says_how_to_get_it(
    start_host, http, spoken_clip, tmp_path
):
    with start_host(SOTTO_MODEL_FOLDER=str(tmp_path)) as host:
        assert recognise(http, host, spoken_clip.wav).status_code == 503
        assert http.get(host.url + "/healthz").status_code == 200
    assert any("models fetch" in line for line in host.output)


@pytest.mark.usefixtures("azure_python")
def test_loading_the_project_loads_nothing_of_other_hosts_and_no_torch():
    program = (
        "import sys, function_app; "
        "print(sorted({'torch', 'transformers', 'scipy', 'boto3', 'mangum'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True,
        env=os.environ | {"SOTTO_KEYS": KEY},
    )  # fmt: skip
    assert ran.stdout.strip() == "[]"
