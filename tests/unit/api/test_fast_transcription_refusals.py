"""Refusals of fast transcription, with the contract's status and codes."""

import pytest
from fast_transcription_api import ROUTE, VERSION, form, refused, transcribe

from shared.errors import LanguageNotIdentified


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


def test_language_that_is_not_identified_is_an_error(make_client, tone):
    """The contract has no answer without a locale."""
    answer = transcribe(make_client(LanguageNotIdentified("none")), tone(0.1))
    assert answer.status_code == 422


def test_unexpected_failure_is_500_without_its_text(make_client, tone):
    """The message of an exception may quote what was said."""
    answer = transcribe(make_client(RuntimeError("they said: hunter2")), tone(0.1))
    assert refused(answer, 500, "InternalServerError", "UnexpectedError")
    assert "hunter2" not in answer.text
