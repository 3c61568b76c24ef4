"""`completion`: a script that lets a shell complete commands, options and files.

shtab derives it from the parser, so completing starts no Python.
"""

import argparse
import importlib.util
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from shared.errors import ConfigurationError
from shared.settings import Settings

SHELLS = ("bash", "zsh", "fish")

_EXAMPLES = """
examples:
  sotto completion bash > ~/.local/share/bash-completion/completions/sotto
  sotto completion zsh > ~/.zfunc/_sotto           with fpath=(~/.zfunc $fpath) before compinit
  sotto completion fish > ~/.config/fish/completions/sotto.fish
"""
_FILES = frozenset({"FILE", "FILES", "AUDIO"})
_FOLDERS = frozenset({"FOLDER"})


def add_commands(commands: Any, parser: argparse.ArgumentParser) -> None:
    """Add `completion` to the command line of a parser."""
    completion = commands.add_parser(
        "completion",
        help="print the completion script of a shell",
        description="Print a script with which a shell completes commands, options and files.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completion.set_defaults(run=partial(_print_script, parser))


def _print_script(
    parser: argparse.ArgumentParser, parsed: argparse.Namespace, _settings: Settings
) -> int:
    if importlib.util.find_spec("shtab") is None:
        raise ConfigurationError(
            "Completion needs shtab: pip install -r requirements/container.txt"
        )
    import shtab  # noqa: PLC0415 - no other command needs it

    for action in _actions(parser):
        names = {action.metavar} if isinstance(action.metavar, str) else set()
        if names & (_FILES | _FOLDERS):
            kind = shtab.DIRECTORY if names & _FOLDERS else shtab.FILE
            action.complete = kind  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(parser, parsed.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a parser and of its commands."""
    for action in parser._actions:  # noqa: SLF001 - as shtab does: argparse lists them nowhere else
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in action.choices.values():
                yield from _actions(command)
