"""Chromium without a window, driven by Playwright, on the pages of a running container host."""

import os
import re
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

# A browser reports each answer that is no success; a test allows those of some statuses.
_STATUS = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)"
    r"|WebSocket connection to .* Unexpected response code: (\d+)"
)
WAIT_MS = 60_000
NARROW = {"width": 320, "height": 640}  # pixels of WCAG 2.1, 1.4.10


@contextmanager
def browsers():
    """Give a function that starts browsers with further arguments; end them afterwards."""
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


def until(page, expression, argument=None):
    """Wait until a function of JavaScript gives true.

    Playwright's own waiting evaluates text within the page, which the page's policy forbids.
    """
    for _ in range(WAIT_MS // 50):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


def serious_findings(page):
    """Rule, place and summary of what axe-core, which the page has evaluated, finds serious."""
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert found["passes"]
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def scroll_width(page):
    """Width of the whole page in pixels; more than the window's means scrolling to the side."""
    return page.evaluate("() => document.documentElement.scrollWidth")


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
        address = message.location.get("url", "")
        if address.endswith("/favicon.ico"):  # Chromium's own, of an answer that is no page
            return
        status = _STATUS.match(message.text)
        if status is None or int(status[1] or status[2]) not in self._errors:
            self._reported.append(f"{message.text} {address}")

    def check(self):
        """Fail if a request left the server, or the page reported an error."""
        assert self._elsewhere == [], self._elsewhere
        assert self._reported == [], self._reported
