"""OpenAPI descriptions of short audio, fast transcription and tokens.

The schema of `definition` comes from the pydantic model that validates it.
"""

from typing import Any

from functions.api.assessment_options import MAX_HEADER_CHARACTERS
from functions.api.openapi import (
    BINARY,
    CONFIDENCE,
    DROPPED_HEADERS,
    FLAT_ERROR,
    INTEGER,
    KEY_OR_TOKEN,
    MILLISECONDS,
    QUEUE_FULL,
    TEXT,
    UNAUTHORISED,
    WRAPPED_ERROR,
    array_of,
    error_answers,
    json_answer,
    object_of,
    query_parameter,
)
from functions.api.transcription_definition import TranscriptionDefinition
from shared.assessment import ErrorType

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
        "description": "A token of POST /sts/v1.0/issueToken, an access token of the identity "
        "provider, or a key.",
    },
}


_TICKS = {"type": "integer", "format": "int64", "description": "Ticks of 100 ns."}


# Short audio

_SCORE = {
    "type": "number",
    "description": "0 to 5, or 0 to 100. With Pronunciation-Assessment only.",
}
_TIMED = {"Offset": _TICKS, "Duration": _TICKS, "AccuracyScore": _SCORE}
_WORD = object_of(
    Word=TEXT,
    **_TIMED,
    ErrorType={"type": "string", "enum": [member.value for member in ErrorType]},
    Feedback={"type": "object", "description": "Breaks and intonation."},
    Syllables=array_of(object_of(Syllable=TEXT, Grapheme=TEXT, **_TIMED)),
    Phonemes=array_of(
        object_of(
            Phoneme=TEXT, **_TIMED, NBestPhonemes=array_of(object_of(Phoneme=TEXT, Score=_SCORE))
        )
    ),
)
_SHORT_RESULT = object_of(
    RecognitionStatus={
        "type": "string",
        "enum": ["Success", "NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "Error"],
    },
    DisplayText=TEXT,
    Offset=_TICKS,
    Duration=_TICKS,
    SNR={"type": "number", "description": "In dB. With Pronunciation-Assessment only."},
    NBest=array_of(
        object_of(
            Confidence=CONFIDENCE,
            Lexical=TEXT,
            ITN=TEXT,
            MaskedITN=TEXT,
            Display=TEXT,
            AccuracyScore=_SCORE,
            FluencyScore=_SCORE,
            ProsodyScore=_SCORE,
            CompletenessScore=_SCORE,
            PronScore=_SCORE,
            Words=array_of(_WORD),
        )
    ),
)

SHORT_AUDIO: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [
        query_parameter("language", "Locale of the speech.", required=True, example="en-US"),
        query_parameter(
            "format", "Level of detail.", enum=["simple", "detailed"], default="simple"
        ),
        query_parameter(
            "profanity",
            "Treatment of profane words in DisplayText, Display and MaskedITN.",
            enum=["masked", "removed", "raw"],
            default="masked",
        ),
        query_parameter(
            "wordLevelTimestamps",
            "With format=detailed: time every word.",
            enum=["true", "false"],
            default="false",
        ),
        query_parameter("cid", "Endpoint of a custom model: accepted and ignored."),
        {
            "name": "Pronunciation-Assessment",
            "in": "header",
            "required": False,
            "description": "Base64 of a JSON object: scores of the pronunciation are wanted, and "
            "the result is detailed. Members: ReferenceText, GradingSystem (FivePoint, "
            "HundredMark), Granularity (Phoneme, Word, FullText), Dimension (Basic, "
            "Comprehensive), EnableMiscue, EnableProsodyAssessment, PhonemeAlphabet (SAPI, IPA), "
            "NBestPhonemeCount.",
            "schema": TEXT | {"maxLength": MAX_HEADER_CHARACTERS},
        },
    ],
    "requestBody": {
        "required": True,
        "description": "Up to 60 seconds of audio, with Pronunciation-Assessment 30, at once or in "
        "chunks while it is recorded.",
        "content": {
            media_type: {"schema": BINARY}
            for media_type in (
                "audio/wav; codecs=audio/pcm; samplerate=16000",
                "audio/ogg; codecs=opus",
            )
        },
    },
    "responses": {
        "200": json_answer(
            "The recognised text, or in RecognitionStatus the reason why there is none.",
            _SHORT_RESULT,
            {
                "RecognitionStatus": "Success",
                "DisplayText": "Remind me at 5.",
                "Offset": 1_800_000,
                "Duration": 18_500_000,
            },
        ),
        **error_answers(
            WRAPPED_ERROR,
            {
                "400": "Language missing or unsupported, Pronunciation-Assessment not "
                "understood, audio that cannot be decoded or is too long.",
                "401": "The key or token is wrong.",
                "403": "The key or token is missing.",
                "408": "The client stopped sending.",
                "413": "The body is too large.",
                "415": "The content type is not audio.",
                **QUEUE_FULL,
                "501": "Pronunciation assessment is not available on this server.",
                "503": "The model is not available.",
            },
        ),
    },
}

# Fast transcription

_DEFINITION = TranscriptionDefinition.model_json_schema(ref_template="#/components/schemas/{model}")
COMPONENT_SCHEMAS: dict[str, Any] = _DEFINITION.pop("$defs", {})

_PHRASE = object_of(
    channel={"type": "integer", "description": "Only with separated channels."},
    offsetMilliseconds=MILLISECONDS,
    durationMilliseconds=MILLISECONDS,
    text=TEXT,
    words=array_of(
        object_of(text=TEXT, offsetMilliseconds=MILLISECONDS, durationMilliseconds=MILLISECONDS)
    ),
    locale=TEXT,
    confidence=CONFIDENCE,
)
_FAST_RESULT = object_of(
    durationMilliseconds=MILLISECONDS,
    combinedPhrases=array_of(object_of(channel=INTEGER, text=TEXT)),
    phrases=array_of(_PHRASE),
)

_FAST_ERRORS = {
    "400": "The api-version or a member of the definition is not valid; innerError says which.",
    **UNAUTHORISED,
    **QUEUE_FULL,
}

FAST_TRANSCRIPTION: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [API_VERSION_PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": object_of(
                    audio={
                        "type": "string",
                        "format": "binary",
                        "description": "The audio file; optional with definition.audioUrl.",
                    },
                    definition={**_DEFINITION, "description": "Options as JSON; optional."},
                ),
                "encoding": {"definition": {"contentType": "application/json"}},
            }
        },
    },
    "responses": {
        "200": json_answer("The transcript.", _FAST_RESULT) | {"headers": DROPPED_HEADERS},
        **error_answers(
            FLAT_ERROR,
            _FAST_ERRORS,
            {
                "408": "The client stopped sending.",
                "413": "The upload is too large.",
                "415": "The body is not multipart/form-data.",
                "422": "The audio cannot be decoded, or its language is none of the locales.",
                "501": "Translation is not available, or diarization is switched off.",
                "503": "The model is not available.",
            },
        ),
    },
}

LOCALES: dict[str, Any] = {
    "security": KEY_OR_TOKEN,
    "parameters": [API_VERSION_PARAMETER],
    "responses": {
        "200": json_answer(
            "The locales.", object_of(Submit=array_of(TEXT), Transcribe=array_of(TEXT))
        ),
        **error_answers(FLAT_ERROR, {"400": _FAST_ERRORS["400"], "401": _FAST_ERRORS["401"]}),
    },
}

# Tokens

ISSUE_TOKEN: dict[str, Any] = {
    "security": [{"key": []}, {"token": []}],
    "parameters": [
        query_parameter("scope", "Accepted; either kind of token opens every route.", example="")
    ],
    "responses": {
        "200": {
            "description": "The bare token, valid for ten minutes.",
            "content": {"application/jwt": {"schema": {"type": "string"}}},
        },
        **error_answers(
            WRAPPED_ERROR,
            {
                "401": "The key or access token is missing or wrong.",
                "403": "The access token lacks a role, or this server has no SOTTO_KEYS.",
                "503": "The issuer of the access token cannot be reached.",
            },
        ),
    },
}
