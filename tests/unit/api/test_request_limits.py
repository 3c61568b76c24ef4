"""Every list and text of a request has a greatest size; beyond it the member and limit are named.

The greatest allowed size is accepted.
"""

import json

import pytest
from starlette.datastructures import QueryParams
from test_member_names import FAST, HOOK, JOB, OLD_JOB, READERS, SPEECH, SPEECH_TRANSLATION, part

from functions.api.batch_jobs.definition import MAX_CONTENT_URLS
from functions.api.openai.problems import OpenAIProblem
from functions.api.openai.transcription_request import read_transcription_request
from functions.api.problems import Problem
from functions.api.request_limits import MAX_PHRASE_CHARACTERS, MAX_PHRASES
from functions.api.translator.request import read_texts, read_translation
from shared.errors import MalformedSsml
from shared.synthesis.ssml import MAX_ELEMENTS, read_ssml
from shared.transcription.scripted_transcriber import ScriptedTranscriber

LOCALES = [f"a{number}" for number in range(101)]
URL = "https://speech.example/" + "a" * 8_000


def phrases(n_phrases, n_characters=5):
    return {"phraseList": {"phrases": ["a" * n_characters] * n_phrases}}


TOO_LARGE = [
    ("fast", FAST | phrases(MAX_PHRASES + 1), "definition.phraseList.phrases", 500),
    ("fast", FAST | phrases(1, MAX_PHRASE_CHARACTERS + 1), "phraseList.phrases[0]", 256),
    ("fast", FAST | {"locales": LOCALES}, "definition.locales", 100),
    ("fast", FAST | {"locales": ["en-US", "a" * 36]}, "definition.locales[1]", 35),
    ("fast", FAST | {"models": dict.fromkeys(LOCALES, "x")}, "definition.models", 100),
    ("fast", FAST | {"models": {"en-US": URL}}, "definition.models.en-US", 8000),
    ("fast", FAST | {"channels": [0, 1, 0]}, "definition.channels", 2),
    ("fast", FAST | {"audioUrl": URL}, "definition.audioUrl", 8000),
    ("fast", FAST | {"enhancedMode": {"targetLanguage": "a" * 36}}, "targetLanguage", 35),
    ("fast", FAST | {"enhancedMode": {"prompt": ["p"] * 101}}, "enhancedMode.prompt", 100),
    ("fast", FAST | {"enhancedMode": {"prompt": ["p" * 20_001]}}, "prompt[0]", 20_000),
    ("speech translation", SPEECH_TRANSLATION | {"targets": LOCALES}, "definition.targets", 10),
    ("speech translation", SPEECH_TRANSLATION | {"targets": ["a" * 36]}, "targets[0]", 35),
    (
        "speech translation",
        SPEECH_TRANSLATION | {"speech": {"voices": dict.fromkeys(LOCALES, "x")}},
        "definition.speech.voices",
        10,
    ),
    (
        "speech translation",
        SPEECH_TRANSLATION | {"speech": {"outputFormat": "a" * 101}},
        "definition.speech.outputFormat",
        100,
    ),
    ("job", JOB | {"displayName": "a" * 513}, "displayName", 512),
    ("job", JOB | {"description": "a" * 4001}, "description", 4000),
    ("job", JOB | {"locale": "a" * 36}, "locale", 35),
    ("job", JOB | {"contentUrls": [""] * (MAX_CONTENT_URLS + 1)}, "contentUrls", 1000),
    ("job", JOB | {"contentUrls": ["https://a.example/b", URL]}, "contentUrls[1]", 8000),
    ("job", JOB | {"customProperties": dict.fromkeys(LOCALES, "x")}, "customProperties", 10),
    ("job", JOB | {"customProperties": {"a": "b" * 257}}, "customProperties", 256),
    ("job", JOB | {"customProperties": {"a" * 65: "b"}}, "customProperties", 64),
    ("job", JOB | {"model": {"self": URL}}, "model.self", 8000),
    ("hook", HOOK | {"displayName": "a" * 501}, "displayName", 500),
    ("hook", HOOK | {"description": "a" * 2001}, "description", 2000),
    ("hook", HOOK | {"webUrl": URL}, "webUrl", 2000),
    ("hook", HOOK | {"properties": {"secret": "a" * 1001}}, "properties.secret", 1000),
    ("hook", HOOK | {"customProperties": dict.fromkeys(LOCALES, "x")}, "customProperties", 20),
    ("hook", HOOK | {"events": dict.fromkeys(LOCALES, True)}, "events", 22),
    ("speech", SPEECH | {"input": "a" * 4097}, "input", 4096),
    ("speech", SPEECH | {"instructions": "a" * 4097}, "instructions", 4096),
    ("speech", SPEECH | {"voice": "a" * 101}, "voice", 100),
    ("speech", SPEECH | {"model": "a" * 101}, "model", 100),
]
PROPERTIES = [
    ("job", "channels", list(range(65)), "properties.channels", 64),
    ("job", "punctuationMode", "a" * 101, "properties.punctuationMode", 100),
    ("job", "destinationContainerUrl", URL, "properties.destinationContainerUrl", 8000),
    ("job of v3.2", "timeToLive", "P" * 101, "properties.timeToLive", 100),
    (
        "job",
        "languageIdentification",
        {"candidateLocales": LOCALES},
        "properties.languageIdentification.candidateLocales",
        100,
    ),
    (
        "job",
        "languageIdentification",
        {"candidateLocales": ["en-US", "a" * 36]},
        "properties.languageIdentification.candidateLocales[1]",
        35,
    ),
    (
        "job",
        "languageIdentification",
        {
            "candidateLocales": ["en-US"],
            "mode": "Single",
            "speechModelMapping": dict.fromkeys(LOCALES, None),
        },
        "properties.languageIdentification.speechModelMapping",
        100,
    ),
]
TOO_LARGE += [
    (
        name,
        {
            **(whole := OLD_JOB if "v3" in name else JOB),
            "properties": whole["properties"] | {key: value},
        },
        member,
        most,
    )
    for name, key, value, member, most in PROPERTIES
]


