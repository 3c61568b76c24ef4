"""The import of pydub."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def test_the_first_use_warns_of_nothing_and_the_import_loads_nothing():
    """In a process of its own without a byte code cache, where no program of FFmpeg's is found."""
    script = (
        "import sys, numpy as np\n"
        "from shared.synthesis.joining import join_parts\n"
        "from shared.synthesis.synthesizer import Speech\n"
        "assert 'pydub' not in sys.modules\n"
        "join_parts([Speech(np.ones(2400, np.int16), 24000)])\n"
        "assert 'pydub' in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-B", "-W", "error", "-X", "pycache_prefix=/nowhere", "-c", script],
        cwd=PROJECT,
        env={"PATH": "/nowhere"},
        check=True,
    )
