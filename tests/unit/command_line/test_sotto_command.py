"""The help of `sotto`."""

import pytest

from functions.command_line.main import main

COMMANDS = (
    "serve transcribe speak translate assess worker purge doctor privacy-check models jobs "
    "completion"
).split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_lists_every_command(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert f"\n    {command} " in capsys.readouterr().out


def test_a_command_that_does_not_exist_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["recognise"])
    assert ended.value.code == 2
    assert "invalid choice: 'recognise'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "usage", "command"),
    [([], "usage: sotto [-h]", "transcribe"), (["jobs"], "usage: sotto jobs", "submit")],
)
def test_without_a_command_the_help_is_shown(words, usage, command, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(usage)
    assert f"\n    {command} " in said


def test_an_unknown_option_shows_the_usage_of_its_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["assess", "reading.wav", "--text", "The train leaves."])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: sotto assess ")
    assert "unknown arguments: --text The train leaves." in said
