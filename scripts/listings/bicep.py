"""The listing of the Bicep templates of Azure, from the documents that the grammar reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.listings.listing import PROJECT, Grant, Listing, Resource, run_check

BICEP = PROJECT / "infra" / "azure" / "bicep"

Expression = Mapping[str, Any]
Documents = Mapping[str, Mapping[str, Any]]


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
