"""Short audio over HTTP: status, headers and JSON of every case of the contract.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-speech-to-text-short
"""

import asyncio
import base64

import pytest
from structlog.testing import capture_logs

from functions.api import incoming_body
from shared.errors import EngineUnavailable
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Dropped, DropReason

ROUTE = "/speech/recognition/conversation/cognitiveservices/v1"
WAV = {"Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000"}


@pytest.mark.parametrize("mode", ["conversation", "interactive", "dictation"])
def test_each_mode_recognises(make_client, mode, tone, remind):
    """The three modes share request and response."""
    answer = make_client(remind).post(
        f"/speech/recognition/{mode}/cognitiveservices/v1?language=en-US",
        content=tone(1.0),
        headers=WAV,
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {
        "RecognitionStatus": "Success",
        "DisplayText": "Remind me at 5.",
        "Offset": 1_800_000,
        "Duration": 7_200_000,
    }


def test_custom_domain_prefix_is_accepted(make_client, tone, remind):
    """Custom domains put `/stt` in front of the path."""
    answer = make_client(remind).post(f"/stt{ROUTE}?language=en-US", content=tone(0.5), headers=WAV)
    assert answer.json()["RecognitionStatus"] == "Success"


def test_unknown_mode_is_404(make_client):
    """There are three modes."""
    answer = make_client().post(ROUTE.replace("conversation", "monologue"), content=b"")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "404")


def test_get_is_405(make_client):
    """GET on this path will be the WebSocket's; plain GET has no meaning."""
    answer = make_client().get(f"{ROUTE}?language=en-US")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "405")


def test_parameter_names_fold_case(make_client, tone, remind):
    """`Language=EN-us&Format=Detailed` is what some clients send."""
    client = make_client(remind)
    answer = client.post(
        f"{ROUTE}?Language=EN-us&Format=Detailed&WORDLEVELTIMESTAMPS=true",
        content=tone(0.5),
        headers=WAV,
    )
    assert answer.json()["NBest"][0]["Words"] == [
        {"Word": "remind", "Offset": 1_800_000, "Duration": 4_100_000}
    ]
    assert client.transcriber.requested[0].locales == ("en-US",)


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("", ProfanityMode.MASKED),
        ("&profanity=masked", ProfanityMode.MASKED),
        ("&profanity=removed", ProfanityMode.REMOVED),
        ("&profanity=remove", ProfanityMode.REMOVED),
        ("&profanity=RAW", ProfanityMode.RAW),
    ],
)
def test_profanity_reaches_recognition(make_client, query, mode, tone, remind):
    """Masked unless another mode is asked for."""
    client = make_client(remind)
    client.post(f"{ROUTE}?language=en-US{query}", content=tone(0.2), headers=WAV)
    assert client.transcriber.requested[0].profanity is mode


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "language"),
        ("?language=", "language"),
        ("?language=xx-XX", "xx-XX"),
        ("?language=ja-JP", "ja-JP"),
        ("?language=en-US&format=xml", "format"),
        ("?language=en-US&profanity=loud", "profanity"),
    ],
)
def test_bad_query_is_400_and_names_the_parameter(make_client, query, named, tone):
    """A developer reads what to mend."""
    answer = make_client().post(ROUTE + query, content=tone(0.2), headers=WAV)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "400"
    assert named in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        "audio/wav",
        "audio/x-wav",
        "audio/wave",
        'audio/wav; codec="audio/pcm"; samplerate=16000',
        "AUDIO/WAV;samplerate=8000;codecs=audio/pcm",
        "audio/ogg; codecs=opus",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ],
)
def test_bytes_are_trusted_over_the_content_type(make_client, content_type, tone, remind):
    """The content type of WAV bytes does not matter."""
    answer = make_client(remind).post(
        f"{ROUTE}?language=en-US", content=tone(0.2), headers={"Content-Type": content_type}
    )
    assert answer.json()["RecognitionStatus"] == "Success"


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data"])
def test_content_type_that_is_no_audio_is_415(make_client, content_type, tone):
    """JSON or a form cannot be a clip."""
    answer = make_client().post(
        f"{ROUTE}?language=en-US", content=tone(0.2), headers={"Content-Type": content_type}
    )
    assert answer.status_code == 415


