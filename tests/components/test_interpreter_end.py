"""The end of an interpreter whose model still loads."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.2])
def test_a_process_that_ends_while_the_model_loads_does_not_abort(after_s):
    """A thread inside of CTranslate2 would abort the process (SIGABRT)."""
    program = (
        "import time\n"
        "from functions.model_loading import ModelLoading\n"
        "from shared.settings import Settings\n"
        "ModelLoading(Settings.from_environment()).transcriber()\n"
        "class EndsSlowly:\n"
        "    def __del__(self, sleep=time.sleep):\n"
        "        sleep(1.0)\n"
        "ends_slowly = EndsSlowly()\n"
        f"time.sleep({after_s})\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr.count("terminate")) == (0, 0), ran.stderr
