"""The options of the forms reach the server: languages, phrases, profanity, speakers."""

import json
import re

from playwright.sync_api import expect

from tests.contract.browser import until
from tests.contract.playground.test_transcribe_tab import TWO_SPEAKERS, transcribe

PHRASES = "Canary Wharf\n\n  Milk & bread  "


def definition_of(form):
    """Part `definition` of a form's body."""
    (found,) = re.findall(r'name="definition"\r\n\r\n(.*?)\r\n--', form, re.DOTALL)
    return json.loads(found)


def test_a_file_has_the_options_of_its_form(open_shared, two_sentences):
    sent = []

    def answer(route):
        sent.append(definition_of(route.request.post_data))
        route.fulfill(json=TWO_SPEAKERS)

    with open_shared() as page:
        page.route("**/transcriptions:transcribe*", answer)
        tab = page.locator("#transcribe")
        transcribe(page, two_sentences)
        tab.get_by_label("Language, or candidates").fill("en-US, de-DE")
        tab.get_by_label("Profanity").select_option("Tags")
        tab.get_by_label("Speakers").select_option("3")
        tab.get_by_label("Phrases that are likely").fill(PHRASES)
        transcribe(page, two_sentences)
        until(page, "() => document.querySelector('#transcribe .phrases') !== null")
    assert sent == [
        {"profanityFilterMode": "Masked"},
        {
            "profanityFilterMode": "Tags",
            "locales": ["en-US", "de-DE"],
            "diarization": {"maxSpeakers": 3},
            "phraseList": {"phrases": ["Canary Wharf", "Milk & bread"]},
        },
    ]


def test_fields_offer_the_codes_that_the_server_accepts(open_shared):
    with open_shared() as page:
        tab = page.locator("#transcribe")
        languages = tab.get_by_label("Language, or candidates")
        languages.focus()
        is_offered = """code => [...document.querySelectorAll("#transcribe-locales option")]
          .some(option => option.value === code)"""
        until(page, is_offered, "de-DE")
        languages.press_sequentially("en-US, ")
        until(page, is_offered, "en-US, de-DE")
        target = tab.get_by_label("Translate to")
        target.focus()
        until(page, "() => document.querySelector('#transcribe-target [value=en]') !== null")
        named = page.locator("#transcribe-target [value=en]")
        assert named.text_content() == "English"


def frames_of(page):
    """Text frames that the page sends, from now on."""
    frames = []

    def follow(socket):
        socket.on("framesent", lambda frame: isinstance(frame, str) and frames.append(frame))

    page.on("websocket", follow)
    return frames


def context_of_a_turn(page, frames):
    """Body of the `speech.context` that the microphone's tab sends."""
    frames.clear()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#microphone .state")).to_have_text("Listening…")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#microphone .state")).to_have_text("The audio has ended.", timeout=30_000)
    assert frames[0].startswith("Path:speech.context\r\n")
    return json.loads(frames[0].split("\r\n\r\n", 1)[1])


def test_a_turn_of_the_microphone_has_the_options_of_its_form(microphone, ready_server, opened):
    with opened(microphone, ready_server.url, tab="microphone") as page:
        frames = frames_of(page)
        tab = page.locator("#microphone")
        first = context_of_a_turn(page, frames)
        tab.get_by_label("Language, or candidates").fill("")
        tab.get_by_label("label speakers").check()
        tab.get_by_label("Profanity").select_option("raw")
        second = context_of_a_turn(page, frames)
        tab.get_by_label("Language, or candidates").fill("en-US, es-ES")
        tab.get_by_label("Phrases that are likely").fill(PHRASES)
        tab.get_by_label("Translate to").fill("es")
        third = context_of_a_turn(page, frames)
    assert first["phraseDetection"]["language"] == "en-US"
    assert first["phraseDetection"]["enrichment"] == {"profanity": "masked"}
    assert "languageId" not in first
    assert second["languageId"] == {"languages": ["und"], "mode": "DetectContinuous"}
    assert second["phraseDetection"]["enrichment"] == {"profanity": "raw"}
    assert "speakerDiarization" in second["phraseDetection"]
    assert third["languageId"] == {"languages": ["en-US", "es-ES"], "mode": "DetectContinuous"}
    assert third["dgi"]["Groups"][0]["Items"] == [
        {"Text": "Canary Wharf"},
        {"Text": "Milk & bread"},
    ]
    assert third["translation"] == {"targetLanguages": ["es"]}
