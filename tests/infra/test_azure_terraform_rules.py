"""Checkov's rules for the Terraform of Azure: none fails, and each left out has its reason."""

import json
import re
import subprocess

import pytest
from terraform_checks import ROOT
from terraform_settings import AZURE

SKIP = re.compile(r"checkov:skip=(\w+)(?:: (.+))?")


@pytest.fixture(scope="module")
def printed():
    """Return the result over all templates; Checkov exits with 1 for a rule that fails."""
    program = ROOT / ".venv-checkov" / "bin" / "checkov"
    assert program.exists(), "There is no .venv-checkov: scripts/environment.sh checkov makes it."
    run = subprocess.run(
        [program, "--directory", AZURE, "--framework", "terraform", "--skip-download",
         "--output", "json", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return json.loads(run.stdout)


def test_no_rule_fails_and_every_template_is_read(printed):
    """A template that its parser cannot read is no failure of its exit code: it is counted."""
    failed = [(one["check_id"], one["resource"]) for one in printed["results"]["failed_checks"]]
    summary = printed["summary"]
    assert failed == []
    assert (summary["failed"], summary["parsing_errors"]) == (0, 0)
    assert summary["passed"] >= 25
    declared = [
        re.findall('^resource "', path.read_text(), re.MULTILINE) for path in AZURE.glob("*.tf")
    ]
    assert summary["resource_count"] >= sum(len(one) for one in declared)


def test_each_rule_that_is_left_out_has_its_reason_beside_it(printed):
    found = [one for path in AZURE.glob("*.tf") for one in SKIP.findall(path.read_text())]
    assert found
    assert all(len(reason.split()) >= 5 for _, reason in found)
    assert printed["summary"]["skipped"] == len(found)