def test_any_accept_header_is_answered_in_json(make_client, tone, remind):
    """`application/json;text/xml` has been seen."""
    answer = make_client(remind).post(
        f"{ROUTE}?language=en-US",
        content=tone(0.2),
        headers={**WAV, "Accept": "application/json;text/xml"},
    )
    assert answer.json()["RecognitionStatus"] == "Success"


def test_missing_key_is_403_and_wrong_key_401(make_client, tone):
    """Only this contract tells the two apart."""
    client = make_client()
    del client.headers["Ocp-Apim-Subscription-Key"]
    missing = client.post(f"{ROUTE}?language=en-US", content=tone(0.2), headers=WAV)
    wrong = client.post(
        f"{ROUTE}?language=en-US",
        content=tone(0.2),
        headers={**WAV, "Ocp-Apim-Subscription-Key": "wrong"},
    )
    assert [missing.status_code, wrong.status_code] == [403, 401]
    assert set(wrong.json()["error"]) == {"code", "message"}


def test_token_of_the_token_endpoint_opens_the_route(make_client, tone, remind):
    """issueToken, then Bearer."""
    client = make_client(remind)
    token = client.post("/sts/v1.0/issuetoken").text
    del client.headers["Ocp-Apim-Subscription-Key"]
    answer = client.post(
        f"{ROUTE}?language=en-US",
        content=tone(0.2),
        headers={**WAV, "Authorization": f"Bearer {token}"},
    )
    assert answer.json()["RecognitionStatus"] == "Success"


def test_pronunciation_assessment_is_501_where_a_server_has_none(make_client, tone):
    """It is not left out of the answer silently."""
    header = base64.b64encode(b'{"ReferenceText":"Hello world"}').decode()
    answer = make_client().post(
        f"{ROUTE}?language=en-US",
        content=tone(0.2),
        headers={**WAV, "Pronunciation-Assessment": header},
    )
    assert answer.status_code == 501
    assert answer.json()["error"]["code"] == "501"


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (DropReason.SILENCE, "InitialSilenceTimeout"),
        (DropReason.NOISE, "BabbleTimeout"),
        (DropReason.NO_MATCH, "NoMatch"),
    ],
)
def test_audio_without_text_is_a_result(make_client, reason, status, tone):
    """HTTP 200; the status says why."""
    answer = make_client(Dropped(0, 0.0, 1.0, reason)).post(
        f"{ROUTE}?language=en-US", content=tone(1.0), headers=WAV
    )
    assert answer.status_code == 200
    assert answer.json() == {"RecognitionStatus": status, "Offset": 0, "Duration": 10_000_000}


def test_wav_header_without_samples_is_initial_silence(make_client, tone):
    """Empty audio is not an HTTP error."""
    answer = make_client().post(f"{ROUTE}?language=en-US", content=tone(0), headers=WAV)
    assert answer.status_code == 200
    assert answer.json() == {
        "RecognitionStatus": "InitialSilenceTimeout",
        "Offset": 0,
        "Duration": 0,
    }


@pytest.mark.parametrize("content", [b"", b"this is no audio at all" * 100])
def test_undecodable_audio_is_400(make_client, content):
    """No bytes, or none that a decoder understands."""
    answer = make_client().post(f"{ROUTE}?language=en-US", content=content, headers=WAV)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "400")


def test_audio_over_a_minute_is_400_and_names_fast_transcription(make_client, tone, remind):
    """The limit is met while decoding; the message says what to use instead."""
    answer = make_client(remind).post(
        f"{ROUTE}?language=en-US", content=tone(60.5, sample_rate=8_000), headers=WAV
    )
    assert answer.status_code == 400
    assert "fast transcription" in answer.json()["error"]["message"]


