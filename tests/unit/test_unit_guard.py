"""Refusals of the guard of unit tests."""

import subprocess
import sys

import pytest

REFUSED = pytest.raises(pytest.fail.Exception, match="tests/components")


def test_a_unit_test_that_starts_a_process_fails():
    with REFUSED:
        subprocess.run([sys.executable, "-c", ""], check=True)


def test_a_unit_test_that_loads_a_model_fails():
    with REFUSED:
        import onnxruntime  # noqa: PLC0415

        onnxruntime.InferenceSession(b"")
    with REFUSED:
        import ctranslate2  # noqa: PLC0415

        ctranslate2.models.Whisper("/nowhere")


def test_a_unit_test_that_asks_for_a_fetched_model_fails(request):
    with REFUSED:
        request.getfixturevalue("voice_models")
