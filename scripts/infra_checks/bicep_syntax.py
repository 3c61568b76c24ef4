"""Bicep files as plain data, read with the grammar of tree-sitter.

An expression is a dictionary with `kind` and `line`:

    string        value
    interpolated  parts: expressions and strings, in order
    number        value
    boolean       value
    null
    object        properties: list of {key, value, line}; key is an expression
    array         items
    for           names, over, body: item, then index
    if            condition, text of it, body
    ternary       condition, yes, no
    call          name, arguments
    name          name
    member        of, name
    index         of, at
    other         parts: operators, parentheses
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

Expression = dict[str, Any]
Document = dict[str, Any]

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_COMMENTS = {"comment", "diagnostic_comment"}
# The grammar is older than parameter files: there a parameter has no type. One is put in, on the
# same line, so that the rest is read as it is.
_UNTYPED = re.compile(rb"^param (\w+) =", re.MULTILINE)
_ESCAPES = {r"\'": "'", r"\\": "\\", r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\$": "$"}


def read_folder(folder: Path) -> dict[str, Document]:
    """Read every Bicep file below a folder, by its path in it."""
    files = [*sorted(folder.rglob("*.bicep")), *sorted(folder.rglob("*.bicepparam"))]
    return {path.relative_to(folder).as_posix(): read(path) for path in files}


def read(path: Path) -> Document:
    """Read one file: its declarations, and the places that the grammar cannot read."""
    source = path.read_bytes()
    if path.suffix == ".bicepparam":
        source = _UNTYPED.sub(rb"param \1 object =", source)
    tree = _PARSER.parse(source)
    document: Document = {
        "errors": list(_errors(tree.root_node)),
        "target_scope": "resourceGroup",
        "using": None,
        "metadata": {},
        "params": {},
        "vars": {},
        "resources": {},
        "modules": {},
        "outputs": {},
        "other": [],
    }
    decorators: list[Expression] = []
    for node in _children(tree.root_node):
        if node.type == "decorators":
            decorators = [_expression(_children(one)[0]) for one in _children(node)]
            continue
        _declare(document, node, decorators)
        decorators = []
    return document


def _declare(document: Document, node: Node, decorators: list[Expression]) -> None:
    common = {"line": node.start_point.row + 1, "decorators": decorators}
    parts = _children(node)
    match node.type:
        case "parameter_declaration":
            name, declared, *value = parts
            document["params"][_text(name)] = common | {
                "type": _text(declared),
                "default": _expression(value[0]) if value else None,
            }
        case "variable_declaration":
            name, value = parts
            document["vars"][_text(name)] = common | {"value": _expression(value)}
        case "output_declaration":
            name, declared, value = parts
            document["outputs"][_text(name)] = common | {
                "type": _text(declared),
                "value": _expression(value),
            }
        case "resource_declaration" | "module_declaration":
            name, reference, body = parts
            kind = "resources" if node.type == "resource_declaration" else "modules"
            document[kind][_text(name)] = common | {
                "reference": _string(reference)["value"],
                "is_existing": any(child.type == "existing" for child in node.children),
                "body": _expression(body),
            }
        case "metadata_declaration":
            name, value = parts
            document["metadata"][_text(name)] = _expression(value)
        case "target_scope_assignment":
            document["target_scope"] = _string(parts[-1])["value"]
        case "using_statement":
            document["using"] = _string(parts[-1])["value"]
        case _:
            document["other"].append(node.type)


def _expression(node: Node) -> Expression:
    read = _READERS.get(node.type, _other)
    return read(node) | {"line": node.start_point.row + 1}


def _for(node: Node) -> Expression:
    *names, over, body = _children(node)
    return {
        "kind": "for",
        "names": [_text(part) for one in names for part in (_children(one) or [one])],
        "over": _expression(over),
        "body": _expression(body),
    }


def _if(node: Node) -> Expression:
    condition, body = _children(node)
    return {
        "kind": "if",
        "condition": _expression(condition),
        "text": _text(condition).removeprefix("(").removesuffix(")"),
        "body": _expression(body),
    }


def _ternary(node: Node) -> Expression:
    condition, yes, no = (_expression(one) for one in _children(node))
    return {"kind": "ternary", "condition": condition, "yes": yes, "no": no}


def _call(node: Node) -> Expression:
    function, arguments = _children(node)
    written = [_expression(one) for one in _children(arguments)]
    return {"kind": "call", "name": _text(function), "arguments": written}


def _member(node: Node) -> Expression:
    owner, name = _children(node)
    return {"kind": "member", "of": _expression(owner), "name": _text(name)}


def _index(node: Node) -> Expression:
    owner, at = _children(node)
    return {"kind": "index", "of": _expression(owner), "at": _expression(at)}


def _other(node: Node) -> Expression:
    return {"kind": "other", "parts": [_expression(one) for one in _children(node)]}


def _object(node: Node) -> Expression:
    return {"kind": "object", "properties": [_property(one) for one in _children(node)]}


def _array(node: Node) -> Expression:
    return {"kind": "array", "items": [_expression(one) for one in _children(node)]}


def _name(node: Node) -> Expression:
    return {"kind": "name", "name": _text(node)}


def _property(node: Node) -> Expression:
    key, value = _children(node)
    name = _string(key) if key.type == "string" else {"kind": "string", "value": _text(key)}
    return {"key": name, "value": _expression(value), "line": node.start_point.row + 1}


def _string(node: Node) -> Expression:
    parts: list[Expression | str] = []
    for part in _children(node):
        if part.type == "interpolation":
            parts.append(_expression(_children(part)[0]))
        elif part.type == "escape_sequence":
            parts.append(_ESCAPES[_text(part)])
        else:
            parts.append(_text(part))
    if all(isinstance(part, str) for part in parts):
        return {"kind": "string", "value": "".join(map(str, parts))}
    return {"kind": "interpolated", "parts": parts}


_READERS: dict[str, Callable[[Node], Expression]] = {
    "string": _string,
    "number": lambda node: {"kind": "number", "value": int(_text(node))},
    "boolean": lambda node: {"kind": "boolean", "value": _text(node) == "true"},
    "null": lambda _: {"kind": "null"},
    "object": _object,
    "array": _array,
    "for_statement": _for,
    "if_statement": _if,
    "ternary_expression": _ternary,
    "call_expression": _call,
    "identifier": _name,
    "property_identifier": _name,
    "primitive_type": _name,
    "member_expression": _member,
    "subscript_expression": _index,
}


def _children(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in _COMMENTS]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8")


def _errors(node: Node) -> list[Expression]:
    found = []
    if node.is_error or node.is_missing:
        found.append({"line": node.start_point.row + 1, "near": _text(node)[:60]})
    for child in node.children:
        found += _errors(child)
    return found
