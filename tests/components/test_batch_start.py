"""The end of a server whose batch work cannot start."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_a_server_whose_batch_work_cannot_start_ends(tmp_path):
    """It would take jobs that nothing works on. The log has the kind of the error alone."""
    program = (
        "from functions.container import background, server\n"
        "def start(*_):\n"
        "    raise RuntimeError('no workers')\n"
        "background.Background.start = start\n"
        "server.main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=os.environ | {"SOTTO_PORT": "0", "SOTTO_DATA_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert '"error_type": "RuntimeError"' in ran.stderr
