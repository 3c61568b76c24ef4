"""Every message about a member names it as the caller wrote it, and quotes nothing of its value.

Each member of a whole request gets each wrong type in turn: `properties.channels[1]`, not `item`.
"""

import json

import pytest
from starlette.datastructures import QueryParams

from functions.api.batch_jobs.definition import read_definition, read_delta
from functions.api.batch_jobs.properties import ServerCapabilities
from functions.api.management.speech_versions import SpeechVersion
from functions.api.multipart import Part
from functions.api.openai.problems import OpenAIProblem
from functions.api.openai.speech_request import read_speech_request
from functions.api.openai.transcription_request import read_transcription_request
from functions.api.problems import Problem
from functions.api.speech_translation.definition import SpeechTranslationDefinition
from functions.api.transcription_definition import TranscriptionDefinition, parse_definition
from functions.api.translator.request import read_translation
from functions.api.web_hooks.definition import changed_hook, new_hook
from shared.errors import SpeechError
from shared.json_fields import JsonFields
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.web_hooks.hook import ApiAddress

SAID = "zebra"
WRONG = ({SAID: SAID}, [SAID], SAID, True, 54_170.5)
API = ApiAddress("https://speech.example/speechtotext", "2024-11-15")

FAST = {
    "locales": ["en-US", "de-DE"],
    "models": {"en-US": "https://speech.example/models/base"},
    "profanityFilterMode": "Masked",
    "diarization": {"enabled": True, "maxSpeakers": 2},
    "channels": [0],
    "phraseList": {"phrases": ["Contoso", "Rehaan"], "biasingWeight": 1.5},
    "enhancedMode": {"enabled": True, "task": "translate", "targetLanguage": "de", "prompt": ["p"]},
    "audioUrl": "https://speech.example/a.wav",
}
SPEECH_TRANSLATION = FAST | {
    "targets": ["de", "fr"],
    "speech": {"voices": {"de": "de-DE-KatjaNeural"}, "outputFormat": "riff-24khz-16bit-mono-pcm"},
}
MODEL = {"self": "https://speech.example/speechtotext/models/base/base"}
_JOB = {
    "displayName": "calls of monday",
    "description": "all of them",
    "customProperties": {"team": "blue"},
    "locale": "en-US",
    "model": MODEL,
    "contentUrls": ["https://speech.example/a.wav", "https://speech.example/b.wav"],
}
_PROPERTIES = {
    "channels": [0, 1],
    "wordLevelTimestampsEnabled": True,
    "displayFormWordLevelTimestampsEnabled": False,
    "punctuationMode": "Automatic",
    "profanityFilterMode": "Masked",
    "destinationContainerUrl": "https://a.blob.core.windows.net/b?sig=c",
    "languageIdentification": {
        "candidateLocales": ["en-US", "de-DE"],
        "mode": "Single",
        "speechModelMapping": {"en-US": MODEL},
    },
}
JOB = _JOB | {
    "properties": _PROPERTIES
    | {"timeToLiveHours": 48, "diarization": {"enabled": True, "maxSpeakers": 3}}
}
OLD_JOB = _JOB | {
    "properties": _PROPERTIES
    | {
        "timeToLive": "PT12H",
        "diarizationEnabled": True,
        "diarization": {"speakers": {"minCount": 1, "maxCount": 3}},
    }
}
HOOK = {
    "displayName": "hook",
    "description": "of mine",
    "webUrl": "https://speech.example/hook",
    "customProperties": {"team": "blue"},
    "events": {"transcriptionCompletion": True},
    "properties": {"secret": "s"},
}
TRANSLATION = {
    "inputs": [
        {
            "text": "Hello",
            "language": "en",
            "textType": "plain",
            "targets": [{"language": "de", "profanityAction": "NoAction", "script": ""}],
        }
    ]
}
SPEECH = {"input": "Hello", "voice": "alloy", "model": "tts-1", "instructions": ""}


def fields(value):
    return JsonFields.parse(json.dumps(value).encode(), 1_000_000)


def read_job(value, version="2024-11-15"):
    server = ServerCapabilities(SpeechVersion(version), "base", ScriptedTranscriber())
    return read_definition(fields(value), server)


def read_change(value):
    return read_delta(fields(value), SpeechVersion("2024-11-15"), merges=False)


