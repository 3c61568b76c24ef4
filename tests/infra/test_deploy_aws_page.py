"""The page about the deployment on AWS, held against the Terraform module."""

import re

import pytest
from aws_terraform import MODULE, PROJECT, described, source

PAGE = (PROJECT / "docs/deploy-aws.md").read_text()
EXAMPLE = (MODULE / "terraform.tfvars.example").read_text()


def section(heading):
    """Text below a heading, up to the next one of its level."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def shown(default):
    """Default as the table has it."""
    if default is None:
        return "required"
    return "empty" if default == '""' else f"`{default}`"


def test_every_variable_is_listed_with_default_and_meaning():
    expected = [
        f"| `{name}` | {shown(default)} | {description} |"
        for name, (description, default) in described("variable").items()
    ]
    assert re.findall(r"^\| `.*$", section("Variables"), flags=re.MULTILINE) == expected
    assert len(expected) == 30


def test_every_output_is_listed():
    expected = [
        f"| `{name}` | {description} |" for name, (description, _) in described("output").items()
    ]
    assert re.findall(r"^\| `.*$", section("Outputs"), flags=re.MULTILINE) == expected


def test_the_outputs_are_those_of_the_contract():
    assert set(described("output")) == {
        *("endpoint", "input_bucket", "output_bucket", "jobs_bucket", "work_queue_url"),
        *("dead_letter_queue_url", "keys_secret_arn", "image_uri", "alarm_topic_arn"),
    }


def test_commands_use_outputs_and_variables_that_exist():
    outputs = re.findall(r"infra/aws/terraform output -raw (\w+)", PAGE)
    assert {"endpoint", "input_bucket", "output_bucket"} <= set(outputs) <= set(described("output"))
    assert 'output "repository_url"' in source("registry/main.tf")
    variables = set(re.findall(r"TF_VAR_(\w+)", PAGE))
    required = {name for name, (_, default) in described("variable").items() if default is None}
    assert required <= variables <= set(described("variable"))


@pytest.mark.parametrize("folder", re.findall(r"-chdir=(\S+)", PAGE))
def test_commands_name_folders_that_exist(folder):
    assert (PROJECT / folder / ("main.tf" if "registry" in folder else "versions.tf")).exists()


def test_the_example_has_variables_that_exist_and_all_that_are_required_but_the_keys():
    given = set(re.findall(r"^(\w+) +=", EXAMPLE, re.MULTILINE))
    required = {name for name, (_, default) in described("variable").items() if default is None}
    assert required - {"client_keys"} <= given <= set(described("variable"))


def test_no_output_gives_the_keys_away():
    assert "client_keys" not in source("outputs.tf")
    assert "secret_string" not in source("outputs.tf")
