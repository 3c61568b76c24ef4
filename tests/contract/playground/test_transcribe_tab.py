"""The tab of fast transcription in a browser: a file in, a transcript out."""

import io
import itertools
import json
from pathlib import Path

import av
import pytest
from playwright.sync_api import expect

from tests.contract.browser import until

# Texts with all that is markup in HTML, SubRip or WebVTT; two speakers; a phrase of low confidence.
TWO_SPEAKERS = {
    "durationMilliseconds": 4000,
    "combinedPhrases": [{"text": "Tom & <b>Ann</b> --> here. Yes."}],
    "phrases": [
        {
            "offsetMilliseconds": 100, "durationMilliseconds": 1900, "speaker": 1,
            "text": "Tom & <b>Ann</b> --> here.", "locale": "en-US", "confidence": 0.92,
            "words": [
                {"text": "Tom", "offsetMilliseconds": 100, "durationMilliseconds": 300},
                {"text": "&", "offsetMilliseconds": 400, "durationMilliseconds": 100},
                {"text": "<b>Ann</b>", "offsetMilliseconds": 500, "durationMilliseconds": 500},
                {"text": "-->", "offsetMilliseconds": 1000, "durationMilliseconds": 200},
                {"text": "here.", "offsetMilliseconds": 1200, "durationMilliseconds": 800},
            ],
        },
        {
            "offsetMilliseconds": 2500, "durationMilliseconds": 500, "speaker": 2, "text": "Yes.",
            "locale": "en-US", "confidence": 0.41,
            "words": [{"text": "Yes.", "offsetMilliseconds": 2500, "durationMilliseconds": 500}],
        },
    ],
}  # fmt: skip


def transcribe(page, file):
    page.locator("#transcribe [name=file]").set_input_files(file)
    page.locator("#transcribe .main").click()
    expect(page.locator("#transcribe .state")).to_contain_text("Transcribed in", timeout=60_000)


