"""Plots of the page on pronunciation: SVG that can be read, and the same for the same numbers."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from assessed_speech import HELLO_ASSESSMENT

from benchmarks.pronunciation_plots import draw_calibration, draw_utterance

PAGE = Path(__file__).resolve().parents[3] / "docs" / "pronunciation.md"
SAMPLES = np.sin(np.arange(3 * 16_000, dtype=np.float32))


def texts_of(path):
    """All that is written in a picture."""
    root = ET.parse(path).getroot()  # noqa: S314 - drawn by ourselves
    texts = root.iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()).strip() for one in texts]


def test_an_utterance_has_its_words_and_phones_with_scores(tmp_path):
    written = texts_of(draw_utterance(SAMPLES, HELLO_ASSESSMENT, tmp_path))
    assert {"hello", "92", "h", "98", "ɛ", "47"} <= set(written)


def test_the_calibration_names_its_phones_and_axes(tmp_path):
    written = texts_of(draw_calibration(tmp_path))
    assert {"all 39 phones", "s", "accuracy"} <= set(written)


def test_the_same_numbers_give_the_same_files(tmp_path):
    (tmp_path / "again").mkdir()
    first = draw_utterance(SAMPLES, HELLO_ASSESSMENT, tmp_path).read_bytes()
    assert first == draw_utterance(SAMPLES, HELLO_ASSESSMENT, tmp_path / "again").read_bytes()


def test_the_page_shows_both_and_names_their_command(tmp_path):
    text = PAGE.read_text()
    for drawn in (
        draw_calibration(tmp_path),
        draw_utterance(SAMPLES, HELLO_ASSESSMENT, tmp_path),
    ):
        assert f"](benchmarks/{drawn.name})" in text
        assert (PAGE.parent / "benchmarks" / drawn.name).is_file()
    assert "-m benchmarks.pronunciation_plots" in text
