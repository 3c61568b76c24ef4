"""The page by axe-core's rules, in light and dark, and in a narrow window."""

import base64

import pytest
from playwright.sync_api import expect

from tests.contract.browser import NARROW, scroll_width, serious_findings
from tests.contract.conftest import speak
from tests.contract.playground.test_transcribe_tab import TWO_SPEAKERS, transcribe
from tests.contract.playground.test_translations import TRANSLATED

ASSESSED = {
    "RecognitionStatus": "Success",
    "NBest": [
        {
            "PronScore": 86.6, "AccuracyScore": 71.2, "FluencyScore": 99.8, "CompletenessScore": 50,
            "Words": [
                {"Word": "the", "AccuracyScore": 100.0, "ErrorType": "None",
                 "Phonemes": [{"Phoneme": "ð", "AccuracyScore": 100.0}]},
                {"Word": "big", "AccuracyScore": 0.0, "ErrorType": "Omission"},
                {"Word": "sheep", "AccuracyScore": 65.0, "ErrorType": "None",
                 "Phonemes": [{"Phoneme": "ʃ", "AccuracyScore": 70.0},
                              {"Phoneme": "i", "AccuracyScore": 4.0}]},
            ],
        }
    ],
}  # fmt: skip
JOBS = {
    "values": [
        {
            "self": f"http://x/speechtotext/transcriptions/{name}", "displayName": name,
            "status": status, "createdDateTime": "2026-01-02T03:04:05Z",
            "properties": {"durationMilliseconds": 61_000},
        }
        for name, status in (("calls", "Succeeded"), ("letters", "Running"))
    ]
}  # fmt: skip
REPORT_FILE = {
    "values": [
        {
            "name": "report.json", "kind": "TranscriptionReport",
            "links": {"contentUrl": "http://x/speechtotext/transcriptions/calls/files/r/content"},
        }
    ]
}  # fmt: skip
REPORT = {"successfulTranscriptionsCount": 1, "failedTranscriptionsCount": 1, "details": []}


def spoken_translation():
    """Answer of speech translation with a voice."""
    data = base64.b64encode(speak("Hello.")).decode()
    voice = {"target": "es", "voice": "es-ES-A", "contentType": "audio/x-wav", "data": data}
    return TRANSLATED | {"speech": [voice]}


def answers_of_every_tab(page, file):
    """Fill every tab with an answer, without the server's work."""
    page.route("**/transcriptions:transcribe*", lambda route: route.fulfill(json=TWO_SPEAKERS))
    page.route("**/speech/recognition/**", lambda route: route.fulfill(json=ASSESSED))
    page.route("**/speechtotext/transcriptions?*", lambda route: route.fulfill(json=JOBS))
    page.route("**/transcriptions/calls/files?*", lambda route: route.fulfill(json=REPORT_FILE))
    page.route("**/files/r/content", lambda route: route.fulfill(json=REPORT))
    page.route("**/speech-translations", lambda route: route.fulfill(json=spoken_translation()))
    transcribe(page, file)
    page.locator("#transcribe .pauses summary").click()
    page.locator("#transcribe .snippets summary").click()
    yield "transcribe"
    page.locator("#transcribe [name=target]").fill("es")
    transcribe(page, file)
    expect(page.locator("#transcribe .spoken")).to_be_visible()
    yield "translation"
    page.locator("#tab-microphone").click()
    yield "microphone"
    page.locator("#tab-pronunciation").click()
    page.locator("#pronunciation [name=file]").set_input_files(file)
    page.locator("#pronunciation .main").click()
    expect(page.locator("#pronunciation .readings")).to_be_visible()
    yield "pronunciation"
    page.locator("#tab-voices").click()
    page.locator("#voices [name=voice]").select_option("en-US-EspeakStandard")
    page.locator("#voices .main").click()
    expect(page.locator("#voices .state")).to_have_text("Spoken.")
    yield "voices"
    page.locator("#tab-batch").click()
    expect(page.locator("#batch tbody")).to_contain_text("succeeded: 1 of 2 files")
    page.locator("#batch [role=alert]").evaluate("e => e.textContent = 'A refusal in words.'")
    yield "batch"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_a_serious_finding(open_shared, two_sentences, axe_source, scheme):
    with open_shared(color_scheme=scheme) as page:
        page.evaluate(axe_source)
        for tab in answers_of_every_tab(page, two_sentences):
            assert serious_findings(page) == [], tab


def test_a_narrow_window_needs_no_scrolling_to_the_side(open_shared, two_sentences):
    with open_shared(viewport=NARROW) as page:
        for tab in answers_of_every_tab(page, two_sentences):
            assert scroll_width(page) <= NARROW["width"], tab
