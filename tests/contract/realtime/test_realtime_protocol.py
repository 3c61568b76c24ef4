"""The protocol of real time in plain frames: what the SDKs cannot be made to do."""

import json
import ssl
import time

import numpy as np
import pytest
import soxr
from websockets.exceptions import ConnectionClosed, InvalidStatus

from functions.command_line.privacy_check.usp_client import usp_client
from shared.audio.encode import AudioEncoder
from shared.synthesis.output_formats import find_output_format
from tests.contract.certificate import make_certificate
from tests.contract.realtime.conftest import wav_of

WORDS = "children are playing in the garden"
ONCE = {"phraseDetection": {"language": "en-US", "mode": "INTERACTIVE"}}
PATH = "/speech/recognition/conversation/cognitiveservices/v1"


@pytest.mark.parametrize(
    "name",
    [
        "audio-16khz-128kbitrate-mono-mp3",
        "ogg-16khz-16bit-mono-opus",
        "webm-16khz-16bit-mono-opus",
        "riff-8khz-8bit-mono-mulaw",
    ],
)
def test_compressed_audio_is_recognised(server, sentence, name):
    samples = np.frombuffer(sentence, np.int16)
    encoding = find_output_format(name).encoding
    encoder = AudioEncoder(encoding)
    at_rate = soxr.resample(samples, 16_000, encoding.sample_rate)
    coded = encoder.encode(at_rate) + encoder.finish()
    with usp_client(server.url) as client:
        client.begin()
        client.send(coded, piece_bytes=1_000)
        # The first words of a telephone's band are near a threshold on some processors.
        assert "in the garden behind the house" in " ".join(client.phrases())


def test_one_connection_has_one_turn_after_the_other(server, sentence):
    with usp_client(server.url) as client:
        for _ in range(2):
            client.begin(**ONCE)
            client.send(wav_of(sentence))
            assert WORDS in " ".join(client.phrases())


def test_a_turn_of_one_phrase_does_not_wait_for_the_end_of_the_audio(server, sentence):
    with usp_client(server.url) as client:
        client.begin(**ONCE)
        client.audio(wav_of(sentence + bytes(32_000 * 2)))  # no end
        assert WORDS in " ".join(client.phrases())


def test_a_turn_without_audio_ends(server):
    with usp_client(server.url) as client:
        client.begin()
        client.audio(b"")
        assert [path for path, _ in client.turn()] == [
            "turn.start", "speech.endDetected", "speech.phrase", "turn.end",
        ]  # fmt: skip
        client.begin(**ONCE)
        client.audio(b"")
        statuses = [body.get("RecognitionStatus") for _, body in client.turn()]
        assert "InitialSilenceTimeout" in statuses


def test_bytes_that_are_no_audio_are_a_bad_request(server):
    with usp_client(server.url) as client:
        client.begin(**ONCE)
        client.send(b"no audio at all" * 100)
        (status,) = [
            body["RecognitionStatus"] for _, body in client.turn() if "RecognitionStatus" in body
        ]
        assert status == "BadRequest"


def test_late_audio_of_an_ended_turn_does_no_harm(server, sentence):
    with usp_client(server.url) as client:
        client.begin(**ONCE)
        client.audio(wav_of(sentence + bytes(32_000 * 2)))
        assert WORDS in " ".join(client.phrases())
        for _ in range(100):
            client.audio(bytes(32_000))
        client.begin(**ONCE)
        client.send(wav_of(sentence))
        assert WORDS in " ".join(client.phrases())


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [(PATH, "wrong", 401), (PATH, "", 401), ("/speech/nowhere/v9", "k", 404)],
)
def test_a_refused_upgrade_is_a_response_with_a_reason(server, path, key, status):
    with (
        pytest.raises(InvalidStatus) as refused,
        usp_client(server.url, path, key),
    ):
        pass
    response = refused.value.response
    assert response.status_code == status
    assert json.loads(response.body)["error"]["code"] == str(status)


def test_a_key_may_be_in_the_query_as_browsers_send_it(server):
    with usp_client(server.url, f"{PATH}?Ocp-Apim-Subscription-Key=k", "") as client:
        client.begin()
        assert client.receive()[0] == "turn.start"


def test_no_query_reaches_the_log(server):
    with usp_client(
        server.url, f"{PATH}?Ocp-Apim-Subscription-Key=k&language=zanzibar", ""
    ) as client:
        client.begin()
        client.receive()
    deadline = time.monotonic() + 10
    while "session" not in {line["event"] for line in server.log} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "session" in {line["event"] for line in server.log}
    assert "zanzibar" not in json.dumps(server.log)
    assert "Subscription-Key" not in json.dumps(server.log)


def test_garbage_ends_the_connection(server):
    with usp_client(server.url) as client:
        client.socket.send(b"\xff\xff")
        with pytest.raises(ConnectionClosed) as closed:
            client.socket.recv(10)
        assert closed.value.rcvd.code == 1007


def test_a_session_beyond_the_limit_is_refused_and_the_next_one_served(start):
    server = start(SOTTO_SESSION_LIMIT="1")
    with usp_client(server.url) as client:
        client.begin()
        client.receive()
        with pytest.raises(InvalidStatus) as refused, usp_client(server.url):
            pass
        assert refused.value.response.status_code == 429
    deadline = time.monotonic() + 10
    while True:
        try:
            with usp_client(server.url) as client:
                client.begin()
                client.receive()
                return
        except InvalidStatus:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_operators_certificate_serves_web_sockets_too(start, sentence, tmp_path):
    certificate, key = make_certificate(tmp_path)
    server = start(SOTTO_TLS_CERT=str(certificate), SOTTO_TLS_KEY=str(key))
    trusting = ssl.create_default_context(cafile=str(certificate))
    with usp_client(server.url, ssl=trusting) as client:
        client.begin()
        client.send(wav_of(sentence))
        assert WORDS in " ".join(client.phrases())


def test_a_stopped_server_finishes_the_turn_and_loses_no_phrase(start, sentence):
    server = start()
    with usp_client(server.url) as client:
        client.begin()
        client.audio(wav_of(sentence))
        while (frame := client.receive())[0] != "speech.startDetected":
            assert frame[0] != "turn.end"
        server.process.terminate()
        frames = client.turn()
        texts = [body["DisplayText"] for _, body in frames if "DisplayText" in body]
        assert WORDS in " ".join(texts)
        with pytest.raises(ConnectionClosed) as closed:
            client.socket.recv(10)
        assert closed.value.rcvd.code == 1001
    assert server.process.wait(30) == 0
