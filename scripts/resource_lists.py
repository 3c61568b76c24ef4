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
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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


SOURCES: Mapping[str, Source] = {"bicep": Source("docs/deploy-azure.md", read_bicep)}


if __name__ == "__main__":
    sys.exit(main())
