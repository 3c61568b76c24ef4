"""The playground of a running container host in a browser."""

from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.contract.conftest import KEY


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


@pytest.fixture(scope="session")
def pictures(request):
    """Folder of the pictures of docs/playground.md, or None if they are not to be written."""
    if not request.config.getoption("--write-screenshots", default=False):
        return None
    folder = Path(__file__).parents[3] / "docs" / "playground"
    folder.mkdir(exist_ok=True)
    return folder
