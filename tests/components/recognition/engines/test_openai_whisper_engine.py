"""The second engine where its libraries are not installed; `make parity` runs it where they are."""

import subprocess
import sys

import pytest

from shared.errors import EngineUnavailable
from shared.settings import Settings
from shared.transcription.local_transcriber import LocalTranscriber


@pytest.mark.parametrize("library", ["torch", "whisper"])
def test_without_its_libraries_the_engine_error_names_them(monkeypatch, model_folder, library):
    """Through the setting, which shows that it chooses the engine."""
    monkeypatch.setitem(sys.modules, library, None)
    transcriber = LocalTranscriber(Settings(engine="openai-whisper", model_folder=model_folder))
    with pytest.raises(EngineUnavailable, match=r"requirements/openai-whisper\.txt"):
        transcriber.load()
    assert not transcriber.loaded


def test_to_know_the_engine_is_not_to_load_torch():
    module = "shared.recognition.engines.openai_whisper_engine"
    script = f"import sys, {module}; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