@pytest.mark.parametrize(
    ("name", "value", "member", "most"),
    [pytest.param(*case, id=f"{case[0]}: {case[2]}, {case[3]}") for case in TOO_LARGE],
)
def test_a_member_that_is_too_large_is_refused_with_the_limit(name, value, member, most):
    _whole, read, _root = READERS[name]
    with pytest.raises(Problem) as refused:
        read(value)
    assert refused.value.status == 400
    assert member in refused.value.message.replace("`", "")
    assert str(most) in refused.value.message
    assert "aaaa" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fast", FAST | phrases(MAX_PHRASES, 10)),
        ("fast", FAST | phrases(1, MAX_PHRASE_CHARACTERS)),
        ("job", JOB | {"contentUrls": ["https://a.example/b"] * MAX_CONTENT_URLS}),
        ("hook", HOOK | {"customProperties": dict.fromkeys(LOCALES[:10], "x")}),
    ],
)
def test_the_greatest_size_is_accepted(name, value):
    _whole, read, _root = READERS[name]
    assert read(value) is not None


def test_addresses_are_counted_before_one_of_them_is_read():
    """990 000 empty ones took 0.4 s to be read, and were then too many."""
    _whole, read, _root = READERS["job"]
    with pytest.raises(Problem) as refused:
        read(JOB | {"contentUrls": [5] * 1_001})
    assert refused.value.inner_code == "ExceededNumberOfRecordingsUris"


def test_a_list_of_wrong_items_is_refused_at_its_first():
    """A megabyte of them would be half a million errors."""
    _whole, read, _root = READERS["fast"]
    with pytest.raises(Problem) as refused:
        read(FAST | {"locales": [5] * 90})
    assert refused.value.message.startswith("definition.locales[0]: ")
    assert refused.value.__context__ is None or refused.value.__context__.error_count() == 1


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([{"Text": "a"}] * 1_001, 72),
        ([{"Text": "a" * 50_001}], 50),
        ([{"Text": "a" * 50}] * 1_000 + [{"Text": "a"}], 72),
    ],
)
def test_texts_to_be_translated_have_translators_own_codes(body, detail):
    with pytest.raises(Problem) as refused:
        read_texts(json.dumps(body).encode())
    assert refused.value.detail == detail


def test_written_targets_are_counted():
    target = {"language": "de"}
    body = {"inputs": [{"text": "a", "targets": [target] * 10_001}]}
    with pytest.raises(Problem) as refused:
        read_translation("2026-06-06", QueryParams(""), json.dumps(body).encode())
    assert refused.value.detail == 72
    assert "inputs[0].targets: " in refused.value.message
    assert " 10000 " in refused.value.message


@pytest.mark.parametrize(("name", "detail"), [("to", 36), ("from", 35), ("suggestedFrom", 35)])
def test_a_language_in_the_query_is_bounded(name, detail):
    """The answer repeats a target for each text: 9 kB of it became 9 MB."""
    query = {"to": "de"} | {name: "de-" + "a" * 33}
    with pytest.raises(Problem) as refused:
        read_translation("3.0", QueryParams(query), b'[{"Text": "Hello"}]')
    assert refused.value.detail == detail
    assert " 35 characters" in refused.value.message
    assert read_translation(
        "3.0", QueryParams(query | {name: "de-" + "a" * 32}), b'[{"Text": "a"}]'
    )


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ([("prompt", "a" * 20_001)], 20_000),
        ([("prompt", "ü" * 20_001)], 20_000),
        ([("prompt", "a" * 80_004)], 20_000),
        ([("chunking_strategy", "a" * 20_001)], 20_000),
        ([("keywords[]", "a")] * 501, 500),
        ([("keywords[]", "a" * 257)], 256),
        ([("languages[]", "en")] * 101, 100),
        ([("languages[]", "a" * 36)], 35),
        ([("timestamp_granularities[]", "word")] * 101, 100),
        ([("include[]", "a" * 101)], 100),
    ],
)
def test_fields_of_openais_form_are_bounded(fields, most):
    form = [
        part("model", "whisper-1"),
        part("file", "RIFF"),
        part("response_format", "verbose_json"),
    ]
    form += [part(name, text) for name, text in fields]
    with pytest.raises(OpenAIProblem) as refused:
        read_transcription_request(form, "base", ScriptedTranscriber())
    assert refused.value.status == 400
    assert refused.value.param == fields[0][0].removesuffix("[]")
    assert f" {most} " in refused.value.message


def test_the_longest_prompt_is_accepted():
    form = [
        part("model", "whisper-1"),
        part("file", "RIFF"),
        part("prompt", "\ufeff" + "𝔸" * 20_000),
    ]
    assert read_transcription_request(form, "base", ScriptedTranscriber())


def test_elements_of_ssml_are_bounded():
    document = "<speak><voice name='x'>{}</voice></speak>"
    assert read_ssml(document.format("<b/>" * (MAX_ELEMENTS - 2) + "a").encode())
    with pytest.raises(MalformedSsml, match=f"more than {MAX_ELEMENTS} elements"):
        read_ssml(document.format("<b/>" * MAX_ELEMENTS).encode())
