"""Every declaration of a resource, held against Azure's own types.

A value that an expression gives is followed as far as the file says it: variables, parameters with
their allowed values, both sides of a ternary, items of a loop over a list that is written out,
properties of other resources, outputs of modules. Where it ends, the kind is compared if it is
known, and the value is counted as unchecked.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from bicep_functions import RESULTS
from bicep_syntax import Document, Expression
from bicep_types import EXTENSION, READ_ONLY, REQUIRED, SCOPES, AzureType, TypeData

_IMPLICIT = {"id": "string", "name": "string", "type": "string", "apiVersion": "string"}
_OF_BICEP = {"parent", "scope", "dependsOn"}
_KINDS = {
    "String": "string",
    "StringLiteral": "string",
    "Integer": "number",
    "Boolean": "boolean",
    "Array": "array",
    "Object": "object",
    "DiscriminatedObject": "object",
}
_DECLARED = {"string": "string", "int": "number", "bool": "boolean"}
_WRITTEN = {"string", "number", "boolean", "array", "object"}


@dataclass
class Report:
    """Findings, versions that the data lack, and the number of values by how they were checked."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    missing_versions: list[dict[str, Any]] = field(default_factory=list)
    unchecked: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def check_resources(documents: dict[str, Document], types: TypeData) -> Report:
    """Check the resources of all templates. documents: by path, as `read_folder` gives them."""
    report = Report()
    for path, document in documents.items():
        _File(path, document, documents, types, report).check()
    return report


