"""The tabs of the microphone, the pronunciation and the voices in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.contract.browser import until
from tests.contract.conftest import speak

READING = "The children are playing in the garden behind the house."


@pytest.fixture
def spoken_reading(tmp_path):
    path = tmp_path / "reading.wav"
    path.write_bytes(speak(READING))
    return path


def test_the_microphone_shows_partial_results_and_a_transcript(microphone, ready_server, opened):
    with opened(microphone, ready_server.url, tab="microphone") as page:
        tab = page.locator("#microphone")
        page.evaluate(
            """() => {
                window.partials = [];
                const shown = document.querySelector("#microphone .partial");
                const observer = new MutationObserver(() => partials.push(shown.textContent));
                observer.observe(shown, { childList: true });
            }"""
        )
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator(".final")).to_contain_text("kitchen", timeout=40_000)
        until(page, "() => partials.some(text => text.includes('children'))")
        tab.get_by_role("button", name="Stop").click()
        expect(tab.locator(".state")).to_have_text("The audio has ended.")
        expect(tab.locator(".phrases")).to_contain_text("garden")
        expect(tab.locator("canvas")).to_be_visible()
        assert tab.locator(".word[title^=Confidence]").count() >= 5
        tab.locator(".word", has_text="garden").first.click()
        until(page, "() => document.querySelector('#microphone audio').currentTime > 0.5")
        page.locator("#microphone .snippets summary").click()
        expect(tab.locator(".snippets")).to_contain_text("SpeechRecognizer(speech_config=config)")


def test_a_microphone_that_is_refused_is_an_error_in_words(browser, ready_server, opened):
    with opened(browser, ready_server.url, tab="microphone") as page:
        page.locator("#microphone .main").click()
        error = page.locator("#microphone [role=alert]")
        expect(error).to_contain_text(re.compile("microphone", re.IGNORECASE))
        expect(page.get_by_role("button", name="Start")).to_be_enabled()


def test_a_recorded_reading_is_scored_by_word_and_phone(microphone, ready_server, opened):
    """Four seconds of the fake microphone."""
    with opened(microphone, ready_server.url, tab="pronunciation") as page:
        tab = page.locator("#pronunciation")
        tab.get_by_role("button", name="Record and assess").click()
        expect(tab.locator(".state")).to_contain_text("Recording")
        page.wait_for_timeout(4_500)
        tab.get_by_role("button", name="Stop recording").click()
        expect(tab.locator(".readings")).to_contain_text("garden", timeout=60_000)


def test_a_reading_from_a_file_is_scored(browser, ready_server, opened, spoken_reading):
    """A word that was not said is named, and phones have their scores."""
    with opened(browser, ready_server.url, tab="pronunciation") as page:
        tab = page.locator("#pronunciation")
        tab.locator("[name=reference]").fill(READING.replace("house", "small house"))
        tab.locator("[name=file]").set_input_files(spoken_reading)
        tab.get_by_role("button", name="Assess the file").click()
        expect(tab.locator(".scores")).to_contain_text("Pronunciation")
        expect(tab.locator(".readings > li", has_text="small")).to_contain_text("left out")
        garden = tab.locator(".readings > li", has_text="garden")
        expect(garden.locator(".phone").first).to_have_text(re.compile(r"^\S+ \d+$"))
        assert garden.locator(".phone").count() >= 5
        page.locator("#pronunciation summary").click()
        expect(tab.locator(".snippets")).to_contain_text("base64 -w 0")


def test_a_voice_speaks_a_text(browser, ready_server, opened):
    with opened(browser, ready_server.url, tab="voices") as page:
        tab = page.locator("#voices")
        expect(tab.locator("option").first).to_be_attached()
        tab.locator("[name=voice]").select_option("en-US-EspeakStandard")
        tab.locator("[name=text]").fill("Tom & Ann say <hello>.")
        tab.get_by_role("button", name="Speak").click()
        expect(tab.locator(".state")).to_have_text("Spoken.")
        until(page, "() => document.querySelector('#voices audio').currentTime > 0.2")
        assert 1 < page.evaluate("document.querySelector('#voices audio').duration") < 10
        page.locator("#voices summary").click()
        expect(tab.locator(".snippets")).to_contain_text('voice="en-US-EspeakStandard"')


def test_a_token_is_taken_in_place_of_a_key(browser, ready_server, opened, http):
    token = http.post(f"{ready_server.url}/sts/v1.0/issueToken", timeout=30).text
    with opened(browser, ready_server.url, tab="voices", key=token) as page:
        expect(page.locator("#voices option").first).to_be_attached()


def test_messages_of_a_translation_and_of_a_speaker_become_phrases(open_shared):
    """A message of the protocol in, a phrase of fast transcription out; times in ticks.

    A shown word has the confidence of the least certain of its spoken words.
    """
    spoken = {
        "RecognitionStatus": "Success",
        "DisplayText": "Hello.",
        "Offset": 1_000_000,
        "Duration": 5_000_000,
        "SpeakerId": "Guest-2",
        "PrimaryLanguage": {"Language": "en-US"},
        "NBest": [
            {
                "Confidence": 0.9,
                "Words": [
                    {"Word": "he", "Offset": 1_000_000, "Duration": 1_000_000, "Confidence": 0.8},
                    {"Word": "lo", "Offset": 2_000_000, "Duration": 3_000_000, "Confidence": 0.4},
                ],
                "DisplayWords": [
                    {"DisplayText": "Hello.", "Offset": 1_000_000, "Duration": 4_000_000}
                ],
            }
        ],
    }
    translated = {
        "SpeechPhrase": spoken,
        "Translations": [{"Language": "es", "Text": "Hola."}],
    }
    silence = {"RecognitionStatus": "InitialSilenceTimeout", "Offset": 0, "Duration": 1}
    read = "async body => (await import('/playground/turn_messages.js')).phraseOf(body)"
    phrase = {
        "offsetMilliseconds": 100,
        "durationMilliseconds": 500,
        "text": "Hello.",
        "words": [
            {
                "text": "Hello.", "offsetMilliseconds": 100, "durationMilliseconds": 400,
                "confidence": 0.4,
            }
        ],
        "locale": "en-US",
        "confidence": 0.9,
        "speaker": 2,
    }  # fmt: skip
    with open_shared() as page:
        assert page.evaluate(read, spoken) == phrase
        assert page.evaluate(read, translated) == phrase | {"translations": {"es": "Hola."}}
        assert page.evaluate(read, silence) is None


def test_a_host_without_websockets_has_no_microphone(browser, ready_server, opened):
    """Functions and Lambda write this attribute; an address with the tab leads to the first."""

    def without(route):
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('real-time="yes"', 'real-time="no"')
        )

    with opened(browser, ready_server.url) as page:
        page.route(f"{ready_server.url}/", without)
        page.goto(f"{ready_server.url}/?again#microphone")
        page.route("**/?again", without)
        page.reload()
        page.wait_for_selector("html[data-started]")
        expect(page.locator("#tab-microphone")).to_be_hidden()
        expect(page.locator("#microphone")).to_be_hidden()
        expect(page.locator("#transcribe")).to_be_visible()
