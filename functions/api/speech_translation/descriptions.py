"""What the reference says of speech translation: parts of an OpenAPI document."""

from typing import Any

from functions.api.openapi import (
    BINARY,
    CONFIDENCE,
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
    "description": "Text by target, spelled as it was asked for.",
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
    """Schema of the definition with its objects in place: references lead nowhere in a part."""
    schema = SpeechTranslationDefinition.model_json_schema()
    own = {name: schema["properties"][name] for name in ("targets", "speech")}
    shared = ", ".join(TranscriptionDefinition.model_json_schema()["properties"])
    voices = {"type": "object", "additionalProperties": TEXT}
    speech = object_of(voices=voices, outputFormat=TEXT)
    return object_of(
        targets=own["targets"],
        locales=array_of(TEXT),
        speech=speech | {"description": "Say the translations too; an empty object is enough."},
    ) | {
        "required": ["targets"],
        "description": f"JSON. What fast transcription takes ({shared}), and targets.",
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
            "description": "Words and translations by phrase, and speech where it was asked for.",
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
                "400": "The definition is not valid, or nobody translates one of its pairs.",
                "406": "The client takes neither JSON nor parts.",
                "413": "The audio is too large.",
                "415": "The content type is not multipart/form-data.",
                "422": "The audio can not be decoded.",
                "501": "This server does not tell speakers apart.",
                "503": "No model, voice or translator answers; the message says what to set up.",
            },
        ),
    },
}
