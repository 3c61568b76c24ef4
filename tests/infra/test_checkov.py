"""Checkov's rules for Bicep, Terraform, Kubernetes and the image.

A rule that is left out has its reason beside the resource: `checkov:skip=RULE: reason` in a
comment, or an annotation of a manifest.
"""

import re
from pathlib import Path

import pytest
import yaml
from checkov_report import PROJECT, Report, run_checkov
from manifest_policies import containers

TEMPLATES = {
    "bicep": (PROJECT / "infra/azure/bicep", r"^resource \w+ '[^']+'(?! existing)"),
    "azure-terraform": (PROJECT / "infra/azure/terraform", r'^resource "'),
    "aws-terraform": (PROJECT / "infra/aws/terraform", r'^resource "'),
}
# It reads no expression. The template says why it is left out; Checkov runs it first all the same.
CRASHES = {"bicep": (("CKV_AZURE_189", "key-vault.bicep"),)}

BROKEN = {
    "terraform": ("main.tf", 'resource "aws_s3_bucket" "a" {\n  bucket = \n'),
    "bicep": (
        "main.bicep",
        "resource a 'Microsoft.Web/sites@2024-11-01' = {\n  name",
    ),
}
OPEN_BUCKET = 'resource "aws_s3_bucket_public_access_block" "a" {\n  bucket = "a"\n}\n'


def n_declared(folder: Path, pattern: str) -> int:
    files = [path for path in folder.rglob("*") if path.suffix in {".tf", ".bicep"}]
    return sum(len(re.findall(pattern, path.read_text(), re.MULTILINE)) for path in files)


def check(report: Report) -> None:
    """No rule fails, no file is left out, and each rule that is left out has a reason in words."""
    assert report.unparsed == ()
    assert report.failed == ()
    short = {key: text for key, text in report.suppressed.items() if len(text.split()) < 5}
    assert short == {}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_rule_fails_for_the_templates(name):
    folder, pattern = TEMPLATES[name]
    report = run_checkov(folder, name.rpartition("-")[2])
    check(report)
    assert report.crashed == CRASHES.get(name, ())
    declared = n_declared(folder, pattern)
    # With its module, count and for_each a resource is counted more than once, never less.
    assert report.n_resources >= declared > 10
    assert report.n_passed >= 25


def test_no_rule_fails_for_the_image():
    report = run_checkov(PROJECT / "Dockerfile", "dockerfile")
    check(report)
    assert report.n_passed > 100


def test_no_rule_fails_for_the_manifests_of_the_chart(releases, tmp_path):
    n_containers = 0
    for number, answer in enumerate(releases.values()):
        n_containers += len(list(containers(answer["objects"])))
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump_all(answer["objects"]), "utf-8")
    report = run_checkov(tmp_path, "kubernetes")
    check(report)
    assert report.n_passed > 30 * n_containers > 100


@pytest.mark.parametrize("framework", BROKEN)
def test_a_template_that_cannot_be_read_is_found(tmp_path, framework):
    name, text = BROKEN[framework]
    (tmp_path / name).write_text(text)
    report = run_checkov(tmp_path, framework)
    assert report.unparsed == (str(tmp_path / name),)
    assert report.n_passed == 0


def test_a_broken_rule_is_found(tmp_path):
    (tmp_path / "main.tf").write_text(OPEN_BUCKET)
    report = run_checkov(tmp_path, "terraform")
    assert any(failed.startswith("CKV_AWS_53 ") for failed in report.failed)
