"""`sotto` as `scripts/install_command.sh` installs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.version import VERSION

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path):
    """Make an environment with an interpreter, in a folder whose name needs quotes."""
    bin_folder = tmp_path / "an environment" / "bin"
    bin_folder.mkdir(parents=True)
    interpreter = bin_folder / "python"
    interpreter.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    interpreter.chmod(0o755)
    return bin_folder.parent


def install(environment):
    script = PROJECT / "scripts" / "install_command.sh"
    subprocess.run([script, environment], check=True, timeout=60)
    return environment / "bin" / "sotto"


def run(command, *arguments, cwd):
    return subprocess.run(
        [command, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_runs_from_a_folder_with_modules_of_the_same_names(environment, tmp_path):
    """The working directory is not searched for `functions` and `shared`."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "functions").mkdir(parents=True)
    (elsewhere / "functions" / "__init__.py").write_text("raise SystemExit('another project')")
    answer = run(install(environment), "--version", cwd=elsewhere)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"sotto {VERSION}\n", "")


def test_the_command_is_installed_again_over_another_one(environment, tmp_path):
    command = install(environment)
    first = command.read_text()
    command.write_text("#!/bin/sh\nexit 3\n")
    assert install(environment).read_text() == first
    assert run(command, "--version", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in command.parent.iterdir()) == ["python", "sotto"]


def test_a_relative_path_is_one_of_the_working_directory(environment, tmp_path):
    answer = run(install(environment), "models", "verify", "./models/mine", cwd=tmp_path)
    assert answer.stdout.splitlines()[0] == "./models/mine: models/mine"
