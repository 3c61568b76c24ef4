"""Checkov's rules for Bicep: none fails, none crashes, and each that is left out has its reason."""

import json
import re
import subprocess

import pytest

from scripts.resource_lists import BICEP, PROJECT

SKIP = re.compile(r"checkov:skip=(\w+)(?:: (.+))?")


@pytest.fixture(scope="module")
def run():
    """Return the run over all templates; Checkov exits with 1 for a rule that fails."""
    program = PROJECT / ".venv-checkov" / "bin" / "checkov"
    assert program.exists(), "There is no .venv-checkov: scripts/environment.sh checkov makes it."
    return subprocess.run(
        [program, "--directory", BICEP, "--framework", "bicep", "--skip-download",
         "--output", "json", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_no_rule_fails_and_every_template_is_read(run):
    """A template that its parser cannot read is no failure of its exit code: it is counted."""
    printed = json.loads(run.stdout)
    failed = [(one["check_id"], one["resource"]) for one in printed["results"]["failed_checks"]]
    summary = printed["summary"]
    assert failed == []
    assert (summary["failed"], summary["parsing_errors"]) == (0, 0)
    assert summary["passed"] >= 25
    assert summary["resource_count"] > 50


def test_no_rule_crashes_but_those_that_read_no_expression(run):
    """Their template says why they are left out; Checkov runs them first all the same."""
    crashed = re.findall(r"Failed to run check (\w+) on \S+/modules/([\w-]+\.bicep):", run.stderr)
    assert crashed == [("CKV_AZURE_189", "key-vault.bicep")]
    assert "checkov:skip=CKV_AZURE_189" in (BICEP / "modules" / "key-vault.bicep").read_text()


def test_each_rule_that_is_left_out_has_its_reason_beside_it(run):
    found = [one for path in BICEP.rglob("*.bicep") for one in SKIP.findall(path.read_text())]
    assert all(len(reason.split()) >= 5 for _, reason in found)
    assert json.loads(run.stdout)["summary"]["skipped"] == len(found)