def saved(page, label):
    with page.expect_download() as waiting:
        page.locator("#transcribe .result").get_by_role("button", name=label, exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_text("utf-8")


def cues(text, form):
    """Start and text of the cues in FFmpeg's reading."""
    with av.open(io.BytesIO(text.encode()), format=form) as container:
        return [
            (float(packet.pts * packet.time_base), bytes(packet).decode())
            for packet in container.demux(subtitles=0)
            if packet.size
        ]


@pytest.fixture
def stubbed(browser, ready_server, opened, two_sentences):
    """Open the page with an answer of the test's in place of the server's."""
    with opened(browser, ready_server.url, errors={501}) as page:  # it has no jobs
        page.route("**/transcriptions:transcribe*", lambda route: route.fulfill(json=TWO_SPEAKERS))
        transcribe(page, two_sentences)
        yield page


def test_a_file_becomes_a_transcript_that_plays_from_its_words(
    browser, ready_server, opened, two_sentences
):
    with opened(browser, ready_server.url) as page:
        page.locator("#transcribe [name=speakers]").select_option("35")
        page.locator("#transcribe [name=locales]").fill("en-US, de-DE")
        transcribe(page, two_sentences)
        result = page.locator("#transcribe .result")
        expect(result.locator(".phrases")).to_contain_text("playing in the garden")
        expect(result.locator(".legend")).to_contain_text("Speaker 1")
        expect(result.locator(".phrase").first).to_contain_text("en-US")
        expect(result.locator("canvas")).to_be_visible()
        word = result.locator(".word", has_text="garden").first
        start = float(word.get_attribute("data-start"))
        assert start > 0.5
        at_click = word.evaluate(
            "w => { w.click(); return document.querySelector('#transcribe audio').currentTime }"
        )
        assert at_click == pytest.approx(start, abs=0.01)
        until(
            page,
            "start => { const a = document.querySelector('#transcribe audio');"
            " return !a.paused && a.currentTime > start && a.currentTime < start + 2 }",
            start,
        )
        _, document = saved(page, "JSON")
        assert json.loads(document)["phrases"][0]["speaker"] == 1
        name, subtitles = saved(page, "SRT")
        assert name.endswith(".srt")
        assert "garden" in cues(subtitles, "srt")[0][1]
        page.locator("#transcribe .snippets summary").click()
        expect(page.locator("#transcribe .snippets")).to_contain_text("TranscriptionClient(")
        expect(page.locator("#transcribe .snippets")).to_contain_text("$SPEECH_KEY")


def test_a_transcript_is_text_and_no_markup(stubbed):
    """In the page, and in each file that the browser makes."""
    phrases = stubbed.locator("#transcribe .phrases")
    expect(phrases).to_contain_text("<b>Ann</b>")
    assert phrases.locator("b").count() == 0
    _, subtitles = saved(stubbed, "VTT")
    assert subtitles.startswith("WEBVTT\n\n")
    assert cues(subtitles, "webvtt") == [
        (0.1, "<v Speaker 1>Tom &amp; &lt;b&gt;Ann&lt;/b&gt; --&gt; here.</v>"),
        (2.5, "<v Speaker 2>Yes.</v>"),
    ]
    _, subtitles = saved(stubbed, "SRT")
    assert [start for start, _ in cues(subtitles, "srt")] == [0.1, 2.5]
    assert "\n\n2\n00:00:02,500 --> 00:00:03,000\nSpeaker 2: Yes.\n" in subtitles
    _, text = saved(stubbed, "TXT")
    assert text == "Speaker 1: Tom & <b>Ann</b> --> here.\n\nSpeaker 2: Yes.\n"
    name, turns = saved(stubbed, "RTTM")
    assert name.endswith(".rttm")
    assert turns.splitlines() == [
        "SPEAKER my_<call> 1 0.100 1.900 <NA> <NA> speaker_1 <NA> <NA>",
        "SPEAKER my_<call> 1 2.500 0.500 <NA> <NA> speaker_2 <NA> <NA>",
    ]


def test_speakers_have_colours_and_low_confidence_a_shade(stubbed):
    first, second = stubbed.locator("#transcribe .phrase").all()
    colour = "e => getComputedStyle(e).color"
    assert first.evaluate(colour) != second.evaluate(colour)
    shade = "e => getComputedStyle(e.querySelector('.words')).backgroundColor"
    assert first.evaluate(shade) == "rgba(0, 0, 0, 0)"
    assert second.evaluate(shade) == "rgb(249, 207, 203)"
    expect(second).to_contain_text("41 %")
    drawn = stubbed.locator("#transcribe canvas").evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, height / 2, width, 1);
            const seen = new Set();
            for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
            return [...seen];
        }"""
    )
    assert {"31,95,139", "154,52,18"} <= set(drawn)


def test_the_keyboard_reaches_tabs_and_words(stubbed):
    stubbed.locator("#transcribe .word").first.focus()
    stubbed.keyboard.press("ArrowRight")
    stubbed.keyboard.press("ArrowRight")
    assert stubbed.evaluate("document.activeElement.textContent") == "<b>Ann</b>"
    stubbed.keyboard.press("Enter")
    until(stubbed, "() => document.querySelector('#transcribe audio').currentTime >= 0.5")
    stubbed.locator("#tab-transcribe").focus()
    stubbed.keyboard.press("End")
    expect(stubbed.locator("#batch")).to_be_visible()
    expect(stubbed.locator("#transcribe")).to_be_hidden()
    stubbed.keyboard.press("ArrowRight")
    expect(stubbed.locator("#transcribe")).to_be_visible()


def test_without_a_recording_the_server_speaks_one(open_shared):
    with open_shared() as page:
        tab = page.locator("#transcribe")
        tab.get_by_role("button", name="No recording?").click()
        expect(tab.locator(".state")).to_contain_text("Transcribed in", timeout=60_000)
        expect(tab.locator(".phrases")).to_contain_text("garden")


def test_a_broken_file_is_an_error_in_words(browser, ready_server, opened):
    broken = {"name": "broken.wav", "mimeType": "audio/wav", "buffer": b"no audio at all" * 100}
    with opened(browser, ready_server.url, errors={422}) as page:
        page.locator("#transcribe [name=file]").set_input_files(broken)
        page.locator("#transcribe .main").click()
        error = page.locator("#transcribe [role=alert]")
        expect(error).to_contain_text("no audio or video of a known format")
        assert page.locator("#transcribe .result").inner_html() == ""


def test_a_wrong_key_and_a_busy_server_are_said(browser, ready_server, opened, two_sentences):
    with opened(browser, ready_server.url, key="wrong", errors={401, 429}) as page:
        page.locator("#transcribe [name=file]").set_input_files(two_sentences)
        page.locator("#transcribe .main").click()
        error = page.locator("#transcribe [role=alert]")
        expect(error).to_contain_text("Check the key at the top of the page.")
        page.route(
            "**/transcriptions:transcribe*",
            lambda route: route.fulfill(
                status=429,
                headers={"Retry-After": "7"},
                json={"code": "TooManyRequests", "message": "Too many requests are under way."},
            ),
        )
        page.locator("#transcribe .main").click()
        expect(error).to_have_text(
            "Too many requests are under way. The server is busy. Try again in 7 s."
        )


def test_only_settings_stay_in_the_browser(browser, ready_server, opened, two_sentences):
    """The key only with its box ticked; neither names of files nor text."""
    kept = "Object.values({...localStorage}).join('')"
    with opened(browser, ready_server.url) as page:
        page.locator("#transcribe [name=locales]").fill("en-US")
        page.locator("#transcribe [name=phrases]").fill("Canary Wharf")
        transcribe(page, two_sentences)
        assert json.loads(page.evaluate(kept)) == {"transcribe.locales": "en-US"}
        page.get_by_label("keep the key").check()
        assert json.loads(page.evaluate(kept)) == {"transcribe.locales": "en-US", "key": "k"}
        page.reload()
        expect(page.locator("#key")).to_have_value("k")
        expect(page.locator("#transcribe [name=locales]")).to_have_value("en-US")
        page.get_by_label("keep the key").uncheck()
        assert json.loads(page.evaluate(kept)) == {"transcribe.locales": "en-US"}
        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0


def test_a_server_without_keys_asks_for_none(browser, start, opened, two_sentences):
    """Its guard admits its own page on loopback."""
    server = start(SOTTO_KEYS=None)
    with opened(browser, server.url, key=None, errors={503}) as page:
        expect(page.locator("#access")).to_be_hidden()
        transcribe(page, two_sentences)
        expect(page.locator("#transcribe .phrases")).to_contain_text("garden")


def test_a_dropped_file_is_chosen(open_shared):
    with open_shared() as page:
        page.locator("#transcribe .drop").evaluate(
            """label => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File(["x"], "dropped.wav"));
                label.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
            }"""
        )
        names = "input => [...input.files].map(file => file.name)"
        assert page.locator("#transcribe [name=file]").evaluate(names) == ["dropped.wav"]


def test_a_translation_is_beside_its_phrase_whose_words_still_play(open_shared, two_sentences):
    with open_shared() as page:
        page.locator("#transcribe [name=locales]").fill("en-US")
        page.locator("#transcribe [name=target]").fill("es")
        transcribe(page, two_sentences)
        phrase = page.locator("#transcribe .phrase").first
        expect(phrase.locator(".translation")).to_contain_text("jardín")
        assert phrase.locator(".translation").get_attribute("lang") == "es"
        assert phrase.locator(".word").count() >= 5


def test_a_long_phrase_is_divided_into_cues_that_can_be_read(open_shared, two_sentences):
    words = [
        {"text": f"word{n:03}", "offsetMilliseconds": 400 * n, "durationMilliseconds": 400}
        for n in range(60)
    ]
    text = " ".join(word["text"] for word in words)
    phrase = {
        "offsetMilliseconds": 0, "durationMilliseconds": 24_000, "text": text, "words": words,
    }  # fmt: skip
    answer = {
        "durationMilliseconds": 24_000, "combinedPhrases": [{"text": text}], "phrases": [phrase],
    }  # fmt: skip
    with open_shared() as page:
        page.route("**/transcriptions:transcribe*", lambda route: route.fulfill(json=answer))
        transcribe(page, two_sentences)
        _, subtitles = saved(page, "SRT")
    blocks = [block.splitlines() for block in subtitles.strip().split("\n\n")]
    assert [block[0] for block in blocks] == [str(n + 1) for n in range(len(blocks))]
    lines = [line for block in blocks for line in block[2:]]
    assert " ".join(lines) == text
    assert max(len(line) for line in lines) <= 42
    assert max(len(block) for block in blocks) <= 4
    starts = [start for start, _ in cues(subtitles, "srt")]
    assert max(later - start for start, later in itertools.pairwise([*starts, 24.0])) <= 7
