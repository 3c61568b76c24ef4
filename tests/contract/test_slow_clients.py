"""A client that sends or reads too slowly is disconnected, and others are served: raw sockets."""

import asyncio
import contextlib
import io
import json
import ssl
import time
import wave

import pytest
import requests
from certificate import make_certificate
from served_app import closed_by_server, serving
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from structlog.testing import capture_logs

from functions.api.app import create_app
from functions.api.text_to_speech import answers
from functions.container.connections import ConnectionTimes
from shared.settings import Settings
from shared.synthesis.installed import Voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import KOKORO, kokoro_voice
from shared.transcription.scripted_transcriber import ScriptedTranscriber

SHORT = ConnectionTimes(head_s=0.3, write_s=0.3, linger_s=0.3)
LONG = ConnectionTimes(head_s=600, write_s=600, linger_s=600)
KEY = b"Ocp-Apim-Subscription-Key: k\r\n"
N_PLACES = 10
N_SLOW = 20
FORM_HEAD = b"Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
FORM_START = b"--b\r\nContent-Disposition: form-data; name=audio\r\n\r\nRIFF"
SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
SPEECH = (
    b"<speak version='1.0' xml:lang='en-US'><voice name='en-US-JennyNeural'>Hello."
    + b"<break time='20s'/>" * 40
    + b"</voice></speak>"
)
A_WORD = {"model": "tts-1", "input": "Hello.", "voice": "alloy"}
HEAD = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n"


async def hello(scope, receive, send):
    """Answer without reading the body."""
    await PlainTextResponse("hello")(scope, receive, send)


async def endless(scope, receive, send):
    """Stream without end."""

    async def pieces():
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0)  # once the client has left, sending waits for nothing

    await StreamingResponse(pieces())(scope, receive, send)


async def large(scope, receive, send):
    """Answer in one piece of 6 MB."""
    await JSONResponse("x" * 6_000_000)(scope, receive, send)


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"", None),
        (b"\r\n", None),
        (b"GET /v1/models", 408),
        (HEAD + b"x-a: ", 408),
    ],
    ids=["silence", "an empty line", "a URL", "a field"],
)
def test_a_connection_without_a_whole_head_is_closed(start, status):
    """A head that has begun gets an answer in the shape of its contract, silence gets none."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(start)
        received = closed_by_server(client)
    if status is None:
        assert received == b""
        return
    head, _, body = received.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    if start.startswith(HEAD):
        assert json.loads(body)["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("start", [b"\r\n", b"GET /", HEAD])
def test_a_later_head_that_has_begun_is_bounded_too(start):
    """The first request is answered; the connection is closed because of the second."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(HEAD + b"\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(start)
        received = closed_by_server(client)
    assert received.startswith(b"" if start == b"\r\n" else b"HTTP/1.1 408")


def test_a_later_head_that_begins_before_the_first_answer_is_bounded_too():
    """Its time begins with the answer."""
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(HEAD + b"\r\n" + HEAD)
        received = closed_by_server(client)
    assert received.startswith(b"HTTP/1.1 200")
    assert received.count(b"HTTP/1.1 408") == 1


def test_a_connection_that_is_idle_between_two_requests_stays():
    """The wait for a head begins with its first byte."""
    with serving(hello, SHORT) as served, served.connect() as idle, served.connect() as silent:
        idle.sendall(HEAD + b"\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")
        assert closed_by_server(silent) == b""
        idle.sendall(HEAD + b"\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200")


def test_three_hundred_half_open_connections_are_gone():
    """Half of them silent, half in the middle of a head."""
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(hello, SHORT))
        clients = [opened.enter_context(served.connect()) for _ in range(300)]
        for client in clients[::2]:
            client.sendall(HEAD)
        for client in clients:
            closed_by_server(client)
        assert requests.get(served.url, timeout=30).text == "hello"


