"""`scripts/find_python.sh`, with interpreters of our own on the path."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "find_python.sh"
TOOLS = ("bash", "cat", "dirname", "env")


@pytest.fixture
def path(tmp_path):
    """Return a folder that is the whole PATH: the tools of the script and no Python."""
    for tool in TOOLS:
        found = next(
            candidate
            for folder in ("/usr/bin", "/bin")
            if (candidate := Path(folder) / tool).exists()
        )
        (tmp_path / tool).symlink_to(found)
    return tmp_path


def _add(path, name, body):
    (path / name).write_text(f"#!/bin/sh\n{body}\n")
    (path / name).chmod(0o755)


def _find(path, *version, **environment):
    return subprocess.run(
        [SCRIPT, *version],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shim_that_leads_nowhere_is_passed_over(path):
    """Version managers put `python3.13` on the path even where no 3.13 is chosen."""
    _add(path, "python3", "exit 127")
    _add(path, "python3.13", "echo 'no version is set for python3.13' >&2; exit 127")
    _add(path, "python3.12", f'exec {sys.executable} "$@"')
    assert _find(path).stdout == "python3.12\n"


def test_the_version_that_is_deployed_is_preferred(path):
    wanted = (SCRIPT.parents[1] / ".python-version").read_text().strip()
    _add(path, "python3", f"[ $# = 2 ] && echo {wanted}")
    _add(path, "python3.12", f'exec {sys.executable} "$@"')
    assert _find(path).stdout == "python3\n"


def test_python_may_be_named(path):
    assert _find(path, PYTHON=sys.executable).stdout == f"{sys.executable}\n"


def test_without_a_python_the_error_names_the_package(path):
    found = _find(path)
    assert found.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in found.stderr


def test_a_requested_version_is_preferred(path):
    """Torch has a CPU wheel for 3.11; any newer Python will do where that is missing."""
    _add(path, "python3.12", f'exec {sys.executable} "$@"')
    assert _find(path, "3.11").stdout == "python3.12\n"
    _add(path, "python3.11", f'exec {sys.executable} "$@"')
    assert _find(path, "3.11").stdout == "python3.11\n"
