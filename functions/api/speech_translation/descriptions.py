"""OpenAPI description of speech translation."""

from typing import Any

from functions.api.openapi import (
    BINARY,
    CONFIDENCE,
    DROPPED_HEADERS,
    FLAT_ERROR,
    KEY_OR_TOKEN,
    MILLISECONDS,
    QUEUE_FULL,
    TEXT,
    UNAUTHORISED,
    array_of,
    error_answers,
    object_of,
)
from functions.api.speech_translation.definition import SpeechTranslationDefinition
from functions.api.transcription_definition import TranscriptionDefinition

_BY_TARGET = {
    "type": "object",
    "description": "Text by target, with the spelling of the request.",
    "additionalProperties": TEXT,
}


_EXTENT = {"offsetMilliseconds": MILLISECONDS, "durationMilliseconds": MILLISECONDS}
_RESULT = object_of(
    durationMilliseconds=MILLISECONDS,
    combinedPhrases=array_of(object_of(text=TEXT, translations=_BY_TARGET)),
    phrases=array_of(
        object_of(
            **_EXTENT,
            text=TEXT,
            words=array_of(object_of(text=TEXT, **_EXTENT)),
            locale=TEXT,
            confidence=CONFIDENCE,
            translations=_BY_TARGET,
        )
    ),
    speech=array_of(
        object_of(
            target=TEXT,
            voice=TEXT,
            contentType=TEXT,
            data={"type": "string", "format": "byte"},
        )
    ),
)


def _definition() -> dict[str, Any]:
    """Schema of the definition with inlined objects: references do not resolve in a part."""
    schema = SpeechTranslationDefinition.model_json_schema()
    own = {name: schema["properties"][name] for name in ("targets", "speech")}
    shared = ", ".join(TranscriptionDefinition.model_json_schema()["properties"])
    voices = {"type": "object", "additionalProperties": TEXT}
    speech = object_of(voices=voices, outputFormat=TEXT)
    return object_of(
        targets=own["targets"],
        locales=array_of(TEXT),
        speech=speech
        | {"description": "Synthesise the translations too; an empty object is enough."},
    ) | {
        "required": ["targets"],
        "description": f"JSON. The options of fast transcription ({shared}), and targets.",
        "example": {"locales": ["es-ES"], "targets": ["en", "ca"], "speech": {}},
    }


TRANSLATE_SPEECH: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": object_of(audio=BINARY, definition=_definition())
                | {"required": ["definition"]}
            }
        },
    },
    "responses": {
        "200": {
            "description": "Words and translations by phrase, and speech on request.",
            "headers": DROPPED_HEADERS,
            "content": {
                "application/json": {"schema": _RESULT},
                "multipart/mixed": {
                    "schema": {
                        "type": "string",
                        "format": "binary",
                        "description": "That JSON without `data`, then a part of audio for each "
                        "entry of `speech`, in its order.",
                    }
                },
            },
        },
        **error_answers(
            FLAT_ERROR,
            UNAUTHORISED,
            QUEUE_FULL,
            {
                "400": "The definition is not valid, or no translator supports one of its pairs.",
                "406": "The client accepts neither JSON nor multipart/mixed.",
                "413": "The audio is too large.",
                "415": "The content type is not multipart/form-data.",
                "422": "The audio cannot be decoded.",
                "501": "Diarization is not available on this server.",
                "503": "A model, voice or translator is missing; the message says what to set up.",
            },
        ),
    },
}
