"""Resources and roles of a deployment, and the programs that read its templates."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
_CHECKS = PROJECT / "scripts" / "infra_checks"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. condition: text of the parameter that it depends on; empty: always there."""

    name: str
    type: str
    purpose: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that an identity holds on a resource."""

    holder: str
    role: str
    scope: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that a deployment makes."""

    resources: tuple[Resource, ...]
    grants: tuple[Grant, ...]


def run_check(program: str, *arguments: str) -> dict[str, Any]:
    """Run a program of `scripts/infra_checks` in `.venv-infra`, and return the JSON that it prints.

    Raises
    ------
    FileNotFoundError: there is no such environment.
    subprocess.CalledProcessError: the program failed.
    """
    python = PROJECT / ".venv-infra" / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError("There is no .venv-infra: scripts/environment.sh infra makes it.")
    done = subprocess.run(
        [python, "-B", _CHECKS / program, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed
