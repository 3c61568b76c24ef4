"""Names, types and words of the document are those of the contracts' published definitions.

Azure's are OpenAPI documents: speech to text 2024-11-15, 2025-10-15 and v3.2, Translator 3.0 and
2026-06-06. OpenAI's is the one that its client is generated from.
"""

import re

import pytest
from described import document, operations

from functions.api import problems
from functions.api.speech_models.routes import EMPTY_COLLECTIONS

MADE = {operation["operationId"]: (path, operation) for _, path, operation in operations()}
SCHEMAS = document()["components"]["schemas"]

# By published path below `/speechtotext`, of the dated versions.
SPEECH = {
    "GET /transcriptions/locales": "Transcriptions_ListSupportedLocales",
    "GET /transcriptions": "Transcriptions_List",
    "GET /transcriptions/{id}": "Transcriptions_Get",
    "PATCH /transcriptions/{id}": "Transcriptions_Update",
    "DELETE /transcriptions/{id}": "Transcriptions_Delete",
    "POST /transcriptions:submit": "Transcriptions_Submit",
    "POST /transcriptions:transcribe": "Transcriptions_Transcribe",
    "GET /transcriptions/{id}/files": "Transcriptions_ListFiles",
    "GET /transcriptions/{id}/files/{fileId}": "Transcriptions_GetFile",
    "GET /webhooks": "WebHooks_List",
    "POST /webhooks": "WebHooks_Create",
    "GET /webhooks/{id}": "WebHooks_Get",
    "PATCH /webhooks/{id}": "WebHooks_Update",
    "DELETE /webhooks/{id}": "WebHooks_Delete",
    "POST /webhooks/{id}:ping": "WebHooks_Ping",
    "POST /webhooks/{id}:test": "WebHooks_Test",
    "GET /models/locales": "Models_ListSupportedLocales",
    "GET /models": "Models_ListCustomModels",
    "GET /models/base": "Models_ListBaseModels",
    "GET /models/base/{id}": "Models_GetBaseModel",
    "GET /models/base/{id}/manifest": "Models_GetBaseModelManifest",
    "GET /projects": "Projects_List",
    "GET /datasets": "Datasets_List",
    "GET /endpoints": "Endpoints_List",
    "GET /evaluations": "Evaluations_List",
}
V3 = {
    **{name: one for name, one in SPEECH.items() if not re.search(r":(submit|transcribe)$", name)},
    "POST /transcriptions": "Transcriptions_Create",
}
OTHERS = {
    "POST /translate": "Translate",
    "POST /detect": "Detect_DetectPost",
    "POST /breaksentence": "FindSentenceBoundaries",
    "GET /languages": "GetSupportedLanguages",
    "POST /v1/audio/speech": "createSpeech",
    "POST /v1/audio/transcriptions": "createTranscription",
    "POST /v1/audio/translations": "createTranslation",
    "GET /v1/models": "listModels",
    "GET /v1/models/{model}": "retrieveModel",
}
SUBMITTED = {"Transcriptions_Submit", "Transcriptions_Create", "Transcriptions_Transcribe"}
UNDER_WAY = {
    "Transcriptions_List", "Transcriptions_Get", "Transcriptions_Update",
    "Transcriptions_ListFiles", "WebHooks_List", "WebHooks_Get", "WebHooks_Update",
}  # fmt: skip


def operation_at(method, path):
    return document()["paths"][path][method.lower()]


def test_operations_have_their_published_names():
    made = {}
    for root, named in (("/speechtotext", SPEECH), ("/speechtotext/{version}", V3), ("", OTHERS)):
        for route, name in named.items():
            method, path = route.split()
            made[f"{method} {root}{path}"] = name
    found = {route: operation_at(*route.split())["operationId"] for route in made}
    assert {
        route: name for route, name in found.items() if name.removesuffix("_v3") != made[route]
    } == {}
    assert len(made) == len(SPEECH) + len(V3) + len(OTHERS)


def test_names_of_the_v3_generation_end_with_it_where_the_other_has_them_too():
    both = set(SPEECH.values()) - SUBMITTED
    assert {name for name in MADE if name.endswith("_v3")} >= {f"{name}_v3" for name in both}
    assert not {f"{name}_v3" for name in SUBMITTED} & set(MADE)


def test_the_collection_of_custom_models_is_the_only_one_with_another_name():
    named = {f"{one.capitalize()}_List" for one in EMPTY_COLLECTIONS if one != "models"}
    assert named <= set(MADE)
    assert "Models_List" not in MADE


