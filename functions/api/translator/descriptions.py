"""What the reference says of Translator's routes: parts of an OpenAPI document."""

from typing import Any

_KEY_OR_TOKEN: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]
_TEXT = {"type": "string"}
_INTEGER = {"type": "integer"}
_NUMBER = {"type": "number"}
_FLAG = {"type": "boolean"}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _query(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": _TEXT,
    }


_ERROR = _object(error=_object(code=_INTEGER, message=_TEXT))
_ERRORS = {
    "400": _json("A parameter or the body is not valid, or nobody here does the pair.", _ERROR),
    "401": _json("The key or token is missing or wrong.", _ERROR),
    "415": _json("The content type is not application/json.", _ERROR),
    "429": _json("Too many requests are under way; Retry-After says when to try again.", _ERROR),
    "503": _json("The translator of the pair does not answer.", _ERROR),
}
_VERSION = _query(
    "api-version", "3.0, or the date of a later version, such as 2026-06-06.", required=True
)
_DETECTED = _object(language=_TEXT, score=_NUMBER)
_ARRAY_OF_TEXTS = _array(_object(Text=_TEXT))

TRANSLATE: dict[str, Any] = {
    "security": _KEY_OR_TOKEN,
    "parameters": [
        _VERSION,
        _query("to", "3.0: target language; repeat it for several."),
        _query("from", "3.0: source language; without it each text's own is detected."),
        _query("textType", "3.0: plain or html."),
        _query("includeSentenceLength", "3.0: true tells how long each sentence is."),
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _ARRAY_OF_TEXTS,
                        _object(
                            inputs=_array(
                                _object(
                                    text=_TEXT,
                                    language=_TEXT,
                                    textType={"type": "string", "enum": ["Plain", "Html"]},
                                    targets=_array(_object(language=_TEXT)),
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
        "200": _json(
            "The translations, in the order of the texts and targets.",
            {
                "oneOf": [
                    _array(
                        _object(
                            detectedLanguage=_DETECTED,
                            translations=_array(_object(text=_TEXT, to=_TEXT)),
                        )
                    ),
                    _object(
                        value=_array(
                            _object(
                                detectedLanguage=_DETECTED,
                                translations=_array(
                                    _object(text=_TEXT, language=_TEXT, sourceCharacters=_INTEGER)
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
    "security": _KEY_OR_TOKEN,
    "parameters": [_VERSION],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _ARRAY_OF_TEXTS}},
    },
    "responses": {
        "200": _json(
            "Language and score, 0 to 1, of each text.",
            _array(
                _object(
                    language=_TEXT,
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
        _query("scope", "translation, transliteration and dictionary, by commas."),
    ],
    "responses": {
        "200": _json(
            "The languages by their codes.",
            _object(
                translation={
                    "type": "object",
                    "additionalProperties": _object(name=_TEXT, nativeName=_TEXT, dir=_TEXT),
                }
            ),
        ),
        "400": _ERRORS["400"],
    },
}
