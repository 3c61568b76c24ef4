"""The commands and their arguments.

Exit status: 0 success, 1 failure (the reason is on standard error), 2 wrong usage, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from functions.command_line import (
    assess,
    batch,
    completion,
    jobs,
    models,
    speak,
    transcribe,
    translate,
)
from functions.command_line.command_name import with_command_name
from functions.command_line.doctor import command as doctor
from functions.command_line.privacy_check import command as privacy_check
from shared.errors import SpeechError
from shared.settings import Settings
from shared.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        # The doctor reports invalid settings, and clients of other servers have none.
        needs_settings = getattr(parsed, "reads_settings", True)
        settings = Settings.from_environment() if needs_settings else Settings()
        return int(parsed.run(parsed, settings))
    except (SpeechError, OSError) as error:
        print(f"sotto: {with_command_name(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsotto: interrupted", file=sys.stderr)
        return 130


class _ArgumentParser(argparse.ArgumentParser):
    """A parser of `sotto`, and of its commands.

    Without a command it shows its help; of an unknown option the usage is that of the command.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        words = sys.argv[1:] if args is None else args
        if not words and self._subparsers is not None:
            self.print_help(sys.stderr)
            self.exit(2)
        parsed, unknown = super().parse_known_args(words, namespace)
        if unknown:
            self.error(f"unknown arguments: {' '.join(unknown)}")
        return parsed, unknown


def _parser() -> argparse.ArgumentParser:
    parser = _ArgumentParser(
        prog="sotto",
        description="Private, self-hosted speech to text.",
        epilog="The environment configures every command; docs/settings.md lists the variables.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sotto {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the API on this machine until SIGTERM")
    serve.add_argument(
        "arguments",
        nargs="*",
        metavar="NAME=VALUE",
        help="arguments of the original speech containers; ApiKey=... is a key of clients, "
        "others are ignored",
    )
    serve.set_defaults(run=_serve)
    transcribe.add_commands(commands)
    speak.add_commands(commands)
    translate.add_commands(commands)
    assess.add_commands(commands)
    batch.add_commands(commands)
    doctor.add_commands(commands)
    privacy_check.add_commands(commands)
    models.add_commands(commands)
    jobs.add_commands(commands)
    completion.add_commands(commands, parser)
    return parser


def _serve(parsed: argparse.Namespace, _settings: Settings) -> int:
    # Imported here: loading the web stack takes longer than any other command.
    from functions.container.server import main as serve  # noqa: PLC0415

    return serve(parsed.arguments)
