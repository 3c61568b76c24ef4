"""A server in a process of its own, as `make run` starts it, and speech to send to it."""

import ctypes
import io
import json
import os
import signal
import subprocess
import sys
import threading
import wave
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.node_packages import AXE, modules_of

PROJECT = Path(__file__).resolve().parent.parent.parent
KEY = "k"
SENTENCE = "Please remind me to buy milk and bread at five o'clock."


def pytest_addoption(parser):
    parser.addoption(
        "--write-screenshots",
        action="store_true",
        help="write the pictures of docs/ anew",
    )
    parser.addoption(
        "--fuzz-examples",
        type=int,
        help="draw so many requests of each operation, others at each run",
    )


@dataclass
class RunningServer:
    """A started container host: its process, its address, the log lines it has written."""

    process: subprocess.Popen[str]
    url: str
    log: list[dict[str, Any]] = field(default_factory=list)

    def open_gate(self):
        """Let a host of `gated_host` go on."""
        self.process.send_signal(signal.SIGUSR1)


def start_server(model_folder, module="functions.container", **settings):
    """Start `python -m functions.container` on a free port; return when it listens.

    Without a place of its own for batch work it has none: it would be the user's. A setting that is
    None is left out.
    """
    environment: dict[str, str | None] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")},
        "SOTTO_KEYS": KEY,
        "SOTTO_PORT": "0",
        "SOTTO_MODEL_FOLDER": str(model_folder),
        "SOTTO_BATCH": "true" if "SOTTO_DATA_FOLDER" in settings else "false",
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "error::ResourceWarning", "-m", module],
        cwd=PROJECT,
        env={name: value for name, value in environment.items() if value is not None},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    scheme = "https" if "SOTTO_TLS_CERT" in settings else "http"
    server = RunningServer(process, url="")
    listening = threading.Event()

    def follow():
        for line in process.stderr or ():
            if not line.startswith("{"):
                continue
            server.log.append(json.loads(line))
            if server.log[-1]["event"] == "listening":
                server.url = f"{scheme}://127.0.0.1:{server.log[-1]['port']}"
                listening.set()
        listening.set()

    threading.Thread(target=follow, daemon=True).start()
    assert listening.wait(60), "the server did not start"
    assert server.url, "the server stopped before it listened"
    return server


def stop_server(server):
    """Stop with SIGTERM; return the exit status."""
    server.process.terminate()
    return server.process.wait(60)


@pytest.fixture(scope="session")
def server(model_folder):
    """Run a server that all tests of the session share; its first answer waits for the model."""
    running = start_server(model_folder)
    yield running
    assert stop_server(running) == 0
    running.process.stderr.close()


@pytest.fixture
def start(model_folder):
    """Starter of servers with settings of their own; they are stopped afterwards."""
    yield from starter(model_folder)


@pytest.fixture(scope="module")
def start_for_module(model_folder):
    """Do as `start` does, for servers that the tests of a file share."""
    yield from starter(model_folder)


def starter(model_folder):
    """Yield a function that starts a server; end what it has started afterwards."""
    started = []

    def begin(**settings):
        started.append(start_server(model_folder, **settings))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait(60)
        running.process.stderr.close()


@pytest.fixture
def gated_server(start):
    """Run a server that stops in the middle of its work until its gate is opened."""
    return start(module="tests.contract.gated_host")


@pytest.fixture(scope="session")
def spoken():
    """WAV file (16 bit, 22050 Hz, 3.5 s) in which eSpeak NG says `SENTENCE`.

    The voice comes with the package espeakng-loader, so that the test runs anywhere.
    """
    return speak(SENTENCE)


@pytest.fixture(scope="session")
def spoken_file(spoken, tmp_path_factory):
    """Put the clip where curl and open file objects can find it."""
    path = tmp_path_factory.mktemp("speech") / "t.wav"
    path.write_bytes(spoken)
    return path


def speak(text):
    """WAV file of eSpeak NG's American English at 150 words per minute."""
    import espeakng_loader  # noqa: PLC0415 - only where no speech set is needed

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    samples = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def take(audio, n_samples, _events):
        if audio and n_samples > 0:
            samples.extend(ctypes.string_at(audio, 2 * n_samples))
        return 0

    # espeak-ng/src/include/espeak-ng/speak_lib.h: synchronous retrieval, UTF-8, rate.
    sample_rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(take)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_SetParameter(1, 150, 0)
    utf8 = text.encode() + b"\0"
    library.espeak_Synth(utf8, len(utf8), 0, 0, 0, 1, None, None)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        writer.writeframes(bytes(samples))
    return file.getvalue()


@pytest.fixture
def http():
    """Open a `requests` session that carries the key."""
    with requests.Session() as session:
        session.headers["Ocp-Apim-Subscription-Key"] = KEY
        yield session


@pytest.fixture(scope="session")
def ready_server(server):
    """Return the shared server when its model is loaded."""
    with requests.Session() as session:
        for _ in range(600):
            if session.get(f"{server.url}/ready", timeout=30).ok:
                return server
    pytest.fail("the model was not loaded")


@pytest.fixture(scope="session")
def two_sentences(tmp_path_factory):
    """WAV file of two sentences."""
    path = tmp_path_factory.mktemp("spoken") / "my <call>.wav"
    path.write_bytes(speak("The children are playing in the garden. Please buy milk and bread."))
    return path


@pytest.fixture(scope="module")
def launch():
    """Start browsers with further arguments; they end with the tests of the file.

    Until then Playwright's event loop is the thread's, and asyncio's clients cannot run there.
    """
    from tests.contract.browser import browsers  # noqa: PLC0415 - few tests need one

    with browsers() as start:
        yield start


@pytest.fixture(scope="module")
def browser(launch):
    return launch()


@pytest.fixture
def visit():
    """Open a page; at the end no request has left its server and no error was reported.

    errors: statuses of refusals that the test provokes.
    """
    from tests.contract.browser import WAIT_MS, Visit  # noqa: PLC0415

    visits = []

    @contextmanager
    def open_page(browser, address, *, errors=(), **options):
        context = browser.new_context(**options)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        visits.append(Visit(address, set(errors)))
        visits[-1].watch(page)
        page.goto(address)
        yield page
        context.close()

    yield open_page
    for one in visits:
        one.check()


@pytest.fixture(scope="session")
def axe_source():
    """Return the checker of accessibility, which runs in the page."""
    return (modules_of(AXE) / "axe-core" / "axe.min.js").read_text("utf-8")
