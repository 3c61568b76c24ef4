"""OpenAPI descriptions of text to speech."""

from typing import Any

from functions.api.openapi import (
    BINARY,
    KEY_OR_TOKEN,
    OPENAI_ERROR,
    QUEUE_FULL,
    TEXT,
    UNAUTHORISED,
    WRAPPED_ERROR,
    array_of,
    error_answers,
    json_answer,
    object_of,
)
from shared.synthesis.output_formats import OPENAI_FORMATS, OUTPUT_FORMATS

_ERRORS = {
    **UNAUTHORISED,
    "413": "The body is too large.",
    **QUEUE_FULL,
    "503": "No voice is set up; the message says what to install.",
}

SPEAK_SSML: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [
        {
            "name": "X-Microsoft-OutputFormat",
            "in": "header",
            "required": True,
            "description": "Format of the audio.",
            "schema": {"type": "string", "enum": list(OUTPUT_FORMATS)},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/ssml+xml": {
                "schema": TEXT,
                "example": "<speak version='1.0' xml:lang='en-US'>"
                "<voice name='en-US-JennyNeural'>Hello.</voice></speak>",
            }
        },
    },
    "responses": {
        "200": {
            "description": "The speech, sentence by sentence.",
            "content": {
                media_type: {"schema": BINARY}
                for media_type in sorted({known.media_type for known in OUTPUT_FORMATS.values()})
            },
        },
        **error_answers(
            WRAPPED_ERROR,
            _ERRORS,
            {
                "400": "The SSML, its voice or the output format is not valid.",
                "415": "The content type is not application/ssml+xml.",
            },
        ),
    },
}

LIST_VOICES: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": {
        "200": json_answer(
            "The voices.",
            array_of(
                object_of(
                    Name=TEXT,
                    DisplayName=TEXT,
                    LocalName=TEXT,
                    ShortName=TEXT,
                    Gender=TEXT,
                    Locale=TEXT,
                    LocaleName=TEXT,
                    SampleRateHertz=TEXT,
                    VoiceType=TEXT,
                    Status=TEXT,
                ),
            ),
        ),
        **error_answers(WRAPPED_ERROR, _ERRORS),
    },
}

CREATE_SPEECH: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": object_of(
                    model=TEXT,
                    input={"type": "string", "maxLength": 4096},
                    voice={"type": "string", "example": "alloy"},
                    response_format={"type": "string", "enum": list(OPENAI_FORMATS)},
                    speed={"type": "number", "minimum": 0.25, "maximum": 4},
                )
                | {"required": ["input", "voice"]},
            }
        },
    },
    "responses": {
        "200": {
            "description": "The speech, sentence by sentence.",
            "content": {known.media_type: {"schema": BINARY} for known in OPENAI_FORMATS.values()},
        },
        **error_answers(OPENAI_ERROR, _ERRORS, {"400": "A member of the body is not valid."}),
    },
}

_NAMED = {"id": TEXT, "name": TEXT}

LIST_OPENAI_VOICES: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": {
        "200": json_answer(
            "The voices, preferred ones first.",
            object_of(voices=array_of(object_of(**_NAMED, language=TEXT, gender=TEXT))),
        ),
        **error_answers(OPENAI_ERROR, UNAUTHORISED, {"503": _ERRORS["503"]}),
    },
}

LIST_SPEECH_MODELS: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "responses": {
        "200": json_answer("The names.", object_of(models=array_of(object_of(**_NAMED)))),
        **error_answers(OPENAI_ERROR, UNAUTHORISED),
    },
}