@pytest.mark.parametrize("suffix", ["", "_v3"])
def test_answers_about_what_is_under_way_may_say_when_to_ask_again(suffix):
    def with_header(name):
        return {
            one.removesuffix(suffix)
            for one, (path, operation) in MADE.items()
            if one.startswith(("Transcriptions_", "WebHooks_"))
            and ("{version}" in path) == bool(suffix)
            and any(
                name in answer.get("headers", {})
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            )
        }

    assert with_header("Retry-After") == UNDER_WAY
    created = "Transcriptions_Create" if suffix else "Transcriptions_Submit"
    assert with_header("Location") == {created, "WebHooks_Create"}


def test_headers_have_their_published_types():
    types = {}
    for _, operation in MADE.values():
        for answer in operation["responses"].values():
            for name, header in answer.get("headers", {}).items():
                types.setdefault(name, []).append(header["schema"])
    del types["Sotto-Dropped"]  # of no contract
    assert {name: found[0] for name, found in types.items() if found[1:] == found[:-1]} == {
        "Retry-After": {"type": "integer", "format": "int32"},
        "Location": {"type": "string", "format": "uri"},
        "X-RequestId": {"type": "string"},
        "x-metered-usage": {"type": "integer", "format": "int32"},
        "x-mt-system": {"type": "string"},
        "ETag": {"type": "string"},
    }


def test_parameters_of_a_translation_have_their_published_names_words_and_defaults():
    _, operation = MADE["Translate"]
    parameters = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert {name: (one.get("enum"), one.get("default")) for name, one in parameters.items()} == {
        "api-version": (None, None),
        "to": (None, None),
        "from": (None, None),
        "suggestedFrom": (None, None),
        "textType": (["Plain", "Html"], "Plain"),
        "category": (None, "general"),
        "allowFallback": (None, True),
        "profanityAction": (["NoAction"], "NoAction"),
        "includeSentenceLength": (None, False),
    }


def test_the_length_of_a_whole_job_may_exceed_32_bits():
    """1,000 files of an hour are 3.6e9 ms."""
    properties = SCHEMAS["TranscriptionProperties"]["properties"]
    assert properties["durationMilliseconds"]["format"] == "int64"
    assert properties["timeToLiveHours"]["format"] == "int32"


FORMATS = {
    "TranscribedPhrase": {
        "channel": "int32", "speaker": "int32", "offsetMilliseconds": "int32",
        "durationMilliseconds": "int32", "confidence": "float",
    },
    "TranscriptionDefinition": {"audioUrl": "uri"},
    "Diarization": {"maxSpeakers": "int32"},
    "PhraseList": {"biasingWeight": "double"},
    "JobDiarization": {"maxSpeakers": "int32"},
    "FileProperties": {"size": "int64"},
    "EntityReference": {"self": "uri"},
    "TranscriptionJob": {
        "self": "uri", "createdDateTime": "date-time", "lastActionDateTime": "date-time",
    },
    "DetectedSource": {"score": "float"},
    "TargetTranslation": {"sourceCharacters": "int32"},
    "TranslatorErrorDetail": {"code": "int32"},
}  # fmt: skip


@pytest.mark.parametrize("component", FORMATS)
def test_members_have_their_published_formats(component):
    properties = SCHEMAS[component]["properties"]
    found = {name: one["format"] for name, one in properties.items() if "format" in one}
    assert found == FORMATS[component]


def test_channels_have_32_bits():
    for component in ("TranscriptionDefinition", "NewTranscriptionProperties"):
        assert SCHEMAS[component]["properties"]["channels"]["items"]["format"] == "int32"


@pytest.mark.parametrize("name", ["skip", "top", "sasLifetimeMinutes", "sasValidityInSeconds"])
def test_numbers_in_queries_have_32_bits(name):
    schemas = [
        parameter["schema"]
        for _, operation in MADE.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == name
    ]
    assert {one["format"] for one in schemas} == {"int32"}


def test_outer_codes_of_errors_are_those_that_are_sent():
    sent = {code for code, _ in problems._STATUSES.values()}
    sent |= {rule.code for rule in problems.RULES.values()}
    assert set(SCHEMAS["FlatError"]["properties"]["code"]["enum"]) == sent


def test_inner_codes_of_errors_are_published_but_for_one():
    published = {
        "AudioLengthLimitExceeded", "EmptyAudioFile", "InvalidAudioFormat", "InvalidLocale",
        "InvalidParameterValue", "InvalidPayload", "InvalidRecordingsUri", "InvalidTimeToLive",
        "NoLanguageIdentified", "QuotaViolation", "UnexpectedError",
    }  # fmt: skip
    sent = {rule.inner_code for rule in problems.RULES.values()} - {None}
    assert sent - published == {"FeatureUnavailable"}
