"""The reference by axe-core's rules, in light and dark, and in a narrow window."""

import pytest
from playwright.sync_api import expect

from tests.contract.browser import NARROW, scroll_width, serious_findings
from tests.contract.reference_page.conftest import (
    TRANSCRIBE,
    authorise,
    execute,
    fill_transcription,
    open_operation,
)

ANSWER = {
    "durationMilliseconds": 4000,
    "combinedPhrases": [{"text": "A sentence that is longer than the window is wide. " * 3}],
    "phrases": [],
}


def states_of_the_page(page, file):
    """Go through what the page can show; the name of each state."""
    page.route(f"**{TRANSCRIBE}*", lambda route: route.fulfill(json=ANSWER))
    yield "index"
    page.get_by_role("button", name="Authorize").first.click()
    expect(page.locator(".modal-ux")).to_be_visible()
    yield "dialogue"
    page.locator(".modal-ux").get_by_role("button", name="Close").first.click()
    authorise(page)
    page.locator(".opblock-tag button").evaluate_all("all => all.forEach(e => e.click())")
    expect(page.locator(".opblock-tag[data-is-open=false]")).to_have_count(0)
    yield "all groups"
    operation = open_operation(page, "Fast transcription", TRANSCRIBE)
    yield "an operation"
    fill_transcription(operation, file)
    expect(execute(operation)).to_contain_text("A sentence")
    yield "an answer"
    operation.get_by_role("tab", name="Schema").last.click()
    operation.get_by_role("button", name="Expand all").first.click()
    yield "a schema"
    open_operation(page, "Batch transcription", "/speechtotext/transcriptions:submit")
    yield "examples to choose"
    schemas = page.locator("section.models button").first
    if schemas.count():
        schemas.click()
        yield "all schemas"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_has_a_serious_finding(opened, two_sentences, axe_source, scheme):
    # Without transitions, in whose midst a contrast is less.
    with opened(color_scheme=scheme, reduced_motion="reduce") as page:
        background = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(background) == {"light": "rgb(255, 255, 255)"}.get(
            scheme, "rgb(28, 32, 34)"
        )
        page.evaluate(axe_source)
        for state in states_of_the_page(page, two_sentences):
            assert serious_findings(page) == [], state


def test_a_narrow_window_needs_no_scrolling_to_the_side(opened, two_sentences):
    with opened(viewport=NARROW) as page:
        for state in states_of_the_page(page, two_sentences):
            assert scroll_width(page) <= NARROW["width"], state
