"""The Bicep templates as data, and the walks that several tests do over them."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from scripts.listings.bicep import BICEP, bicep_documents

Expression = dict[str, Any]

MAIN = "main.bicep"
SECURE = "secure"


def templates() -> dict[str, Any]:
    """Every template by its path, parameter files left out."""
    return {path: one for path, one in bicep_documents(BICEP).items() if path.endswith(".bicep")}


def resources(resource_type: str) -> Iterator[tuple[str, Expression]]:
    """Bodies of all resources of a type that the templates make, with the path of the template."""
    for path, document in templates().items():
        for declared in document["resources"].values():
            if declared["is_existing"] or declared["reference"].partition("@")[0] != resource_type:
                continue
            body = declared["body"]
            while body["kind"] in {"for", "if"}:
                body = body["body"]
            yield path, body


def value_at(body: Expression, path: str) -> Any:
    """Literal at a path such as `properties.httpsOnly`; an expression where it is none."""
    for name in path.split("."):
        found = [one["value"] for one in body["properties"] if one["key"].get("value") == name]
        assert found, f"there is no {path}"
        body = found[0]
    return body.get("value", body)


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


def strings(part: Any) -> Iterator[str]:
    """All literal texts inside, those between interpolations too."""
    for one in expressions(part):
        if one["kind"] == "string":
            yield one["value"]
        elif one["kind"] == "interpolated":
            yield from (text for text in one["parts"] if isinstance(text, str))


def root_of(one: Expression) -> str:
    """Name at the beginning of a chain of members and indices."""
    while one["kind"] in {"member", "index"}:
        one = one["of"]
    return str(one.get("name", ""))


def module_path(path: str, declared: Expression) -> str:
    """Path of the template that a module names."""
    return str(PurePosixPath(path).parent / declared["reference"])


def module_body(declared: Expression) -> Expression:
    """Body of a module, without its condition."""
    body: Expression = declared["body"]
    inner: Expression = body["body"] if body["kind"] == "if" else body
    return inner


def is_secure(parameter: Expression) -> bool:
    """Whether a parameter keeps its value out of logs and of the history of deployments."""
    return any(one["name"] == SECURE for one in parameter["decorators"])


def decorated(declared: Expression, name: str) -> Expression | None:
    """Argument of a decorator; None where there is none."""
    found = [one["arguments"] for one in declared["decorators"] if one["name"] == name]
    argument: Expression | None = found[0][0] if found and found[0] else None
    return argument
