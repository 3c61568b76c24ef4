"""The pictures of docs/playground.md, written anew with `--write-screenshots`.

    .venv/bin/python -m pytest tests/contract/playground --write-screenshots

Without the option the tests only see that the page has them to show.
"""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from tests.contract.conftest import KEY
from tests.contract.playground.test_transcribe_tab import transcribe

PICTURES = Path(__file__).parents[3] / "docs" / "playground"
MOST_BYTES = 200_000
WIDE, NARROW = {"width": 720, "height": 1000}, {"width": 390, "height": 844}
DIALOGUE = (
    ("en-US-HeartNeural", "Good morning. Did you read the report about the river?"),
    ("en-US-MichaelNeural", "Yes, I read it on the train. The water is clean again."),
    ("en-US-HeartNeural", "That is good news. Then we can go swimming on Sunday."),
)


@pytest.fixture
def dialogue(ready_server, tmp_path):
    """MP3 file of a dialogue of two of Kokoro's voices."""
    turns = "".join(
        f"<voice name='{voice}'>{text}<break time='600ms'/></voice>" for voice, text in DIALOGUE
    )
    answer = requests.post(
        f"{ready_server.url}/cognitiveservices/v1",
        headers={
            "Ocp-Apim-Subscription-Key": KEY,
            "Content-Type": "application/ssml+xml",
            "X-Microsoft-OutputFormat": "audio-24khz-96kbitrate-mono-mp3",
        },
        data=f"<speak version='1.0' xml:lang='en-US'>{turns}</speak>",
        timeout=300,
    )
    answer.raise_for_status()
    path = tmp_path / "river.mp3"
    path.write_bytes(answer.content)
    return path


def test_the_pictures_are_written_or_there(request, open_shared, pictures):
    names = {path.name for path in PICTURES.glob("*.png")}
    if pictures is not None:
        names = set(write(request.getfixturevalue("dialogue"), open_shared))
    assert names == {"transcribe.png", "narrow-dark.png", "translation.png", "pronunciation.png"}
    for name in names:
        assert 1_000 < (PICTURES / name).stat().st_size < MOST_BYTES, name


def write(dialogue, open_shared):
    """Write the pictures; their names."""
    for name, scheme, viewport in (
        ("transcribe.png", "light", WIDE),
        ("narrow-dark.png", "dark", NARROW),
    ):
        with open_shared(color_scheme=scheme, viewport=viewport) as page:
            page.locator("#transcribe [name=speakers]").select_option("2")
            transcribe(page, dialogue)
            expect(page.locator("#transcribe canvas")).to_be_visible()
            page.locator("#transcribe .phrases").scroll_into_view_if_needed()
            page.wait_for_timeout(300)
            page.screenshot(path=PICTURES / name, full_page=scheme == "light")
        yield name
    with open_shared(viewport=WIDE) as page:
        tab = page.locator("#transcribe")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        expect(tab.locator("option[value=es-ES-DoraNeural]")).to_be_attached()
        tab.locator("[name=voice]").select_option("es-ES-DoraNeural")
        transcribe(page, dialogue)
        expect(tab.locator("canvas")).to_be_visible()
        tab.locator(".pauses summary").click()
        page.wait_for_timeout(300)
        tab.locator(".result").screenshot(path=PICTURES / "translation.png")
    yield "translation.png"
    with open_shared(tab="pronunciation", viewport=WIDE) as page:
        page.locator("#pronunciation [name=reference]").fill(
            "Good morning. Did you read the long report about the river? Yes, I read it on the "
            "train. The water is clean again. That is good news. Then we can go sailing on Sunday."
        )
        page.locator("#pronunciation [name=file]").set_input_files(dialogue)
        page.locator("#pronunciation .main").click()
        expect(page.locator("#pronunciation .readings")).to_be_visible()
        page.locator("#pronunciation .result").screenshot(path=PICTURES / "pronunciation.png")
    yield "pronunciation.png"