def test_tls_bounds_the_handshake_and_the_head(tmp_path):
    """Without a handshake, and with one but without a head."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    with (
        serving(hello, SHORT, tls_cert=certificate, tls_key=key) as served,
        served.connect() as silent,
        served.connect() as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
    ):
        encrypted.sendall(HEAD)
        assert closed_by_server(encrypted).startswith(b"HTTP/1.1 408")
        assert closed_by_server(silent) == b""


def test_tls_bounds_a_head_in_size_and_a_reader_in_time(tmp_path):
    """The bounds of the protocol hold under TLS."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    times = ConnectionTimes(head_s=600, write_s=0.3, linger_s=600)
    with serving(large, times, tls_cert=certificate, tls_key=key) as served:
        with (
            served.connect() as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
        ):
            client.sendall(HEAD + b"x-a: " + b"a" * 70_000 + b"\r\n\r\n")
            assert closed_by_server(client).startswith(b"HTTP/1.1 431")
        with (
            served.connect(receive_buffer_bytes=4096) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
        ):
            client.sendall(HEAD + b"\r\n")
            assert served.no_connections.wait(30)


def test_beyond_the_limit_the_longest_waiting_connection_makes_room():
    """An honest client is served beside twice as many silent ones, and the log has one line."""
    with capture_logs() as lines, contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(hello, LONG, max_connections=8))
        for _ in range(16):
            opened.enter_context(served.connect())
        for _ in range(16):
            assert requests.get(served.url, timeout=30).text == "hello"
    assert [line["event"] for line in lines].count("connections_exhausted") == 1


def test_connections_with_a_request_under_way_are_not_closed_for_others():
    """A new one is closed instead, until one of them ends."""
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(endless, LONG, max_connections=2))
        readers = [opened.enter_context(served.connect()) for _ in range(2)]
        for reader in readers:
            reader.sendall(HEAD + b"\r\n")
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
        with served.connect() as refused:
            assert closed_by_server(refused) == b""
        for reader in readers:
            assert reader.recv(1000)


@pytest.mark.parametrize("app", [endless, large])
def test_a_reader_that_reads_nothing_is_disconnected(app):
    """A stream, and an answer in one piece, of which the app has let go."""
    with serving(app, SHORT) as served, served.connect(receive_buffer_bytes=4096) as client:
        client.sendall(HEAD + b"\r\n")
        assert served.no_connections.wait(30)


def test_a_slow_reader_that_goes_on_reading_gets_all():
    """6 MB over a small buffer take longer than the wait for one piece."""
    with serving(large, SHORT) as served, served.connect(receive_buffer_bytes=4096) as client:
        client.sendall(HEAD + b"Connection: close\r\n\r\n")
        _, _, body = closed_by_server(client).partition(b"\r\n\r\n")
    assert len(body) == 6_000_002


def test_the_rest_of_a_body_is_awaited_for_a_limited_time():
    """The app has answered before the body was sent."""
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    with serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(post)
        assert closed_by_server(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"GET /languages HTTP/1.1\r\nx-a: " + b"a" * 70_000 + b"\r\n\r\n", 431, "head_too_large"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414, "url_too_long"),
        (b"NONSENSE\r\n\r\n", 400, "malformed"),
        (HEAD, 408, "head_too_slow"),
    ],
)
def test_a_refused_head_leaves_one_line_without_content(sent, status, reason):
    """Status and an enumerated reason."""
    with capture_logs() as lines, serving(hello, SHORT) as served, served.connect() as client:
        client.sendall(sent)
        assert closed_by_server(client)
    refused = {"event": "request_refused", "status": status, "reason": reason}
    assert [line for line in lines if line["event"] != "listening"] == [
        refused | {"log_level": "warning"}
    ]


def app_of_scripts(**settings):
    """Make an app that recognises and speaks as scripted."""
    made = Settings(**({"keys": ("k",), "queue_limit": N_PLACES} | settings))
    voices = Voices((kokoro_voice("af_heart"),), {KOKORO: ScriptedSynthesizer()})
    return create_app(
        made, ScriptedTranscriber(locales=("en-US",)), synthesis=SpeechSynthesis(made, voices)
    )


