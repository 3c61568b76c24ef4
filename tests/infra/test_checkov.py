"""Checkov's rules for Bicep, Terraform, Kubernetes and the Dockerfile.

Each suppressed rule has its reason beside the resource: `checkov:skip=RULE:reason` in a comment, or
an annotation of a manifest.
"""

import re
from pathlib import Path

import pytest
from checkov_report import PROJECT, run_checkov

TEMPLATES = {
    "bicep": (PROJECT / "infra/azure/bicep", r"^resource \w+ '[^']+'(?! existing)"),
    "azure-terraform": (PROJECT / "infra/azure/terraform", r'^resource "'),
    "aws-terraform": (PROJECT / "infra/aws/terraform", r'^resource "'),
}
BROKEN = {
    "terraform": ("main.tf", 'resource "aws_s3_bucket" "a" {\n  bucket = \n'),
    "bicep": (
        "main.bicep",
        "resource a 'Microsoft.Storage/storageAccounts@2025-06-01' = {\n  name",
    ),
}
OPEN_BUCKET = 'resource "aws_s3_bucket_public_access_block" "a" {\n  bucket = "a"\n}\n'


def framework_of(name: str) -> str:
    return name.rpartition("-")[2]


def n_declared(folder: Path, pattern: str) -> int:
    files = [path for path in folder.rglob("*") if path.suffix in {".tf", ".bicep"}]
    return sum(len(re.findall(pattern, path.read_text(), re.MULTILINE)) for path in files)


def check(report) -> None:
    """No rule fails, no file is left out, and each suppression has a reason in words."""
    assert report.unparsed == ()
    assert report.failed == ()
    without_reason = [
        rule for rule, reason in report.suppressions.items() if len(str(reason).split()) < 4
    ]
    assert without_reason == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_rule_fails_for_the_templates(name):
    folder, pattern = TEMPLATES[name]
    report = run_checkov(folder, framework_of(name))
    check(report)
    declared = n_declared(folder, pattern)
    # With its module, count and for_each a resource is counted more than once, never less.
    assert report.n_resources >= declared > 10
    assert report.n_passed > declared


def test_no_rule_fails_for_the_image():
    report = run_checkov(PROJECT / "Dockerfile", "dockerfile")
    check(report)
    assert report.n_passed > 100


@pytest.mark.parametrize("framework", BROKEN)
def test_a_broken_template_is_counted(tmp_path, framework):
    name, text = BROKEN[framework]
    (tmp_path / name).write_text(text)
    report = run_checkov(tmp_path, framework)
    assert report.unparsed == (str(tmp_path / name),)
    assert report.n_passed == 0


def test_a_rule_that_is_broken_is_found(tmp_path):
    (tmp_path / "main.tf").write_text(OPEN_BUCKET)
    report = run_checkov(tmp_path, "terraform")
    assert any(failed.startswith("CKV_AWS_53 ") for failed in report.failed)
