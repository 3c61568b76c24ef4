"""LiveKit's Azure plugin as it is, with `AZURE_SPEECH_HOST`: `make agents` installs it.

https://docs.livekit.io/agents/models/stt/plugins/azure/
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.contract.conftest import KEY

PROJECT = Path(__file__).resolve().parents[3]
PYTHON = PROJECT / ".venv-agents" / "bin" / "python"
CLIENT = Path(__file__).with_name("livekit_client.py")


@pytest.mark.skipif(not PYTHON.exists(), reason="LiveKit is not installed: make agents")
def test_an_agent_hears_each_sentence_and_sees_it_grow(server, twice):
    client = subprocess.run(
        [PYTHON, CLIENT, twice],
        env=os.environ
        | {"AZURE_SPEECH_HOST": server.url.replace("http", "ws"), "AZURE_SPEECH_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert client.returncode == 0, client.stderr
    events = [json.loads(line) for line in client.stdout.splitlines()]
    kinds = [kind for kind, *_ in events]
    assert kinds[0] == "start_of_speech"
    assert "interim_transcript" in kinds
    finals = [texts[0] for kind, *texts in events if kind == "final_transcript" and texts[0]]
    assert ["playing in the garden" in text for text in finals] == [True, True]