def chunk(data):
    """One chunk of a body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def send_form_slowly(client, path):
    """Begin an upload that does not go on."""
    client.sendall(b"POST %b HTTP/1.1\r\nHost: x\r\n%b" % (path.encode(), KEY) + FORM_HEAD)
    client.sendall(chunk(FORM_START))


def send_audio_slowly(client):
    """Begin a short audio that does not go on."""
    head = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\n%b" % (
        SHORT_AUDIO.encode(),
        KEY,
    )
    client.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"RIFF"))


def read_speech_slowly(client):
    """Ask for 13 minutes of speech and read none of them."""
    client.sendall(
        b"POST /cognitiveservices/v1 HTTP/1.1\r\nHost: x\r\n%b"
        b"Content-Type: application/ssml+xml\r\n"
        b"X-Microsoft-OutputFormat: riff-48khz-16bit-mono-pcm\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (KEY, len(SPEECH), SPEECH)
    )


def send_until_served(send):
    """Send a request again for as long as it is refused for want of a place."""
    until = time.monotonic() + 30
    while (answer := send()).status_code == 429:
        assert answer.headers["retry-after"]
        assert time.monotonic() < until
    return answer


@pytest.mark.parametrize(
    "be_slow",
    [
        lambda client: send_form_slowly(client, FAST),
        lambda client: send_form_slowly(client, "/v1/audio/transcriptions"),
        send_audio_slowly,
        read_speech_slowly,
    ],
    ids=["fast transcription", "OpenAI", "short audio", "a reader of speech"],
)
def test_slow_clients_leave_room_for_an_honest_one(be_slow):
    """Twice as many as there are places, which no time-out ends during the test."""
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(app_of_scripts(), LONG))
        session = opened.enter_context(requests.Session())
        session.headers["Ocp-Apim-Subscription-Key"] = "k"
        for _ in range(N_SLOW):
            client = opened.enter_context(served.connect(receive_buffer_bytes=4096))
            be_slow(client)
        wav = silence_wav()
        short = send_until_served(
            lambda: session.post(
                served.url + SHORT_AUDIO, data=wav, headers={"Content-Type": "audio/wav"}
            )
        )
        fast = send_until_served(
            lambda: session.post(
                served.url + FAST, files={"audio": wav, "definition": (None, "{}")}
            )
        )
        spoken = send_until_served(
            lambda: session.post(f"{served.url}/v1/audio/speech", json=A_WORD, timeout=30)
        )
        assert [short.status_code, fast.status_code, spoken.status_code] == [200, 200, 200]
        assert short.json()["RecognitionStatus"] == "InitialSilenceTimeout"


def test_one_of_several_keys_leaves_half_of_the_places_to_the_others(monkeypatch):
    """With its token too; the readers hold their places, of which five are left."""
    monkeypatch.setattr(answers, "WORK_WHILE_SENDING_S", 600)
    with contextlib.ExitStack() as opened:
        served = opened.enter_context(serving(app_of_scripts(keys=("l", "k")), LONG))
        for _ in range(N_PLACES // 2):
            client = opened.enter_context(served.connect(receive_buffer_bytes=4096))
            read_speech_slowly(client)
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        key = {"Ocp-Apim-Subscription-Key": "k"}
        issued = requests.post(f"{served.url}/sts/v1.0/issueToken", headers=key, timeout=30)
        credentials = [key, {"Authorization": f"Bearer {issued.text}"}, {"api-key": "l"}]
        statuses = [
            requests.post(
                f"{served.url}/v1/audio/speech", json=A_WORD, headers=credential, timeout=30
            ).status_code
            for credential in credentials
        ]
    assert statuses == [429, 429, 200]


def silence_wav():
    """WAV file with a fifth of a second."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(6_400))
    return data.getvalue()
