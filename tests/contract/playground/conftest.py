"""Chromium without a window, driven by Playwright, on the page of a running container host."""

import io
import os
import re
import shutil
import wave
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.contract.conftest import KEY, speak
from tests.node_packages import AXE, modules_of

# A browser reports each answer that is no success; a test allows those of some statuses.
_STATUS = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)"
    r"|WebSocket connection to .* Unexpected response code: (\d+)"
)
WAIT_MS = 60_000
LONG_READING = (
    "The children are playing in the garden behind the house, and the neighbours are watching "
    "them from the open window of the kitchen."
)


def pytest_addoption(parser):
    parser.addoption(
        "--write-screenshots",
        action="store_true",
        help="write the pictures of docs/playground.md anew",
    )


@pytest.fixture(scope="module")
def launch():
    """Start browsers with further arguments; they end with the tests of the file.

    Until then Playwright's event loop is the thread's, and asyncio's clients cannot run there.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is missing: scripts/test_dependencies.sh installs it")
    # In containers /dev/shm is small, and root may not be allowed a sandbox.
    arguments = ["--disable-dev-shm-usage"] + ["--no-sandbox"] * (os.geteuid() == 0)
    with sync_playwright() as playwright:
        started = []

        def start(*more):
            started.append(
                playwright.chromium.launch(executable_path=program, args=[*arguments, *more])
            )
            return started[-1]

        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch):
    return launch()


@pytest.fixture(scope="module")
def microphone(launch, tmp_path_factory):
    """Start a browser whose microphone says the reading, is silent, and says it again.

    Silence ends a phrase. A busy machine shows few partial results of a reading.
    """
    path = tmp_path_factory.mktemp("microphone") / "t.wav"
    with wave.open(io.BytesIO(speak(LONG_READING))) as reader:
        rate, samples = reader.getframerate(), reader.readframes(reader.getnframes())
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples + bytes(2 * rate * 3))
    return launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    )


@pytest.fixture
def opened():
    """Open the page of a server; at the end no request has left it and no error was reported."""
    visits = []

    @contextmanager
    def open_page(browser, url, *, tab="transcribe", key=KEY, errors=(), **options):
        context = browser.new_context(**options)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        visit = Visit(url, set(errors))
        visit.watch(page)
        visits.append(visit)
        page.goto(f"{url}/#{tab}")
        page.wait_for_selector("html[data-started]")
        if key:
            page.get_by_label("Key or token of this server").fill(key)
            page.get_by_label("Key or token of this server").blur()
        yield page
        context.close()

    yield open_page
    for visit in visits:
        visit.check()


@pytest.fixture
def open_shared(opened, browser, ready_server):
    """Open the page of the shared server in the shared browser."""
    return partial(opened, browser, ready_server.url)


@pytest.fixture
def job_server(start, tmp_path):
    """Run a server that takes jobs, with addresses of this machine."""
    return start(SOTTO_DATA_FOLDER=str(tmp_path), SOTTO_ALLOWED_NETWORKS="127.0.0.0/8")


@pytest.fixture
def open_jobs(opened, browser, job_server):
    """Open the tab of jobs; the model may still be loaded."""
    return partial(opened, browser, job_server.url, tab="batch", errors={503})


def until(page, expression, argument=None):
    """Wait until a function of JavaScript gives true.

    Playwright's own waiting evaluates text within the page, which the page's policy forbids.
    """
    for _ in range(WAIT_MS // 50):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


class Visit:
    """Requests and reports of a page. errors: statuses of refusals that the test provokes."""

    def __init__(self, url, errors):
        self._origin = urlsplit(url).netloc
        self._errors = errors
        self._elsewhere, self._reported = [], []

    def watch(self, page):
        """Follow a page."""
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        page.on("pageerror", lambda error: self._reported.append(str(error)))
        page.on("console", self._note_message)

    def _note(self, address):
        parts = urlsplit(address)
        if parts.scheme not in {"blob", "data"} and parts.netloc != self._origin:
            self._elsewhere.append(address)

    def _note_message(self, message):
        if message.type not in {"error", "warning"}:
            return
        status = _STATUS.match(message.text)
        if status is None or int(status[1] or status[2]) not in self._errors:
            self._reported.append(message.text)

    def check(self):
        """Fail if a request left the server, or the page reported an error."""
        assert self._elsewhere == []
        assert self._reported == []


@pytest.fixture(scope="session")
def ready_server(server):
    """Return the shared server when its model is loaded."""
    import requests  # noqa: PLC0415

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


@pytest.fixture(scope="session")
def axe_source():
    """Return the checker of accessibility, which runs in the page."""
    return (modules_of(AXE) / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def pictures(request):
    """Folder of the pictures of docs/playground.md, or None if they are not to be written."""
    if not request.config.getoption("--write-screenshots", default=False):
        return None
    folder = Path(__file__).parents[3] / "docs" / "playground"
    folder.mkdir(exist_ok=True)
    return folder