READERS = {
    "fast": (
        FAST,
        lambda value: parse_definition(json.dumps(value).encode(), TranscriptionDefinition),
        "definition.",
    ),
    "speech translation": (
        SPEECH_TRANSLATION,
        lambda value: parse_definition(json.dumps(value).encode(), SpeechTranslationDefinition),
        "definition.",
    ),
    "job": (JOB, read_job, ""),
    "job of v3.0": (OLD_JOB, lambda value: read_job(value, "v3.0"), ""),
    "job of v3.2": (OLD_JOB, lambda value: read_job(value, "v3.2"), ""),
    "change of a job": (
        {name: JOB[name] for name in ("displayName", "description", "customProperties")},
        read_change,
        "",
    ),
    "hook": (HOOK, lambda value: new_hook(fields(value), API), ""),
    "change of a hook": (
        HOOK,
        lambda value: changed_hook(new_hook(fields(HOOK), API), fields(value)),
        "",
    ),
    "translation": (
        TRANSLATION,
        lambda value: read_translation("2026-06-06", QueryParams(""), json.dumps(value).encode()),
        "",
    ),
    "translation of version 3.0": (
        [{"Text": "Hello"}, {"Text": "Good morning"}],
        lambda value: read_translation("3.0", QueryParams("to=de"), json.dumps(value).encode()),
        "",
    ),
    "speech": (SPEECH, lambda value: read_speech_request(json.dumps(value).encode()), ""),
}


def members(value, path=()):
    """Yield the path of every member within a value."""
    if not isinstance(value, dict | list):
        return
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, step)
        yield from members(inner, (*path, step))


def replaced(value, path, other):
    changed = json.loads(json.dumps(value))
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = other
    return changed


def value_at(value, path):
    for step in path:
        value = value[step]
    return value


def written(path):
    """The path of a member as its caller writes it; names that a caller makes up are left out."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        if step == "customProperties":
            break
    return text.removeprefix(".")


def is_wrong(before, other):
    """Whether a member may not be `other`; any text is allowed where there was a text."""
    if isinstance(before, bool) or isinstance(other, bool):
        return isinstance(before, bool) is not isinstance(other, bool)
    if isinstance(before, int) and isinstance(other, float):
        return True
    if isinstance(before, list) and isinstance(other, list):
        return not isinstance(before[0], str)
    return type(before) is not type(other)


CASES = [
    pytest.param(name, path, id=f"{name}: {written(path)}")
    for name, (whole, _read, _root) in READERS.items()
    for path in members(whole)
]


@pytest.mark.parametrize("name", READERS)
def test_the_whole_requests_of_this_table_are_accepted(name):
    whole, read, _root = READERS[name]
    assert read(whole) is not None


@pytest.mark.parametrize(("name", "path"), CASES)
def test_a_wrong_type_is_refused_by_the_name_that_the_caller_wrote(name, path):
    whole, read, root = READERS[name]
    before = value_at(whole, path)
    for other in WRONG:
        if not is_wrong(before, other):
            continue
        with pytest.raises((Problem, SpeechError)) as refused:
            read(replaced(whole, path, other))
        message = getattr(refused.value, "message", None) or str(refused.value)
        assert f"{root}{written(path)}" in message.replace("`", ""), other
        assert SAID not in message
        assert "54170" not in message


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("job", ("locale",)),
        ("job", ("properties", "languageIdentification", "candidateLocales", 1)),
        ("job of v3.2", ("properties", "languageIdentification", "candidateLocales", 0)),
    ],
)
def test_a_text_that_is_no_locale_is_named_and_not_quoted(name, path):
    whole, read, _root = READERS[name]
    with pytest.raises((Problem, SpeechError)) as refused:
        read(replaced(whole, path, f"{SAID} in the garden"))
    message = str(getattr(refused.value, "message", refused.value))
    assert written(path) in message
    assert SAID not in message


def part(name, text):
    return Part(name, None, None, memoryview(text.encode()))


@pytest.mark.parametrize(
    "name",
    ["response_format", "stream", "temperature", "language", "languages[]",
     "timestamp_granularities[]", "include[]", "known_speaker_names[]"],
)  # fmt: skip
def test_a_wrong_field_of_openais_form_is_named(name):
    form = [part("model", "whisper-1"), part("file", "RIFF"), part(name, SAID)]
    with pytest.raises(OpenAIProblem) as refused:
        read_transcription_request(form, "base", ScriptedTranscriber())
    assert refused.value.param == name.removesuffix("[]")
    assert SAID not in refused.value.message
