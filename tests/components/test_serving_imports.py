"""Modules that a serving process has loaded, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent

# The serving path must never load these: seconds of import and hundreds of megabytes.
HEAVY = (
    "torch",
    "whisper",
    "faster_whisper",
    "transformers",
    "librosa",
    "scipy",
    "pandas",
    "numba",
)


SERVE_ONE_REQUEST = """
import asyncio, os, sys
import httpx
from functions.api.app import create_app
from shared.transcription.local_transcriber import LocalTranscriber
from shared.settings import Settings

settings = Settings.from_environment()
app = create_app(settings, LocalTranscriber(settings))

async def ask(wav):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post(
            "/speech/recognition/conversation/cognitiveservices/v1",
            params={"language": "en-US", "format": "detailed", "wordLevelTimestamps": "true"},
            headers={"Content-Type": "audio/wav"},
            content=wav,
            timeout=120,
        )

answer = asyncio.run(ask(sys.stdin.buffer.read()))
assert answer.status_code == 200, answer.status_code
print(answer.json()["NBest"][0]["Lexical"])
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_serving_a_request_loads_nothing_heavy(model_folder, spoken_clip):
    """With the real model, in a process of its own: what this one has loaded does not count."""
    served = subprocess.run(
        [sys.executable, "-c", SERVE_ONE_REQUEST, *HEAVY],
        cwd=PROJECT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")},
            "SOTTO_MODEL_FOLDER": str(model_folder),
            "PYTHONPATH": str(PROJECT),
        },
        input=spoken_clip.wav,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert served.returncode == 0, served.stderr.decode()
    *_log, lexical, heavy = served.stdout.decode().splitlines()
    assert lexical == spoken_clip.text.lower().rstrip(".")
    assert heavy == ""


IMPORT_THE_APP = """
import sys
import functions.api.app
print(*(name for name in sys.modules if name.startswith("functions.api.reference.")))
"""


def test_a_start_imports_nothing_of_the_openapi_document():
    """Its models would be built in the time of a cold start."""
    imported = subprocess.run(
        [sys.executable, "-c", IMPORT_THE_APP],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert imported.stdout.split() == ["functions.api.reference.routes"]


IMPORT_THE_CONTAINER_HOST = """
import sys
import functions.api.app, functions.container.background, functions.container.server
import functions.container.traces.tracing
names = ("opentelemetry.sdk", "opentelemetry.exporter", "requests", "prometheus_client")
print(*(name for name in names if name in sys.modules))
"""


def test_a_server_without_traces_imports_neither_their_sdk_nor_its_client():
    """Metrics are imported at the start of the host, beside the loading of the model."""
    imported = subprocess.run(
        [sys.executable, "-c", IMPORT_THE_CONTAINER_HOST],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert imported.stdout.strip() == ""
