"""OpenAI's transcription API over HTTP: forms as clients send them, answers, refusals.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import pytest
from openai_api import MODELS, ROUTE, form, refused, transcribe, with_bearer
from structlog.testing import capture_logs

from shared.diarization.speaker_range import SpeakerRange
from shared.errors import FeatureUnavailable, LanguageNotIdentified
from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode


@pytest.fixture
def make(make_client):
    """Make clients that present their key as OpenAI's do."""
    return lambda *results, **settings: with_bearer(make_client(*results, **settings))


def test_a_file_and_a_model_are_enough(make, remind, tone):
    client = make(remind)
    answer = transcribe(client, tone(1.0))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "text": "Remind me at 5.",
        "languages": [{"code": "en"}],
        "usage": {"type": "duration", "seconds": 1},
    }
    asked = client.transcriber.requested[0]
    assert (asked.locales, asked.phrases, asked.speakers) == ((), (), None)
    assert (asked.profanity, asked.priority) == (ProfanityMode.RAW, Priority.FILE)
    assert not asked.word_timestamps


@pytest.mark.parametrize(
    ("response_format", "expected"),
    [
        ("text", ("text/plain; charset=utf-8", "Remind me at 5.\n")),
        (
            "srt",
            (
                "text/plain; charset=utf-8",
                "1\n00:00:00,180 --> 00:00:01,013\nRemind me at 5.\n",
            ),
        ),
        (
            "vtt",
            (
                "text/vtt; charset=utf-8",
                "WEBVTT\n\n00:00:00.180 --> 00:00:01.013\nRemind me at 5.\n",
            ),
        ),
    ],
)
def test_text_formats_are_bodies_of_text(make, remind, tone, response_format, expected):
    answer = transcribe(make(remind), tone(2.0), ("response_format", response_format))
    assert (answer.headers["content-type"], answer.text) == expected


