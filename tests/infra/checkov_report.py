"""Checkov on a folder of templates, as a subprocess of its own environment."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PROGRAM = PROJECT / ".venv-checkov/bin/checkov"

_OPTIONS = "--output json --compact --skip-download --download-external-modules false".split()


@dataclass(frozen=True, slots=True)
class Report:
    """Result of one run. failed: `rule resource: title`. suppressions: `rule resource`, reason."""

    n_passed: int
    n_resources: int
    failed: tuple[str, ...]
    suppressions: dict[str, str]
    unparsed: tuple[str, ...]


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
    report = json.loads(ran.stdout)
    assert isinstance(report, dict), f"checkov gave several reports for {target}"
    if "results" not in report:  # nothing to check
        return Report(0, 0, (), {}, ())
    results, summary = report["results"], report["summary"]
    return Report(
        summary["passed"],
        summary["resource_count"],
        tuple(
            f"{one['check_id']} {one['resource']}: {one['check_name']}"
            for one in results["failed_checks"]
        ),
        {
            f"{one['check_id']} {one['resource']}": one["check_result"]["suppress_comment"]
            for one in results["skipped_checks"]
        },
        tuple(results["parsing_errors"]),
    )
