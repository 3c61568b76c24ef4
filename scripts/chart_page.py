"""Render the Helm chart, and write the tables of docs/deploy-kubernetes.md from it.

    python scripts/chart_page.py --write docs/deploy-kubernetes.md
    python scripts/chart_page.py --check docs/deploy-kubernetes.md

Helm renders it, as a library in `.venv-infra` (`scripts/environment.sh infra`).
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
CHART = PROJECT / "infra" / "kubernetes" / "sotto"
PYTHON = PROJECT / ".venv-infra" / "bin" / "python"
PROGRAM = PROJECT / "scripts" / "infra_checks" / "helm.py"
KUBERNETES = "1.33"

SET_UPS = ("values.yaml", "values-azure.yaml", "values-aws.yaml", "values-gpu.yaml")
"""The values files; each has its `helm install` in the comment at its top."""

_ABOUT = {
    "ServiceAccount": "the identity of the pods; no token is mounted",
    "PersistentVolumeClaim": "jobs, queue, transcripts, drop folder; stays after `helm uninstall`",
    "Service": "the API within the cluster",
    "StatefulSet": "one pod with the API and its worker",
    "NetworkPolicy": "callers and networks of",
    "PodDisruptionBudget": "one pod at a time is drained of",
    "ScaledObject": "KEDA: pods of the worker for the messages of the queue",
    "TriggerAuthentication": "KEDA: the identity that reads the length of the queue",
}

Values = dict[str, Any]


def merged(below: Values, above: Values) -> Values:
    """Put values on top of others, as Helm does."""
    result = deepcopy(below)
    for name, value in above.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if both else deepcopy(value)
    return result


def values_of(set_up: str) -> Values:
    """Return the values of a file, and those that the command in its comment sets."""
    text = (CHART / set_up).read_text("utf-8")
    return set_values({} if set_up == "values.yaml" else yaml.safe_load(text), text)


def set_values(values: Values, command: str) -> Values:
    """Return values with each `--set path=text` of a command put on top."""
    result = deepcopy(values)
    for path, value in re.findall(r"--set ([\w.]+)=([^\s\\]+)", command):
        *parents, name = path.split(".")
        inner = result
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[name] = value
    return result


def render(many: Sequence[Values], version: str = KUBERNETES) -> list[dict[str, Any]]:
    """Render the chart with each of the values.

    Parameters
    ----------
    version: of Kubernetes.

    Returns
    -------
    For each values `{"objects": […], "notes": text}`, or `{"error": text}` where they are refused.
    """
    if not PYTHON.exists():
        raise SystemExit("The chart is rendered in .venv-infra: run scripts/environment.sh infra.")
    release = {"release": "sotto", "namespace": "speech", "version": version}
    requests = [release | {"chart": str(CHART), "values": values} for values in many]
    done = subprocess.run(
        [PYTHON, PROGRAM], input=json.dumps(requests), text=True, check=True, stdout=subprocess.PIPE
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def values_table() -> str:
    """Return the values with their defaults and descriptions, those of the schema."""
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    defaults = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    rows = ["| value | default | |", "| --- | --- | --- |"]
    for path, part, default in _leaves(schema, defaults):
        shown = "see the file" if isinstance(default, dict) and default else _shown(default)
        rows.append(f"| `{path}` | {shown} | {part['description']}{_accepted(part)} |")
    return "\n".join(rows)


def created_table(objects: Sequence[dict[str, Any]]) -> str:
    """Return the objects of a release, in the order of their kinds."""
    rows = ["| kind | name | |", "| --- | --- | --- |"]
    found = sorted(objects, key=lambda thing: (thing["kind"], thing["metadata"]["name"]))
    rows += [f"| {o['kind']} | `{o['metadata']['name']}` | {_about(o)} |" for o in found]
    return "\n".join(rows)


def blocks() -> dict[str, str]:
    """Return the generated parts of the page, by the name in their comment."""
    answers = render([values_of(set_up) for set_up in SET_UPS])
    parts = {"values": values_table()}
    for set_up, answer in zip(SET_UPS, answers, strict=True):
        parts[f"created by {set_up}"] = created_table(answer["objects"])
    return parts


def written(page: str) -> str:
    """Return the page with its generated parts made anew."""
    for name, block in blocks().items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        if not found or end not in rest:
            raise SystemExit(f"The page has no part {begin} … {end}.")
        page = f"{before}{begin}\n\n{block}\n\n{end}{rest.partition(end)[2]}"
    return page


def main() -> int:
    """Write or check the page; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", type=Path, metavar="PAGE")
    chosen.add_argument("--check", type=Path, metavar="PAGE")
    arguments = parser.parse_args()
    page: Path = arguments.write or arguments.check
    text = page.read_text("utf-8")
    new = written(text)
    if arguments.write:
        page.write_text(new, "utf-8")
    elif new != text:
        sys.stderr.write(f"{page} is not current: python scripts/chart_page.py --write {page}\n")
        return 1
    return 0


def _leaves(
    schema: dict[str, Any], defaults: Values, prefix: str = ""
) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for name, part in schema["properties"].items():
        path = f"{prefix}{name}"
        is_section = part.get("properties") and name not in {
            "resources", "settings", "secretSettings",
        }  # fmt: skip
        if is_section:
            yield from _leaves(part, defaults[name], f"{path}.")
        elif name != "global":
            yield path, part, defaults[name]


def _shown(default: Any) -> str:
    if default in ("", [], {}):
        return "-"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _accepted(part: dict[str, Any]) -> str:
    if "enum" in part:
        return " One of " + ", ".join(f"`{value}`" for value in part["enum"]) + "."
    if "maximum" in part:
        return f" {part['minimum']} to {part['maximum']}."
    return ""


def _about(thing: dict[str, Any]) -> str:
    kind, spec = thing["kind"], thing.get("spec", {})
    component = thing["metadata"]["labels"]["app.kubernetes.io/component"]
    if kind == "Deployment":
        replicas = spec.get("replicas", "as many as KEDA asks for")
        return f"{'the API' if component == 'server' else 'workers'}, pods: {replicas}"
    about = _ABOUT[kind]
    return f"{about} the {component}" if about.endswith(" of") else about


if __name__ == "__main__":
    sys.exit(main())
