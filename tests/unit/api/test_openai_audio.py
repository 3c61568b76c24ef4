"""OpenAI's transcription API over HTTP: forms as clients send them, answers, events, refusals.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import asyncio
import json
import threading

import pytest
from structlog.testing import capture_logs

from functions.api import openai_event_stream
from shared.errors import EngineUnavailable, FeatureUnavailable, LanguageNotIdentified
from shared.recognition.options import Priority, ProfanityMode, SpeakerLimits
from shared.transcript import Alternative, Dropped, DropReason, Phrase

ROUTE = "/v1/audio/transcriptions"
MODELS = "/v1/models"


@pytest.fixture
def make(make_client):
    """Make clients that present their key as OpenAI's do."""

    def build(*results, **settings):
        client = make_client(*results, **settings)
        del client.headers["Ocp-Apim-Subscription-Key"]
        client.headers["Authorization"] = "Bearer k"
        return client

    return build


def form(fields, audio=None):
    """Body of a form as the Python client sends it: arrays as `name[]`, the file last."""
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
        for name, value in fields
    ]
    if audio is not None:
        head = b'Content-Disposition: form-data; name="file"; filename="t.wav"\r\n'
        parts.append(head + b"Content-Type: audio/wav\r\n\r\n" + audio + b"\r\n")
    return {
        "content": b"".join(b"--sep\r\n" + part for part in parts) + b"--sep--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=sep"},
    }


def transcribe(client, audio, *fields, model="whisper-1"):
    return client.post(ROUTE, **form([("model", model), *fields], audio))


def refused(answer, status, code, param=None):
    """Whether an answer is OpenAI's error of this code about this parameter."""
    error = answer.json()["error"]
    kind = "invalid_request_error" if status < 500 else "server_error"
    expected = {"message": error["message"], "type": kind, "param": param, "code": code}
    return (answer.status_code, error) == (status, expected)


def events(answer):
    """Events of a stream; each is one line of JSON."""
    blocks = answer.text.split("\n\n")
    assert blocks.pop() == ""
    return [json.loads(block.removeprefix("data: ")) for block in blocks if block[0] != ":"]


def phrase(offset_s, display):
    return Phrase(0, "en-US", offset_s, 1.0, (Alternative(0.9, "", "", "", display),))


HELLO, READY = phrase(0.0, "Hello Sam."), phrase(2.0, "Are you ready?")


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
    asked = client.recogniser.asked[0]
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
                "1\n00:00:00,180 --> 00:00:01,180\nRemind me at 5.\n",
            ),
        ),
        (
            "vtt",
            (
                "text/vtt; charset=utf-8",
                "WEBVTT\n\n00:00:00.180 --> 00:00:01.180\nRemind me at 5.\n",
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
    assert client.recogniser.asked[0].word_timestamps


def test_verbose_json_has_segments_unless_told_otherwise(make, remind, tone):
    answer = transcribe(make(remind), tone(1.0), ("response_format", "verbose_json")).json()
    assert "segments" in answer
    assert "words" not in answer


def test_diarized_json_asks_for_speakers(make, remind, tone):
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
    assert client.recogniser.asked[0].speakers == SpeakerLimits()
    assert [segment["speaker"] for segment in answer["segments"]] == ["A"]


@pytest.mark.parametrize("stream", ["true", "false"])
def test_speakers_are_refused_where_diarization_is_off(make, tone, stream):
    """Not with 501, which the client would send again."""
    client = make()

    def refuse():
        raise FeatureUnavailable("Diarization is off on this server.")

    client.recogniser.listen_to_speakers = refuse
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
    asked = client.recogniser.asked[0]
    assert (asked.locales, asked.phrases) == (("de-DE",), ("Contoso",))


def test_languages_are_candidates(make, remind, tone):
    """With and without brackets."""
    client = make(remind)
    transcribe(client, tone(0.2), ("languages[]", "de"), ("languages", "en"))
    assert client.recogniser.asked[0].locales == ("de-DE", "en-US")


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
def test_a_refusal_names_the_field_and_not_what_it_held(make, tone, fields, code, param):
    client = make()
    answer = transcribe(client, tone(0.2), *fields)
    assert refused(answer, 400, code, param)
    message = answer.json()["error"]["message"]
    assert not any(f" {value}" in message for _, value in fields if value not in {"en", "true"})
    assert client.recogniser.asked == []


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


def test_what_is_no_audio_is_a_400_about_the_file(make):
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


def test_too_many_requests_are_told_when_to_try_again(make, tone):
    client = make(queue_limit=1)
    with client.recogniser.admit():
        answer = transcribe(client, tone(0.2))
    assert refused(answer, 429, "QuotaViolation")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "missing_api_key"), ("Bearer x", "invalid_api_key"), ("Basic k", "invalid_api_key")],
)
@pytest.mark.parametrize("method_and_path", [("POST", ROUTE), ("GET", MODELS)])
def test_a_key_is_asked_for_before_the_body(make, header, code, method_and_path):
    client = make()
    del client.headers["Authorization"]
    headers = {"Authorization": header} if header else {}
    answer = client.request(*method_and_path, headers=headers)
    assert refused(answer, 401, code)
    assert answer.headers["www-authenticate"] == 'Bearer realm="sotto"'


