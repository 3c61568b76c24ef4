"""docs/command-line.md, held against the arguments of the commands."""

import argparse
import re
from pathlib import Path

import pytest

from functions.command_line.main import _parser
from functions.command_line.speak import FORMATS
from shared.jobs.job import ResultFormat

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "command-line.md").read_text()
COMMANDS = ("transcribe", "speak", "translate")


def parser_of(command):
    """Parser of a command."""
    (commands,) = (one for one in _parser()._actions if isinstance(one, argparse._SubParsersAction))
    return commands.choices[command]


def rows_of(command):
    """Rows of the table of a command's options: the option column, and its text."""
    table = PAGE.partition(f"| Option of `sotto {command}` |")[2].partition("\n\n")[0]
    return re.findall(r"^\| (`--.*?) \| (.*) \|$", table, re.MULTILINE)


def written(action):
    """Options of an action as the page writes them."""
    (first, *others) = sorted(action.option_strings, key=len, reverse=True)
    name = "MODE" if action.choices else action.metavar
    value = "" if action.nargs == 0 else f" [{name}]" if action.nargs == "?" else f" {name}"
    return ", ".join((f"`{first}{value}`", *(f"`{one}`" for one in others)))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_has_every_option_in_the_order_of_the_code(command):
    options = {
        written(action)
        for action in parser_of(command)._actions
        if action.option_strings and action.dest != "help"
    }
    shown = [option for option, _ in rows_of(command)]
    assert len(shown) == len(options)
    assert set(shown) == options


@pytest.mark.parametrize("command", COMMANDS)
def test_a_default_is_that_of_the_code(command):
    texts = dict(rows_of(command))
    stated = {
        action.default: texts[written(action)]
        for action in parser_of(command)._actions
        if isinstance(action.default, str) and action.option_strings and action.dest != "help"
    }
    for default, text in stated.items():
        assert f"default: `{default}`" in text


def test_page_and_help_list_the_formats_of_jobs():
    formats = list(ResultFormat)
    text = dict(rows_of("transcribe"))["`--format FORMATS`"]
    assert re.findall(r"`(\w+)`", text) == [*formats, "txt"]
    (action,) = (one for one in parser_of("transcribe")._actions if one.dest == "format")
    assert action.help.startswith(", ".join(formats))


def test_the_page_lists_the_formats_of_speech():
    text = dict(rows_of("speak"))["`--output FILE`, `-o`"]
    assert re.findall(r"`(\.\w+)`", text) == list(FORMATS)


@pytest.mark.parametrize("command", [*COMMANDS, "completion"])
def test_examples_of_the_page_and_of_the_help_are_commands_that_parse(command):
    """Without what a shell does with them: redirections, pipes, comments."""
    examples = re.findall(rf"sotto ({command} .*)", f"{PAGE}\n{parser_of(command).epilog}")
    assert len(examples) >= 4
    for example in examples:
        if "`" in example:  # a mention in a sentence
            continue
        words = re.split(r" [<>|] |  +|\s#", example)[0]
        parsed = _parser().parse_args(re.findall(r'"[^"]*"|\S+', words))
        assert parsed.run is not None
