"""The Terraform module of AWS as Terraform computes it, with the answers that AWS would give."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent
MODULE = PROJECT / "infra/aws/terraform"
CHECKS = PROJECT / "scripts" / "infra_checks"
FUNCTIONS = ("http", "drop", "work", "purge")

REGION = "eu-central-1"
ACCOUNT = "123456789012"
NAME = "sotto-test"
INPUT, OUTPUT, JOBS = (f"{NAME}-{kind}-{ACCOUNT}" for kind in ("input", "output", "jobs"))

VARIABLES = {
    "environment_name": "test",
    "location": REGION,
    "image_uri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sotto@sha256:{'0' * 64}",
    "client_keys": "k7-of-the-first-client,k8-of-the-second-client",
}

_LOCALS = (
    "buckets", "environments", "expiring_prefixes", "functions", "line_metrics", "queues", "tags",
    "dead_letter_alarms", "purge_late_ms", "work_visibility_s", "dropped_visibility_s",
    "max_deliveries", "line_filters", "counted_alarms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Module:
    """Locals and outputs by name; statements of each policy document by name and `each.key`."""

    local: dict[str, Any]
    policies: dict[str, dict[str, list[dict[str, Any]]]]
    outputs: dict[str, Any]


class Refused(Exception):
    """Terraform refuses the variables; the text is what it says."""


def computed(queue_host: str = f"https://sqs.{REGION}.amazonaws.com", **variables: Any) -> Module:
    """Compute the module with some variables that are not the default ones.

    Raises
    ------
    Refused: a validation fails.
    """
    return _computed(queue_host, json.dumps(VARIABLES | variables))


@cache
def _computed(queue_host: str, variables: str) -> Module:
    asked = {
        "variables": json.loads(variables),
        "resources": _resources(queue_host),
        "locals": _LOCALS,
    }
    answer = json.loads(run_check("terraform_values.py", str(MODULE), json.dumps(asked)))
    if "errors" in answer:
        raise Refused("\n".join(answer["errors"]))
    return Module(answer["locals"], answer["policies"], answer["outputs"])


def run_check(program: str, argument: str, given: str = "") -> str:
    """Run a program of `checks` in .venv-infra; what it prints."""
    python = PROJECT / ".venv-infra/bin/python"
    assert python.exists(), "There is no .venv-infra: run scripts/environment.sh infra."
    return subprocess.run(
        [python, CHECKS / program, argument],
        input=given,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"CHECKPOINT_DISABLE": "1"},
    ).stdout


def environment_names() -> dict[str, set[str]]:
    """Names of the environment variables of each function."""
    return {name: set(values) for name, values in computed().local["environments"].items()}


def policy(name: str, module: Module, key: str = "") -> dict[str, Any]:
    """Policy document in IAM's JSON."""
    statements = [_statement(one) for one in module.policies[name][key]]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    """Write a statement of Terraform in IAM's JSON, as the provider does."""
    written = {
        "Sid": statement["sid"],
        "Effect": statement.get("effect", "Allow"),
        "Action": statement["actions"],
    }
    if "resources" in statement:
        written["Resource"] = statement["resources"]
    conditions: dict[str, Any] = {}
    for name, value in statement.items():
        if name.startswith("condition_"):
            conditions.setdefault(value["test"], {})[value["variable"]] = value["values"]
        if name.startswith("principals_"):
            written["Principal"] = {value["type"]: value["identifiers"]}
    return written | ({"Condition": conditions} if conditions else {})


def source(name: str) -> str:
    """Text of a file of the module."""
    return (MODULE / name).read_text()


def sources() -> dict[str, str]:
    """Text of every file of the module and of the registry, by path."""
    return {
        str(file.relative_to(MODULE)): file.read_text() for file in sorted(MODULE.rglob("*.tf"))
    }


def described(kind: str) -> dict[str, tuple[str, str | None]]:
    """Variables or outputs: description, and the default as it is written; None without one."""
    blocks = re.findall(
        rf'^{kind} "(\w+)" \{{\n(.*?)^\}}$', source(f"{kind}s.tf"), re.DOTALL | re.MULTILINE
    )
    found = {}
    for name, body in blocks:
        (description,) = re.findall(r'^  description += "(.*)"$', body, re.MULTILINE)
        default = re.search(r"^  default += (.*)$", body, re.MULTILINE)
        found[name] = (description, default[1] if default else None)
    return found


def _resources(queue_host: str) -> dict[str, Any]:
    """Attributes of resources, as AWS would answer."""

    def queue(name: str) -> dict[str, str]:
        return {
            "arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}-{name}",
            "url": f"{queue_host}/{ACCOUNT}/{NAME}-{name}",
            "name": f"{NAME}-{name}",
        }

    function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{NAME}"
    log_arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{NAME}"
    secret_arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}-keys-AbCdEf"
    buckets = {"input": INPUT, "output": OUTPUT, "jobs": JOBS}
    return {
        "data.aws_caller_identity.current": {"account_id": ACCOUNT},
        "data.aws_partition.current": {"partition": "aws"},
        "aws_s3_bucket.sotto": {
            kind: {"id": name, "arn": f"arn:aws:s3:::{name}"} for kind, name in buckets.items()
        },
        "aws_sqs_queue.work": queue("work"),
        "aws_sqs_queue.notices": queue("work-notices"),
        "aws_sqs_queue.dead": queue("dead"),
        "aws_sqs_queue.dropped": queue("dropped"),
        "aws_sqs_queue.dropped_dead": queue("dropped-dead"),
        "aws_kms_key.sotto": {"arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0-1-2-3"},
        "aws_secretsmanager_secret.keys": {"arn": secret_arn},
        "aws_sns_topic.alarms": {"arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}-alarms"},
        "aws_scheduler_schedule_group.sotto": {
            "arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{NAME}"
        },
        "aws_cloudwatch_log_group.function": {
            name: {"arn": f"{log_arn}-{name}"} for name in FUNCTIONS
        },
        "aws_lambda_function.sotto": {
            name: {"arn": f"{function_arn}-{name}"} for name in FUNCTIONS
        },
        "aws_lambda_function_url.http": {
            "function_url": f"https://abc.lambda-url.{REGION}.on.aws/"
        },
    }
