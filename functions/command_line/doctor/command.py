"""The command `doctor`: prints row by row, as the checks end."""

import argparse
import os
from typing import Any

from shared.settings import Settings


def add_commands(commands: Any) -> None:
    """Add `doctor` to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="check the installation; name the commands that mend it",
        description="Check program, settings, models, machine, voices, translators, storage, port, "
        "TLS and keys. Nothing is changed, and no secret is printed. The exit status is 0 if "
        "everything that the settings demand is here, else 1. docs/doctor.md explains the rows.",
    )
    parser.add_argument(
        "--online",
        action="store_true",
        help="also ask the services that the settings name, such as Azure Speech and the issuer",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_doctor, reads_settings=False)


def _doctor(parsed: argparse.Namespace, _settings: Settings) -> int:
    # Imported here: the checks know every part of the service, and no other command needs them.
    from functions.command_line.doctor import report  # noqa: PLC0415
    from functions.command_line.doctor.checks import examine  # noqa: PLC0415
    from functions.command_line.doctor.surroundings import read_surroundings  # noqa: PLC0415

    surroundings = read_surroundings(os.environ, is_online=parsed.online)
    findings = []
    for finding in examine(surroundings):
        findings.append(finding)
        if not parsed.json:
            print("\n".join(report.lines_of(finding)), flush=True)
    print(report.as_json(findings) if parsed.json else f"\n{report.summary(findings)}")
    return int(any(finding.fails for finding in findings))
