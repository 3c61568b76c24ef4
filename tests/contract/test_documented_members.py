"""The API reference against the types of the published clients: members, words, requirements.

The clients are generated from the contracts' definitions. Each difference is named here: members
that only Sotto has, and members of the clients that Sotto never sends or never reads.
"""

import typing

import pytest
from azure.ai.transcription import models as fast
from azure.ai.translation.text import models as text
from described import document
from openai.types import Model, audio
from openai.types.audio import speech_create_params, transcription_segment
from openai.types.audio.transcription_create_params import TranscriptionCreateParamsNonStreaming
from openai.types.audio.transcription_diarized_segment import TranscriptionDiarizedSegment
from openai.types.audio.transcription_text_delta_event import TranscriptionTextDeltaEvent
from openai.types.audio.transcription_text_done_event import TranscriptionTextDoneEvent
from openai.types.audio.translation_create_params import TranslationCreateParams
from openai.types.audio_response_format import AudioResponseFormat

SCHEMAS = document()["components"]["schemas"]

# Component, type of Azure's client, members of Sotto alone, members of the client alone.
AZURE = [
    ("TranscribeResult", fast.TranscriptionResult, set(), set()),
    ("CombinedPhrases", fast.ChannelCombinedPhrases, set(), set()),
    ("TranscribedPhrase", fast.TranscribedPhrase, set(), set()),
    ("TranscribedWord", fast.TranscribedWord, set(), set()),
    ("TranscriptionDefinition", fast.TranscriptionOptions, set(), set()),
    ("Diarization", fast.TranscriptionDiarizationOptions, set(), set()),
    ("PhraseList", fast.PhraseListProperties, set(), set()),
    ("EnhancedMode", fast.EnhancedModeProperties, set(), set()),
    ("TranslationInputs", text.TranslateBody, set(), set()),
    ("TranslationInput", text.TranslateInputItem, set(), {"script"}),
    (
        "TargetLanguage", text.TranslationTarget, set(),
        {"profanityMarker", "tone", "gender", "adaptiveDatasetId", "referenceTextPairs"},
    ),
    ("TranslationResult", text.TranslationResult, set(), set()),
    ("TranslatedInput", text.TranslatedTextItem, set(), set()),
    (
        "TargetTranslation", text.TranslationText, set(),
        {"instructionTokens", "sourceTokens", "responseTokens", "targetTokens"},
    ),
    ("DetectedSource", text.DetectedLanguage, set(), set()),
    ("TextLanguages", text.GetSupportedLanguagesResult, {"dictionary"}, set()),  # of 3.0
    ("TextLanguage", text.TranslationLanguage, set(), set()),
    ("TranslatorErrorDetail", text.ErrorDetails, set(), set()),
]  # fmt: skip
# The same of OpenAI's client.
OPENAI = [
    ("Transcription", audio.Transcription, set(), {"logprobs"}),
    ("VerboseTranscription", audio.TranscriptionVerbose, {"task"}, set()),
    ("VerboseSegment", transcription_segment.TranscriptionSegment, set(), set()),
    ("VerboseWord", audio.TranscriptionWord, set(), set()),
    ("DiarizedTranscription", audio.TranscriptionDiarized, set(), set()),
    ("DiarizedSegment", TranscriptionDiarizedSegment, set(), set()),
    ("TextDelta", TranscriptionTextDeltaEvent, set(), {"logprobs"}),
    ("TextDone", TranscriptionTextDoneEvent, set(), {"logprobs", "usage"}),
    ("OpenAIModel", Model, set(), {"shutdown_date"}),
]
# Requests of OpenAI's client; arrays of a form have `[]` behind their names.
OPENAI_REQUESTS = [
    (
        "TranscriptionForm", TranscriptionCreateParamsNonStreaming, set(),
        {"include", "known_speaker_names", "known_speaker_references"},  # refused
    ),
    ("TranslationForm", TranslationCreateParams, {"language"}, set()),
    ("SpeechRequest", speech_create_params.SpeechCreateParams, set(), set()),
]  # fmt: skip


def cases(listed):
    """Parameters of a test, one set for each component, which names it."""
    names = ("component", "kind", "own", "foreign")
    return pytest.mark.parametrize(names, listed, ids=[case[0] for case in listed])


def members(component):
    return {name.removesuffix("[]") for name in SCHEMAS[component]["properties"]}


def wire_members(kind):
    """Names on the wire of a type of azure-core's."""
    kind.__new__(kind)  # which finds the fields
    return {field._rest_name for field in kind._attr_to_rest_field.values()}


@cases(AZURE)
def test_members_are_those_of_azures_clients(component, kind, own, foreign):
    assert members(component) - wire_members(kind) == own
    assert wire_members(kind) - members(component) == foreign


@cases(OPENAI)
def test_members_of_answers_are_those_of_openais_client(component, kind, own, foreign):
    assert members(component) - set(kind.model_fields) == own
    assert set(kind.model_fields) - members(component) == foreign
    needed = {name for name, field in kind.model_fields.items() if field.is_required()}
    assert needed <= set(SCHEMAS[component]["required"])


@cases(OPENAI_REQUESTS)
def test_members_of_requests_are_those_of_openais_client(component, kind, own, foreign):
    assert members(component) - set(typing.get_type_hints(kind)) == own
    assert set(typing.get_type_hints(kind)) - members(component) == foreign
    hints = typing.get_type_hints(kind, include_extras=True)
    needed = {name for name, hint in hints.items() if typing.get_origin(hint) is typing.Required}
    assert set(SCHEMAS[component]["required"]) <= needed


def test_words_are_those_of_the_clients():
    forms = SCHEMAS["TranscriptionForm"]["properties"], SCHEMAS["TranslationForm"]["properties"]
    formats = list(typing.get_args(AudioResponseFormat))
    assert sorted(SCHEMAS["ResponseFormat"]["enum"]) == sorted(formats)
    hints = typing.get_type_hints(TranslationCreateParams)
    assert set(forms[1]["response_format"]["enum"]) == set(
        typing.get_args(hints["response_format"])
    )
    hints = typing.get_type_hints(TranscriptionCreateParamsNonStreaming)
    (granularity,) = typing.get_args(hints["timestamp_granularities"])
    items = forms[0]["timestamp_granularities[]"]["items"]
    assert set(items["enum"]) == set(typing.get_args(granularity))
    hints = typing.get_type_hints(speech_create_params.SpeechCreateParams)
    spoken = SCHEMAS["SpeechRequest"]["properties"]["response_format"]["enum"]
    assert set(spoken) == set(typing.get_args(hints["response_format"]))
    modes = SCHEMAS["ProfanityFilterMode"]["enum"]
    assert set(modes) == {mode.value for mode in fast.ProfanityFilterMode}
    parameters = document()["paths"]["/translate"]["post"]["parameters"]
    (text_type,) = [one["schema"] for one in parameters if one["name"] == "textType"]
    assert set(text_type["enum"]) == {kind.value for kind in text.TextType}
