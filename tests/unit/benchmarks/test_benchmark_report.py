"""Tables for the page and numbers for the plots."""

import json

import pytest

from benchmarks import against, report
from benchmarks.__main__ import SECTIONS
from benchmarks.report import (
    Figure,
    Section,
    newest_run,
    write_conditions,
    write_numbers,
    write_section,
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
        Figure("ratio", "2.5", target="at least 3", met=False),
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


def test_a_section_is_a_table_with_targets_and_results():
    assert SPEED.markdown() == (
        "### Speed\n"
        "\n"
        "| figure | Sotto | faster-whisper | target | met |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| time | 100 ms | 750 ms | at least 3 | yes |\n"
        "| ratio | 2.5 |  | at least 3 | **no** |\n"
        "\n"
        "A note.\n"
    )
    assert SPEED.missed() == ("ratio",)


def test_a_section_of_other_systems_has_their_columns_and_no_unused_ones():
    assert HOSTS.markdown() == (
        "### Hosts\n"
        "\n"
        "| figure | container | Azure Functions | AWS Lambda |\n"
        "| --- | --- | --- | --- |\n"
        "| ready | 1 s | 2 s | 3 s |\n"
        "| memory | 4 MB |  |  |\n"
    )


def test_a_section_of_one_system_has_one_column():
    alone = Section(
        "Purge", (Figure("calls", "12", target="at most 15", met=True),), systems=("Sotto",)
    )
    assert alone.markdown().splitlines()[2:] == [
        "| figure | Sotto | target | met |",
        "| --- | --- | --- | --- |",
        "| calls | 12 | at most 15 | yes |",
    ]


@pytest.fixture
def docs(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "_DOCS", tmp_path)
    return tmp_path


def test_a_section_is_put_in_its_place_and_nothing_else_changes(docs):
    page = docs / "benchmarks.md"
    page.write_text(
        "# Before\n\n<!-- speed -->\nold\n<!-- end -->\n\n"
        "Between\n\n<!-- hosts -->\n<!-- end -->\n\nAfter\n"
    )
    for _ in range(2):
        write_section("speed", CONDITIONS, SPEED)
        assert page.read_text() == (
            f"# Before\n\n<!-- speed -->\n\n{SPEED.markdown()}\n"
            "Measured at 2026-11-24 08:00 UTC (abc1234) on two cores; load before: 0.1 (1 min).\n"
            "\n<!-- end -->\n\nBetween\n\n<!-- hosts -->\n<!-- end -->\n\nAfter\n"
        )


def test_conditions_are_those_of_every_section(docs):
    page = docs / "benchmarks.md"
    page.write_text("Before\n<!-- conditions -->\n<!-- end -->\nAfter\n")
    write_conditions(CONDITIONS)
    assert page.read_text() == (
        "Before\n<!-- conditions -->\n\n| condition |  |\n| --- | --- |\n| CPU | two cores |\n"
        "\n<!-- end -->\nAfter\n"
    )


def test_a_section_may_have_a_page_of_its_own(docs):
    own = Section("Voices", (Figure("WER", "1 %"),), systems=("measured",), page="voices.md")
    for name in ("benchmarks.md", "voices.md"):
        (docs / name).write_text("Before\n<!-- voices -->\n<!-- end -->\nAfter\n")
    write_section("voices", CONDITIONS, own)
    assert own.markdown() in (docs / "voices.md").read_text()
    assert "Voices" not in (docs / "benchmarks.md").read_text()


def test_a_page_without_a_place_is_an_error(docs):
    (docs / "benchmarks.md").write_text("<!-- hosts -->\n<!-- end -->\n")
    with pytest.raises(ValueError, match=r"docs/benchmarks\.md has no place for speed"):
        write_section("speed", CONDITIONS, SPEED)


def test_every_section_has_a_place_on_one_page():
    pages = [page.read_text() for page in report._DOCS.glob("*.md")]
    compared = (f"against_{name}" for name in against.SECTIONS)
    for name in ("conditions", *SECTIONS, *compared):
        assert sum(page.count(f"<!-- {name} -->\n") for page in pages) == 1, name


def test_numbers_are_kept_under_the_date_of_the_run(results):
    path = write_numbers(CONDITIONS, {"speed": SPEED}, is_thorough=False)
    assert path == results / "2026-11-24T08:00Z.json"
    written = json.loads(path.read_text())
    assert written["sections"]["speed"]["ratios"] == [2.5]
    assert written["sections"]["speed"]["figures"][0]["ours"] == "100 ms"
    assert written["is_thorough"] is False


def test_plots_are_drawn_from_the_newest_thorough_run_that_has_their_figures(results):
    assert newest_run(["speed"], results) is None
    runs = ((8, {"speed": SPEED}, True), (9, {"speed": SPEED, "hosts": HOSTS}, True),
            (10, {"hosts": HOSTS}, True), (11, {"speed": SPEED}, False))  # fmt: skip
    for hour, sections, is_thorough in runs:
        date = {"date": f"2026-11-24 {hour:02}:00 UTC"}
        write_numbers(date, sections, is_thorough=is_thorough)
    assert newest_run(["speed"], results).name == "2026-11-24T09:00Z.json"
