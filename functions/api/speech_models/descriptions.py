"""What the reference says of models, locales and health: parts of an OpenAPI document."""

from typing import Any

from functions.api.management.descriptions import FILTER, KEY_OR_TOKEN, PAGING, answers, list_of

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_MODEL = {
    "type": "object",
    "properties": {
        "self": _TEXT,
        "displayName": _TEXT,
        "locale": _TEXT,
        "createdDateTime": _TIME,
        "lastActionDateTime": _TIME,
        "status": _TEXT,
        "links": {"type": "object", "properties": {"manifest": _TEXT}},
        "properties": {"type": "object"},
    },
}
_MISSING = {"404": "There is no such model."}
_TEXTS = {"type": "array", "items": _TEXT}
_COMPONENT = {"type": "object", "properties": {"name": _TEXT, "type": _TEXT, "status": _TEXT}}
_HEALTH = {
    "type": "object",
    "properties": {"status": _TEXT, "components": {"type": "array", "items": _COMPONENT}},
}


def _get(summary: str, responses: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": KEY_OR_TOKEN,
        "parameters": list(parameters),
        "responses": responses,
    }


BASE_MODELS = _get(
    "List base models",
    answers(
        {"200": ("The models.", list_of(_MODEL))}, {"400": "skip, top or filter is not valid."}
    ),
    *PAGING,
    FILTER,
)
BASE_MODEL = _get("Get a base model", answers({"200": ("The model.", _MODEL)}, _MISSING))
MANIFEST = _get(
    "Get the manifest of a base model",
    answers({"200": ("A manifest without files.", {"type": "object"})}, _MISSING),
)
LOCALES = _get("List supported locales", answers({"200": ("The locales.", _TEXTS)}))
HEALTH = _get("Health of the service", answers({"200": ("How it is.", _HEALTH)}))
EMPTY = _get(
    "List what can not be made here",
    answers({"200": ("An empty list.", list_of({"type": "object"}))}),
)
