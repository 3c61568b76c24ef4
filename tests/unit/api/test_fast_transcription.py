"""Fast transcription over HTTP: forms as clients send them, answers, refusals.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

import json

import pytest

from shared.errors import LanguageNotIdentified
from shared.recognition.options import Priority, ProfanityMode, SpeakerLimits
from shared.transcript import Alternative, Phrase

ROUTE = "/speechtotext/transcriptions:transcribe"
VERSION = "?api-version=2025-10-15"


def form(*parts):
    """Body and content type of a form; parts are (name, bytes) with no other header."""
    lines = b"".join(
        b'--sep\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), data)
        for name, data in parts
    )
    return {
        "content": lines + b"--sep--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=sep"},
    }


def transcribe(client, audio, definition=None, version=VERSION):
    parts = [("audio", audio)]
    if definition is not None:
        parts.append(("definition", json.dumps(definition).encode()))
    return client.post(ROUTE + version, **form(*parts))


def refused(answer, status, code, inner_code=None):
    """Whether an answer is the flat error with these codes, the message said twice."""
    body = answer.json()
    expected = {"code": code, "message": body["message"]}
    if inner_code is not None:
        expected["innerError"] = {"code": inner_code, "message": body["message"]}
    return (answer.status_code, body) == (status, expected)


def test_a_part_without_filename_is_audio(make_client, remind, tone):
    """The Python client sends plain bytes so; the definition may be absent."""
    client = make_client(remind)
    answer = transcribe(client, tone(1.0))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "durationMilliseconds": 1000,
        "combinedPhrases": [{"text": "Remind me at 5."}],
        "phrases": [
            {
                "offsetMilliseconds": 180,
                "durationMilliseconds": 720,
                "text": "Remind me at 5.",
                "words": [
                    {"text": "Remind", "offsetMilliseconds": 180, "durationMilliseconds": 410}
                ],
                "locale": "en-US",
                "confidence": 0.92,
            }
        ],
    }
    asked = client.recogniser.asked[0]
    assert (asked.locales, asked.channels, asked.word_timestamps) == ((), (), True)
    assert (asked.profanity, asked.priority) == (ProfanityMode.MASKED, Priority.FILE)


def test_silence_has_all_three_members(make_client, tone):
    """Clients index the combined phrases without looking."""
    assert transcribe(make_client(), tone(0.5)).json() == {
        "durationMilliseconds": 500,
        "combinedPhrases": [{"text": ""}],
        "phrases": [],
    }


@pytest.mark.parametrize(
    "path",
    [
        "////speechtotext/transcriptions:transcribe",
        "/speechtotext/transcriptions%3Atranscribe",
        "/speechtotext/transcriptions%3atranscribe",
        "/speechtotext//transcriptions:transcribe/",
    ],
)
def test_path_is_found_in_every_spelling(make_client, remind, tone, path):
    """The Python client asks for four slashes when its endpoint ends with one."""
    answer = make_client(remind).post(
        f"http://testserver{path}{VERSION}", **form(("audio", tone(0.2)))
    )
    assert answer.status_code == 200


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
    asked = client.recogniser.asked[0]
    assert asked.locales == ("en-US", "de-DE")
    assert asked.profanity is ProfanityMode.TAGS
    assert asked.channels == (1,)
    assert (asked.phrases, asked.phrase_weight) == (("Contoso",), 1.5)


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
    assert client.recogniser.asked[0].profanity is mode


def test_channels_are_told_apart_in_stereo(make_client, tone):
    """One combined phrase per channel that was asked for, phrases name theirs."""
    reading = (Alternative(0.9, "hello", "hello", "hello", "Hello."),)
    client = make_client(Phrase(1, "en-US", 0.1, 0.3, reading))
    answer = transcribe(client, tone(0.5, n_channels=2), {"channels": [0, 1]}).json()
    assert answer["combinedPhrases"] == [
        {"channel": 0, "text": ""},
        {"channel": 1, "text": "Hello."},
    ]
    assert answer["phrases"][0]["channel"] == 1


def test_channels_are_ignored_in_mono(make_client, remind, tone):
    """There is nothing to separate."""
    client = make_client(remind)
    answer = transcribe(client, tone(0.5), {"channels": [0, 1]}).json()
    assert answer["combinedPhrases"] == [{"text": "Remind me at 5."}]
    assert client.recogniser.asked[0].channels == ()


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
    ],
)
def test_definition_as_shells_and_clients_write_it(make_client, remind, tone, definition):
    """White space, quotes, a byte order mark and nulls mean nothing."""
    answer = make_client(remind).post(
        ROUTE + VERSION, **form(("audio", tone(0.2)), ("definition", definition))
    )
    assert answer.status_code == 200


def test_parts_come_in_any_order(make_client, remind, tone):
    """The definition may be first, and other parts may be between."""
    answer = make_client(remind).post(
        ROUTE + VERSION,
        **form(("definition", b"{}"), ("note", b"1"), ("audio", tone(0.2))),
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
        ({"channels": ["0"]}, "InvalidChannels"),
        ({"channels": [True]}, "InvalidChannels"),
        ({"channels": [0, 1], "diarization": {}}, "InvalidChannels"),
        ({"channels": [0, 1], "diarization": {"maxSpeakers": 2}}, "InvalidChannels"),
        ({"models": {"en-US": "https://x/models/1"}}, "InvalidModel"),
        ({"models": ["base"]}, "InvalidModel"),
        ({"profanityFilterMode": "masked!"}, "InvalidParameterValue"),
        ({"profanityFilterMode": 1}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": 1}}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": 36}}, "InvalidParameterValue"),
        ({"diarization": {"maxSpeakers": "2"}}, "InvalidParameterValue"),
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
    assert client.recogniser.asked == []


def test_refusal_names_the_member_and_not_its_value(make_client, tone):
    """The value may be what somebody said."""
    answer = transcribe(make_client(), tone(0.1), {"phraseList": {"phrases": [{"secret": 1}]}})
    assert answer.json()["message"].startswith("definition.phraseList.phrases[0]: ")
    assert "secret" not in answer.text


def test_broken_json_is_refused_as_such(make_client, tone):
    """Half a definition."""
    answer = make_client().post(
        ROUTE + VERSION, **form(("audio", tone(0.1)), ("definition", b'{"locales": ['))
    )
    assert refused(answer, 400, "InvalidArgument", "InvalidRequestBodyFormat")


@pytest.mark.parametrize(
    ("diarization", "limits"),
    [
        ({}, SpeakerLimits()),
        ({"maxSpeakers": 2}, SpeakerLimits(most=2)),
        ({"enabled": True, "maxSpeakers": 35}, SpeakerLimits(most=35)),
        ({"enabled": False, "maxSpeakers": 35}, None),
        (None, None),
    ],
)
def test_any_diarization_that_is_not_off_is_on(make_client, remind, tone, diarization, limits):
    client = make_client(remind)
    answer = transcribe(client, tone(0.1), {"channels": [0], "diarization": diarization})
    assert answer.status_code == 200
    assert client.recogniser.asked[0].speakers == limits


def test_diarization_that_the_operator_has_switched_off_is_501(make_client, tone):
    """An answer without speakers would look like one speaker."""
    client = make_client(diarization=False)
    answer = transcribe(client, tone(0.1), {"diarization": {}})
    assert refused(answer, 501, "NotAllowed", "FeatureUnavailable")


@pytest.mark.parametrize(
    "version",
    [
        "2024-05-15-preview",
        "2024-11-15",
        "2025-10-15",
        "2026-01-01",
        "2026-01-01-preview.2",
    ],
)
def test_known_versions_are_served(make_client, remind, tone, version):
    """Those that clients send, and later ones."""
    answer = transcribe(make_client(remind), tone(0.1), version=f"?api-version={version}")
    assert answer.status_code == 200
    assert transcribe(make_client(remind), tone(0.1), version=f"?API-Version={version}").is_success


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?api-version=",
        "?api-version=v3.2",
        "?api-version=2024-05-14",
        "?api-version=2025-13-01",
        "?api-version=2025-10-15-beta",
        "?api-version=20251015",
    ],
)
def test_missing_or_malformed_version_is_400(make_client, tone, query):
    """Before the body is looked at."""
    answer = transcribe(make_client(), tone(0.1), version=query)
    assert refused(answer, 400, "InvalidArgument", "InvalidParameterValue")


def test_missing_and_wrong_key_are_401_in_the_gateway_shape(make_client, tone):
    """azure-core makes ClientAuthenticationError of it; a wrong key is refused first of all."""
    client = make_client()
    client.headers["Ocp-Apim-Subscription-Key"] = "wrong"
    wrong = transcribe(client, tone(0.1), version="")
    del client.headers["Ocp-Apim-Subscription-Key"]
    missing = transcribe(client, tone(0.1))
    assert [wrong.status_code, missing.status_code] == [401, 401]
    assert wrong.json()["error"]["code"] == missing.json()["error"]["code"] == "401"


def test_neither_audio_nor_url_is_refused(make_client):
    """There is nothing to transcribe."""
    answer = make_client().post(ROUTE + VERSION, **form(("definition", b"{}")))
    assert refused(answer, 400, "InvalidRequest", "EmptyRequest")


@pytest.mark.parametrize("name", ["audio", "definition"])
def test_two_parts_of_one_name_are_refused(make_client, tone, name):
    """Which of them was meant is not guessed."""
    parts = [("audio", tone(0.1)), ("definition", b"{}"), (name, b"{}")]
    answer = make_client().post(ROUTE + VERSION, **form(*parts))
    assert refused(answer, 400, "InvalidRequest", "InvalidPayload")


def test_body_that_is_no_form_is_415(make_client):
    """JSON or bare audio."""
    answer = make_client().post(ROUTE + VERSION, json={"locales": ["en-US"]})
    assert refused(answer, 415, "UnsupportedMediaType")


def test_form_that_is_cut_off_is_400(make_client, tone):
    """No closing boundary: a part of the audio may be missing."""
    request = form(("audio", tone(0.1)))
    request["content"] = request["content"][:-20]
    assert refused(
        make_client().post(ROUTE + VERSION, **request), 400, "InvalidRequest", "InvalidPayload"
    )


@pytest.mark.parametrize(
    ("audio", "inner_code"),
    [(b"", "InvalidAudioFormat"), (b"no audio " * 99, "InvalidAudioFormat")],
)
def test_undecodable_audio_is_422(make_client, audio, inner_code):
    """It is the audio that is wrong, not the request."""
    answer = transcribe(make_client(), audio)
    assert refused(answer, 422, "UnprocessableEntity", inner_code)


def test_audio_without_samples_is_422(make_client, tone):
    """A header and nothing after it; short audio calls the same bytes silence."""
    answer = transcribe(make_client(), tone(0))
    assert refused(answer, 422, "UnprocessableEntity", "EmptyAudioFile")


def test_audio_over_the_limits_is_refused(make_client, tone):
    """Seconds and bytes have limits of their own."""
    too_long = transcribe(make_client(max_audio_s=1), tone(1.5))
    assert refused(too_long, 400, "InvalidArgument", "AudioLengthLimitExceeded")
    too_large = transcribe(make_client(max_upload_bytes=1_000), tone(1.5))
    assert refused(too_large, 413, "InvalidRequest", "InvalidPayload")


def test_upload_that_announces_too_much_is_413_before_it_is_read(make_client):
    """Content-Length is enough to know."""
    answer = make_client(max_upload_bytes=1_000).post(
        ROUTE + VERSION,
        content=iter([b"--sep"]),
        headers={
            "Content-Type": "multipart/form-data; boundary=sep",
            "Content-Length": "100000000",
        },
    )
    assert answer.status_code == 413


def test_url_beyond_the_guard_is_400(make_client):
    """A server inside must not be reached through this one."""
    answer = make_client().post(
        ROUTE + VERSION,
        **form(("definition", b'{"audioUrl": "http://169.254.169.254/metadata?secret=1"}')),
    )
    assert refused(answer, 400, "InvalidArgument", "InvalidRecordingsUri")
    assert "secret" not in answer.text


def test_audio_wins_over_the_url(make_client, remind, tone):
    """Both given: the URL is not opened."""
    answer = transcribe(make_client(remind), tone(0.1), {"audioUrl": "http://169.254.169.254/"})
    assert answer.status_code == 200


def test_language_that_is_not_identified_is_an_error(make_client, tone):
    """The contract has no answer without a locale."""
    answer = transcribe(make_client(LanguageNotIdentified("none")), tone(0.1))
    assert answer.status_code == 422


def test_unexpected_failure_is_500_without_its_text(make_client, tone):
    """The message of an exception may quote what was said."""
    answer = transcribe(make_client(RuntimeError("they said: hunter2")), tone(0.1))
    assert refused(answer, 500, "InternalServerError", "UnexpectedError")
    assert "hunter2" not in answer.text


def test_locales_are_listed(make_client):
    """Those of the loaded model, under the contract's two names."""
    answer = make_client().get(f"/speechtotext/transcriptions/locales{VERSION}")
    assert answer.json() == {"Submit": ["de-DE", "en-US"], "Transcribe": ["de-DE", "en-US"]}


def test_locales_need_version_and_key(make_client):
    """Like every route of this contract."""
    client = make_client()
    assert client.get("/speechtotext/transcriptions/locales").status_code == 400
    del client.headers["Ocp-Apim-Subscription-Key"]
    assert client.get(f"/speechtotext/transcriptions/locales{VERSION}").status_code == 401
