"""No host writes its memory to disk when it crashes; the hosts of clouds have this in `hosts`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from core_dumps import AS_OTHERS, core_dumps_allowed, forbids_core_dumps

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        (("-m", "functions.container"), "Sotto listens"),
        (("-m", "functions.container", "worker"), "Sotto works"),
        (("-m", "functions.command_line", "serve"), "Sotto listens"),
        (("scripts/sotto.py", "worker"), "Sotto works"),
    ],
    ids=["server", "worker", "command line", "sotto"],
)
def test_a_host_forbids_core_dumps(arguments, started, model_folder, tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")},
        "SOTTO_PORT": "0",
        "SOTTO_MODEL_FOLDER": str(model_folder),
        "SOTTO_DATA_FOLDER": str(tmp_path),
    }
    with (
        core_dumps_allowed(),
        subprocess.Popen(
            [*AS_OTHERS, sys.executable, *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert any(line.startswith(started) for line in process.stdout)
            assert forbids_core_dumps(process.pid)
        finally:
            process.terminate()


STOPPED_AT_ITS_FIRST_STEP = """
import argparse, runpy, sys

def stop(*_):
    print("reads its arguments", flush=True)
    sys.stdin.read()

argparse.ArgumentParser.parse_args = stop
{run}
"""


@pytest.mark.parametrize(
    "run",
    [
        "runpy.run_module('functions.command_line', run_name='__main__')",
        "runpy.run_path('scripts/sotto.py', run_name='__main__')",
    ],
    ids=["command line", "sotto"],
)
def test_a_command_forbids_core_dumps_before_it_reads_its_arguments(run):
    with (
        core_dumps_allowed(),
        subprocess.Popen(
            [*AS_OTHERS, sys.executable, "-c", STOPPED_AT_ITS_FIRST_STEP.format(run=run)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "reads its arguments\n"
            assert forbids_core_dumps(process.pid)
        finally:
            process.kill()
