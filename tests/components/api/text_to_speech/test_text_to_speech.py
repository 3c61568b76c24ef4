"""Modules that a process has loaded before its first speech."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[4]


def test_a_process_that_speaks_nothing_loads_nothing_of_it():
    """Neither engines nor their libraries; what is imported at the start is a table of names."""
    script = (
        "import sys, functions.api.app\n"
        "slow = {'pydub', 'onnxruntime', 'espeakng_loader', 'shared.synthesis.speech_synthesis'}\n"
        "sys.exit(bool(slow & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True)
