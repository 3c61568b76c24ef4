"""The container host from outside: how it starts, refuses to start, drains and stops."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from certificate import make_certificate

from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_queue import Lane

PROJECT = Path(__file__).resolve().parent.parent.parent
ROUTE = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
HEADERS = {"Content-Type": "audio/wav", "Ocp-Apim-Subscription-Key": "k"}


def run_host(model_folder, **settings):
    """Run a host that is expected not to start; return the finished process."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("SOTTO_")}
    environment |= {"SOTTO_PORT": "0", "SOTTO_MODEL_FOLDER": str(model_folder)}
    environment |= {"SOTTO_BATCH": "false"} | settings
    return subprocess.run(
        [sys.executable, "-m", "functions.container"],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_ready_turns_200_when_the_model_is_loaded(start):
    """It listens before the model is there, so that a probe can tell the two apart."""
    host = start()
    until = time.monotonic() + 60
    while requests.get(f"{host.url}/ready", timeout=60).status_code != 200:
        assert time.monotonic() < until
    assert requests.get(f"{host.url}/status", timeout=60).json()["apiStatus"] == "Valid"


def test_sigterm_lets_a_request_finish_and_exits_with_0(start, spoken):
    """The rest of an upload that is under way is read and answered."""
    host = start()
    answers = []
    under_way = threading.Event()

    def upload():
        yield spoken[: len(spoken) // 2]
        under_way.set()
        until = time.monotonic() + 30
        while time.monotonic() < until:  # until it accepts nothing more
            try:
                requests.get(f"{host.url}/healthz", timeout=5)
            except requests.ConnectionError:
                break
        yield spoken[len(spoken) // 2 :]

    def post():
        answers.append(requests.post(host.url + ROUTE, data=upload(), headers=HEADERS, timeout=60))

    client = threading.Thread(target=post)
    client.start()
    assert under_way.wait(30)
    # The server has read the head before it answers these: without one a connection is idle.
    for _ in range(3):
        requests.get(f"{host.url}/healthz", timeout=30)
    host.process.send_signal(signal.SIGTERM)
    client.join(60)
    assert answers[0].json()["RecognitionStatus"] == "Success"
    assert host.process.wait(30) == 0


def test_sigterm_gives_a_file_under_way_back_at_once(start, tmp_path, spoken):
    """Another worker need not wait for the end of the lease, which is an hour here."""
    audio = tmp_path / "containers" / "audio"
    audio.mkdir(parents=True)
    header, samples = spoken[:44], spoken[44:]
    (audio / "long.wav").write_bytes(header + 200 * samples)  # its sizes are those of the clip
    host = start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_LEASE_S="3600", SOTTO_SHUTDOWN_GRACE_S="0")
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    files = queue._lanes[Lane.FILES]
    until = time.monotonic() + 60
    while not files._read("SELECT 1 FROM messages WHERE delivery_count = 1", ()):
        assert time.monotonic() < until
        time.sleep(0.05)
    host.process.send_signal(signal.SIGTERM)
    assert host.process.wait(60) == 0
    lease = queue.lease(60)
    queue.close()
    assert lease.delivery_count == 2


def test_missing_model_stops_the_start_with_the_command(tmp_path):
    """Exit status 1; the message is one line that says what to do."""
    ran = run_host(tmp_path)
    assert ran.returncode == 1
    assert "models fetch base" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SOTTO_HOST": "0.0.0.0"}, "SOTTO_KEYS"),  # noqa: S104 - refused
        ({"SOTTO_HOST": "0.0.0.0", "SOTTO_KEYS": "k"}, "SOTTO_TLS"),  # noqa: S104 - refused
        ({"SOTTO_PORT": "99999"}, "SOTTO_PORT"),
        ({"SOTTO_TLS_CERT": "/nowhere.pem", "SOTTO_TLS_KEY": "/nowhere.pem"}, "SOTTO_TLS_CERT"),
        (
            {"SOTTO_HOST": "192.0.2.1", "SOTTO_KEYS": "k", "SOTTO_TLS_TERMINATED": "true"},
            "SOTTO_HOST",
        ),
    ],
)
def test_unsafe_or_impossible_settings_stop_the_start(model_folder, settings, named):
    """The key is named; nothing has been served."""
    ran = run_host(model_folder, **settings)
    assert ran.returncode == 1
    assert named in ran.stderr
    assert "Traceback" not in ran.stderr


def test_https_with_the_operators_certificate(start, tmp_path, spoken):
    """TLS ends in this process; the client verifies."""
    certificate, key = make_certificate(tmp_path)
    host = start(SOTTO_TLS_CERT=str(certificate), SOTTO_TLS_KEY=str(key))
    answer = requests.post(
        host.url + ROUTE, data=spoken, headers=HEADERS, verify=str(certificate), timeout=60
    )
    assert answer.json()["RecognitionStatus"] == "Success"
