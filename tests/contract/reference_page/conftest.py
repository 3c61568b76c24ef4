"""The API reference of a running container host in a browser."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.contract.browser import WAIT_MS
from tests.contract.conftest import KEY

TRANSCRIBE = "/speechtotext/transcriptions:transcribe"
LOCALES = "/speechtotext/transcriptions/locales"


@pytest.fixture
def opened(visit, browser, ready_server):
    """Open the reference of the shared server; `path` is its place."""

    @contextmanager
    def open_page(*, path="/swagger", url=ready_server.url, errors=(), **options):
        with visit(browser, url + path, errors=errors, **options) as page:
            page.wait_for_selector("html[data-started]")
            expect(page.locator(".opblock-tag").first).to_be_visible()
            yield page

    return open_page


def open_operation(page, group, path, method="POST"):
    """Unfold a group and one of its operations; its place."""
    heading = page.locator(f'.opblock-tag[data-tag="{group}"]')
    if heading.get_attribute("data-is-open") == "false":
        heading.get_by_role("button").click()
    operation = page.locator(".opblock").filter(
        has=page.locator(f'.opblock-summary-path[data-path="{path}"]')
    )
    operation = operation.filter(has=page.get_by_text(method, exact=True)).first
    operation.locator(".opblock-summary-control").click()
    expect(operation.get_by_role("button", name="Execute")).to_be_visible()
    return operation


def authorise(page, key=KEY):
    """Enter a key in the dialogue of the page."""
    page.get_by_role("button", name="Authorize").first.click()
    dialogue = page.locator(".modal-ux")
    dialogue.get_by_label("Value").first.fill(key)
    dialogue.get_by_role("button", name="Authorize").first.click()
    dialogue.get_by_role("button", name="Close").first.click()
    expect(dialogue).to_be_hidden()


def fill_transcription(operation, file):
    """Choose a file for fast transcription, and a language."""
    operation.get_by_label("audio", exact=True).set_input_files(file)
    operation.get_by_label("definition", exact=True).fill('{"locales": ["en-US"]}')


def execute(operation):
    """Send the request; the place of the server's answer."""
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer).to_be_visible(timeout=WAIT_MS)
    return answer
