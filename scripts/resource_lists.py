"""List the resources of a deployment and the roles in it, as tables of its page.

    python scripts/resource_lists.py                  # print all lists
    python scripts/resource_lists.py --only bicep     # print one
    python scripts/resource_lists.py --write          # write each into its page
    python scripts/resource_lists.py --check          # exit 1 if a page is outdated

A source of `SOURCES` is one function: it reads templates and returns a `Listing`. Names have `E`
for the environment's name, `T` for the token that makes a name unique, `<folder>` for each drop
folder. The templates are read, not run: nothing here reaches a cloud.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
BICEP = PROJECT / "infra" / "azure" / "bicep"
_CHECKS = PROJECT / "tests" / "infra" / "checks"
_END = "<!-- end -->"

Expression = Mapping[str, Any]
Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. condition: text of the parameter that it depends on; empty: always there."""

    name: str
    type: str
    purpose: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that an identity holds on a resource."""

    holder: str
    role: str
    scope: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that a deployment makes."""

    resources: tuple[Resource, ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Templates and the page that lists them, at `<!-- resources NAME -->`."""

    page: str
    read: Callable[[], Listing]


def main() -> int:
    """Print, write or check the lists."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=SOURCES, help="one source instead of all")
    parser.add_argument("--write", action="store_true", help="put each list into its page")
    parser.add_argument("--check", action="store_true", help="compare each page with its templates")
    arguments = parser.parse_args()
    status = 0
    for name in [arguments.only] if arguments.only else SOURCES:
        source = SOURCES[name]
        drawn = draw(source.read())
        page = PROJECT / source.page
        if not (arguments.write or arguments.check):
            sys.stdout.write(drawn)
            continue
        text = page.read_text(encoding="utf-8")
        filled = fill(text, name, drawn)
        if arguments.write:
            page.write_text(filled, encoding="utf-8")
        elif filled != text:
            sys.stderr.write(f"{source.page} is outdated: scripts/resource_lists.py --write\n")
            status = 1
    return status


def draw(listing: Listing) -> str:
    """Draw a listing as two tables of Markdown."""
    lines = ["| resource | name | for | only if |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {one.type} | `{one.name}` | {one.purpose} | {_code(one.condition)} |"
        for one in listing.resources
    ]
    lines += ["", "| identity | role | on | for |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{one.holder}` | {one.role} | `{one.scope}` | {one.purpose} |" for one in listing.grants
    ]
    return "\n".join((*lines, ""))


def fill(page: str, place: str, drawn: str) -> str:
    """Replace the text at a place of a page.

    Raises
    ------
    ValueError: the page has no such place.
    """
    before, begin, rest = page.partition(f"<!-- resources {place} -->")
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the resources of {place}")
    return f"{before}{begin}\n\n{drawn}\n{end}{after}"


@cache
def bicep_documents(folder: Path = BICEP) -> Documents:
    """Read Bicep templates as plain data, by path; the grammar is in an environment of its own.

    Raises
    ------
    FileNotFoundError: there is no such environment.
    """
    printed = run_check("bicep.py", str(folder))
    documents: Documents = printed["documents"]
    return documents


def run_check(program: str, *arguments: str) -> dict[str, Any]:
    """Run a program of `tests/infra/checks` in `.venv-infra`, and return the JSON that it prints.

    Raises
    ------
    FileNotFoundError: there is no such environment.
    subprocess.CalledProcessError: the program failed.
    """
    python = PROJECT / ".venv-infra" / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError("There is no .venv-infra: scripts/environment.sh infra makes it.")
    done = subprocess.run(
        [python, "-B", _CHECKS / program, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def read_bicep() -> Listing:
    """Resources of `main.bicep` and its modules, in the order of the files."""
    documents = bicep_documents()
    resources: list[Resource] = []
    grants: list[Grant] = []
    for template in _Template("main.bicep", documents, {}).all_templates():
        for one in template.made():
            if one.type == "Microsoft.Authorization/roleAssignments":
                grants.append(_grant(one))
            else:
                resources.append(Resource(one.name, one.type, one.purpose, one.condition))
    return Listing(tuple(resources), tuple(grants))


@dataclass(frozen=True, slots=True)
class _Made:
    """A resource with the values of its body."""

    name: str
    type: str
    purpose: str
    condition: str
    body: Mapping[str, Any]


def _grant(made: _Made) -> Grant:
    properties = made.body["properties"]
    role, _, purpose = properties["description"].partition(": ")
    return Grant(properties["principalId"], role, made.body["scope"], purpose)


# A drop folder stands for all of them.
_PLACEHOLDERS: Mapping[str, Any] = {"environmentName": "E", "dropFolders": ["<folder>"]}
_SUFFIXES = {"storage": "core.windows.net"}


@dataclass
class _Template:
    """One template with the values of its parameters; values are followed as far as they go."""

    path: str
    documents: Documents
    given: Mapping[str, Any]
    condition: str = ""
    loops: dict[str, Any] = field(default_factory=dict)

    def all_templates(self) -> Iterator["_Template"]:
        """Yield this template, then its modules in their order."""
        yield self
        for module in self._document["modules"]:
            yield from self._module(module).all_templates()

    def made(self) -> Iterator[_Made]:
        """Resources that it declares, one for each round of a loop."""
        for declared in self._document["resources"].values():
            if not declared["is_existing"]:
                yield from self._rounds(declared, declared["body"], self.condition)

    def _rounds(self, declared: Expression, body: Expression, condition: str) -> Iterator[_Made]:
        if body["kind"] == "if":
            known = self._condition(body)
            if known is not None:
                yield from self._rounds(declared, body["body"], known or condition)
        elif body["kind"] == "for":
            for _ in self._each(body):
                yield from self._rounds(declared, body["body"], condition)
        else:
            values = self._value(body)
            name = self._parents(body) + values["name"]
            resource_type = declared["reference"].partition("@")[0]
            yield _Made(name, resource_type, self._purpose(declared, values), condition, values)

    def _condition(self, body: Expression) -> str | None:
        """Text of a condition; empty where it always holds, None where it never does."""
        condition = body["condition"]
        while len(condition.get("parts", ())) == 1:
            condition = condition["parts"][0]
        if not body["text"].startswith("!empty("):
            return str(body["text"])
        value = self._value(condition["arguments"][0])
        if isinstance(value, str):  # a parameter of the whole
            return f"!empty({value.strip('<>')})"
        return "" if value else None

    def _purpose(self, declared: Expression, values: Mapping[str, Any]) -> str:
        described = [one for one in declared["decorators"] if one["name"] == "description"]
        texts = [self._value(one["arguments"][0]) for one in described]
        said = values.get("properties", {}).get("description")
        return ": ".join(text for text in (*texts, said) if text)

    def _parents(self, body: Expression) -> str:
        """Name of the parent, or of the resource that this one is about, and a slash."""
        parent = _property(body, "parent") or _property(body, "scope")
        return "" if parent is None else f"{self._value(parent)}/".replace("/default/", "/")

    @property
    def _document(self) -> Mapping[str, Any]:
        return self.documents[self.path]

    def _module(self, name: str) -> "_Template":
        declared = self._document["modules"][name]
        body, condition = declared["body"], self.condition
        if body["kind"] == "if":
            body, condition = body["body"], body["text"]
        parameters = _property(body, "params")
        path = (PurePosixPath(self.path).parent / declared["reference"]).as_posix()
        given = {} if parameters is None else self._value(parameters)
        return _Template(path, self.documents, given, condition)

    def _each(self, loop: Expression) -> Iterator[None]:
        item, *index = loop["names"]
        for number, value in enumerate(self._value(loop["over"])):
            outer = dict(self.loops)
            self.loops |= {item: value, **dict.fromkeys(index, number)}
            yield
            self.loops = outer

    def _value(self, one: Expression) -> Any:
        """Value of an expression, dots where it is not followed."""
        if "value" in one:
            return one["value"]
        readers: dict[str, Callable[[Expression], Any]] = {
            "interpolated": self._interpolated,
            "object": lambda one: {
                self._key(p): self._value(p["value"]) for p in one["properties"]
            },
            "array": lambda one: [self._value(item) for item in one["items"]],
            "for": lambda one: [self._value(one["body"]) for _ in self._each(one)],
            "ternary": lambda one: self._value(one["yes"]),
            "call": self._call,
            "name": lambda one: self._named(one["name"]),
            "member": self._member,
            "index": self._index,
        }
        return readers[one["kind"]](one) if one["kind"] in readers else "..."

    def _interpolated(self, one: Expression) -> str:
        return "".join(p if isinstance(p, str) else str(self._value(p)) for p in one["parts"])

    def _key(self, one: Expression) -> str:
        return str(self._value(one["key"]))

    def _named(self, name: str) -> Any:
        document = self._document
        given = {**_PLACEHOLDERS, **self.given, **self.loops}
        if name in given:
            return given[name]
        if name in document["vars"]:
            return self._value(document["vars"][name]["value"])
        if name in document["resources"]:
            return self._resource_name(name)
        default = document["params"].get(name, {}).get("default")
        if default is None or document["target_scope"] == "subscription":
            return f"<{name}>"  # an operator sets it
        return self._value(default)

    def _resource_name(self, name: str) -> Any:
        """Name of a resource with its parents; of a loop a list of them."""
        body = self._document["resources"][name]["body"]
        while body["kind"] == "if":
            body = body["body"]
        if body["kind"] != "for":
            return self._parents(body) + str(self._value(_property(body, "name") or body))
        inner = body["body"]
        written = _property(inner, "name") or inner
        return [self._parents(inner) + str(self._value(written)) for _ in self._each(body)]

    def _member(self, one: Expression) -> Any:
        chain: list[str] = []
        root = one
        while root["kind"] == "member":
            chain.insert(0, root["name"])
            root = root["of"]
        if root["kind"] == "call" and root["name"] == "environment":
            return _SUFFIXES.get(chain[-1], "...")
        if root["kind"] == "name" and root["name"] in self._document["modules"]:
            module = self._module(root["name"])
            return module._value(module._document["outputs"][chain[1]]["value"])  # noqa: SLF001
        value = self._value(root)
        for name in chain:
            # A resource is its name: so is its id, its principal, and all else about it.
            value = value[name] if isinstance(value, dict) else value
        return value

    def _index(self, one: Expression) -> Any:
        values, at = self._value(one["of"]), self._value(one["at"])
        return values[at] if isinstance(values, list) and isinstance(at, int) else "..."

    def _call(self, one: Expression) -> Any:
        values = [self._value(argument) for argument in one["arguments"]]
        match one["name"]:
            case "concat":
                return [item for value in values for item in value]
            case "union":
                return {
                    k: v for value in values if isinstance(value, dict) for k, v in value.items()
                }
            case "uniqueString":
                return "T"
            case "take" | "string" | "max":
                return values[0]
            case "join":
                return values[1].join(values[0])
            case _:
                return "..."


def _property(body: Expression, name: str) -> Expression | None:
    found = (one["value"] for one in body["properties"] if one["key"].get("value") == name)
    return next(found, None)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


# --- Terraform of AWS ---

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


SOURCES: Mapping[str, Source] = {
    "bicep": Source("docs/deploy-azure.md", read_bicep),
    "aws": Source("docs/deploy-aws.md", read_aws),
}


if __name__ == "__main__":
    sys.exit(main())
