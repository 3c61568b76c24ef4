"""How a function starts when something is missing: it answers, and its log says what."""

import pytest
from http_events import FunctionSession, as_function_url, as_load_balancer
from runtime_api import run_function

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
HEADERS = {"Ocp-Apim-Subscription-Key": "k"}


def test_without_keys_no_request_is_served(model_folder):
    """A function URL is an address of the internet; the loopback's rule is not for it."""
    with run_function({"SOTTO_MODEL_FOLDER": str(model_folder)}) as function:
        fast = FunctionSession(function, as_function_url, HEADERS).post(FAST, data=b"")
        short = FunctionSession(function, as_load_balancer, HEADERS).post(SHORT_AUDIO, data=b"")
    assert (fast.status_code, fast.json()["code"]) == (503, "ServiceUnavailable")
    assert (short.status_code, short.json()["error"]["code"]) == (503, "503")
    assert "SOTTO_KEYS must be set on AWS Lambda" in function.log
    assert "Traceback" not in function.log


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SOTTO_THREADS": "many"}, "SOTTO_THREADS must be 0 to 256"),
        ({"SOTTO_MODEL": "no-such-model"}, "No model is called"),
    ],
)
def test_a_bad_setting_is_named_and_answered_503(model_folder, settings, named, spoken_clip):
    given = {"SOTTO_KEYS": "k", "SOTTO_MODEL_FOLDER": str(model_folder), **settings}
    with run_function(given) as function:
        answer = FunctionSession(function, headers=HEADERS).post(SHORT_AUDIO, data=spoken_clip.wav)
    assert answer.status_code == 503
    assert named in function.log
    assert "Traceback" not in function.log


def test_a_missing_model_is_answered_503_and_the_log_says_how_to_fetch_it(tmp_path, spoken_clip):
    """The initialisation succeeds: Lambda would repeat it for ever otherwise."""
    with run_function({"SOTTO_KEYS": "k", "SOTTO_MODEL_FOLDER": str(tmp_path)}) as function:
        http = FunctionSession(function, headers=HEADERS)
        answer = http.post(SHORT_AUDIO, data=spoken_clip.wav)
        ready = http.send("GET", "/ready")
    assert answer.status_code == 503
    message = answer.json()["error"]["message"]
    assert message.startswith("Recognition is not available on this server. Model base is missing.")
    assert "sotto models fetch base" in message
    assert str(tmp_path) not in message
    assert ready.status_code == 503
    assert function.api.init_error is None
    assert "models fetch base" in function.log
