"""Parts of the OpenAPI document: batch transcription."""

from typing import Any

from functions.api.management.descriptions import FILTER, PAGING, answers, list_of
from functions.api.openapi import (
    FLAT_ERROR,
    INTEGER,
    KEY_OR_TOKEN,
    TEXT,
    TIME,
    error_answers,
    object_of,
    query_parameter,
)

_FLAG = {"type": "boolean", "default": False}
_ADDRESS = {"type": "string", "format": "uri"}
_MODEL = object_of(self=_ADDRESS)
_CUSTOM = {
    "type": "object",
    "additionalProperties": TEXT,
    "description": "Up to 10, of your own.",
}

_PROPERTIES: dict[str, Any] = object_of(
    wordLevelTimestampsEnabled=_FLAG,
    displayFormWordLevelTimestampsEnabled=_FLAG,
    channels={"type": "array", "items": INTEGER, "default": [0, 1]},
    punctuationMode={
        "type": "string",
        "enum": ["None", "Dictated", "Automatic", "DictatedAndAutomatic"],
    },
    profanityFilterMode={"type": "string", "enum": ["None", "Removed", "Tags", "Masked"]},
    timeToLiveHours={"type": "integer", "minimum": 6, "maximum": 744},
    timeToLive={**TEXT, "description": "v3.x: ISO 8601 duration up to P31D, or none."},
    diarization={"type": "object"},
    languageIdentification={"type": "object"},
    destinationContainerUrl={
        **_ADDRESS,
        "description": "Azure container that results are written to as well, with its signature.",
    },
)
_JOB = object_of(
    self=_ADDRESS,
    displayName=TEXT,
    description=TEXT,
    locale=TEXT,
    model=_MODEL,
    createdDateTime=TIME,
    lastActionDateTime=TIME,
    links=object_of(files=_ADDRESS),
    properties=_PROPERTIES,
    customProperties=_CUSTOM,
    status={"type": "string", "enum": ["NotStarted", "Running", "Succeeded", "Failed"]},
)
_FILE = object_of(
    self=_ADDRESS,
    name=TEXT,
    kind={"type": "string", "enum": ["Transcription", "TranscriptionReport"]},
    links=object_of(contentUrl=_ADDRESS),
    properties=object_of(size=INTEGER),
    createdDateTime=TIME,
)
_LIFETIME: tuple[dict[str, Any], ...] = (
    {
        "name": "sasLifetimeMinutes",
        "in": "query",
        "description": "How long a contentUrl is good; v3.x has sasValidityInSeconds instead.",
        "schema": {"type": "integer", "default": 720, "minimum": 1, "maximum": 44640},
    },
)

_TOO_MANY = {"429": "More than 100 requests in 10 seconds; Retry-After says when to try again."}
_NO_JOB = {"404": "There is no such job, or not any more."}


def _operation(responses: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    return {"security": KEY_OR_TOKEN, "parameters": list(parameters), "responses": responses}


CREATE: dict[str, Any] = {
    **_operation(
        answers(
            {"201": ("The job; its address is in Location as well.", _JOB)},
            {
                "400": "A member is not valid; innerError.code names the error.",
                "413": "The body has more than 4 MiB.",
                "501": "Batch work or a requested feature is not configured on this server.",
                **_TOO_MANY,
            },
        )
    ),
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["displayName", "locale"],
                    "properties": {
                        "displayName": TEXT,
                        "description": TEXT,
                        "locale": {**TEXT, "example": "en-US"},
                        "contentUrls": {
                            "type": "array",
                            "items": _ADDRESS,
                            "maxItems": 1000,
                            "description": "This, or contentContainerUrl.",
                        },
                        "contentContainerUrl": _ADDRESS,
                        "model": _MODEL,
                        "properties": _PROPERTIES,
                        "customProperties": _CUSTOM,
                    },
                }
            }
        },
    },
}
LIST = _operation(
    answers(
        {"200": ("A page of jobs, oldest first.", list_of(_JOB))},
        {"400": "skip, top or filter is not valid.", **_TOO_MANY},
    ),
    *PAGING,
    FILTER,
)
GET = _operation(
    answers(
        {"200": ("The job. Until it has ended, Retry-After says when to ask again.", _JOB)},
        _NO_JOB | _TOO_MANY,
    )
)
UPDATE: dict[str, Any] = {
    **_operation(
        answers(
            {"200": ("The job.", _JOB)},
            {"400": "Something else was to be changed.", **_NO_JOB, **_TOO_MANY},
        )
    ),
    "requestBody": {
        "required": True,
        "content": {
            "application/merge-patch+json": {
                "schema": object_of(displayName=TEXT, description=TEXT, customProperties=_CUSTOM)
            }
        },
    },
}
DELETE = _operation(answers({"204": ("There is no such job any more.", None)}, _TOO_MANY))
LIST_FILES = _operation(
    answers(
        {"200": ("A page of files; none before the job has ended.", list_of(_FILE))},
        {"400": "skip, top, filter or the lifetime is not valid.", **_NO_JOB, **_TOO_MANY},
    ),
    *PAGING,
    FILTER,
    *_LIFETIME,
)
GET_FILE = _operation(
    answers({"200": ("The file.", _FILE)}, _NO_JOB | _TOO_MANY),
    *_LIFETIME,
)
CONTENT: dict[str, Any] = {
    "security": [],
    "parameters": [
        query_parameter(name, description, required=True)
        for name, description in (("se", "End, in Unix time."), ("sig", "Signature."))
    ],
    "responses": {
        "200": {
            "description": "The transcript, or the report.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **error_answers(
            FLAT_ERROR,
            {
                "403": "The address has expired, or is not signed by this service.",
                "404": "The job was deleted.",
            },
        ),
    },
}