@dataclass
class _File:
    """The check of one file. `loops` has the items that a loop's variable stands for, if known."""

    path: str
    document: Document
    documents: dict[str, Document]
    types: TypeData
    report: Report
    loops: dict[str, list[Expression] | None] = field(default_factory=dict)

    def check(self) -> None:
        for declared in self.document["resources"].values():
            self.loops = {}
            self._resource(declared)
        self._paths()

    def _resource(self, declared: Expression) -> None:
        resource_type, _, version = declared["reference"].partition("@")
        self.report.counts["existing" if declared["is_existing"] else "resources"] += 1
        found = self.types.resource(declared["reference"])
        if found is None:
            self.report.missing_versions.append(
                {
                    "file": self.path,
                    "line": declared["line"],
                    "type": resource_type,
                    "version": version,
                    "known": self.types.versions(resource_type),
                }
            )
            return
        body = self._unwrapped(declared["body"])
        written = {_key(one): one for one in body["properties"]}
        self._place(declared, resource_type, written, found)
        values = [one for name, one in written.items() if name not in _OF_BICEP]
        if declared["is_existing"]:
            for name in set(written) - _OF_BICEP - {"name"}:
                self._say(declared["line"], f"{name} is set on a resource that exists")
            return
        self._object(values, found.member("body"), resource_type, body["line"])

    def _unwrapped(self, body: Expression) -> Expression:
        while body["kind"] in {"for", "if"}:
            if body["kind"] == "for":
                self._enter(body)
            body = body["body"]
        return body

    def _enter(self, loop: Expression) -> None:
        item, *index = loop["names"]
        over = self._followed(loop["over"])
        self.loops[item] = over["items"] if over["kind"] == "array" else None
        self.loops.update(dict.fromkeys(index, None))

    def _place(
        self,
        declared: Expression,
        resource_type: str,
        written: dict[str, Expression],
        found: AzureType,
    ) -> None:
        """Parent, scope and name."""
        line = declared["line"]
        if "name" not in written:
            self._say(line, f"{resource_type} has no name")
        parent = written.get("parent")
        outer, _, _ = resource_type.rpartition("/")
        if parent is not None:
            symbol = _root(parent["value"])
            owner = self.document["resources"].get(symbol)
            if owner is None or owner["reference"].partition("@")[0].lower() != outer.lower():
                self._say(line, f"the parent {symbol} is no {outer}")
        elif outer.count("/") >= 1:
            self._say(line, f"{resource_type} has no parent")
        allowed = found.entry.get("writableScopes", 0) | found.entry.get("readableScopes", 0)
        scope = written.get("scope")
        needed = EXTENSION if scope is not None else SCOPES[self.document["target_scope"]]
        if not allowed & needed:
            self._say(line, f"{resource_type} cannot be at this scope")
        if scope is not None and _root(scope["value"]) not in self.document["resources"]:
            self._say(line, f"the scope {_root(scope['value'])} is no resource")

    def _value(self, value: Expression, wanted: AzureType, path: str) -> None:
        value = self._followed(value)
        checks: dict[str, Callable[[Expression, AzureType, str], None]] = {
            "ternary": self._each,
            "alternatives": self._each,
            "for": self._loop,
            "object": self._any_object,
            "array": self._array,
            "string": self._literal,
            "number": self._literal,
            "boolean": self._literal,
            "null": self._null,
        }
        if wanted.kind == "Any":
            self._unknown(value, path, "the type data allow anything")
        elif value["kind"] == "call" and value["name"] == "union":
            self._union(value, wanted, path)
        else:
            checks.get(value["kind"], self._expression)(value, wanted, path)

    def _each(self, value: Expression, wanted: AzureType, path: str) -> None:
        for one in value.get("values") or (value["yes"], value["no"]):
            self._value(one, wanted, path)

    def _null(self, value: Expression, wanted: AzureType, path: str) -> None:
        """Count it: null leaves a property out, and one that is required is then missing."""
        del value, wanted, path
        self.report.counts["checked"] += 1

    def _expression(self, value: Expression, wanted: AzureType, path: str) -> None:
        kind = self._kind(value)
        if kind is None:
            self._unknown(value, path, "its kind is not known")
        elif kind not in _kinds(wanted):
            self._say(value["line"], f"{path} is {kind}, not {_shown(wanted)}")
        else:
            self._unknown(value, path, f"only its kind is known: {kind}")

    def _literal(self, value: Expression, wanted: AzureType, path: str) -> None:
        self.report.counts["checked"] += 1
        if not any(_fits(value, one) for one in wanted.alternatives):
            self._say(value["line"], f"{path}: {value['value']!r} is not {_shown(wanted)}")

    def _array(self, value: Expression, wanted: AzureType, path: str) -> None:
        self.report.counts["checked"] += 1
        arrays = [one for one in wanted.alternatives if one.kind == "Array"]
        if not arrays:
            self._say(value["line"], f"{path} is array, not {_shown(wanted)}")
            return
        for one in value["items"]:
            self._value(one, arrays[0].member("itemType"), f"{path}[]")

    def _loop(self, value: Expression, wanted: AzureType, path: str) -> None:
        before = dict(self.loops)
        self._enter(value)
        items = {"kind": "array", "items": [value["body"]], "line": value["line"]}
        self._array(items, wanted, path)
        self.loops = before

    def _union(self, value: Expression, wanted: AzureType, path: str) -> None:
        """Merge the objects that are written out; with others among them nothing is missing."""
        arguments = [self._followed(one) for one in value["arguments"]]
        written = [one for one in arguments if one["kind"] == "object"]
        for one in arguments:
            if one["kind"] != "object":
                self._unknown(one, path, "an argument of union()")
        merged = [part for one in written for part in one["properties"]]
        whole = {"kind": "object", "properties": merged, "line": value["line"]}
        self._any_object(whole, wanted, path, is_whole=len(written) == len(arguments))

    def _any_object(
        self, value: Expression, wanted: AzureType, path: str, *, is_whole: bool = True
    ) -> None:
        self.report.counts["checked"] += 1
        objects = [one for one in wanted.alternatives if _KINDS.get(one.kind) == "object"]
        if not objects:
            self._say(value["line"], f"{path} is object, not {_shown(wanted)}")
            return
        self._object(value["properties"], objects[0], path, value["line"], is_whole=is_whole)

    def _object(
        self,
        written: list[Expression],
        wanted: AzureType,
        path: str,
        line: int,
        *,
        is_whole: bool = True,
    ) -> None:
        properties, further = dict(wanted.properties), wanted.further
        if wanted.kind == "DiscriminatedObject":
            chosen = self._chosen(written, wanted, path, line)
            if chosen is None:
                return
            properties |= chosen.properties
            further = chosen.further
        for one in written:
            name = _key(one)
            kind, flags = properties.get(name, (further, 0))
            here = f"{path}.{name}"
            if kind is None:
                self._say(one["line"], f"{here} does not exist")
            elif flags & READ_ONLY and name not in _IMPLICIT:
                self._say(one["line"], f"{here} is read-only")
            else:
                self._value(one["value"], kind, here)
        names = {_key(one) for one in written if one["value"]["kind"] != "null"}
        missing = [n for n, (_, flags) in properties.items() if flags & REQUIRED and n not in names]
        for name in missing if is_whole else []:
            self._say(line, f"{path}.{name} is missing")

    def _chosen(
        self, written: list[Expression], wanted: AzureType, path: str, line: int
    ) -> AzureType | None:
        discriminator = wanted.entry["discriminator"]
        values = [one["value"] for one in written if _key(one) == discriminator]
        if not values:
            self._say(line, f"{path}.{discriminator} is missing")
            return None
        known = wanted.by_discriminator
        if values[0].get("value") not in known:
            self._say(line, f"{path}.{discriminator} is none of {', '.join(known)}")
            return None
        return known[values[0]["value"]]

    def _followed(self, value: Expression) -> Expression:
        """Replace a name or a member by the expression that it stands for, if that is known."""
        if value["kind"] == "name":
            name = value["name"]
            if name in self.loops:
                items = self.loops[name]
                return value if items is None else _alternatives(items, value)
            if name in self.document["vars"]:
                return self._followed(self.document["vars"][name]["value"])
            if name in self.document["params"]:
                allowed = _decorated(self.document["params"][name], "allowed")
                return value if allowed is None else _alternatives(allowed["items"], value)
        if value["kind"] == "member":
            owner = self._followed(value["of"])
            owners = owner["values"] if owner["kind"] == "alternatives" else [owner]
            found = [_property(one, value["name"]) for one in owners]
            if owners and None not in found:
                return _alternatives([one for one in found if one is not None], value)
        return value

    def _kind(self, value: Expression) -> str | None:
        """Kind of an expression's value; None where it is not known."""
        match value["kind"]:
            case "interpolated":
                return "string"
            case "call":
                found = RESULTS.get(value["name"])
                return None if found is None else str(found)
            case "name" if value["name"] in self.document["params"]:
                declared = self.document["params"][value["name"]]["type"]
                return str(_DECLARED.get(declared, declared))
            case "member":
                return self._kind_of_member(value)
            case _:
                return None

    def _kind_of_member(self, value: Expression) -> str | None:
        root, path = _root(value), _path(value)
        if root in self.document["modules"] and path[:1] == ["outputs"]:
            template = self._template(self.document["modules"][root])
            declared = (template or {"outputs": {}})["outputs"].get(path[1])
            return _DECLARED.get(declared["type"], declared["type"]) if declared else None
        if root in self.document["resources"]:
            if path[0] in _IMPLICIT and len(path) == 1:
                return _IMPLICIT[path[0]]
            found = self._read(root, path)
            return next(iter(_kinds(found)), None) if found is not None else None
        return None

    def _template(self, module: Expression) -> Document | None:
        folder = PurePosixPath(self.path).parent
        return self.documents.get((folder / module["reference"]).as_posix())

    def _read(self, symbol: str, path: list[str]) -> AzureType | None:
        resource = self.types.resource(self.document["resources"][symbol]["reference"])
        found = None if resource is None else resource.member("body")
        for name in path:
            found = None if found is None else found.walk(name)
        return found

    def _paths(self) -> None:
        """Properties of other resources that are read, each of which must exist."""
        members = [one for one in expressions(self.document) if one["kind"] == "member"]
        inner = {id(one["of"]) for one in members}
        for value in members:
            if id(value) in inner or _root(value) not in self.document["resources"]:
                continue
            root, path = _root(value), _path(value)
            known = self.types.resource(self.document["resources"][root]["reference"])
            if known is None or (len(path) == 1 and path[0] in _IMPLICIT):
                continue
            self.report.counts["read"] += 1
            if self._read(root, path) is None:
                self._say(value["line"], f"{root}.{'.'.join(path)} does not exist")

    def _unknown(self, value: Expression, path: str, reason: str) -> None:
        self.report.counts["unchecked"] += 1
        self.report.unchecked.append(
            {"file": self.path, "line": value["line"], "path": path, "reason": reason}
        )

    def _say(self, line: int, message: str) -> None:
        self.report.findings.append({"file": self.path, "line": line, "message": message})


