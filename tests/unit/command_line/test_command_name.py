"""Commands in messages, as the user can type them."""

import sys

import pytest

from functions.command_line.command_name import command_name, with_command_name


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment below the working directory, whose launcher is not in the shell's path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    command_name.cache_clear()
    yield tmp_path
    command_name.cache_clear()


def place_launcher(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_the_shell_finds_the_command_by_its_name(environment):
    place_launcher(environment / ".venv/bin/sotto")
    place_launcher(environment / "elsewhere/sotto")
    assert with_command_name("Fetch it: `sotto models fetch base`.") == (
        "Fetch it: `sotto models fetch base`."
    )


def test_a_launcher_below_the_working_directory_has_a_relative_path(environment):
    place_launcher(environment / ".venv/bin/sotto")
    assert with_command_name("Fetch it: `sotto models fetch base`.") == (
        "Fetch it: `.venv/bin/sotto models fetch base`."
    )
    assert with_command_name("sotto models fetch base") == ".venv/bin/sotto models fetch base"


def test_a_launcher_elsewhere_has_its_whole_path(environment, monkeypatch):
    place_launcher(environment / ".venv/bin/sotto")
    (environment / "recordings").mkdir()
    monkeypatch.chdir(environment / "recordings")
    assert with_command_name("`sotto purge`") == f"`{environment}/.venv/bin/sotto purge`"


@pytest.mark.usefixtures("environment")
def test_without_a_launcher_the_module_is_named():
    assert command_name() == "python -m functions.command_line"


def test_the_name_of_the_program_in_prose_stays(environment):
    place_launcher(environment / ".venv/bin/sotto")
    text = "/home/me/sotto is a folder, and `/etc/sotto`, too; Sotto says sotto twice."
    assert with_command_name(text) == text