def test_a_minute_is_recognised(make_client, tone, remind):
    """60 s are within the limit."""
    answer = make_client(remind).post(
        f"{ROUTE}?language=en-US", content=tone(60.0, sample_rate=8_000), headers=WAV
    )
    assert answer.json()["RecognitionStatus"] == "Success"


def test_internal_failure_is_the_status_error(make_client, tone):
    """The contract has a status for it, with HTTP 200, which may be retried."""
    answer = make_client(RuntimeError("a tensor has a wrong shape")).post(
        f"{ROUTE}?language=en-US", content=tone(0.2), headers=WAV
    )
    assert (answer.status_code, answer.json()) == (200, {"RecognitionStatus": "Error"})


def test_missing_model_is_503(make_client, tone):
    """An error that the operator has to mend is no result."""
    answer = make_client(EngineUnavailable("no model")).post(
        f"{ROUTE}?language=en-US", content=tone(0.2), headers=WAV
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "503")


def test_full_queue_is_429_with_retry_after(make_client, tone):
    """The answer to the one more request says when to try again."""
    client = make_client(queue_limit=1)
    with client.admission.admit():
        answer = client.post(f"{ROUTE}?language=en-US", content=tone(0.2), headers=WAV)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_body_over_the_limit_is_413(make_client, tone, remind):
    """A minute of audio is never that large."""
    answer = make_client(remind, max_upload_bytes=10_000).post(
        f"{ROUTE}?language=en-US", content=tone(1.0), headers=WAV
    )
    assert answer.status_code == 413


def test_chunked_body_is_recognised(make_client, tone, remind):
    """Chunks may cut the WAV header anywhere."""
    audio = tone(1.0)
    chunks = (audio[i : i + 997] for i in range(0, len(audio), 997))
    answer = make_client(remind).post(f"{ROUTE}?language=en-US", content=chunks, headers=WAV)
    assert answer.json()["RecognitionStatus"] == "Success"


@pytest.mark.parametrize("n_samples_said", [0, 0xFFFFFFFF])
def test_sizes_of_a_streaming_writer_mean_until_the_end(make_client, n_samples_said, tone):
    """A writer that cannot seek leaves 0 or 0xFFFFFFFF in the header."""
    audio = bytearray(tone(0.5))
    audio[4:8] = audio[40:44] = n_samples_said.to_bytes(4, "little")
    client = make_client(Dropped(0, 0.0, 0.5, DropReason.SILENCE))
    answer = client.post(f"{ROUTE}?language=en-US", content=bytes(audio), headers=WAV)
    assert answer.json()["Duration"] == 5_000_000


def serve(client, *messages):
    """Send ASGI messages to the route, then nothing, ever; return status and log lines."""
    waiting = list(messages)
    sent = []

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": ROUTE,
        "raw_path": ROUTE.encode(),
        "query_string": b"language=en-US",
        "headers": [(b"content-type", b"audio/wav"), (b"ocp-apim-subscription-key", b"k")],
    }
    with capture_logs() as lines:
        asyncio.run(client.app(scope, receive, send))
    return sent[0]["status"], lines


def test_client_that_stops_sending_is_answered_408(make_client, remind, tone, monkeypatch):
    """Half a clip and then silence on the line."""
    monkeypatch.setattr(incoming_body, "STALL_S", 0.05)
    half = {"type": "http.request", "body": tone(1.0)[:9_000], "more_body": True}
    status, lines = serve(make_client(remind), half)
    assert (status, lines[-1]["status"]) == (408, 408)


def test_client_that_hangs_up_is_logged_as_499(make_client, remind, tone):
    """The client has left; its place in the queue is free again."""
    client = make_client(remind, queue_limit=1)
    half = {"type": "http.request", "body": tone(1.0)[:9_000], "more_body": True}
    _, lines = serve(client, half, {"type": "http.disconnect"})
    assert lines[-1]["status"] == 499
    with client.admission.admit():
        pass


def test_stall_limit_is_half_a_minute():
    """Long enough for a bad mobile link, short enough to free the place in the queue."""
    assert incoming_body.STALL_S == 30.0
