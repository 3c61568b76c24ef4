"""The playground of a running container host in a browser."""

import io
import wave
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.contract.conftest import KEY, speak

LONG_READING = (
    "The children are playing in the garden behind the house, and the neighbours are watching "
    "them from the open window of the kitchen."
)


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
def opened(visit):
    """Open the page of a server; at the end no request has left it and no error was reported."""

    @contextmanager
    def open_page(browser, url, *, tab="transcribe", key=KEY, errors=(), **options):
        with visit(browser, f"{url}/#{tab}", errors=errors, **options) as page:
            page.wait_for_selector("html[data-started]")
            if key:
                page.get_by_label("Key or token of this server").fill(key)
                page.get_by_label("Key or token of this server").blur()
            yield page

    return open_page


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


@pytest.fixture(scope="session")
def pictures(request):
    """Folder of the pictures of docs/playground.md, or None if they are not to be written."""
    if not request.config.getoption("--write-screenshots", default=False):
        return None
    folder = Path(__file__).parents[3] / "docs" / "playground"
    folder.mkdir(exist_ok=True)
    return folder
