"""The picture of docs/api-reference.md, written anew with `--write-screenshots`.

    .venv/bin/python -m pytest tests/contract/reference_page --write-screenshots

Without the option the test only sees that the page has it to show.
"""

from pathlib import Path

from tests.contract.reference_page.conftest import (
    TRANSCRIBE,
    authorise,
    execute,
    fill_transcription,
    open_operation,
)

PICTURE = Path(__file__).parents[3] / "docs" / "api-reference" / "try.png"
MOST_BYTES = 150_000


def test_the_picture_is_written_or_there(request, opened, two_sentences, tmp_path):
    if request.config.getoption("--write-screenshots", default=False):
        audio = tmp_path / "garden.wav"
        audio.write_bytes(two_sentences.read_bytes())
        write(opened, audio)
    assert 1_000 < PICTURE.stat().st_size < MOST_BYTES


def write(opened, audio):
    """Write a request of fast transcription and the beginning of its answer."""
    PICTURE.parent.mkdir(exist_ok=True)
    with opened(viewport={"width": 900, "height": 1250}, reduced_motion="reduce") as page:
        authorise(page)
        operation = open_operation(page, "Fast transcription", TRANSCRIBE)
        fill_transcription(operation, audio)
        execute(operation)
        operation.locator("textarea").evaluate("e => { e.style.minHeight = '0'; e.rows = 3 }")
        operation.evaluate("e => e.scrollIntoView()")
        page.screenshot(path=PICTURE)
