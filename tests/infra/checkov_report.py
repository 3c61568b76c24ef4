"""Checkov on templates, as a program of its own environment."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
PROGRAM = PROJECT / ".venv-checkov/bin/checkov"

_OPTIONS = "--output json --compact --skip-download --download-external-modules false".split()
_CRASH = re.compile(r"Failed to run check (\w+) on \S*?([\w-]+\.\w+):")


@dataclass(frozen=True, slots=True)
class Report:
    """Result of one run.

    failed: rule, resource and title of each rule that is broken. suppressed: rule and resource,
    with the reason beside the resource. unparsed: files that could not be read. crashed: rule and
    file.
    """

    n_passed: int
    n_resources: int
    failed: tuple[str, ...]
    suppressed: dict[tuple[str, str], str]
    unparsed: tuple[str, ...]
    crashed: tuple[tuple[str, str], ...]


def run_checkov(target: Path, framework: str) -> Report:
    """Check a file or a folder; the exit code is not used, since it hides parse errors."""
    assert PROGRAM.exists(), "checkov is missing: scripts/environment.sh checkov"
    where = ["--file" if target.is_file() else "--directory", str(target)]
    ran = subprocess.run(
        [PROGRAM, *where, "--framework", framework, *_OPTIONS],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.stdout, f"checkov printed nothing for {target}: {ran.stderr[-500:]}"
    report: dict[str, Any] = json.loads(ran.stdout)
    results, summary = report["results"], report["summary"]
    return Report(
        summary["passed"],
        summary["resource_count"],
        tuple(
            f"{one['check_id']} {one['resource']}: {one['check_name']}"
            for one in results["failed_checks"]
        ),
        {
            (one["check_id"], one["resource"]): one["check_result"]["suppress_comment"]
            for one in results["skipped_checks"]
        },
        tuple(results["parsing_errors"]),
        tuple(_CRASH.findall(ran.stderr)),
    )
