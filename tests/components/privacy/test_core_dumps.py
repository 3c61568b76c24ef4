"""Core dumps: none of a process that forbids them, nor of eSpeak NG's."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from core_dumps import AS_OTHERS, core_dumps_allowed, core_limits, forbids_core_dumps, is_dumpable

from shared.synthesis import espeak_child
from shared.synthesis.espeak import find_espeak

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
FORBIDS = "from shared.privacy.core_dumps import forbid_core_dumps; forbid_core_dumps()"
WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"


@pytest.fixture
def start(tmp_path):
    """Start Python code where core files are allowed, in an empty folder; wait for it."""
    started = []

    def begin(code):
        with core_dumps_allowed():
            process = subprocess.Popen(
                [*AS_OTHERS, sys.executable, "-c", f"{code}; {WAITS}"],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_a_crash_leaves_no_core_file(start, tmp_path):
    process = start(FORBIDS)
    assert forbids_core_dumps(process.pid)
    process.send_signal(signal.SIGABRT)
    ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    assert ended.si_code == os.CLD_KILLED  # not CLD_DUMPED
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_does_not_forbid_them_is_seen(start):
    """Shows that the check can fail."""
    process = start("pass")
    assert is_dumpable(process.pid)
    assert core_limits(process.pid)[0] == core_limits(process.pid)[1]


def test_the_program_that_loads_espeak_forbids_its_own():
    """It is started anew, so it is dumpable until it says otherwise."""
    found = find_espeak()
    assert found is not None
    child = Path(espeak_child.__file__)
    command = [sys.executable, "-I", "-S", "-B", child, found.library, found.data_folder]
    with (
        core_dumps_allowed(),
        subprocess.Popen(
            [*AS_OTHERS, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
    ):
        request = {"do": "phonemes", "voice": "en-us", "text": "Hello", "tie": ""}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        assert b"phonemes" in process.stdout.readline()
        forbids = forbids_core_dumps(process.pid)
    assert forbids
