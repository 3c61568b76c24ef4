"""What the reference says of OpenAI's audio routes: parts of an OpenAPI document."""

from typing import Any

_KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"token": []}, {"key": []}]
_TEXT = {"type": "string"}
_SECONDS = {"type": "number", "description": "Seconds."}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_ERROR = _object(
    error=_object(message=_TEXT, type=_TEXT, param={"type": ["string", "null"]}, code=_TEXT)
)


def _errors(**described: str) -> dict[str, Any]:
    told = {"401": "The key or token is missing or wrong."}
    told |= {status.removeprefix("status_"): text for status, text in described.items()}
    return {status: _json(text, _ERROR) for status, text in sorted(told.items())}


_MODEL = _object(
    id=_TEXT,
    object={"type": "string", "const": "model"},
    created={"type": "integer"},
    owned_by=_TEXT,
)

MODELS: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "responses": {
        "200": _json(
            "The names, all of one model.",
            _object(object={"type": "string", "const": "list"}, data=_array(_MODEL)),
        ),
        **_errors(),
    },
}

MODEL: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "responses": {
        "200": _json("The model.", _MODEL),
        **_errors(status_404="The server's model does not answer to this name."),
    },
}

_LANGUAGES = _array(_object(code=_TEXT))
_USAGE = _object(type={"type": "string", "const": "duration"}, seconds={"type": "integer"})
_EXTENT = {"start": _SECONDS, "end": _SECONDS}

_SEGMENT = _object(
    id={"type": "integer"},
    seek={"type": "integer"},
    **_EXTENT,
    text=_TEXT,
    tokens=_array({"type": "integer"}),
    temperature={"type": "number"},
    avg_logprob={"type": "number"},
    compression_ratio={"type": "number"},
    no_speech_prob={"type": "number"},
)
_DIARIZED_SEGMENT = _object(
    type=_TEXT, id=_TEXT, **_EXTENT, text=_TEXT, speaker={"type": "string", "example": "A"}
)

_ANSWERS = {
    "json": _object(text=_TEXT, languages=_LANGUAGES, usage=_USAGE),
    "verbose_json": _object(
        task=_TEXT,
        language={"type": "string", "example": "english"},
        duration=_SECONDS,
        text=_TEXT,
        segments=_array(_SEGMENT),
        words=_array(_object(word=_TEXT, **_EXTENT)),
        usage=_USAGE,
    ),
    "diarized_json": _object(
        task=_TEXT,
        duration=_SECONDS,
        text=_TEXT,
        segments=_array(_DIARIZED_SEGMENT),
        usage=_USAGE,
    ),
}

_FORM = _object(
    file={"type": "string", "format": "binary", "description": "The audio, in any format."},
    model={"type": "string", "example": "whisper-1"},
    language={"type": "string", "description": "ISO 639-1.", "example": "en"},
    response_format={
        "type": "string",
        "enum": ["json", "text", "srt", "verbose_json", "vtt", "diarized_json"],
        "default": "json",
    },
    stream={"type": "boolean", "default": False},
    prompt={"type": "string", "description": "Accepted and without effect."},
    temperature={
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Accepted; recognition is that of 0.",
    },
    chunking_strategy={"type": "string", "description": "Accepted and without effect."},
) | {"required": ["file", "model"]}
_FORM["properties"] |= {
    "languages[]": {**_array(_TEXT), "description": "Candidates, of which one is identified."},
    "keywords[]": {**_array(_TEXT), "description": "Words or phrases that are likely."},
    "timestamp_granularities[]": {
        **_array({"type": "string", "enum": ["segment", "word"]}),
        "description": "With verbose_json only.",
    },
}

TRANSCRIPTION: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
    "responses": {
        "200": {
            "description": "The transcript, in the format that was asked for; events with stream.",
            "content": {
                "application/json": {"schema": {"anyOf": list(_ANSWERS.values())}},
                "text/plain": {"schema": _TEXT},
                "text/vtt": {"schema": _TEXT},
                "text/event-stream": {"schema": _TEXT},
            },
        },
        **_errors(
            status_400="A field is missing, not valid or not served, or the file is no audio.",
            status_404="The server's model does not answer to this name.",
            status_408="The client stopped sending.",
            status_413="The upload is too large.",
            status_415="The body is not multipart/form-data.",
            status_422="The language of the audio is none of the candidates.",
            status_429="Too many requests are under way; Retry-After says when to try again.",
            status_503="There is no model.",
        ),
    },
}

_TRANSLATION_FORM = _object(
    file={"type": "string", "format": "binary", "description": "The audio, in any format."},
    model={"type": "string", "example": "whisper-1"},
    language={
        "type": "string",
        "description": "What is spoken, ISO 639-1; without it that is found.",
        "example": "es",
    },
    response_format={
        "type": "string",
        "enum": ["json", "text", "srt", "verbose_json", "vtt"],
        "default": "json",
    },
    prompt={"type": "string", "description": "Accepted and without effect."},
    temperature={"type": "number", "minimum": 0, "maximum": 1},
) | {"required": ["file", "model"]}

TRANSLATION: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": _TRANSLATION_FORM}},
    },
    "responses": {
        "200": {
            "description": "What is said, in English, in the format that was asked for.",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [_ANSWERS["json"], _ANSWERS["verbose_json"]]}
                },
                "text/plain": {"schema": _TEXT},
                "text/vtt": {"schema": _TEXT},
            },
        },
        **_errors(
            status_400="A field is missing, not valid or not served, or the file is no audio.",
            status_429="Too many requests are under way; Retry-After says when to try again.",
            status_503="The model or the translator is not there.",
        ),
    },
}
