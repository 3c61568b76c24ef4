"""A batch job whose end is notified: the challenge, the signature, the result; no polling.

This program is also the receiver of the web hook, and the place that the server fetches the
recording from. Web hooks go to https:// alone, and to loopback if the server allows it:

    pip install requests==2.34.2
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=hook \
      -addext subjectAltName=IP:127.0.0.1 -keyout hook.pem -out hook.pem
    make models                             # while the server trusts other certificates
    SSL_CERT_FILE=$PWD/hook.pem SOTTO_ALLOWED_NETWORKS=127.0.0.0/8 make run   # another terminal
    python examples/batch_with_web_hook.py t.wav

SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key; HOOK_URL names another
address than https://127.0.0.1:8443 for this program, HOOK_CERTIFICATE another file than hook.pem.
"""

import base64
import hashlib
import hmac
import json
import os
import queue
import secrets
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000") + "/speechtotext"
HOOK_URL = os.environ.get("HOOK_URL", "https://127.0.0.1:8443")
CERTIFICATE = os.environ.get("HOOK_CERTIFICATE", "hook.pem")
SECRET = secrets.token_hex(16)
AUDIO_PATH = f"/{secrets.token_hex(16)}"  # an address that no one can guess
notified: queue.SimpleQueue[str] = queue.SimpleQueue()


class Receiver(BaseHTTPRequestHandler):
    """Answers the challenge, takes signed notifications, serves the recording."""

    audio = b""

    def do_POST(self) -> None:
        """Take the challenge or a notification; refuse one with a wrong signature."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        token = parse_qs(urlsplit(self.path).query).get("validationToken", [""])[0]
        signed = hmac.digest(SECRET.encode(), token.encode() or body, hashlib.sha256)
        signature = self.headers.get("X-MicrosoftSpeechServices-Signature", "")
        if not hmac.compare_digest(base64.b64encode(signed).decode(), signature):
            self.answer(401, b"")
            return
        self.answer(200, token.encode())
        event = self.headers["X-MicrosoftSpeechServices-Event"]
        print("Received:", event)
        if not token:
            notified.put(json.loads(body)["self"])

    def do_GET(self) -> None:
        """Serve the recording."""
        is_known = self.path == AUDIO_PATH
        self.answer(200 if is_known else 404, self.audio if is_known else b"")

    def answer(self, status: int, body: bytes) -> None:
        """Send a status and a body."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the paths are secret."""


def main(file: Path) -> None:
    """Create the hook, submit the job, wait for the notification, print the transcript."""
    Receiver.audio = file.read_bytes()
    address = urlsplit(HOOK_URL)
    server = ThreadingHTTPServer((address.hostname, address.port or 443), Receiver)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    with requests.Session() as session:
        session.headers["Ocp-Apim-Subscription-Key"] = os.environ.get("SOTTO_KEY", "any")
        session.params = {"api-version": "2024-11-15"}
        hook = {"displayName": "example", "webUrl": f"{HOOK_URL}/hook"}
        hook |= {"events": {"transcriptionCompletion": True}, "properties": {"secret": SECRET}}
        job = {"displayName": "example", "locale": "en-US"}
        job |= {"contentUrls": [HOOK_URL + AUDIO_PATH], "properties": {"timeToLiveHours": 6}}
        created = []
        try:
            for path, body in (("/webhooks", hook), ("/transcriptions:submit", job)):
                answer = session.post(URL + path, json=body)
                created.append(checked(answer)["self"])
            while notified.get(timeout=600) != created[1]:
                pass  # the end of another job
            show_result(session, created[1])
        finally:
            for made in reversed(created):
                session.delete(made)


def show_result(session: requests.Session, address: str) -> None:
    """Print the text of the job's only file, or why there is none."""
    job = checked(session.get(address))
    for file in checked(session.get(job["links"]["files"]))["values"]:
        content = requests.get(file["links"]["contentUrl"], timeout=60).json()
        if file["kind"] == "Transcription":
            print("Transcript:", content["combinedRecognizedPhrases"][0]["display"])
        elif job["status"] != "Succeeded":
            print("Failed:", content["details"][0]["errorMessage"])


def checked(answer: requests.Response) -> dict:
    """Return the body, or end with the server's reason."""
    if not answer.ok:
        sys.exit(f"The server answers {answer.status_code}: {answer.text}")
    return answer.json()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python examples/batch_with_web_hook.py RECORDING")
    for needed in (sys.argv[1], CERTIFICATE):
        if not Path(needed).is_file():
            sys.exit(f"There is no file {needed}.")
    try:
        main(Path(sys.argv[1]))
    except requests.ConnectionError:
        sys.exit(f"No server answers at {URL}: start it as above, or set SOTTO_URL.")
    except queue.Empty:
        sys.exit("No notification came within ten minutes: does the server trust hook.pem?")
