"""What the reference says of speech translation: parts of an OpenAPI document."""

from typing import Any

from functions.api.speech_translation.definition import SpeechTranslationDefinition
from functions.api.transcription_definition import TranscriptionDefinition

_TEXT = {"type": "string"}
_MILLISECONDS = {"type": "integer", "format": "int32"}
_BY_TARGET = {
    "type": "object",
    "description": "Text by target, spelled as it was asked for.",
    "additionalProperties": _TEXT,
}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _error(description: str) -> dict[str, Any]:
    inner = _object(code=_TEXT, message=_TEXT)
    schema = _object(code=_TEXT, message=_TEXT, innerError=inner)
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_EXTENT = {"offsetMilliseconds": _MILLISECONDS, "durationMilliseconds": _MILLISECONDS}
_RESULT = _object(
    durationMilliseconds=_MILLISECONDS,
    combinedPhrases=_array(_object(text=_TEXT, translations=_BY_TARGET)),
    phrases=_array(
        _object(
            **_EXTENT,
            text=_TEXT,
            words=_array(_object(text=_TEXT, **_EXTENT)),
            locale=_TEXT,
            confidence={"type": "number", "minimum": 0, "maximum": 1},
            translations=_BY_TARGET,
        )
    ),
    speech=_array(
        _object(
            target=_TEXT,
            voice=_TEXT,
            contentType=_TEXT,
            data={"type": "string", "format": "byte"},
        )
    ),
)


def _definition() -> dict[str, Any]:
    """Schema of the definition with its objects in place: references lead nowhere in a part."""
    schema = SpeechTranslationDefinition.model_json_schema()
    own = {name: schema["properties"][name] for name in ("targets", "speech")}
    shared = ", ".join(TranscriptionDefinition.model_json_schema()["properties"])
    voices = {"type": "object", "additionalProperties": _TEXT}
    speech = _object(voices=voices, outputFormat=_TEXT)
    return _object(
        targets=own["targets"],
        locales=_array(_TEXT),
        speech=speech | {"description": "Say the translations too; an empty object is enough."},
    ) | {
        "required": ["targets"],
        "description": f"JSON. What fast transcription takes ({shared}), and targets.",
        "example": {"locales": ["es-ES"], "targets": ["en", "ca"], "speech": {}},
    }


TRANSLATE_SPEECH: dict[str, Any] = {
    "security": [{"key": []}, {"token": []}],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": _object(
                    audio={"type": "string", "format": "binary"}, definition=_definition()
                )
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
        "400": _error("The definition is not valid, or nobody translates one of its pairs."),
        "401": _error("The key or token is missing or wrong."),
        "406": _error("The client takes neither JSON nor parts."),
        "413": _error("The audio is too large."),
        "415": _error("The content type is not multipart/form-data."),
        "422": _error("The audio can not be decoded."),
        "429": _error("Too many requests are under way; Retry-After says when to try again."),
        "501": _error("This server does not tell speakers apart."),
        "503": _error("No model, voice or translator answers; the message says what to set up."),
    },
}
