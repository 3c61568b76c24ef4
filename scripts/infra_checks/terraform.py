"""Check a folder of Terraform, or plan it, without a registry and without a cloud.

    .venv-infra/bin/python scripts/infra_checks/terraform.py check FOLDER
    .venv-infra/bin/python scripts/infra_checks/terraform.py plan FOLDER --values FILE [--readable]

`check` prints {"terraform": version, "providers": {name: version}, "findings": [...]}; a finding
has a file, a line, a rule and a message. Rules:

    format       Terraform's own formatter would write the file in another way
    validate     Terraform's own validation: syntax, references, types, functions, conditions; and,
                 with the schemas of the providers (provider_stand_in), types of resources,
                 arguments, blocks, what is required or read-only, attributes of other resources
    provider     a provider without a pin, or with one that excludes the version of the schema
    variable     no type or description; a number without bounds; a secret with a default
    output       no description; a secret
    unused       a variable, a local value or a data source that nothing refers to

`plan` prints Terraform's plan as JSON, or {"findings": [...]} if there is none. FILE has the values
of variables (JSON, `*.tfvars.json`). With `--readable`, texts that only the cloud knows have a
readable value, such as `azurerm_storage_queue(work).id`; without, they are unknown, as in a real
first plan.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from provider_stand_in import StandIn, serve

RUN = Path(__file__).with_name("run_terraform.py")
SCHEMAS = Path(sys.prefix) / "provider-schemas"

Finding = dict[str, Any]


class SchemaMissing(RuntimeError):
    """There is no schema of a provider; scripts/provider_schemas.py writes them."""


def finding(file: str, line: int, rule: str, message: str) -> Finding:
    """Make a finding."""
    return {"file": file, "line": line, "rule": rule, "message": message}


# --- Text ---

# Texts and heredocs are kept, comments are not.
_LEXEMES = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\.)*"|<<-?(?P<end>\w+)\n.*?\n\s*(?P=end)\b)'
    r"|(?P<comment>#[^\n]*|//[^\n]*|/\*.*?\*/)",
    re.DOTALL,
)


def without_comments(text: str) -> str:
    """Blank the comments of a file; lines stay where they are."""
    return _LEXEMES.sub(
        lambda match: match[0] if match["text"] else re.sub(r"[^\n]", " ", match["comment"]), text
    )


class Template:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = {
            path.name: without_comments(path.read_text()) for path in sorted(folder.glob("*.tf"))
        }
        self.blocks = [
            (name, kind, block)
            for name, text in self.texts.items()
            for kind, blocks in _parse(text).items()
            for block in blocks
        ]

    def labelled(self, kind: str) -> Iterator[tuple[str, int, str, dict[str, Any]]]:
        """Give the blocks of a kind with one label: file, line, label, content."""
        for file, block_kind, block in self.blocks:
            if block_kind == kind:
                for label, body in block.items():
                    name = label.strip('"')
                    yield file, self.line(file, rf'^{kind}\s+"{name}"'), name, body

    def line(self, file: str, pattern: str) -> int:
        """Find the first line of a file that a pattern matches."""
        match = re.search(pattern, self.texts[file], re.MULTILINE)
        return self.texts[file].count("\n", 0, match.start()) + 1 if match else 1

    def types(self) -> dict[str, set[str]]:
        """Give the types of resources, data sources and ephemeral resources."""
        text = "\n".join(self.texts.values())
        return {
            kind: set(re.findall(rf'^{kind}\s+"(\w+)"', text, re.MULTILINE))
            for kind in ("resource", "data", "ephemeral")
        }

    def providers(self) -> dict[str, dict[str, str]]:
        """Give the providers that the template requires: name -> source, version."""
        return {
            name: {key: str(value).strip('"') for key, value in described.items()}
            for _, kind, block in self.blocks
            if kind == "terraform"
            for required in block.get("required_providers", [])
            for name, described in required.items()
            if isinstance(described, dict)
        }

    def refers_to(self, reference: str) -> bool:
        """Say whether a reference such as `var.tags` stands in any file."""
        pattern = re.compile(rf"(?<![\w.-]){re.escape(reference)}(?![\w-])")
        return any(pattern.search(text) for text in self.texts.values())


def _parse(text: str) -> dict[str, list[Any]]:
    """Parse a file; a file that Terraform will refuse has no blocks."""
    try:
        parsed: dict[str, list[Any]] = hcl2.loads(text)
    except Exception:  # noqa: BLE001 - the parser's errors have no common class; `validate` says more
        return {}
    return {kind: blocks for kind, blocks in parsed.items() if isinstance(blocks, list)}


# --- Rules of our own ---


def provider_findings(template: Template, versions: dict[str, str]) -> Iterator[Finding]:
    """Hold the pins of providers against the versions that the schemas describe."""
    file = next((name for name, text in template.texts.items() if "required_providers" in text), "")
    if not file:
        yield finding("versions.tf", 1, "provider", "no required_providers")
        return
    line = template.line(file, "required_providers")
    if not re.search(r"^\s*required_version\s*=", template.texts[file], re.MULTILINE):
        yield finding(file, line, "provider", "no required_version")
    for name, described in template.providers().items():
        constraint = described.get("version", "")
        if not constraint:
            yield finding(file, line, "provider", f"{name} has no version")
        elif name in versions and Version(versions[name]) not in _specifiers(constraint):
            yield finding(
                *(file, line, "provider"), f"{name} {constraint} excludes {versions[name]}"
            )


def _specifiers(constraint: str) -> SpecifierSet:
    """Translate a constraint of Terraform into one of Python.

    `~> 5.10` allows 5.11 and not 6; `~> 5.10.0` allows 5.10.1 and not 5.11: so does `~=`.
    """
    parts = [part.strip() for part in constraint.split(",")]
    return SpecifierSet(
        ",".join(
            "~=" + part[2:].strip()
            if part.startswith("~>")
            else re.sub(r"^=?\s*(?=\d)", "==", part)
            for part in parts
        )
    )


def variable_findings(template: Template) -> Iterator[Finding]:
    """Check that each variable is described, typed and bounded, and no secret has a default."""
    for file, line, name, body in template.labelled("variable"):
        for required in ("type", "description"):
            if required not in body:
                yield finding(file, line, "variable", f"{name} has no {required}")
        if "number" in str(body.get("type")) and not body.get("validation"):
            yield finding(file, line, "variable", f"{name} is a number without a validation")
        if body.get("sensitive") and "default" in body:
            yield finding(file, line, "variable", f"{name} is sensitive and has a default")
        if SECRET.search(name) and not body.get("sensitive"):
            yield finding(file, line, "variable", f"{name} reads as a secret and is not sensitive")


# Names of values that open something; `keys_secret_arn`, `key_vault_name` only say where they lie.
SECRET = re.compile(r"(^|_)(keys?|password|secret|token|connection_string|sas)$")
SECRET_ATTRIBUTE = re.compile(
    r"\.(\w*(?:access_key|connection_string|password|secret_string|instrumentation_key|sas_token))\b"
)


def output_findings(template: Template) -> Iterator[Finding]:
    """Check that each output is described, and that none is a secret."""
    for file, line, name, body in template.labelled("output"):
        if "description" not in body:
            yield finding(file, line, "output", f"{name} has no description")
        if body.get("sensitive"):
            yield finding(file, line, "output", f"{name} is a secret")
        secret = SECRET_ATTRIBUTE.search(str(body.get("value")))
        if secret:
            yield finding(file, line, "output", f"{name} gives away {secret[1]}")


def unused_findings(template: Template) -> Iterator[Finding]:
    """Find variables, local values and data sources that nothing refers to."""
    for file, line, name, _ in template.labelled("variable"):
        # A validation of a variable refers to it, and sets nothing.
        used = any(
            re.search(rf"(?<![\w.-])var\.{name}(?![\w-])", _without_variables(text))
            for text in template.texts.values()
        )
        if not used:
            yield finding(file, line, "unused", f"var.{name}")
    for file, kind, block in template.blocks:
        if kind != "locals":
            continue
        for name in block:
            if not name.startswith("__") and not template.refers_to(f"local.{name}"):
                line = template.line(file, rf"^\s*{name}\s*=")
                yield finding(file, line, "unused", f"local.{name}")
    for file, text in template.texts.items():
        for match in re.finditer(r'^data\s+"(\w+)"\s+"(\w+)"', text, re.MULTILINE):
            if not template.refers_to(f"data.{match[1]}.{match[2]}"):
                line = text.count("\n", 0, match.start()) + 1
                yield finding(file, line, "unused", f"data.{match[1]}.{match[2]}")


def _without_variables(text: str) -> str:
    return re.sub(r"^variable\s.*?^}", "", text, flags=re.MULTILINE | re.DOTALL)


# --- Terraform ---


def read_schemas(name: str) -> dict[str, Any] | None:
    """Read the schema of a provider, if there is one."""
    path = SCHEMAS / f"{name}.json"
    if not any(SCHEMAS.glob("*.json")):
        raise SchemaMissing(f"no schemas in {SCHEMAS}: run scripts/provider_schemas.py")
    schemas: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return schemas


@contextlib.contextmanager
def providers(
    template: Template, *, readable: bool
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Serve the template's providers; give variables for Terraform, and each provider's version."""
    stand_ins, versions = {}, {}
    for name, described in template.providers().items():
        schemas = read_schemas(name)
        if schemas is not None:
            versions[name] = schemas["version"]
            source = described.get("source", f"hashicorp/{name}")
            stand_ins[source] = StandIn(schemas, template.types(), known=readable)
    with serve(stand_ins) as variables:
        yield variables, versions


