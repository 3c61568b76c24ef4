"""The checker of Terraform: what it passes, and that it finds each planted mistake."""

from pathlib import Path

import pytest
from terraform_checks import (
    check_terraform,
    describe_findings,
    plan_terraform,
    planned_outputs,
    planned_resources,
)

CORRECT = """\
terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.10"
    }
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.69"
    }
  }
}

variable "tags" {
  description = "Tags of each resource"
  type        = map(string)
  default     = {}
}

variable "retention_days" {
  description = "Days"
  type        = number
  default     = 3

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 365
    error_message = "retention_days is 1 to 365."
  }
}

variable "client_keys" {
  description = "Keys of clients"
  type        = string
  sensitive   = true
  ephemeral   = true
}

locals {
  names = toset(["work", "work-poison"])
}

resource "azurerm_storage_account" "data" {
  name                     = "stsottodata"
  location                 = "westeurope"
  resource_group_name      = "rg-sotto"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = var.tags

  blob_properties {
    delete_retention_policy {
      days = var.retention_days
    }
  }
}

resource "azurerm_storage_queue" "work" {
  for_each           = local.names
  name               = each.key
  storage_account_id = azurerm_storage_account.data.id
}

resource "azurerm_key_vault_secret" "keys" {
  name             = "sotto-keys"
  key_vault_id     = azurerm_storage_account.data.id
  value_wo         = var.client_keys
  value_wo_version = 1
}

resource "aws_s3_bucket" "input" {
  bucket = "sotto-input"
}

output "endpoint" {
  description = "Address of the blobs"
  value       = azurerm_storage_account.data.primary_blob_endpoint
}
"""


def write(folder: Path, text: str) -> Path:
    """Write a template of one file."""
    (folder / "main.tf").write_text(text)
    return folder


def test_a_correct_template_has_no_finding(tmp_path: Path):
    report = check_terraform(write(tmp_path, CORRECT))
    assert describe_findings(report) == []
    assert report["terraform"] == "1.15.5"
    assert report["providers"] == {"azurerm": "5.10.0", "aws": "6.69.1"}


