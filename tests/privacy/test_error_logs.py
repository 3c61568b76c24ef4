"""The log where recognition itself fails, which no request from outside can bring about."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
CANARY = "we walked along the river"

# The container host's own server, with a transcriber that fails as scripted; standard output is
# the list of statuses, standard error the log.
PROGRAM = """
import http.client, sys, threading
from functions.api.app import create_app
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from functions.container.http_server import HttpServer, open_listener
from shared.errors import EngineUnavailable
from shared.privacy.logs import configure_logging
from shared.settings import Settings

clip, canary = sys.stdin.buffer.read(), sys.argv[2]
form = (
    b"--x\\r\\nContent-Disposition: form-data; name=audio\\r\\n\\r\\n" + clip + b"\\r\\n--x--"
)
error = {
    "RuntimeError": RuntimeError(canary),
    "UnicodeDecodeError": UnicodeDecodeError("utf-8", canary.encode(), 0, 1, canary),
    "EngineUnavailable": EngineUnavailable(canary),
}[sys.argv[1]]

configure_logging("debug")
settings = Settings(port=0)
listener = open_listener(settings)
server = HttpServer(create_app(settings, ScriptedTranscriber((error,))), settings, listener)

def ask():
    statuses = []
    for path, body, kind in (
        ("/speechtotext/transcriptions:transcribe?api-version=2025-10-15", form,
         "multipart/form-data; boundary=x"),
        ("/speech/recognition/conversation/cognitiveservices/v1?language=en-US", clip,
         "audio/wav"),
    ):
        connection = http.client.HTTPConnection(*listener.getsockname(), timeout=30)
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        assert canary not in answer.read().decode()
        statuses.append(answer.status)
        connection.close()
    print(*statuses)
    server.should_exit = True

threading.Thread(target=ask).start()
server.serve_until_stopped()
"""


@pytest.mark.parametrize(
    ("error", "statuses"),
    [
        ("RuntimeError", "500 200"),  # short audio has `RecognitionStatus: Error` for it
        ("UnicodeDecodeError", "500 200"),
        ("EngineUnavailable", "503 503"),
    ],
)
def test_an_error_that_quotes_the_speaker_is_logged_by_its_class(spoken_clip, error, statuses):
    """Class and place are written; its message, which may quote what was said, is not."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, error, CANARY],
        input=spoken_clip.wav, cwd=PROJECT, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    log = ran.stderr.decode()
    assert statuses in ran.stdout.decode().splitlines()
    assert f'"error_type": "{error}"' in log
    assert "river" not in log
    assert "walked" not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line["event"] == "request" for line in lines) == 2
