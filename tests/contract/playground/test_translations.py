"""A translation beside the text in a browser, and the voice that speaks it."""

import av
import pytest
from playwright.sync_api import expect

from tests.contract.browser import until
from tests.contract.playground.test_transcribe_tab import saved, transcribe

TRANSLATED = {
    "durationMilliseconds": 4000,
    "combinedPhrases": [{"text": "Good day.", "translations": {"es": "Buenos días."}}],
    "phrases": [
        {
            "offsetMilliseconds": 100, "durationMilliseconds": 1900, "text": "Good day.",
            "words": [], "locale": "en-US", "confidence": 0.9,
            "translations": {"es": "Buenos días.", "ca": "Bon dia."},
        }
    ],
}  # fmt: skip


def boxes(page):
    """Boxes of the words and of the first translation of a phrase, at one moment.

    The waveform and the pauses appear above them while the audio is decoded.
    """
    return page.locator("#transcribe .phrase").first.evaluate(
        """phrase => [".words", ".translation"].map(
          name => phrase.querySelector(name).getBoundingClientRect().toJSON())"""
    )


@pytest.mark.parametrize(
    ("width", "is_beside"), [(1000, True), (720, True), (390, False), (320, False)]
)
def test_a_translation_is_beside_the_text_and_below_it_where_there_is_no_room(
    open_shared, two_sentences, width, is_beside
):
    with open_shared(viewport={"width": width, "height": 900}) as page:
        page.route("**/speech-translations", lambda route: route.fulfill(json=TRANSLATED))
        page.locator("#transcribe [name=target]").fill("es, ca")
        transcribe(page, two_sentences)
        words, translation = boxes(page)
        assert (translation["x"] > words["x"] + words["width"]) == is_beside
        assert (translation["y"] < words["y"] + words["height"]) == is_beside
        languages = page.locator("#transcribe .translation").evaluate_all(
            "all => all.map(one => one.lang)"
        )
        assert languages == ["es", "ca"]


def test_a_translation_is_spoken_played_and_saved(open_shared, two_sentences):
    """By a voice of the target language, chosen by its name."""
    with open_shared() as page:
        tab = page.locator("#transcribe")
        voice = tab.get_by_label("Speak the translation")
        expect(voice).to_be_disabled()
        tab.locator("[name=locales]").fill("en-US")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        expect(voice.locator("option[value=es-ES-EspeakStandard]")).to_be_attached()
        values = voice.locator("option").evaluate_all("all => all.map(one => one.value)")
        assert values[:2] == ["", "first"]
        assert all(value.startswith("es-") for value in values[2:])
        voice.select_option("es-ES-EspeakStandard")
        transcribe(page, two_sentences)
        expect(tab.locator(".spoken")).to_contain_text("spoken by es-ES-EspeakStandard")
        expect(tab.locator(".translation").first).to_contain_text("jardín")
        until(page, "() => document.querySelector('.spoken audio').duration > 0.5")
        tab.locator(".spoken audio").evaluate("player => player.play()")
        until(page, "() => document.querySelector('.spoken audio').currentTime > 0.2")
        with page.expect_download() as waiting:
            tab.get_by_role("link", name="Download the speech in es as MP3").click()
        assert waiting.value.suggested_filename.endswith(".es.mp3")
        with av.open(waiting.value.path()) as container:
            assert container.streams.audio[0].codec_context.name.startswith("mp3")
        _, document = saved(page, "JSON")
        assert "translations" in document
        assert "data" not in document


def test_without_a_target_nothing_is_spoken(open_shared, two_sentences):
    """The choice of before is kept, and has no effect on a plain transcript."""
    with open_shared() as page:
        tab = page.locator("#transcribe")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        expect(tab.locator("[name=voice]")).to_be_enabled()
        tab.locator("[name=voice]").select_option("first")
        tab.locator("[name=target]").fill("")
        tab.locator("[name=target]").blur()
        expect(tab.locator("[name=voice]")).to_be_disabled()
        transcribe(page, two_sentences)
        assert tab.locator(".spoken").count() == 0


def test_the_translation_of_the_microphone_is_spoken(microphone, ready_server, opened):
    """By text to speech after the end of the turn, since partial results are only shown."""
    with opened(microphone, ready_server.url, tab="microphone") as page:
        tab = page.locator("#microphone")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        expect(tab.locator("option[value=es-ES-EspeakStandard]")).to_be_attached()
        tab.locator("[name=voice]").select_option("es-ES-EspeakStandard")
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator(".final .translation")).to_contain_text("jardín", timeout=40_000)
        tab.get_by_role("button", name="Stop").click()
        expect(tab.locator(".state")).to_have_text("The audio has ended.", timeout=30_000)
        expect(tab.locator(".spoken")).to_contain_text("spoken by es-ES-EspeakStandard")
        until(page, "() => document.querySelector('#microphone .spoken audio').duration > 0.5")
        expect(tab.locator(".translation").first).to_contain_text("jardín")