MISTAKES = {
    "a type of resource that does not exist": (
        '"aws_s3_bucket" "input"',
        '"aws_s3_buckets" "input"',
        'does not support resource type "aws_s3_buckets"',
    ),
    "an argument that does not exist": (
        '  bucket = "sotto-input"',
        '  bucket_name = "sotto-input"',
        '"bucket_name" is not expected here',
    ),
    "a required argument that is missing": (
        '  location                 = "westeurope"\n',
        "",
        '"location" is required',
    ),
    "a block written as an argument": (
        "    delete_retention_policy {\n      days = var.retention_days\n    }",
        "    delete_retention_policy = { days = var.retention_days }",
        'define a block of type "delete_retention_policy"',
    ),
    "an argument written as a block": (
        "  tags                     = var.tags",
        "\n  tags {\n  }",
        'Blocks of type "tags" are not expected',
    ),
    "a block in the plural": (
        "    delete_retention_policy {",
        "    delete_retention_policies {",
        'Blocks of type "delete_retention_policies" are not expected',
    ),
    "a block twice that may stand once": (
        "  blob_properties {\n",
        "  blob_properties {\n  }\n\n  blob_properties {\n",
        'No more than 1 "blob_properties" blocks are allowed',
    ),
    "a text where a number is expected": (
        "days = var.retention_days",
        'days = "a week"',
        "a number is required",
    ),
    "a text where a map is expected": (
        "= var.tags",
        '= "team=speech"',
        "map of string required",
    ),
    "a read-only attribute that is set": (
        '  bucket = "sotto-input"',
        '  bucket = "sotto-input"\n  arn    = "arn:aws:s3:::sotto-input"',
        "arn is read-only",
    ),
    "a reference to a variable that is not declared": (
        "= var.tags",
        "= var.tag",
        'input variable with the name "tag"',
    ),
    "a reference to a local value that is not declared": (
        "= local.names",
        "= local.queues",
        'local value with the name "queues"',
    ),
    "a reference to a resource that is not declared": (
        "storage_account_id = azurerm_storage_account.data.id",
        "storage_account_id = azurerm_storage_account.host.id",
        '"azurerm_storage_account" "host" has not been declared',
    ),
    "an attribute that the other resource does not have": (
        "data.primary_blob_endpoint",
        "data.blob_endpoint",
        'no argument, nested block, or exported attribute named "blob_endpoint"',
    ),
    "a secret that would reach the state": (
        "value_wo         = var.client_keys",
        "value            = var.client_keys",
        'Ephemeral values are not valid for "value"',
    ),
    "a syntax error": ("locals {", "locals", "Argument or block definition required"),
    "a pin that excludes the version of the schema": (
        '"~> 5.10"',
        '"~> 4.40"',
        "azurerm ~> 4.40 excludes 5.10.0",
    ),
    "a provider without a pin": (
        '"hashicorp/aws"\n      version = "~> 6.69"',
        '"hashicorp/aws"',
        "aws has no version",
    ),
    "a number without bounds": (
        CORRECT[CORRECT.index("\n  validation {") : CORRECT.index('\n}\n\nvariable "client_keys"')],
        "",
        "retention_days is a number without a validation",
    ),
    "a variable without a type": (
        "  type        = map(string)\n",
        "",
        "tags has no type",
    ),
    "a variable without a description": (
        '  description = "Tags of each resource"\n',
        "",
        "tags has no description",
    ),
    "a secret with a default": (
        "  ephemeral   = true",
        '  ephemeral   = true\n  default     = "changeme"',
        "client_keys is sensitive and has a default",
    ),
    "a secret that is not marked": (
        "  sensitive   = true\n",
        "",
        "client_keys reads as a secret and is not sensitive",
    ),
    "an output that gives a secret away": (
        "data.primary_blob_endpoint",
        "data.primary_access_key",
        "endpoint gives away primary_access_key",
    ),
    "an output that is a secret variable": (
        "= azurerm_storage_account.data.primary_blob_endpoint",
        "= var.client_keys",
        "Output refers to sensitive values",
    ),
    "a list where a text is expected": (
        '  bucket = "sotto-input"',
        '  bucket = ["sotto-input"]',
        "string required",
    ),
    "a text where a truth is expected": (
        '  bucket = "sotto-input"',
        '  bucket        = "sotto-input"\n  force_destroy = "never"',
        "a bool is required",
    ),
    "a variable that nothing uses": ("= var.tags", "= {}", "var.tags"),
    "a local value that nothing uses": (
        "  names = toset",
        "  spare = 1\n  names = toset",
        "local.spare",
    ),
    "a format that is not Terraform's": (
        '  bucket = "sotto-input"',
        '  bucket="sotto-input"',
        "`terraform fmt` would change this file",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str, tmp_path: Path):
    before, after, message = MISTAKES[mistake]
    assert CORRECT.count(before) == 1
    report = check_terraform(write(tmp_path, CORRECT.replace(before, after)))
    assert message in " ".join(" ".join(describe_findings(report)).split())


def test_a_comment_is_no_use_of_a_variable(tmp_path: Path):
    text = CORRECT.replace("= var.tags", '= { "a" = "# kept" } # var.tags')
    assert "main.tf:16 unused: var.tags" in describe_findings(
        check_terraform(write(tmp_path, text))
    )


def test_a_plan_can_be_read(tmp_path: Path):
    folder = tmp_path / "template"
    folder.mkdir()
    plan = plan_terraform(write(folder, CORRECT), {"client_keys": "first-key"}, tmp_path)
    resources = planned_resources(plan)
    queue = resources['azurerm_storage_queue.work["work-poison"]']["values"]
    assert queue["storage_account_id"] == "azurerm_storage_account(stsottodata).id"
    assert planned_outputs(plan)["endpoint"] == (
        "azurerm_storage_account(stsottodata).primary_blob_endpoint"
    )
    assert "first-key" not in str(plan)


def test_a_plan_refuses_a_value_out_of_bounds(tmp_path: Path):
    folder = tmp_path / "template"
    folder.mkdir()
    values = {"client_keys": "first-key", "retention_days": 0}
    report = plan_terraform(write(folder, CORRECT), values, tmp_path)
    assert "retention_days is 1 to 365." in describe_findings(report)[0]


def test_a_plan_refuses_a_loop_over_values_that_only_the_cloud_knows(tmp_path: Path):
    folder = tmp_path / "template"
    folder.mkdir()
    text = CORRECT.replace(
        "= local.names", "= setunion(local.names, [azurerm_storage_account.data.id])"
    )
    report = plan_terraform(write(folder, text), {"client_keys": "k"}, tmp_path, readable=False)
    assert "Invalid for_each argument" in " ".join(describe_findings(report))
