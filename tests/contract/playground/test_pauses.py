"""Stretches without words in a browser: bands of the waveform, and a list with reasons."""

import io
import math
import struct
import wave

import pytest
from playwright.sync_api import expect

from tests.contract.browser import until
from tests.contract.playground.test_transcribe_tab import transcribe

RATE = 16_000
SILENCE_DB, SOUND_DB = -62, -20
SILENCE, NOISE = "226,230,234", "246,223,196"  # colours of the light page


def tone(seconds, level_db):
    """16 bit samples of a tone of 440 Hz; None is no signal."""
    peak = 0 if level_db is None else 32_767 * math.sqrt(2) * 10 ** (level_db / 20)
    samples = [
        round(peak * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(int(seconds * RATE))
    ]
    return struct.pack(f"<{len(samples)}h", *samples)


@pytest.fixture
def quiet_and_loud(tmp_path):
    """WAV file of 10 s: words at 0 to 2 s, 4 to 6 s and 8 to 9 s, and pauses of three levels."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        for seconds, level in ((2, -15), (2, SILENCE_DB), (2, -15), (2, SOUND_DB), (1, -15)):
            writer.writeframes(tone(seconds, level))
        writer.writeframes(tone(1, None))
    path = tmp_path / "pauses.wav"
    path.write_bytes(file.getvalue())
    return path


def phrase(start_ms, end_ms):
    return {
        "offsetMilliseconds": start_ms, "durationMilliseconds": end_ms - start_ms, "text": "So.",
        "words": [], "locale": "en-US", "confidence": 0.9,
    }  # fmt: skip


ANSWER = {
    "durationMilliseconds": 10_000,
    "combinedPhrases": [{"text": "So. So. So."}],
    "phrases": [phrase(0, 2000), phrase(4000, 6000), phrase(8000, 9000)],
}


def colours_at(page, *seconds):
    """Colours of the topmost pixels of the waveform at seconds of ten."""
    return page.locator("#transcribe canvas").evaluate(
        """(canvas, seconds) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 1);
            const places = seconds.map((second) => 4 * Math.floor((second / 10) * canvas.width));
            return places.map((at) => [...data.slice(at, at + 3)].join());
        }""",
        seconds,
    )


def test_pauses_have_bands_and_reasons(open_shared, quiet_and_loud):
    """Silence and sound without words differ by the level that the browser measures."""
    with open_shared() as page:
        page.route("**/transcriptions:transcribe*", lambda route: route.fulfill(json=ANSWER))
        transcribe(page, quiet_and_loud)
        pauses = page.locator("#transcribe .pauses")
        expect(pauses.locator("summary")).to_have_text("Left out: 3 stretches without words, 5.0 s")
        pauses.locator("summary").press("Enter")
        assert pauses.locator("li").all_inner_texts() == [
            "0:02 2.0 s: silence at −62 dB",
            "0:06 2.0 s: sound without recognised words at −20 dB",
            "0:09 1.0 s: silence, no signal at all",
        ]
        quiet, loud, last, spoken = colours_at(page, 3, 7, 9.5, 1)
        assert (quiet, loud, last) == (SILENCE, NOISE, SILENCE)
        assert spoken not in {SILENCE, NOISE}
        legend = page.locator("#transcribe .legend li").all_inner_texts()
        assert legend == ["sound without words", "silence"]
        pauses.get_by_role("button", name="Play from 0:06").press("Enter")
        until(page, "() => document.querySelector('#transcribe audio').currentTime >= 6")


def test_a_reason_of_the_server_is_named_where_a_level_cannot_say_it(open_shared, quiet_and_loud):
    """Speech without recognised words; of silence and noise the level is what the page shows."""
    field = "noise;at=2000;for=2000, no_match;at=6100;for=1800, loop;at=9000;for=400"
    with open_shared() as page:
        page.route(
            "**/transcriptions:transcribe*",
            lambda route: route.fulfill(json=ANSWER, headers={"Sotto-Dropped": field}),
        )
        transcribe(page, quiet_and_loud)
        pauses = page.locator("#transcribe .pauses")
        pauses.locator("summary").press("Enter")
        assert pauses.locator("li").all_inner_texts() == [
            "0:02 2.0 s: silence at −62 dB",
            "0:06 2.0 s: speech whose words were not recognised at −20 dB",
            "0:09 1.0 s: a repetition that the recogniser does not believe, no signal at all",
        ]


def test_a_file_that_the_browser_cannot_decode_has_the_reasons_of_the_server(open_shared, tmp_path):
    path = tmp_path / "unknown.amr"
    path.write_bytes(b"#!AMR\n" + bytes(100))
    field = "silence;at=2000;for=2000, noise;at=6000;for=2000"
    with open_shared() as page:
        page.route(
            "**/transcriptions:transcribe*",
            lambda route: route.fulfill(json=ANSWER, headers={"Sotto-Dropped": field}),
        )
        transcribe(page, path)
        pauses = page.locator("#transcribe .pauses")
        expect(pauses).to_be_visible()
        pauses.locator("summary").press("Enter")
        assert pauses.locator("li").all_inner_texts() == [
            "0:02 2.0 s: silence",
            "0:06 2.0 s: sound without recognised words",
            "0:09 1.0 s: no recognised words",
        ]


def test_a_recording_without_speech_has_its_reason(open_shared, tmp_path):
    """The server finds no phrases in silence."""
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(tone(3, None))
    with open_shared() as page:
        with page.expect_response("**/transcriptions:transcribe*") as waiting:
            transcribe(page, path)
        assert waiting.value.header_value("sotto-dropped") == "silence;at=0;for=3000"
        result = page.locator("#transcribe .result")
        expect(result).to_contain_text("No speech was found in 0:03 of audio.")
        expect(result.locator(".pauses")).to_contain_text("3.0 s: silence, no signal at all")
