"""The listing of the Terraform of AWS, from Terraform's own plan and the text of its roles."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scripts.listings.listing import PROJECT, Grant, Listing, Resource, run_check

_AWS = PROJECT / "infra" / "aws" / "terraform"
_AWS_VALUES: Mapping[str, Any] = {
    "environment_name": "e0",
    "location": "eu-central-1",
    "image_uri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/sotto:1",
    "client_keys": "the-key-of-a-client",
    "drop_folders": ["folder"],
}
_EMAILS = {"alert_emails": ["operations@example.com"]}
# Of each variable that adds resources: text of the condition, and values that meet it.
_AWS_SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "private_networking": {"private_networking": True},
    "private_networking, allowed_networks": {
        "private_networking": True,
        "allowed_networks": ["10.1.0.0/16"],
    },
    "alert_emails": _EMAILS,
    "monthly_budget > 0": {"monthly_budget": 1, **_EMAILS},
}
_AWS_LOOPS = {
    "<function>": {"http", "drop", "work", "purge"},
    "<bucket>": {"input", "output", "jobs"},
}
_AWS_SINGLY = {"aws_lambda_function", "aws_s3_bucket"}  # one row for each
_AWS_SHOWN = {
    "sotto-e0": "sotto-E",
    "aws_caller_identity().account_id": "<account>",
    "operations@example.com": "<e-mail>",
}
# Attributes that hold the name of a resource, or of the one that it is a part of.
_AWS_NAMES = (
    *("event_source_arn", "function_name", "alarm_name", "queue_url", "role", "bucket", "name"),
    *("endpoint", "service_name", "secret_id", "security_group_id", "subnet_id", "arn"),
)
# Parts of other resources, and resources whose description says another thing.
_AWS_PURPOSES = {
    "aws_budgets_budget": "mail about costs",
    "aws_cloudwatch_log_group": "log of a function",
    "aws_cloudwatch_log_metric_filter": "a metric of log lines",
    "aws_default_security_group": "lets nothing through",
    "aws_iam_role": "role of a function, or of the schedule",
    "aws_iam_role_policy": "permissions of a role: the next table",
    "aws_kms_alias": "name of the key",
    "aws_kms_key": "encrypts buckets, queues, the secret, logs and alarms",
    "aws_kms_key_policy": "who may use the key",
    "aws_lambda_event_source_mapping": "hands messages of the queue to its function",
    "aws_lambda_function_event_invoke_config": "a failed purge is not repeated",
    "aws_lambda_function_url": "public address of the API",
    "aws_lambda_permission": "calls through the public address",
    "aws_route_table": "a route to S3",
    "aws_route_table_association": "routes of a subnet",
    "aws_s3_bucket_notification": "events of dropped files",
    "aws_s3_bucket_ownership_controls": "no access lists",
    "aws_s3_bucket_policy": "TLS 1.2 only",
    "aws_s3_bucket_public_access_block": "nothing is public",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption with the key",
    "aws_scheduler_schedule_group": "the schedule, which its role trusts",
    "aws_secretsmanager_secret_version": "the keys, written and never read",
    "aws_sns_topic": "alarms",
    "aws_sns_topic_policy": "alarms may publish; TLS only",
    "aws_sns_topic_subscription": "mail of alarms",
    "aws_sqs_queue_policy": "who may send; TLS only",
    "aws_sqs_queue_redrive_allow_policy": "whose dead letters it takes",
    "aws_subnet": "functions and endpoints",
    "aws_vpc": "network without a way to the internet",
    "aws_vpc_endpoint": "way to a service of AWS",
    "aws_vpc_security_group_egress_rule": "a way out, HTTPS",
    "aws_vpc_security_group_ingress_rule": "a way in, HTTPS",
}
_AWS_OF = {
    'aws_s3_bucket.sotto["input"]': "dropped audio",
    'aws_s3_bucket.sotto["output"]': "transcripts",
    'aws_s3_bucket.sotto["jobs"]': "records of jobs, web hooks, transcripts of the batch API",
    "aws_s3_bucket_lifecycle_configuration.expiry": "deletes outputs that no purge has removed",
    "aws_s3_bucket_lifecycle_configuration.input": "deletes uploads that never ended",
    "aws_sqs_queue.work": "files to transcribe",
    "aws_sqs_queue.notices": "notifications of web hooks",
    "aws_sqs_queue.dead": "dead letters of both",
    "aws_sqs_queue.dropped": "events of the input bucket",
    "aws_sqs_queue.dropped_dead": "events that could not be accepted",
}
# Policy documents of roles.tf, and what a role may do it to.
_AWS_HOLDERS = {
    "http": "sotto-E-http",
    "drop": "sotto-E-drop",
    "work": "sotto-E-work",
    "purge": "sotto-E-purge",
    "platform": "sotto-E-<function>",
    "network": "sotto-E-<function>",
    "schedule": "sotto-E-schedule",
}
_AWS_SCOPES = {
    'aws_s3_bucket.sotto["input"].arn': "sotto-E-input-<account>",
    'aws_s3_bucket.sotto["output"].arn': "sotto-E-output-<account>",
    'aws_s3_bucket.sotto["jobs"].arn': "sotto-E-jobs-<account>",
    "local.input_objects": "sotto-E-input-<account>/<folder>/*",
    "local.output_objects": "sotto-E-output-<account>/<folder>/*",
    "local.jobs_objects": "sotto-E-jobs-<account>/*",
    "aws_sqs_queue.work.arn": "sotto-E-work",
    "aws_sqs_queue.notices.arn": "sotto-E-work-notices",
    "aws_sqs_queue.dead.arn": "sotto-E-dead",
    "aws_sqs_queue.dropped.arn": "sotto-E-dropped",
    "aws_secretsmanager_secret.keys.arn": "sotto-E-keys",
    '"${aws_cloudwatch_log_group.function[each.key].arn}:*"': "/aws/lambda/sotto-E-<function>",
    "aws_kms_key.sotto.arn": "alias/sotto-E",
    'aws_lambda_function.sotto["purge"].arn': "sotto-E-purge",
    '"*"': "*",
}


def read_aws() -> Listing:
    """Resources of the Terraform module as Terraform plans them, by file, and its permissions."""
    resources = dict(_aws_resources({}))
    for condition, values in _AWS_SWITCHES.items():
        for address, one in _aws_resources(values):
            resources.setdefault(address, replace(one, condition=condition))
    sources = "".join(file.read_text("utf-8") for file in sorted(_AWS.glob("*.tf")))
    places = re.findall(r'^resource "(\w+)" "(\w+)"', sources, re.MULTILINE)
    order = [f"{kind}.{name}" for kind, name in places]
    ordered = sorted(resources, key=lambda address: order.index(address.partition("[")[0]))
    return Listing(
        tuple(dict.fromkeys(resources[address] for address in ordered)),
        tuple(_aws_grants((_AWS / "roles.tf").read_text("utf-8"))),
    )


def _aws_resources(values: Mapping[str, Any]) -> Iterator[tuple[str, Resource]]:
    """Resources of a plan by their addresses; those of all functions or buckets are equal."""
    with tempfile.NamedTemporaryFile("w", suffix=".tfvars.json") as file:
        json.dump({**_AWS_VALUES, **values}, file)
        file.flush()
        plan = run_check("terraform.py", "plan", str(_AWS), "--values", file.name, "--readable")
    managed = [
        one
        for one in plan["planned_values"]["root_module"]["resources"]
        if one["mode"] == "managed"
    ]
    keys: dict[str, set[str]] = {}
    for one in managed:
        keys.setdefault(f"{one['type']}.{one['name']}", set()).add(str(one.get("index")))
    for one in managed:
        yield one["address"], _aws_resource(one, keys[f"{one['type']}.{one['name']}"])


def _aws_resource(one: Mapping[str, Any], keys: set[str]) -> Resource:
    """Describe a planned resource. keys: of all in its loop."""
    values, index, kind = one["values"], str(one.get("index")), one["type"]
    name = next(filter(None, (_aws_shown(values.get(key)) for key in _AWS_NAMES)), "")
    name = name or _aws_shown((values.get("tags") or {}).get("Name")) or one["name"]
    if kind.startswith("aws_s3_bucket_"):
        name = f"sotto-E-{one['name'] if index == 'None' else index}-<account>"
    if kind.startswith("aws_kms_"):
        name = "alias/sotto-E"
    if kind == "aws_iam_role_policy":
        name = f"{name}/{values['name']}"
    said = values.get("alarm_description") or values.get("description")
    purpose = _AWS_PURPOSES.get(kind) or _aws_shown(said).partition(":")[0].rstrip(".")
    purpose = _AWS_OF.get(one["address"].partition("[")[0], purpose)
    purpose = _AWS_OF.get(one["address"], purpose)
    for placeholder, loop in _AWS_LOOPS.items():
        if keys <= loop and len(keys) > 2 and kind not in _AWS_SINGLY:
            name = re.sub(rf"(?<=-){index}\b", placeholder, name)
            purpose = re.sub(rf"\b{index}\b", f"a {placeholder[1:-1]}", purpose)
    return Resource(name, kind, purpose)


def _aws_grants(roles: str) -> Iterator[Grant]:
    """Permissions of each role, one for each statement: its comment says what it is for."""
    documents = re.findall(
        r'^data "aws_iam_policy_document" "(\w+)" \{\n(.*?)^\}', roles, re.DOTALL | re.MULTILINE
    )
    for name, body in documents:
        if name not in _AWS_HOLDERS:
            continue
        for comment, statement in re.findall(
            r"((?:^  # [^\n]*\n)+)  statement \{\n(.*?)^  \}", body, re.DOTALL | re.MULTILINE
        ):
            lines = [line for line in re.findall(r"# (.*)", comment) if "checkov:" not in line]
            purpose = " ".join(lines).partition(". ")[0].rstrip(".")
            actions = re.findall(r'"(\w+:\w+)"', statement.partition("resources")[0])
            denied = "denied: " if '= "Deny"' in statement else ""
            role = denied + ", ".join(f"`{action}`" for action in actions)
            (scopes,) = re.findall(r"^ +resources += \[?(.*?)\]?$", statement, re.MULTILINE)
            for scope in scopes.split(", "):
                yield Grant(_AWS_HOLDERS[name], role, _AWS_SCOPES[scope], purpose)


def _aws_shown(value: object) -> str:
    """Name in an attribute: itself, or that of the resource that it refers to."""
    text = value if isinstance(value, str) else ""
    if referred := re.match(r"aws_\w+\((.*)\)\.\w+$", text):
        text = referred[1]
    for written, shown in _AWS_SHOWN.items():
        text = text.replace(written, shown)
    return text
