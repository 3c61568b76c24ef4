"""The command `doctor`: every check in order, row by row as it ends."""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from functions.command_line.doctor import (
    features,
    machine,
    models,
    online,
    program,
    report,
    server,
    storage,
)
from functions.command_line.doctor.finding import Finding
from functions.command_line.doctor.surroundings import (
    Surroundings,
    check_settings,
    read_surroundings,
)
from shared.settings import Settings

Check = Callable[[Surroundings], Iterator[Finding]]

CHECKS: Sequence[Check] = (
    program.check_platform,
    program.check_packages,
    check_settings,
    models.check_models,
    machine.check_processor,
    machine.check_memory,
    machine.check_gpu,
    machine.check_disk,
    features.check_voices,
    features.check_translators,
    storage.check_storage,
    server.check_port,
    server.check_tls,
    server.check_keys,
    online.check_azure_speech,
    online.check_cloud_translators,
    online.check_issuers,
    online.check_collector,
    online.check_clock,
    server.check_clients,
)


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


def examine(surroundings: Surroundings, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks one after the other."""
    for check in checks:
        yield from check(surroundings)


def _doctor(parsed: argparse.Namespace, _settings: Settings) -> int:
    surroundings = read_surroundings(os.environ, is_online=parsed.online)
    findings = []
    for finding in examine(surroundings):
        findings.append(finding)
        if not parsed.json:
            print("\n".join(report.lines_of(finding)), flush=True)
    print(report.as_json(findings) if parsed.json else f"\n{report.summary(findings)}")
    return int(any(finding.fails for finding in findings))