def run(
    folder: Path, variables: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run Terraform in a folder, without the settings of this machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        [sys.executable, str(RUN), *arguments],
        cwd=folder,
        env=clean | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def format_findings(folder: Path) -> Iterator[Finding]:
    """Name the files that Terraform's formatter would change."""
    result = run(folder, {}, "fmt", "-check", "-recursive", "-no-color", ".")
    for name in result.stdout.split():
        yield finding(name, 1, "format", "`terraform fmt` would change this file")


def diagnostic_findings(diagnostics: list[dict[str, Any]], rule: str) -> Iterator[Finding]:
    """Translate Terraform's own messages."""
    for diagnostic in diagnostics:
        place = diagnostic.get("range", {})
        message = f"{diagnostic['summary']}. {diagnostic.get('detail', '')}".strip()
        line = place.get("start", {}).get("line", 0)
        yield finding(place.get("filename", ""), line, rule, message)


def check(folder: Path) -> dict[str, Any]:
    """Check a folder."""
    template = Template(folder)
    findings = list(format_findings(folder))
    with providers(template, readable=False) as (variables, versions), _data() as data:
        result = run(folder, variables | data, "validate", "-json")
        report = _json(result)
    findings += diagnostic_findings(report["diagnostics"], "validate")
    for rule in (variable_findings, output_findings, unused_findings):
        findings += rule(template)
    findings += provider_findings(template, versions)
    return {"terraform": terraform_version(), "providers": versions, "findings": findings}


def plan(folder: Path, values: Path, *, readable: bool) -> dict[str, Any]:
    """Plan a folder with the values of a file."""
    template = Template(folder)
    with providers(template, readable=readable) as (variables, _), _data() as data:
        path = str(Path(data["TF_DATA_DIR"]) / "plan")
        environment = variables | data
        result = run(
            folder,
            environment,
            *(
                "plan",
                "-json",
                "-input=false",
                "-lock=false",
                f"-var-file={values}",
                f"-out={path}",
            ),
        )
        if result.returncode:
            events = [
                json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")
            ]
            diagnostics = [event["diagnostic"] for event in events if "diagnostic" in event]
            if not diagnostics:
                raise RuntimeError(result.stderr or result.stdout)
            return {"findings": list(diagnostic_findings(diagnostics, "plan"))}
        return _json(run(folder, environment, "show", "-json", path))


@contextlib.contextmanager
def _data() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield {"TF_DATA_DIR": folder}


def _json(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(result.stdout)
    except json.JSONDecodeError as error:
        raise RuntimeError(result.stderr or result.stdout) from error
    return parsed


def terraform_version() -> str:
    """Give the version of Terraform that the library carries."""
    version: str = _json(run(Path.cwd(), {}, "version", "-json"))["terraform_version"]
    return version


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check")
    checking.add_argument("folder", type=Path)
    planning = commands.add_parser("plan")
    planning.add_argument("folder", type=Path)
    planning.add_argument("--values", type=Path, required=True)
    planning.add_argument("--readable", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if arguments.command == "check":
        report = check(folder)
    else:
        report = plan(folder, arguments.values.resolve(), readable=arguments.readable)
    json.dump(report, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
