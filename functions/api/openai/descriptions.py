"""OpenAPI descriptions of OpenAI's audio routes."""

from typing import Any

from functions.api.openapi import (
    INTEGER,
    KEY_OR_TOKEN,
    OPENAI_ERROR,
    QUEUE_FULL,
    TEXT,
    UNAUTHORISED,
    array_of,
    error_answers,
    json_answer,
    object_of,
)

_TOKEN_OR_KEY = KEY_OR_TOKEN[::-1]
_SECONDS = {"type": "number", "description": "Seconds."}


_MODEL = object_of(
    id=TEXT,
    object={"type": "string", "const": "model"},
    created=INTEGER,
    owned_by=TEXT,
)

_NO_MODEL = {"404": "The server's model does not have this name."}

MODELS: dict[str, Any] = {
    "security": _TOKEN_OR_KEY,
    "responses": {
        "200": json_answer(
            "The names, all of one model.",
            object_of(object={"type": "string", "const": "list"}, data=array_of(_MODEL)),
        ),
        **error_answers(OPENAI_ERROR, UNAUTHORISED),
    },
}

MODEL: dict[str, Any] = {
    "security": _TOKEN_OR_KEY,
    "responses": {
        "200": json_answer("The model.", _MODEL),
        **error_answers(OPENAI_ERROR, UNAUTHORISED, _NO_MODEL),
    },
}

_LANGUAGES = array_of(object_of(code=TEXT))
_USAGE = object_of(type={"type": "string", "const": "duration"}, seconds=INTEGER)
_EXTENT = {"start": _SECONDS, "end": _SECONDS}

_SEGMENT = object_of(
    id=INTEGER,
    seek=INTEGER,
    **_EXTENT,
    text=TEXT,
    tokens=array_of(INTEGER),
    temperature={"type": "number"},
    avg_logprob={"type": "number"},
    compression_ratio={"type": "number"},
    no_speech_prob={"type": "number"},
)
_DIARIZED_SEGMENT = object_of(
    type=TEXT, id=TEXT, **_EXTENT, text=TEXT, speaker={"type": "string", "example": "A"}
)

_ANSWERS = {
    "json": object_of(text=TEXT, languages=_LANGUAGES, usage=_USAGE),
    "verbose_json": object_of(
        task=TEXT,
        language={"type": "string", "example": "english"},
        duration=_SECONDS,
        text=TEXT,
        segments=array_of(_SEGMENT),
        words=array_of(object_of(word=TEXT, **_EXTENT)),
        usage=_USAGE,
    ),
    "diarized_json": object_of(
        task=TEXT,
        duration=_SECONDS,
        text=TEXT,
        segments=array_of(_DIARIZED_SEGMENT),
        usage=_USAGE,
    ),
}

_FORM = object_of(
    file={"type": "string", "format": "binary", "description": "The audio, in any format."},
    model={"type": "string", "example": "whisper-1"},
    language={"type": "string", "description": "ISO 639-1.", "example": "en"},
    response_format={
        "type": "string",
        "enum": ["json", "text", "srt", "verbose_json", "vtt", "diarized_json"],
        "default": "json",
    },
    stream={"type": "boolean", "default": False},
    prompt={"type": "string", "description": "Accepted and ignored."},
    temperature={
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Accepted; recognition always uses 0.",
    },
    chunking_strategy={"type": "string", "description": "Accepted and ignored."},
) | {"required": ["file", "model"]}
_FORM["properties"] |= {
    "languages[]": {
        **array_of(TEXT),
        "description": "Candidate languages; the server identifies one of them.",
    },
    "keywords[]": {**array_of(TEXT), "description": "Words or phrases that are likely."},
    "timestamp_granularities[]": {
        **array_of({"type": "string", "enum": ["segment", "word"]}),
        "description": "For verbose_json; without effect on other formats of gpt models.",
    },
}

TRANSCRIPTION: dict[str, Any] = {
    "security": _TOKEN_OR_KEY,
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
    "responses": {
        "200": {
            "description": "The transcript in the requested format; events with stream.",
            "content": {
                "application/json": {"schema": {"anyOf": list(_ANSWERS.values())}},
                "text/plain": {"schema": TEXT},
                "text/vtt": {"schema": TEXT},
                "text/event-stream": {"schema": TEXT},
            },
        },
        **error_answers(
            OPENAI_ERROR,
            UNAUTHORISED,
            _NO_MODEL,
            QUEUE_FULL,
            {
                "400": "A field is missing, invalid or not supported, or the file is not audio.",
                "408": "The client stopped sending.",
                "413": "The upload is too large.",
                "415": "The body is not multipart/form-data.",
                "422": "The language of the audio is none of the candidates.",
                "503": "The model is not available.",
            },
        ),
    },
}

_TRANSLATION_FORM = object_of(
    file={"type": "string", "format": "binary", "description": "The audio, in any format."},
    model={"type": "string", "example": "whisper-1"},
    language={
        "type": "string",
        "description": "Language of the speech, ISO 639-1; without it, it is identified.",
        "example": "es",
    },
    response_format={
        "type": "string",
        "enum": ["json", "text", "srt", "verbose_json", "vtt"],
        "default": "json",
    },
    prompt={"type": "string", "description": "Accepted and ignored."},
    temperature={"type": "number", "minimum": 0, "maximum": 1},
) | {"required": ["file", "model"]}

TRANSLATION: dict[str, Any] = {
    "security": _TOKEN_OR_KEY,
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": _TRANSLATION_FORM}},
    },
    "responses": {
        "200": {
            "description": "The English translation in the requested format.",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [_ANSWERS["json"], _ANSWERS["verbose_json"]]}
                },
                "text/plain": {"schema": TEXT},
                "text/vtt": {"schema": TEXT},
            },
        },
        **error_answers(
            OPENAI_ERROR,
            UNAUTHORISED,
            QUEUE_FULL,
            {
                "400": "A field is missing, invalid or not supported, or the file is not audio.",
                "503": "The model or the translator is not available.",
            },
        ),
    },
}