def expressions(part: Any) -> Iterator[Expression]:
    """All expressions inside a document or an expression, itself included."""
    if isinstance(part, dict):
        if "kind" in part:
            yield part
        for inner in part.values():
            yield from expressions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from expressions(inner)


def _key(one: Expression) -> str:
    """Name of a property; of one that is put together, a text that no property has."""
    key = one["key"]
    return str(key["value"]) if key["kind"] == "string" else "${...}"


def _property(value: Expression, name: str) -> Expression | None:
    if value["kind"] != "object":
        return None
    return next((one["value"] for one in value["properties"] if _key(one) == name), None)


def _decorated(declared: Expression, name: str) -> Expression | None:
    found = [one["arguments"] for one in declared["decorators"] if one.get("name") == name]
    return found[0][0] if found and found[0] else None


def _alternatives(values: list[Expression], at: Expression) -> Expression:
    if len(values) == 1:
        return values[0]
    return {"kind": "alternatives", "values": values, "line": at["line"]}


def _root(value: Expression) -> str:
    while value["kind"] in {"member", "index"}:
        value = value["of"]
    return str(value.get("name", ""))


def _path(value: Expression) -> list[str]:
    """Names of a chain of members behind its root, without indices."""
    names: list[str] = []
    while value["kind"] in {"member", "index"}:
        if value["kind"] == "member":
            names.insert(0, value["name"])
        value = value["of"]
    return names


def _kinds(wanted: AzureType) -> list[str]:
    return [_KINDS[one.kind] for one in wanted.alternatives if one.kind in _KINDS]


def _shown(wanted: AzureType) -> str:
    values = [one.entry["value"] for one in wanted.alternatives if one.kind == "StringLiteral"]
    return f"one of {', '.join(values)}" if values else " or ".join(_kinds(wanted))


def _fits(value: Expression, wanted: AzureType) -> bool:
    entry, written = wanted.entry, value["value"]
    match wanted.kind:
        case "StringLiteral":
            return bool(written == entry["value"])
        case "String":
            return bool(
                value["kind"] == "string"
                and entry.get("minLength", 0) <= len(written) <= entry.get("maxLength", 10**9)
                and re.search(entry.get("pattern", ""), written) is not None
            )
        case "Integer":
            low, high = entry.get("minValue", written), entry.get("maxValue", written)
            return bool(value["kind"] == "number" and low <= written <= high)
        case "Boolean":
            return bool(value["kind"] == "boolean")
        case _:
            return False