def test_events_tell_phrase_by_phrase_and_the_whole_text_at_the_end(make, tone):
    client = make(HELLO, Dropped(0, 1.0, 1.0, DropReason.SILENCE), READY)
    answer = transcribe(client, tone(0.2), ("stream", "true"))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-length" not in answer.headers
    assert events(answer) == [
        {"type": "transcript.text.delta", "delta": "Hello Sam."},
        {"type": "transcript.text.delta", "delta": " Are you ready?"},
        {
            "type": "transcript.text.done",
            "text": "Hello Sam. Are you ready?",
            "languages": [{"code": "en"}],
        },
    ]
    assert client.recogniser.asked[0].batch_segments == 1


def test_events_of_speakers_are_segments(make, tone):
    fields = ("stream", "true"), ("response_format", "diarized_json")
    told = events(transcribe(make(HELLO), tone(0.2), *fields))
    assert [event["type"].rpartition(".")[2] for event in told] == ["delta", "segment", "done"]
    assert (told[0]["segment_id"], told[1]["speaker"]) == ("seg_0", "A")


def test_events_of_silence_are_the_end_alone(make, tone):
    told = events(transcribe(make(), tone(0.2), ("stream", "true")))
    assert told == [{"type": "transcript.text.done", "text": "", "languages": []}]


def test_a_failure_before_the_first_event_has_its_status(make):
    answer = transcribe(make(), b"not audio at all", ("stream", "true"))
    assert refused(answer, 400, "InvalidAudioFormat", "file")


def test_a_failure_between_events_is_the_last_event(make, tone):
    """The client raises it. What nobody expected is told and logged without its message."""
    with capture_logs() as lines:
        answer = transcribe(make(HELLO, RuntimeError("Sam said")), tone(0.2), ("stream", "true"))
    assert answer.status_code == 200
    delta, error = events(answer)
    assert delta["delta"] == "Hello Sam."
    assert (error["error"]["type"], error["error"]["code"]) == ("server_error", "UnexpectedError")
    assert "Sam" not in str(lines)
    assert [line["event"] for line in lines] == ["unexpected_error", "request"]


def test_an_expected_failure_between_events_tells_what_it_tells_elsewhere(make, tone):
    answer = transcribe(
        make(HELLO, EngineUnavailable("No such file.")), tone(0.2), ("stream", "true")
    )
    assert events(answer)[-1]["error"]["message"] == "Recognition is not available on this server."


def test_a_stream_is_under_way_until_its_end_and_no_longer(make, tone):
    client = make(HELLO, queue_limit=1)
    for _ in range(2):
        assert transcribe(client, tone(0.2), ("stream", "true")).status_code == 200


def test_silence_of_the_server_is_broken_by_comments(make, tone, monkeypatch):
    """The head leaves with the first one, before there is any text."""
    monkeypatch.setattr(openai_event_stream, "PING_S", 0.01)
    client = make(HELLO)
    recognise, write = client.recogniser.recognise, openai_event_stream.EventStream._write
    written = threading.Event()

    async def tell_when_written(*arguments):
        await write(*arguments)
        written.set()

    def late(*arguments):
        assert written.wait(10)
        yield from recognise(*arguments)

    monkeypatch.setattr(openai_event_stream.EventStream, "_write", tell_when_written)
    client.recogniser.recognise = late
    answer = transcribe(client, tone(0.2), ("stream", "true"))
    assert answer.text.startswith(": ping\n\n")
    assert events(answer)[-1]["text"] == "Hello Sam."


def test_work_ends_when_the_client_leaves_a_stream(make, tone):
    """Driven over ASGI: the client disconnects after the first event."""
    client = make()
    left, ended = threading.Event(), threading.Event()

    def endless(*_arguments):
        try:
            while True:
                yield HELLO
                left.wait(0.01)
        finally:
            ended.set()

    client.recogniser.recognise = endless
    sent = form([("model", "whisper-1"), ("stream", "true")], tone(0.2))

    async def run():
        has_begun = asyncio.Event()
        incoming = iter([{"type": "http.request", "body": sent["content"], "more_body": False}])

        async def receive():
            for message in incoming:
                return message
            await has_begun.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.body":
                has_begun.set()

        headers = {**sent["headers"], "Authorization": "Bearer k"}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": ROUTE,
            "raw_path": ROUTE.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        async with asyncio.timeout(10):
            await client.app(scope, receive, send)

    with capture_logs() as lines:
        asyncio.run(run())
    assert ended.wait(1)
    assert [line["event"] for line in lines] == ["request"]


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


def test_models_are_the_names_of_the_one_model(make):
    answer = make(model="/models/my-whisper").get(MODELS).json()
    assert answer["object"] == "list"
    assert [model["id"] for model in answer["data"]] == [
        "my-whisper",
        "whisper-1",
        "gpt-transcribe",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-4o-transcribe-diarize",
    ]


def test_a_model_is_described(make):
    assert make().get(f"{MODELS}/base").json() == {
        "id": "base",
        "object": "model",
        "created": 1663718400,
        "owned_by": "sotto",
    }


def test_a_model_that_is_not_there_is_not_found(make):
    assert refused(make().get(f"{MODELS}/gpt-5"), 404, "model_not_found", "model")
