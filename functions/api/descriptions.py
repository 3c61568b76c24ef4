"""What the reference says of parameters, bodies and answers: parts of an OpenAPI document.

The routers read bodies themselves, as they arrive, so FastAPI can not describe them; the schema
of `definition` comes from the model that checks it.
"""

from typing import Any

from functions.api.transcription_definition import TranscriptionDefinition

API_VERSION_PARAMETER: dict[str, Any] = {
    "name": "api-version",
    "in": "query",
    "required": True,
    "description": "Version of the contract: 2024-05-15-preview, 2024-11-15, 2025-10-15 or later.",
    "schema": {"type": "string", "example": "2025-10-15"},
}

SECURITY_SCHEMES: dict[str, Any] = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Ocp-Apim-Subscription-Key",
        "description": "One of the keys of SOTTO_KEYS.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of POST /sts/v1.0/issueToken, or a key.",
    },
}

_KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _query(name: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _answer(description: str, schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": description, "content": {"application/json": content}}


_TEXT = {"type": "string"}
_TICKS = {"type": "integer", "format": "int64", "description": "Ticks of 100 ns."}
_MILLISECONDS = {"type": "integer", "format": "int32"}
_CONFIDENCE = {"type": "number", "minimum": 0, "maximum": 1}

_WRAPPED_ERROR = _object(error=_object(code=_TEXT, message=_TEXT))
_FLAT_ERROR = _object(code=_TEXT, message=_TEXT, innerError=_object(code=_TEXT, message=_TEXT))


def _errors(schema: dict[str, Any], described: dict[str, str]) -> dict[str, Any]:
    return {status: _answer(text, schema) for status, text in described.items()}


# Short audio

_WORD = _object(Word=_TEXT, Offset=_TICKS, Duration=_TICKS)
_SHORT_RESULT = _object(
    RecognitionStatus={
        "type": "string",
        "enum": ["Success", "NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "Error"],
    },
    DisplayText=_TEXT,
    Offset=_TICKS,
    Duration=_TICKS,
    NBest=_array(
        _object(
            Confidence=_CONFIDENCE,
            Lexical=_TEXT,
            ITN=_TEXT,
            MaskedITN=_TEXT,
            Display=_TEXT,
            Words=_array(_WORD),
        )
    ),
)

SHORT_AUDIO: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "parameters": [
        _query("language", "Locale of the speech.", required=True, example="en-US"),
        _query("format", "How much is told.", enum=["simple", "detailed"], default="simple"),
        _query(
            "profanity",
            "What happens to profane words in DisplayText, Display and MaskedITN.",
            enum=["masked", "removed", "raw"],
            default="masked",
        ),
        _query(
            "wordLevelTimestamps",
            "With format=detailed: time every word.",
            enum=["true", "false"],
            default="false",
        ),
        _query("cid", "Endpoint of a custom model: accepted and ignored."),
    ],
    "requestBody": {
        "required": True,
        "description": "Up to 60 seconds of audio, at once or in chunks while it is recorded.",
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in (
                "audio/wav; codecs=audio/pcm; samplerate=16000",
                "audio/ogg; codecs=opus",
            )
        },
    },
    "responses": {
        "200": _answer(
            "What was recognised, or in RecognitionStatus why nothing was.",
            _SHORT_RESULT,
            {
                "RecognitionStatus": "Success",
                "DisplayText": "Remind me at 5.",
                "Offset": 1_800_000,
                "Duration": 18_500_000,
            },
        ),
        **_errors(
            _WRAPPED_ERROR,
            {
                "400": "Language missing or unsupported, audio that can not be decoded or is "
                "longer than 60 seconds.",
                "401": "The key or token is wrong.",
                "403": "There is no key or token.",
                "408": "The client stopped sending.",
                "413": "The body is too large.",
                "415": "The content type is not that of audio.",
                "429": "Too many requests are under way; Retry-After says when to try again.",
                "501": "Pronunciation assessment is not available.",
                "503": "There is no model.",
            },
        ),
    },
}

# Fast transcription

_DEFINITION = TranscriptionDefinition.model_json_schema(ref_template="#/components/schemas/{model}")
COMPONENT_SCHEMAS: dict[str, Any] = _DEFINITION.pop("$defs", {})

_PHRASE = _object(
    channel={"type": "integer", "description": "Only where channels were separated."},
    offsetMilliseconds=_MILLISECONDS,
    durationMilliseconds=_MILLISECONDS,
    text=_TEXT,
    words=_array(
        _object(text=_TEXT, offsetMilliseconds=_MILLISECONDS, durationMilliseconds=_MILLISECONDS)
    ),
    locale=_TEXT,
    confidence=_CONFIDENCE,
)
_FAST_RESULT = _object(
    durationMilliseconds=_MILLISECONDS,
    combinedPhrases=_array(_object(channel={"type": "integer"}, text=_TEXT)),
    phrases=_array(_PHRASE),
)

_FAST_ERRORS = {
    "400": "The api-version or a member of the definition is not valid; innerError says which.",
    "401": "The key or token is missing or wrong.",
    "429": "Too many requests are under way; Retry-After says when to try again.",
}

FAST_TRANSCRIPTION: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "parameters": [API_VERSION_PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": _object(
                    audio={
                        "type": "string",
                        "format": "binary",
                        "description": "The audio file; not needed with definition.audioUrl.",
                    },
                    definition={**_DEFINITION, "description": "Options, as JSON; may be left out."},
                ),
                "encoding": {"definition": {"contentType": "application/json"}},
            }
        },
    },
    "responses": {
        "200": _answer("The transcript.", _FAST_RESULT),
        **_errors(
            _FLAT_ERROR,
            {
                **_FAST_ERRORS,
                "408": "The client stopped sending.",
                "413": "The upload is too large.",
                "415": "The body is not multipart/form-data.",
                "422": "The audio can not be decoded, or its language is none of the locales.",
                "501": "Translation is not available, nor is diarization where it is switched off.",
                "503": "There is no model.",
            },
        ),
    },
}

LOCALES: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "parameters": [API_VERSION_PARAMETER],
    "responses": {
        "200": _answer("The locales.", _object(Submit=_array(_TEXT), Transcribe=_array(_TEXT))),
        **_errors(_FLAT_ERROR, {"400": _FAST_ERRORS["400"], "401": _FAST_ERRORS["401"]}),
    },
}

# Tokens

ISSUE_TOKEN: dict[str, Any] = {
    "security": [{"key": []}],
    "parameters": [
        _query("scope", "Accepted; either kind of token opens every route.", example="")
    ],
    "responses": {
        "200": {
            "description": "The bare token, valid for ten minutes.",
            "content": {"application/jwt": {"schema": {"type": "string"}}},
        },
        **_errors(_WRAPPED_ERROR, {"401": "The key is missing or wrong."}),
    },
}
