"""What the reference says of text to speech: parts of an OpenAPI document."""

from typing import Any

from shared.synthesis.output_formats import OPENAI_FORMATS, OUTPUT_FORMATS

_KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]
_TEXT = {"type": "string"}
_BINARY = {"type": "string", "format": "binary"}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_AZURE_ERROR = _object(error=_object(code=_TEXT, message=_TEXT))
_OPENAI_ERROR = _object(
    error=_object(message=_TEXT, type=_TEXT, param={"type": ["string", "null"]}, code=_TEXT)
)


def _errors(schema: dict[str, Any], **described: str) -> dict[str, Any]:
    shared = {
        "401": "The key or token is missing or wrong.",
        "413": "The body is too large.",
        "429": "Too many requests are under way; Retry-After says when to try again.",
        "503": "No voice is set up; the message says what to fetch.",
    }
    described = {status.removeprefix("status_"): text for status, text in described.items()}
    return {status: _json(text, schema) for status, text in sorted((shared | described).items())}


SPEAK_SSML: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "parameters": [
        {
            "name": "X-Microsoft-OutputFormat",
            "in": "header",
            "required": True,
            "description": "Format of the answer.",
            "schema": {"type": "string", "enum": list(OUTPUT_FORMATS)},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/ssml+xml": {
                "schema": _TEXT,
                "example": "<speak version='1.0' xml:lang='en-US'>"
                "<voice name='en-US-JennyNeural'>Hello.</voice></speak>",
            }
        },
    },
    "responses": {
        "200": {
            "description": "The speech, sentence by sentence.",
            "content": {
                media_type: {"schema": _BINARY}
                for media_type in sorted({known.media_type for known in OUTPUT_FORMATS.values()})
            },
        },
        **_errors(
            _AZURE_ERROR,
            status_400="The SSML, its voice or the output format is not valid.",
            status_415="The content type is not application/ssml+xml.",
        ),
    },
}

LIST_VOICES: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "responses": {
        "200": _json(
            "The voices.",
            {
                "type": "array",
                "items": _object(
                    Name=_TEXT,
                    DisplayName=_TEXT,
                    LocalName=_TEXT,
                    ShortName=_TEXT,
                    Gender=_TEXT,
                    Locale=_TEXT,
                    LocaleName=_TEXT,
                    SampleRateHertz=_TEXT,
                    VoiceType=_TEXT,
                    Status=_TEXT,
                ),
            },
        ),
        **_errors(_AZURE_ERROR),
    },
}

CREATE_SPEECH: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _object(
                    model=_TEXT,
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
            "content": {known.media_type: {"schema": _BINARY} for known in OPENAI_FORMATS.values()},
        },
        **_errors(_OPENAI_ERROR, status_400="A member of the body is not valid."),
    },
}
