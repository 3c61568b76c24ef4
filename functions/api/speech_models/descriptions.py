"""OpenAPI descriptions of models, locales and health."""

from typing import Any

from functions.api.management.descriptions import FILTER, PAGING, answers, list_of
from functions.api.openapi import (
    KEY_OR_TOKEN,
    TEXT,
    TIME,
    array_of,
    object_of,
)

_MODEL = object_of(
    self=TEXT,
    displayName=TEXT,
    locale=TEXT,
    createdDateTime=TIME,
    lastActionDateTime=TIME,
    status=TEXT,
    links=object_of(manifest=TEXT),
    properties={"type": "object"},
)
_MISSING = {"404": "There is no such model."}
_TEXTS = array_of(TEXT)
_COMPONENT = object_of(name=TEXT, type=TEXT, status=TEXT)
_HEALTH = object_of(status=TEXT, components=array_of(_COMPONENT))


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
HEALTH = _get("Health of the service", answers({"200": ("The status.", _HEALTH)}))
EMPTY = _get(
    "List resources that this server does not create",
    answers({"200": ("An empty list.", list_of({"type": "object"}))}),
)