def test_verbose_json_times_words_where_asked_to(make, remind, tone):
    client = make(remind)
    answer = transcribe(
        client,
        tone(1.0),
        ("response_format", "verbose_json"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
    ).json()
    assert answer["words"] == [{"word": "Remind", "start": 0.18, "end": 0.59}]
    assert [segment["text"] for segment in answer["segments"]] == [" Remind me at 5."]
    assert client.transcriber.requested[0].word_timestamps


def test_verbose_json_has_segments_by_default(make, remind, tone):
    answer = transcribe(make(remind), tone(1.0), ("response_format", "verbose_json")).json()
    assert "segments" in answer
    assert "words" not in answer


@pytest.mark.parametrize(
    ("model", "response_format"),
    [
        ("gpt-4o-transcribe", "json"),
        ("gpt-4o-mini-transcribe", "json"),
        ("gpt-4o-mini-transcribe-2025-12-15", "json"),
        ("gpt-transcribe", "json"),
        ("gpt-4o-transcribe-diarize", "json"),
        ("gpt-4o-transcribe-diarize", "diarized_json"),
        ("gpt-4o-transcribe", "text"),
    ],
)
def test_granularities_have_no_effect_where_a_model_has_none(
    make, remind, tone, model, response_format
):
    """The AI SDK sends them to these models whenever it sends an option, with `json`."""
    fields = [
        ("model", model),
        ("response_format", response_format),
        ("timestamp_granularities[]", "segment"),
        ("language", "en"),
    ]
    client = make(remind)
    answer = client.post(ROUTE, **form(fields, tone(1.0)))
    assert answer.status_code == 200
    assert "Remind me at 5." in answer.text
    assert not client.transcriber.requested[0].word_timestamps


def test_parameters_that_clients_send_empty_or_at_their_default_change_nothing(make, remind, tone):
    """As LibreChat, n8n, Home Assistant and clients with typed requests send them."""
    client = make(remind)
    answer = transcribe(
        client,
        tone(1.0),
        ("language", ""),
        ("prompt", ""),
        ("response_format", ""),
        ("temperature", "0"),
        ("stream", "false"),
        ("include[]", ""),
        ("timestamp_granularities[]", ""),
        ("chunking_strategy", ""),
        ("known_speaker_names[]", ""),
        ("user", "a"),
        ("vad_filter", "true"),
    )
    assert answer.json()["text"] == "Remind me at 5."
    assert client.transcriber.requested[0].locales == ()


def test_diarized_json_requests_speakers(make, remind, tone):
    """As many as there are; the strategy of chunking is accepted in both of its forms."""
    client = make(remind)
    answer = transcribe(
        client,
        tone(1.0),
        ("response_format", "diarized_json"),
        ("chunking_strategy[type]", "server_vad"),
        ("chunking_strategy[threshold]", "0.5"),
        model="gpt-4o-transcribe-diarize",
    ).json()
    assert client.transcriber.requested[0].speakers == SpeakerRange()
    assert [segment["speaker"] for segment in answer["segments"]] == ["A"]


@pytest.mark.parametrize("stream", ["true", "false"])
def test_speakers_are_refused_where_diarization_is_off(make, tone, stream):
    """Not with 501, which the client would send again."""
    client = make()

    def refuse(_priority, _check_cancelled):
        raise FeatureUnavailable("Diarization is off on this server.")

    client.transcriber.start_diarization = refuse
    answer = transcribe(client, tone(0.2), ("response_format", "diarized_json"), ("stream", stream))
    assert refused(answer, 400, "unsupported_parameter", "response_format")


def test_every_option_reaches_recognition(make, remind, tone):
    client = make(remind)
    answer = transcribe(
        client,
        tone(0.2),
        ("language", "de"),
        ("keywords[]", "Contoso"),
        ("keywords[]", " "),
        ("prompt", "A call about"),
        ("temperature", "0.2"),
        ("chunking_strategy", "auto"),
        ("stream", "false"),
        ("unheard_of", "1"),
    )
    assert answer.status_code == 200
    asked = client.transcriber.requested[0]
    assert (asked.locales, asked.phrases) == (("de-DE",), ("Contoso",))


def test_languages_are_candidates(make, remind, tone):
    """With and without brackets."""
    client = make(remind)
    transcribe(client, tone(0.2), ("languages[]", "de"), ("languages", "en"))
    assert client.transcriber.requested[0].locales == ("de-DE", "en-US")


def test_silence_is_an_empty_text(make, tone):
    assert transcribe(make(), tone(0.5)).json()["text"] == ""


@pytest.mark.parametrize("model", ["base", "gpt-transcribe", "gpt-4o-transcribe"])
def test_the_model_answers_to_many_names(make, remind, tone, model):
    assert transcribe(make(remind), tone(0.2), model=model).status_code == 200


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ([("language", "klingon")], "invalid_value", "language"),
        ([("language", "fr")], "invalid_value", "language"),  # not this model's
        ([("languages[]", "en"), ("languages[]", "xx")], "invalid_value", "languages"),
        ([("response_format", "xml")], "invalid_value", "response_format"),
        ([("temperature", "1.5")], "invalid_value", "temperature"),
        ([("temperature", "nan")], "invalid_value", "temperature"),
        ([("temperature", "hot")], "invalid_value", "temperature"),
        ([("stream", "maybe")], "invalid_value", "stream"),
        ([("timestamp_granularities[]", "word")], "invalid_value", "response_format"),
        (
            [("response_format", "verbose_json"), ("timestamp_granularities[]", "phone")],
            "invalid_value",
            "timestamp_granularities",
        ),
        ([("stream", "true"), ("response_format", "srt")], "invalid_value", "response_format"),
        ([("include[]", "logprobs")], "unsupported_parameter", "include"),
        ([("known_speaker_names[]", "Ann")], "unsupported_parameter", "known_speaker_names"),
        (
            [("known_speaker_references[]", "data:audio/wav;base64,UklGRg==")],
            "unsupported_parameter",
            "known_speaker_references",
        ),
        ([("language", "en"), ("language", "de")], "invalid_value", "language"),
    ],
)
def test_a_refusal_names_the_field_and_not_its_value(make, tone, fields, code, param):
    client = make()
    answer = transcribe(client, tone(0.2), *fields)
    assert refused(answer, 400, code, param)
    message = answer.json()["error"]["message"]
    assert not any(f" {value}" in message for _, value in fields if value not in {"en", "true"})
    assert client.transcriber.requested == []


