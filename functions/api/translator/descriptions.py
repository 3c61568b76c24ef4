"""OpenAPI descriptions of Translator's routes."""

from typing import Any

from functions.api.openapi import (
    INTEGER,
    KEY_OR_TOKEN,
    QUEUE_FULL,
    TEXT,
    UNAUTHORISED,
    array_of,
    error_answers,
    json_answer,
    object_of,
    query_parameter,
)

_NUMBER = {"type": "number"}
_FLAG = {"type": "boolean"}


_ERROR = object_of(error=object_of(code=INTEGER, message=TEXT))
_ERRORS = error_answers(
    _ERROR,
    UNAUTHORISED,
    QUEUE_FULL,
    {
        "400": "A parameter or the body is not valid, or no translator supports the pair.",
        "415": "The content type is not application/json.",
        "503": "The translator of the pair is not available.",
    },
)
_VERSION = query_parameter(
    "api-version", "3.0, or the date of a later version, such as 2026-06-06.", required=True
)
_DETECTED = object_of(language=TEXT, score=_NUMBER)
_ARRAY_OF_TEXTS = array_of(object_of(Text=TEXT))

TRANSLATE: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [
        _VERSION,
        query_parameter("to", "3.0: target language; repeat it for several."),
        query_parameter(
            "from", "3.0: source language; without it the language of each text is detected."
        ),
        query_parameter("textType", "3.0: plain or html."),
        query_parameter("includeSentenceLength", "3.0: true adds the lengths of the sentences."),
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _ARRAY_OF_TEXTS,
                        object_of(
                            inputs=array_of(
                                object_of(
                                    text=TEXT,
                                    language=TEXT,
                                    textType={"type": "string", "enum": ["Plain", "Html"]},
                                    targets=array_of(object_of(language=TEXT)),
                                )
                            )
                        ),
                    ]
                },
                "examples": {
                    "3.0": {"value": [{"Text": "Hello"}]},
                    "later": {
                        "value": {"inputs": [{"text": "Hello", "targets": [{"language": "es"}]}]}
                    },
                },
            }
        },
    },
    "responses": {
        "200": json_answer(
            "The translations, in the order of the texts and targets.",
            {
                "oneOf": [
                    array_of(
                        object_of(
                            detectedLanguage=_DETECTED,
                            translations=array_of(object_of(text=TEXT, to=TEXT)),
                        )
                    ),
                    object_of(
                        value=array_of(
                            object_of(
                                detectedLanguage=_DETECTED,
                                translations=array_of(
                                    object_of(text=TEXT, language=TEXT, sourceCharacters=INTEGER)
                                ),
                            )
                        )
                    ),
                ]
            },
        ),
        **_ERRORS,
    },
}

DETECT: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [_VERSION],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _ARRAY_OF_TEXTS}},
    },
    "responses": {
        "200": json_answer(
            "Language and score, 0 to 1, of each text.",
            array_of(
                object_of(
                    language=TEXT,
                    score=_NUMBER,
                    isTranslationSupported=_FLAG,
                    isTransliterationSupported=_FLAG,
                )
            ),
        ),
        **_ERRORS,
    },
}

LANGUAGES: dict[str, Any] = {
    "parameters": [
        _VERSION,
        query_parameter(
            "scope", "translation, transliteration and dictionary, separated by commas."
        ),
    ],
    "responses": {
        "200": json_answer(
            "The languages by code.",
            object_of(
                translation={
                    "type": "object",
                    "additionalProperties": object_of(name=TEXT, nativeName=TEXT, dir=TEXT),
                }
            ),
        ),
        "400": _ERRORS["400"],
    },
}
