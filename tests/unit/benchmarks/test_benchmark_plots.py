"""Plots for the page: SVG that can be read, and that Git sees no change in when there is none."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

from benchmarks.plots import FOLDER, draw_plots

CLIPS = [
    {"seconds": s, "elapsed_s": [0.02 * s, 0.03 * s, 0.02 * s], "rival_elapsed_s": [0.6 + 0.1 * s]}
    for s in (1.8, 2.9, 5.1, 7.7, 7.9, 12.6, 19.9)
]
LONG = {"seconds": 408.0, "elapsed_s": [8.0, 9.0, 8.2], "rival_elapsed_s": [35.0, 30.0, 31.0]}


@pytest.fixture
def numbers(tmp_path):
    """Give the file of a run whose long files have these further rivals."""

    def write(**further):
        measured = LONG | {
            "further": {name: {"elapsed_s": [taken]} for name, taken in further.items()}
        }
        sections = {
            "speed": {"clips": CLIPS},
            "long": {"figures": [], "long/talk.flac": measured, "peak_bytes": {"Sotto": 5}},
        }
        path = tmp_path / "run.json"
        path.write_text(json.dumps({"sections": sections}))
        return path

    return write


def texts_of(path):
    """All that is written in a picture."""
    root = ET.parse(path).getroot()  # noqa: S314 - drawn by ourselves
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return [
        "".join(one.itertext()).strip() for one in root.iter("{http://www.w3.org/2000/svg}text")
    ]


def test_latency_names_both_systems_and_what_the_axes_are(numbers, tmp_path):
    latency, _ = draw_plots(numbers(), tmp_path / "plots")
    written = texts_of(latency)
    assert {"Sotto", "over HTTP", "faster-whisper", "in process"} <= set(written)
    assert {"length of the clip, s", "time to the transcript, s"} <= set(written)


def test_a_long_file_has_a_bar_with_time_and_rtf_for_every_system(numbers, tmp_path):
    _, long_audio = draw_plots(numbers(reference=24.4), tmp_path / "plots")
    written = texts_of(long_audio)
    assert "talk.flac, 408 s" in written
    assert [text for text in written if "RTF" in text] == [
        "8.2 s · RTF 0.020",
        "31.0 s · RTF 0.076",
        "24.4 s · RTF 0.060",
    ]
    assert "reference" in written


def test_the_same_numbers_give_the_same_files_without_a_date(numbers, tmp_path):
    path = numbers()
    first = [drawn.read_bytes() for drawn in draw_plots(path, tmp_path / "one")]
    again = [drawn.read_bytes() for drawn in draw_plots(path, tmp_path / "other")]
    assert first == again
    assert not any(b"dc:date" in drawn for drawn in first)


def test_the_page_shows_every_plot_that_is_drawn(numbers, tmp_path):
    path = numbers()
    run = json.loads(path.read_text())
    run["sections"]["growth"] = {
        "n_done": [20, 40],
        "loaded_bytes": 545e6,
        "resident_bytes": [600e6, 640e6],
        "idle_bytes": [560e6],
    }
    path.write_text(json.dumps(run))
    drawn = draw_plots(path, tmp_path / "plots")
    page = FOLDER.with_suffix(".md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[.+?\]\((.+?)\)", page)
    assert shown == [f"{FOLDER.name}/{path.name}" for path in drawn]


def test_a_run_without_a_section_leaves_its_plot_as_it_is(numbers, tmp_path):
    path = numbers()
    run = json.loads(path.read_text())
    del run["sections"]["long"]
    path.write_text(json.dumps(run))
    (drawn,) = draw_plots(path, tmp_path / "plots")
    assert drawn.name == "latency.svg"


def test_files_are_small_and_have_no_background(numbers, tmp_path):
    for drawn in draw_plots(numbers(), tmp_path / "plots"):
        assert drawn.stat().st_size < 60_000
        assert "#ffffff" not in drawn.read_text()
