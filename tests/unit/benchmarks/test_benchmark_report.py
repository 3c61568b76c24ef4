"""Tables for the page and numbers for the plots."""

import json

import pytest

from benchmarks import report
from benchmarks.report import (
    Figure,
    Section,
    newest_full_run,
    write_numbers,
    write_own_page,
    write_page,
)

CONDITIONS = {
    "date": "2026-11-24 08:00 UTC",
    "CPU": "two cores",
    "Sotto": "abc1234",
    "load before the run": "0.1 (1 min)",
}
SPEED = Section(
    "Speed",
    (
        Figure("time", "100 ms", "750 ms", "at least 3", met=True),
        Figure("ratio", "2.5", asked="at least 3", met=False),
    ),
    {"ratios": [2.5]},
    "A note.",
)
HOSTS = Section(
    "Hosts", (Figure("ready", "1 s", "2 s", others=("3 s",)), Figure("memory", "4 MB")),
    systems=("container", "Azure Functions", "AWS Lambda"),
)  # fmt: skip


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def test_a_section_is_a_table_that_says_what_is_asked_and_met():
    assert SPEED.markdown() == (
        "### Speed\n"
        "\n"
        "| figure | Sotto | faster-whisper | asked | met |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| time | 100 ms | 750 ms | at least 3 | yes |\n"
        "| ratio | 2.5 |  | at least 3 | **no** |\n"
        "\n"
        "A note.\n"
    )
    assert SPEED.missed() == ("ratio",)


def test_a_section_of_other_systems_has_their_columns_and_none_of_what_nobody_asked():
    assert HOSTS.markdown() == (
        "### Hosts\n"
        "\n"
        "| figure | container | Azure Functions | AWS Lambda |\n"
        "| --- | --- | --- | --- |\n"
        "| ready | 1 s | 2 s | 3 s |\n"
        "| memory | 4 MB |  |  |\n"
    )


def test_the_page_keeps_all_but_the_figures(tmp_path, monkeypatch):
    page = tmp_path / "benchmarks.md"
    page.write_text(
        "# Before\n\n<!-- figures of the last full run -->\nold\n"
        "<!-- end of the figures -->\n\nAfter\n"
    )
    monkeypatch.setattr(report, "_DOCS", tmp_path)
    write_page(CONDITIONS, [SPEED, HOSTS], "![A picture](a.svg)\n")
    written = page.read_text()
    assert written.startswith("# Before\n\n<!-- figures of the last full run -->\n\n| condition |")
    assert written.endswith("<!-- end of the figures -->\n\nAfter\n")
    assert "| CPU | two cores |\n" in written
    assert "| 0.1 (1 min) |\n\n![A picture](a.svg)\n\n### Speed" in written
    assert SPEED.markdown() + "\n" + HOSTS.markdown() in written
    assert "old" not in written
    write_page(CONDITIONS, [SPEED, HOSTS], "![A picture](a.svg)\n")
    assert page.read_text() == written


def test_a_section_with_a_page_of_its_own_is_there_and_nowhere_else(tmp_path, monkeypatch):
    own = Section("Voices", (Figure("WER", "1 %"),), systems=("measured",), page="voices.md")
    for name in ("benchmarks.md", "voices.md"):
        (tmp_path / name).write_text(
            "Before\n<!-- figures of the last full run -->\n<!-- end of the figures -->\nAfter\n"
        )
    monkeypatch.setattr(report, "_DOCS", tmp_path)
    write_page(CONDITIONS, [SPEED, own], "")
    for section in (SPEED, own):
        write_own_page(CONDITIONS, section)
    assert (tmp_path / "voices.md").read_text() == (
        "Before\n<!-- figures of the last full run -->\n\n"
        "Measured at 2026-11-24 08:00 UTC (abc1234) on two cores; load before: 0.1 (1 min).\n\n"
        f"{own.markdown()}\n<!-- end of the figures -->\nAfter\n"
    )
    assert "Voices" not in (tmp_path / "benchmarks.md").read_text()
    assert "Speed" in (tmp_path / "benchmarks.md").read_text()


def test_numbers_are_kept_under_the_date_of_the_run(results):
    path = write_numbers(CONDITIONS, {"speed": SPEED}, is_full=False)
    assert path == results / "2026-11-24T08:00Z.json"
    written = json.loads(path.read_text())
    assert written["sections"]["speed"]["ratios"] == [2.5]
    assert written["sections"]["speed"]["figures"][0]["ours"] == "100 ms"
    assert written["is_full"] is False


def test_plots_are_drawn_from_the_newest_run_that_is_full(results):
    assert newest_full_run(results) is None
    for hour, is_full in ((8, True), (9, True), (10, False)):
        write_numbers({"date": f"2026-11-24 {hour:02}:00 UTC"}, {}, is_full=is_full)
    assert newest_full_run(results).name == "2026-11-24T09:00Z.json"
