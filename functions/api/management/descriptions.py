"""OpenAPI parts that the descriptions of the management API share."""

from typing import Any

from functions.api.descriptions import API_VERSION_PARAMETER
from functions.api.management.speech_versions import PATH_VERSIONS
from functions.api.openapi import (
    FLAT_ERROR,
    UNAUTHORISED,
    array_of,
    error_answers,
    json_answer,
    object_of,
)

PAGING: tuple[dict[str, Any], ...] = (
    {
        "name": "skip",
        "in": "query",
        "description": "Number of items to skip.",
        "schema": {"type": "integer", "default": 0, "minimum": 0},
    },
    {
        "name": "top",
        "in": "query",
        "description": "Maximum number of items.",
        "schema": {"type": "integer", "default": 100, "minimum": 1},
    },
)
FILTER: dict[str, Any] = {
    "name": "filter",
    "in": "query",
    "description": "OData filter of the items, such as `status eq 'Failed'`.",
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
    """Responses by status: description and schema of the body (None: no body), and errors."""
    return {
        **{status: json_answer(text, schema) for status, (text, schema) in good.items()},
        **error_answers(FLAT_ERROR, UNAUTHORISED, bad or {}),
    }


def list_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Schema of a page of items."""
    next_link = {"type": "string", "description": "Next page; absent on the last."}
    return object_of(values=array_of(schema), **{"@nextLink": next_link})


def in_both_generations(operation: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an operation twice: with `api-version` in the query, and the version in the path."""
    parameters = operation.get("parameters", [])
    return (
        {**operation, "parameters": [API_VERSION_PARAMETER, *parameters]},
        {**operation, "parameters": [_VERSION_PARAMETER, *parameters]},
    )
