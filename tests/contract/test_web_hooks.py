"""Web hooks of the running container host: a receiver with a certificate of its own authority.

The host reaches it because `SOTTO_ALLOWED_NETWORKS` has its address and `SSL_CERT_FILE` its
authority. It also serves the audio, so that a job has something to fetch.
"""

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SECRET = "canary of the secret"
DATED = {"api-version": "2024-11-15"}
EVENTS = [
    "TranscriptionCreation",
    "TranscriptionProcessing",
    "TranscriptionCompletion",
    "TranscriptionDeletion",
]


class _Receiver(BaseHTTPRequestHandler):
    """Takes calls under `/hook`, answers the challenge; under `/wrong` with another token.

    Audio comes as soon as its gate is open.
    """

    def do_GET(self):
        self.server.gate.wait(60)
        self.answer(200, self.server.audio)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        token = parse_qs(urlsplit(self.path).query).get("validationToken", [None])[0]
        event = self.headers["X-MicrosoftSpeechServices-Event"]
        with self.server.lock:
            self.server.calls.append((self.path, event, dict(self.headers), body))
        if self.server.is_down:
            self.answer(503)
        elif token is None:
            self.answer(204)
        else:
            self.answer(200, b"another" if self.path.startswith("/wrong") else token.encode())

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def write_certificate(folder):
    """Self-signed certificate for 127.0.0.1, which is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def receiver(tmp_path, spoken):
    """Running receiver; `url` is its address, `calls` what it was told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.certificate = write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.calls, server.lock, server.is_down, server.audio = [], threading.Lock(), False, spoken
    server.gate = threading.Event()
    server.gate.set()
    server.handle_error = lambda *_: None
    server.url = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start_host(start, receiver, tmp_path):
    """Starter of hosts on one data folder that may reach the receiver."""

    def begin():
        return start(
            SOTTO_DATA_FOLDER=str(tmp_path / "data"),
            SOTTO_ALLOWED_NETWORKS="127.0.0.1/32",
            SSL_CERT_FILE=str(receiver.certificate),
        )

    return begin


def wait_for(condition, within_s=60):
    until = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
    return found


def create_hook(http, host, url, events, **more):
    body = {"displayName": "hook", "webUrl": url, "events": dict.fromkeys(events, True), **more}
    created = http.post(f"{host.url}/speechtotext/webhooks", params=DATED, json=body)
    assert created.status_code == 201, created.text
    assert created.headers["Location"] == created.json()["self"]
    assert "secret" not in created.text
    return created.json()


def status_of(http, hook):
    return http.get(hook["self"]).json()["status"]


def submit(http, host, receiver):
    body = {
        "displayName": "job",
        "locale": "en-US",
        "contentUrls": [f"{receiver.url}/a.wav"],
        "properties": {"timeToLiveHours": 6},
    }
    created = http.post(f"{host.url}/speechtotext/transcriptions:submit", params=DATED, json=body)
    assert created.status_code == 201, created.text
    return created.json()["self"]


def told(receiver, path="/hook"):
    """Bodies that a path was told of transcriptions, each once, with its event."""
    with receiver.lock:
        calls = [call for call in receiver.calls if urlsplit(call[0]).path == path]
    found = {
        json.loads(body)["invocationId"]: (event, json.loads(body)["self"])
        for _, event, _, body in calls
        if event.startswith("Transcription")
    }
    return list(found.values())


def test_a_hook_is_challenged_then_receives_every_change_once_with_a_signature(
    start_host, http, receiver
):
    """A hook that answers the challenge wrongly receives no notice."""
    host = start_host()
    every = [f"{event[0].lower()}{event[1:]}" for event in EVENTS]
    hook = create_hook(
        http, host, f"{receiver.url}/hook?x=1", [*every, "ping"], properties={"secret": SECRET}
    )
    wrong = create_hook(http, host, f"{receiver.url}/wrong", every)
    assert status_of(http, hook) == "NotStarted"
    wait_for(lambda: status_of(http, hook) == "Succeeded")
    wait_for(lambda: status_of(http, wrong) == "Failed")
    assert http.post(hook["links"]["test"]).status_code == 204  # there is no job yet

    job = submit(http, host, receiver)
    wait_for(lambda: http.get(job).json()["status"] == "Succeeded")
    wait_for(lambda: ("TranscriptionCompletion", job) in told(receiver))
    assert http.post(hook["links"]["ping"]).status_code == 202
    assert http.post(hook["links"]["test"]).status_code == 202
    assert http.delete(job).status_code == 204
    wait_for(lambda: ("TranscriptionDeletion", job) in told(receiver))
    wait_for(lambda: any(call[1] == "Ping" for call in receiver.calls))
    # One more each of what the test has sent, under other invocation ids.
    wait_for(lambda: len(told(receiver)) == 7)
    assert Counter(told(receiver)) == {
        (event, job): 1 if event == "TranscriptionDeletion" else 2 for event in EVENTS
    }
    assert [call[1] for call in receiver.calls if call[0].startswith("/wrong")] == ["Challenge"]

    first, *rest = (call for call in receiver.calls if call[0].startswith("/hook"))
    query = parse_qs(urlsplit(first[0]).query)
    assert first[1] == "Challenge"
    assert query["x"] == ["1"]
    signed = [query["validationToken"][0].encode(), *(call[3] for call in rest)]
    for (_, _, headers, _), text in zip([first, *rest], signed, strict=True):
        expected = base64.b64encode(hmac.digest(SECRET.encode(), text, hashlib.sha256)).decode()
        assert headers["X-MicrosoftSpeechServices-Signature"] == expected
    ping = next(json.loads(call[3]) for call in rest if call[1] == "Ping")
    assert (ping["self"], ping["status"]) == (hook["self"], "Succeeded")
    lines = json.dumps(host.log)
    assert "web_hook_delivered" in lines
    assert not any(word in lines for word in (SECRET, receiver.url, "validationToken"))


def test_a_notice_does_not_wait_behind_a_file_that_is_being_worked_on(start_host, http, receiver):
    """One worker, whose file comes when the gate opens; and another job behind it in the queue."""
    host = start_host()
    hook = create_hook(
        http,
        host,
        f"{receiver.url}/hook",
        ["transcriptionCreation", "transcriptionProcessing", "transcriptionCompletion"],
    )
    wait_for(lambda: status_of(http, hook) == "Succeeded")
    receiver.gate.clear()
    first = submit(http, host, receiver)
    wait_for(lambda: ("TranscriptionProcessing", first) in told(receiver), within_s=10)
    second = submit(http, host, receiver)
    wait_for(lambda: ("TranscriptionCreation", second) in told(receiver), within_s=10)
    assert http.get(first).json()["status"] == "Running"
    assert http.get(second).json()["status"] == "NotStarted"
    receiver.gate.set()
    wait_for(lambda: ("TranscriptionCompletion", second) in told(receiver))


def test_notices_that_a_receiver_missed_are_sent_by_the_next_host(start_host, http, receiver):
    """It was down, the host was killed, and the notice waited in the queue."""
    host = start_host()
    hook = create_hook(http, host, f"{receiver.url}/hook", ["transcriptionCompletion"])
    wait_for(lambda: status_of(http, hook) == "Succeeded")
    receiver.is_down = True
    job = submit(http, host, receiver)
    wait_for(lambda: any(line["event"] == "web_hook_postponed" for line in host.log))
    host.process.kill()
    host.process.wait(60)
    first = told(receiver)
    receiver.calls.clear()
    receiver.is_down = False
    start_host()
    again = wait_for(lambda: told(receiver))
    assert first == again == [("TranscriptionCompletion", job)]
