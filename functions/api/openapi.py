"""Parts of OpenAPI documents that the descriptions of all contracts share.

The routers read bodies as they arrive, so FastAPI cannot describe them; the module `descriptions`
of each contract does.
"""

from collections.abc import Mapping
from typing import Any

KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]

TEXT: dict[str, Any] = {"type": "string"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
INTEGER: dict[str, Any] = {"type": "integer"}
MILLISECONDS: dict[str, Any] = {"type": "integer", "format": "int32"}
CONFIDENCE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}

DROPPED_HEADERS: dict[str, Any] = {
    "Sotto-Dropped": {
        "description": "Stretches without text and their reasons, in milliseconds; a list of "
        "structured fields.",
        "schema": TEXT,
        "example": "silence;at=0;for=2100, no_match;at=9000;for=1200",
    }
}

UNAUTHORISED = {"401": "The key or token is missing or wrong."}
QUEUE_FULL = {"429": "Too many requests are under way; Retry-After says when to try again."}


def object_of(**properties: dict[str, Any]) -> dict[str, Any]:
    """Schema of an object with these members."""
    return {"type": "object", "properties": properties}


def array_of(items: dict[str, Any]) -> dict[str, Any]:
    """Schema of an array."""
    return {"type": "array", "items": items}


def query_parameter(
    name: str, description: str, *, required: bool = False, **schema: Any
) -> dict[str, Any]:
    """Query parameter; a string unless `schema` has another type."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": TEXT | schema,
    }


def json_answer(
    description: str, schema: dict[str, Any] | None, example: Any = None
) -> dict[str, Any]:
    """Response with a JSON body of this schema; without a schema it has no body."""
    if schema is None:
        return {"description": description}
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {"application/json": content}}


def error_answers(schema: dict[str, Any], *described: Mapping[str, str]) -> dict[str, Any]:
    """Responses with an error body by status, ascending; a later description replaces an earlier.

    described: meaning of each status.
    """
    merged: dict[str, str] = {}
    for descriptions in described:
        merged |= descriptions
    return {status: json_answer(text, schema) for status, text in sorted(merged.items())}


# Error bodies: of short audio and text to speech, of the REST API, and of OpenAI.
WRAPPED_ERROR = object_of(error=object_of(code=TEXT, message=TEXT))
FLAT_ERROR = object_of(code=TEXT, message=TEXT, innerError=object_of(code=TEXT, message=TEXT))
OPENAI_ERROR = object_of(
    error=object_of(message=TEXT, type=TEXT, param={"type": ["string", "null"]}, code=TEXT)
)