def test_known_voices_are_refused_with_the_reason(make, tone):
    answer = transcribe(make(), tone(0.2), ("known_speaker_names[]", "Ann"))
    assert "there is no enrolment" in answer.json()["error"]["message"]


@pytest.mark.parametrize("model", ["gpt-5", "", "Base"])
def test_an_unknown_model_is_not_found(make, tone, model):
    answer = transcribe(make(), tone(0.2), model=model)
    if model:
        assert refused(answer, 404, "model_not_found", "model")
    else:
        assert refused(answer, 400, "missing_required_parameter", "model")


def test_a_form_without_a_file_is_refused(make):
    answer = transcribe(make(), None)
    assert refused(answer, 400, "missing_required_parameter", "file")


def test_a_file_without_audio_is_a_400_about_the_file(make):
    """Fast transcription says 422; OpenAI's clients expect 400."""
    answer = transcribe(make(), b"not audio at all")
    assert refused(answer, 400, "InvalidAudioFormat", "file")


def test_a_broken_form_is_refused(make):
    answer = make().post(
        ROUTE, content=b"--sep\r\n", headers={"Content-Type": "multipart/form-data; boundary=sep"}
    )
    assert refused(answer, 400, "InvalidPayload")


def test_a_body_that_is_no_form_is_refused(make):
    assert refused(make().post(ROUTE, json={"model": "whisper-1"}), 415, "UnsupportedMediaType")


def test_an_upload_that_is_too_large_is_refused(make, tone):
    answer = transcribe(make(max_upload_bytes=1_000), tone(40.0))
    assert refused(answer, 413, "InvalidPayload")


def test_an_audio_that_is_too_long_is_refused(make, tone):
    answer = transcribe(make(max_audio_s=1), tone(2.0))
    assert refused(answer, 400, "AudioLengthLimitExceeded")


def test_a_language_that_is_none_of_the_candidates_is_refused(make, tone):
    answer = transcribe(make(LanguageNotIdentified("None of the locales.")), tone(0.2))
    assert refused(answer, 422, "NoLanguageIdentified")


def test_too_many_requests_get_a_time_to_try_again(make, tone):
    client = make(queue_limit=1)
    with client.admission.admit():
        answer = transcribe(client, tone(0.2))
    assert refused(answer, 429, "QuotaViolation")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "missing_api_key"), ("Bearer x", "invalid_api_key"), ("Basic k", "invalid_api_key")],
)
@pytest.mark.parametrize("method_and_path", [("POST", ROUTE), ("GET", MODELS)])
def test_a_key_is_checked_before_the_body(make, header, code, method_and_path):
    client = make()
    del client.headers["Authorization"]
    headers = {"Authorization": header} if header else {}
    answer = client.request(*method_and_path, headers=headers)
    assert refused(answer, 401, code)
    assert answer.headers["www-authenticate"] == 'Bearer realm="sotto"'


@pytest.mark.parametrize("stream", ["true", "false"])
def test_the_log_line_has_numbers_and_no_text(make, remind, tone, stream):
    with capture_logs() as lines:
        transcribe(
            make(remind),
            tone(1.0),
            ("stream", stream),
            ("prompt", "Contoso"),
            ("keywords[]", "Acme"),
        )
    (line,) = lines
    assert (line["route"], line["n_phrases"], line["audio_ms"]) == (ROUTE, 1, 1000)
    assert not any(word in str(line) for word in ("Remind", "Contoso", "Acme"))
