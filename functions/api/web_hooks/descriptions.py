"""Parts of the OpenAPI document: web hooks."""

from typing import Any

from functions.api.management.descriptions import FILTER, PAGING, answers, list_of
from functions.api.openapi import (
    FLAT_ERROR,
    KEY_OR_TOKEN,
    TEXT,
    TIME,
    object_of,
)
from shared.web_hooks.hook import EVENT_NAMES

_EVENTS = {
    "type": "object",
    "description": "Subscribed events. Only those of transcriptions and ping occur.",
    "properties": {name: {"type": "boolean"} for name in EVENT_NAMES},
}
_ASKED: dict[str, Any] = {
    "displayName": TEXT,
    "description": TEXT,
    "customProperties": {"type": "object", "additionalProperties": TEXT},
    "webUrl": {"type": "string", "format": "uri", "description": "An https address."},
    "events": _EVENTS,
    "properties": object_of(
        secret={"type": "string", "description": "Key of the signatures; is not shown."}
    ),
}
_HOOK = object_of(
    **_ASKED
    | {
        "self": TEXT,
        "links": object_of(ping=TEXT, test=TEXT),
        "properties": object_of(apiVersion=TEXT, error=FLAT_ERROR),
        "status": {"type": "string", "enum": ["NotStarted", "Running", "Succeeded", "Failed"]},
        "createdDateTime": TIME,
        "lastActionDateTime": TIME,
    }
)
_EXAMPLE = {
    "displayName": "hook",
    "webUrl": "https://me.example/cb",
    "events": {"transcriptionCompletion": True},
    "properties": {"secret": "s3"},
}
_INVALID = "A member is not valid; innerError says which."
_MISSING = "There is no such web hook."
_CHANGED = "Another caller changes it at the same moment."


def _body(required: list[str]) -> dict[str, Any]:
    schema = object_of(**_ASKED) | {"required": required}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": _EXAMPLE}},
    }


CREATE: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "requestBody": _body(["displayName", "webUrl", "events"]),
    "responses": answers(
        {"201": ("The web hook; Location is its address.", _HOOK)},
        {
            "400": _INVALID,
            "415": "The body is no JSON.",
        },
    ),
}
LIST: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [*PAGING, FILTER],
    "responses": answers(
        {"200": ("The web hooks.", list_of(_HOOK))},
        {
            "400": "skip, top or filter is not valid.",
        },
    ),
}
GET: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": answers({"200": ("The web hook.", _HOOK)}, {"404": _MISSING}),
}
UPDATE: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "requestBody": _body([]),
    "responses": answers(
        {"200": ("The web hook.", _HOOK)},
        {
            "400": _INVALID,
            "404": _MISSING,
            "409": _CHANGED,
        },
    ),
}
DELETE: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": answers({"204": ("There is no such web hook any more.", None)}),
}
PING: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": answers(
        {
            "202": ("The ping is on its way.", None),
            "204": ("Its address has not answered the challenge: nothing is sent.", None),
        },
        {"404": _MISSING},
    ),
}
TEST: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": answers(
        {
            "202": ("The requests are on their way.", None),
            "204": ("There is nothing to send.", None),
        },
        {"404": _MISSING},
    ),
}
