"""Checkov's rules for the Terraform of AWS: none fails, each that is left out has its reason."""

import json
import re
import subprocess

import pytest
from aws_terraform import MODULE, PROJECT, sources

SKIP = re.compile(r"checkov:skip=(\w+)(?:: (.+))?")


@pytest.fixture(scope="module")
def run():
    """Summary and failures of all rules; Checkov exits with 1 for one that fails."""
    program = PROJECT / ".venv-checkov" / "bin" / "checkov"
    assert program.exists(), "There is no .venv-checkov: scripts/environment.sh checkov makes it."
    done = subprocess.run(
        [program, "--directory", MODULE, "--framework", "terraform", "--skip-download",
         "--output", "json", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_no_rule_fails_and_every_template_is_read(run):
    """A template that its parser cannot read is no failure of its exit code: it is counted."""
    failed = [(one["check_id"], one["resource"]) for one in run["results"]["failed_checks"]]
    summary = run["summary"]
    assert failed == []
    assert (summary["failed"], summary["parsing_errors"]) == (0, 0)
    assert summary["passed"] >= 250
    assert summary["resource_count"] > 80


def test_each_rule_that_is_left_out_has_its_reason_beside_it(run):
    found = [one for text in sources().values() for one in SKIP.findall(text)]
    assert all(len(reason.split()) >= 5 for _, reason in found)
    assert run["summary"]["skipped"] >= len(found)
