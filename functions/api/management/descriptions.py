"""What the descriptions of the management API have in common: parts of an OpenAPI document."""

from typing import Any

from functions.api.descriptions import API_VERSION_PARAMETER
from functions.api.management.speech_versions import PATH_VERSIONS

KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]

ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "innerError": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}

PAGING: tuple[dict[str, Any], ...] = (
    {
        "name": "skip",
        "in": "query",
        "description": "How many to leave out.",
        "schema": {"type": "integer", "default": 0, "minimum": 0},
    },
    {
        "name": "top",
        "in": "query",
        "description": "How many to list at most.",
        "schema": {"type": "integer", "default": 100, "minimum": 1},
    },
)
FILTER: dict[str, Any] = {
    "name": "filter",
    "in": "query",
    "description": "Which to list, in OData: `status eq 'Failed'`.",
    "schema": {"type": "string"},
}

_VERSION_PARAMETER: dict[str, Any] = {
    "name": "version",
    "in": "path",
    "required": True,
    "description": "Version of the contract.",
    "schema": {"type": "string", "enum": list(PATH_VERSIONS)},
}


def answers(
    good: dict[str, tuple[str, dict[str, Any] | None]], bad: dict[str, str] | None = None
) -> dict[str, Any]:
    """Answers by status: with the schema of their body, or none; and errors."""
    refused = {"401": "The key or token is missing or wrong."} | (bad or {})
    return {
        **{status: _answer(text, schema) for status, (text, schema) in good.items()},
        **{status: _answer(text, ERROR) for status, text in sorted(refused.items())},
    }


def list_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Schema of a page."""
    return {
        "type": "object",
        "properties": {
            "values": {"type": "array", "items": schema},
            "@nextLink": {"type": "string", "description": "Next page; absent on the last."},
        },
    }


def in_both_generations(operation: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An operation with `api-version` in the query, and with the version in the path."""
    parameters = operation.get("parameters", [])
    return (
        {**operation, "parameters": [API_VERSION_PARAMETER, *parameters]},
        {**operation, "parameters": [_VERSION_PARAMETER, *parameters]},
    )


def _answer(description: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        return {"description": description}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
