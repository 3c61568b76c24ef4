"""The definition of a fast transcription: how it is written, what each member asks, what is wrong.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

import pytest
from fast_transcription_api import ROUTE, VERSION, form, refused, transcribe

from shared.diarization.speaker_range import SpeakerRange
from shared.text_forms.profanity import ProfanityMode


def test_every_option_reaches_recognition(make_client, remind, tone):
    """The definition of the Python client with all that is served; unknown members ignored."""
    client = make_client(remind)
    definition = {
        "locales": ["en-us", "de-DE"],
        "profanityFilterMode": "Tags",
        "channels": [1],
        "phraseList": {"phrases": ["Contoso", " "], "biasingWeight": 1.5},
        "enhancedMode": {"task": "transcribe", "prompt": ["p"], "enabled": True},
        "diarization": {"enabled": False},
        "models": {"en-US": "https://x/speechtotext/models/base"},
        "wordLevelTimestampsEnabled": True,
    }
    answer = transcribe(client, tone(0.2, n_channels=2), definition)
    assert answer.status_code == 200
    asked = client.transcriber.requested[0]
    assert asked.locales == ("en-US", "de-DE")
    assert asked.profanity is ProfanityMode.TAGS
    assert asked.channels == (1,)
    assert (asked.phrases, asked.phrase_weight) == (("Contoso",), 1.5)


def test_numbers_and_truth_values_may_be_strings(make_client, remind, tone):
    """Open WebUI sends its setting `AUDIO_STT_AZURE_MAX_SPEAKERS` as it is, a text."""
    client = make_client(remind)
    for definition in (
        {"locales": ["en-US"], "diarization": {"maxSpeakers": "3", "enabled": True}},
        {"diarization": {"maxSpeakers": 3.0, "enabled": "true"}},
    ):
        assert transcribe(client, tone(0.2), definition).status_code == 200
    assert [asked.speakers for asked in client.transcriber.requested] == [SpeakerRange(most=3)] * 2
    phrases = {"phrases": ["Contoso"], "biasingWeight": "1.5"}
    transcribe(client, tone(0.2, n_channels=2), {"channels": ["1"], "phraseList": phrases})
    asked = client.transcriber.requested[-1]
    assert (asked.channels, asked.phrase_weight) == ((1,), 1.5)


@pytest.mark.parametrize(
    "definition",
    [
        {"diarization": {"maxSpeakers": ""}},
        {"diarization": {"maxSpeakers": "3.5"}},
        {"diarization": {"maxSpeakers": "36"}},
        {"diarization": {"maxSpeakers": True}},
        {"diarization": {"enabled": "yes"}},
        {"channels": [True]},
        {"locales": [5]},
    ],
)
def test_strings_that_are_no_such_number_are_refused(make_client, remind, tone, definition):
    answer = transcribe(make_client(remind), tone(0.2), definition)
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidArgument"


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("None", ProfanityMode.RAW),
        ("Removed", ProfanityMode.REMOVED),
        ("Tags", ProfanityMode.TAGS),
        ("Masked", ProfanityMode.MASKED),
    ],
)
def test_profanity_names_are_those_of_the_contract(make_client, remind, tone, name, mode):
    """`None` is raw."""
    client = make_client(remind)
    transcribe(client, tone(0.2), {"profanityFilterMode": name})
    assert client.transcriber.requested[0].profanity is mode


@pytest.mark.parametrize(
    "definition",
    [
        b"",
        b"{}",
        b"  \r\n{}\n ",
        b"'{}'",
        b'"{}"',
        b"\xef\xbb\xbf{}",
        b'{"locales": null, "channels": null, "diarization": null}',
        b'{"locales": [], "channels": [], "models": {}, "enhancedMode": {}}',
        b'{"enhancedMode": {"task": "translate", "enabled": false}}',
        b'{"enhancedMode": {"model": "m", "modelOptions": {"timestamps": "word"}}}',
    ],
)
def test_definition_as_shells_and_clients_write_it(make_client, remind, tone, definition):
    """White space, quotes, a byte order mark and nulls mean nothing."""
    answer = make_client(remind).post(
        ROUTE + VERSION, **form(("audio", tone(0.2)), ("definition", definition))
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("definition", "inner_code"),
    [
        ({"locales": "en-US"}, "InvalidLocale"),
        ({"locales": [1]}, "InvalidLocale"),
        ({"locales": ["xx-XX"]}, "InvalidLocale"),
        ({"locales": ["ja-JP"]}, "InvalidLocale"),
        ({"channels": [0, 0]}, "InvalidChannels"),
        ({"channels": [2]}, "InvalidChannels"),
        ({"channels": [-1]}, "InvalidChannels"),
        ({"channels": [0, 1, 0]}, "InvalidChannels"),
        ({"channels": ["left"]}, "InvalidChannels"),
        ({"channels": [True]}, "InvalidChannels"),
        ({"channels": [0, 1], "diarization": {}}, "InvalidChannels"),
        ({"channels": [0, 1], "diarization": {"maxSpeakers": 2}}, "InvalidChannels"),
        ({"models": {"en-US": "https://x/models/1"}}, "InvalidModel"),
        ({"models": ["base"]}, "InvalidModel"),
        ({"profanityFilterMode": "masked!"}, "InvalidParameterValue"),
        ({"profanityFilterMode": 1}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": 1}}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": 36}}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": "two"}}, "InvalidParameterValue"),
        ({"diarization": {"enabled": "yes"}}, "InvalidParameterValue"),
        ({"diarization": True}, "InvalidParameterValue"),
        ({"phraseList": ["Contoso"]}, "InvalidParameterValue"),
        ({"phraseList": {"phrases": "Contoso"}}, "InvalidParameterValue"),
        ({"phraseList": {"phrases": ["a"], "biasingWeight": 2.1}}, "InvalidParameterValue"),
        ({"phraseList": {"phrases": ["a"], "biasingWeight": -0.1}}, "InvalidParameterValue"),
        ({"enhancedMode": {"task": "summarise"}}, "InvalidParameterValue"),
        ({"enhancedMode": {"prompt": "p"}}, "InvalidParameterValue"),
        ({"audioUrl": 1}, "InvalidParameterValue"),
        ([], "InvalidParameterValue"),
    ],
)
def test_wrong_definition_is_invalid_argument(make_client, tone, definition, inner_code):
    """The inner code says which kind of member; nothing was recognised."""
    client = make_client()
    answer = transcribe(client, tone(0.1), definition)
    assert refused(answer, 400, "InvalidArgument", inner_code)
    assert client.transcriber.requested == []


def test_refusal_names_the_member_and_not_its_value(make_client, tone):
    """The value may be speech of a person."""
    answer = transcribe(make_client(), tone(0.1), {"phraseList": {"phrases": [{"secret": 1}]}})
    assert answer.json()["message"].startswith("definition.phraseList.phrases[0]: ")
    assert "secret" not in answer.text


@pytest.mark.parametrize("locale", ["my secret", "xx-XX"])
def test_a_locale_that_is_none_is_named(make_client, tone, locale):
    """It is quoted only where it can be a locale."""
    answer = transcribe(make_client(), tone(0.1), {"locales": ["en-US", locale]})
    assert refused(answer, 400, "InvalidArgument", "InvalidLocale")
    assert "definition.locales[1]" in answer.json()["message"]
    assert "my secret" not in answer.text


def test_broken_json_is_refused_as_such(make_client, tone):
    """Half a definition."""
    answer = make_client().post(
        ROUTE + VERSION, **form(("audio", tone(0.1)), ("definition", b'{"locales": ['))
    )
    assert refused(answer, 400, "InvalidArgument", "InvalidRequestBodyFormat")


@pytest.mark.parametrize(
    ("diarization", "limits"),
    [
        ({}, SpeakerRange()),
        ({"maxSpeakers": 2}, SpeakerRange(most=2)),
        ({"enabled": True, "maxSpeakers": 35}, SpeakerRange(most=35)),
        ({"enabled": False, "maxSpeakers": 35}, None),
        (None, None),
    ],
)
def test_any_diarization_that_is_not_off_is_on(make_client, remind, tone, diarization, limits):
    client = make_client(remind)
    answer = transcribe(client, tone(0.1), {"channels": [0], "diarization": diarization})
    assert answer.status_code == 200
    assert client.transcriber.requested[0].speakers == limits


def test_diarization_that_the_operator_has_switched_off_is_501(make_client, tone):
    """An answer without speakers would look like one speaker."""
    client = make_client(diarization=False)
    answer = transcribe(client, tone(0.1), {"diarization": {}})
    assert refused(answer, 501, "NotAllowed", "FeatureUnavailable")
