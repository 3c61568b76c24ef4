"""A shell that finds the command `sotto` by its name, whatever the machine has."""

import os

import pytest

from functions.command_line.command_name import command_name


@pytest.fixture(autouse=True)
def sotto_in_the_path(tmp_path_factory, monkeypatch):
    launcher = tmp_path_factory.mktemp("bin") / "sotto"
    launcher.touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{launcher.parent}{os.pathsep}{os.environ['PATH']}")
    command_name.cache_clear()
    yield
    command_name.cache_clear()
