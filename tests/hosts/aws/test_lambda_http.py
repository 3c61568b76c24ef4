"""The HTTP contracts on Lambda: real runtime client, real model, every front of AWS."""

import json
import wave
from io import BytesIO

import pytest
from http_events import (
    as_api_gateway_rest,
    as_api_gateway_v2,
    as_api_gateway_v2_stage,
    as_function_url,
    as_load_balancer,
    as_load_balancer_multi_value,
    event_json,
)
from runtime_api import InvocationFailed

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
FRONTS = [
    as_function_url,
    as_api_gateway_v2,
    as_api_gateway_v2_stage,
    as_api_gateway_rest,
    as_load_balancer,
    as_load_balancer_multi_value,
]
WAV = {"Content-Type": "audio/wav"}


def silent_wav(n_bytes):
    """WAV of that size: 16 kHz, 16 bit, mono."""
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(n_bytes - 44))
    return file.getvalue()


def repeated(wav, n_bytes):
    """The same speech again and again, up to that size."""
    with wave.open(BytesIO(wav)) as reader:
        parameters, frames = reader.getparams(), reader.readframes(reader.getnframes())
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams(parameters)
        writer.writeframes((frames * (n_bytes // len(frames) + 1))[: n_bytes - 44])
    return file.getvalue()


def with_open_sizes(wav):
    """The same file with the sizes of a streaming writer, which mean: to the end."""
    return wav[:4] + b"\xff" * 4 + wav[8:40] + b"\xff" * 4 + wav[44:]


def form(wav):
    """Parts of a fast transcription of English."""
    return {
        "audio": ("t.wav", wav, "audio/wav"),
        "definition": (None, json.dumps({"locales": ["en-US"]}), "application/json"),
    }


@pytest.mark.parametrize("front", FRONTS)
def test_short_audio_is_recognised(send, front, spoken_clip):
    """The body is binary in the event, the answer is JSON text and not base64."""
    answer = send(front, "POST", SHORT_AUDIO, data=spoken_clip.wav, headers=WAV)
    assert answer.status_code == 200
    assert answer.json()["DisplayText"] == spoken_clip.text
    assert answer.returned["isBase64Encoded"] is False


@pytest.mark.parametrize("front", FRONTS)
def test_fast_transcription_takes_the_clients_form(send, front, spoken_clip):
    """The colon of the path and the boundary of the form survive every front."""
    answer = send(front, "POST", FAST, files=form(spoken_clip.wav))
    assert answer.status_code == 200
    assert answer.json()["combinedPhrases"][0]["text"] == spoken_clip.text


@pytest.mark.parametrize("front", FRONTS)
def test_a_query_with_escapes_arrives_decoded_once(send, front):
    """`%2D` is the hyphen of en-US: a wrong locale would be refused before the empty audio."""
    url = SHORT_AUDIO.replace("en-US", "en%2DUS")
    answer = send(front, "POST", url, data=silent_wav(3244), headers=WAV)
    assert answer.json()["RecognitionStatus"] == "InitialSilenceTimeout"


@pytest.mark.parametrize("front", FRONTS)
def test_a_request_without_the_key_is_refused(send, front, spoken_clip):
    headers = {"Ocp-Apim-Subscription-Key": "", **WAV}
    answer = send(front, "POST", SHORT_AUDIO, data=spoken_clip.wav, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "403"


@pytest.mark.parametrize("front", FRONTS)
def test_paths_of_azure_openai_are_served(send, front):
    answer = send(front, "GET", "/openai/v1/models?api-version=2024-10-21")
    assert "whisper-1" in [model["id"] for model in answer.json()["data"]]
    path = "/openai/deployments/our-whisper/audio/transcriptions?api-version=2024-10-21"
    refused = send(front, "POST", path, files={"model": (None, "our-whisper")})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "file")


def test_a_body_of_4_4_megabytes_is_transcribed(send, spoken_clip):
    """That is the largest audio: in base64, with the rest of the event, it is just under 6 MB."""
    wav = spoken_clip.wav + silent_wav(4_400_000 - len(spoken_clip.wav))[44:]
    answer = send(as_function_url, "POST", FAST, files=form(with_open_sizes(wav)), timeout=120)
    assert answer.status_code == 200
    assert answer.json()["combinedPhrases"][0]["text"] == spoken_clip.text


@pytest.mark.parametrize(
    ("url", "code"), [(FAST, "InvalidRequest"), (SHORT_AUDIO, None)], ids=["fast", "short"]
)
def test_a_body_of_6_megabytes_is_refused_in_the_shape_of_the_contract(send, url, code):
    """The function says so, where the platform lets it through at all."""
    body = {"files": form(silent_wav(6_000_000))} if code else {"data": silent_wav(6_000_000)}
    answer = send(as_function_url, "POST", url, **body, headers=WAV if not code else {})
    assert answer.status_code == 413
    problem = answer.json()
    assert "6 MB" in (problem["message"] if code else problem["error"]["message"])
    if code:
        assert problem["code"] == code
        assert problem["innerError"]["code"] == "InvalidPayload"
    assert answer.headers["x-ms-request-id"]


def test_a_large_body_without_the_key_is_not_read(send):
    headers = {"Ocp-Apim-Subscription-Key": "guess"}
    answer = send(as_function_url, "POST", FAST, files=form(silent_wav(6_000_000)), headers=headers)
    assert answer.status_code == 401


def test_work_that_would_outlast_the_invocation_is_answered(send, spoken_clip):
    """A second before Lambda would kill the process, whose next request needs no new start."""
    speech = repeated(spoken_clip.wav, 4_300_000)
    answer = send(as_function_url, "POST", FAST, files=form(speech), timeout=1.6)
    assert answer.status_code == 400
    assert answer.json()["innerError"]["code"] == "AudioLengthLimitExceeded"
    after = send(as_function_url, "POST", SHORT_AUDIO, data=spoken_clip.wav, headers=WAV)
    assert after.json()["DisplayText"] == spoken_clip.text


def test_tokens_are_text(send):
    """`application/jwt` is not base64 either, which a REST API would pass on undecoded."""
    answer = send(as_api_gateway_rest, "POST", "/sts/v1.0/issueToken", data=b"")
    assert answer.status_code == 200
    assert answer.returned["isBase64Encoded"] is False
    assert answer.text.count(".") == 2


def test_headers_are_lower_case_and_there_are_no_cookies(send):
    """Payload format 2.0 has one value per header."""
    answer = send(as_function_url, "GET", "/status")
    assert answer.headers["content-type"] == "application/json"
    assert all(name == name.lower() for name in answer.headers)
    assert "cookies" not in answer.returned


def test_the_playground_is_served_without_its_microphone(send):
    page = send(as_function_url, "GET", "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'data-real-time="no"' in page.text
    script = send(as_function_url, "GET", "/playground/playground.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_reference_is_served_with_the_script_of_swagger_ui(send):
    """Its 1.7 MB fit into an answer of 6 MB."""
    page = send(as_function_url, "GET", "/swagger")
    assert "<title>Sotto: API reference</title>" in page.text
    script = send(as_function_url, "GET", "/swagger/swagger-ui-bundle.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert len(script.text) > 1_000_000
    packed = send(
        as_load_balancer,
        "GET",
        "/swagger/swagger-ui-bundle.js",
        headers={"accept-encoding": "gzip"},
    )
    assert len(packed.returned["body"]) < 1_000_000  # the limit of a load balancer
    elsewhere = send(as_function_url, "GET", "/swagger/index.html")
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (307, "../swagger")


def test_a_load_balancer_with_multi_value_headers_gets_such(send):
    answer = send(as_load_balancer_multi_value, "GET", "/healthz")
    assert answer.returned["multiValueHeaders"]["content-type"] == ["application/json"]
    assert "headers" not in answer.returned


def test_the_model_is_loaded_before_the_first_event(function, send):
    """Initialisation has the time and the processor for it."""
    assert send(as_function_url, "GET", "/ready").status_code == 200
    assert '"event": "model_loaded"' in function.log
    assert '"threads": 2' in function.log


def test_an_impossible_host_is_answered_and_not_quoted(function):
    """The adapter's own error would stand in the log, with the header in it."""
    event = event_json("alb")
    event["headers"]["host"] = "sotto:canaryhost"
    returned = json.loads(function.api.invoke(event))
    assert returned["statusCode"] == 400
    assert json.loads(returned["body"])["code"] == "InvalidRequest"
    assert "canaryhost" not in function.log


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("s3_object_created", "S3"),
        ("sqs", "SQS"),
        ("schedule", "EventBridge"),
        ("web_socket", "unknown"),
    ],
)
def test_events_of_other_kinds_fail_so_that_their_sender_keeps_them(function, name, kind):
    """An answer would count as done: SQS would delete the message."""
    with pytest.raises(InvocationFailed, match=f"FeatureUnavailable: .* kind {kind} "):
        function.api.invoke(event_json(name))


def test_the_test_event_of_a_new_s3_notification_is_no_failure(function):
    assert json.loads(function.api.invoke(event_json("s3_test"))) == {"served": False}
