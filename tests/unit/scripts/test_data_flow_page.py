"""The drawings and tables of the flow of data."""

from pathlib import Path

import pytest

from scripts import data_flow
from scripts.data_flow import draw, entry_table, flow_table
from shared.privacy.data_flow.flow import (
    Command,
    Condition,
    Data,
    Feature,
    Flow,
    Place,
    Route,
    Socket,
    Stay,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "privacy.md"
HEARD = Feature(
    "Hearing",
    (Route("POST", "/speechtotext/hear"), Route("POST", "/speechtotext/{version}/hear")),
    (
        Flow((Data.AUDIO,), (Place.MEMORY,), Stay.REQUEST, source=Place.CLIENT),
        Flow(
            (Data.TRANSCRIPT, Data.IDENTIFIERS), (Place.JOBS,), Stay.JOB, settings=("SOTTO_JOBS",)
        ),
        Flow(
            (Data.TRANSCRIPT,),
            (Place.AMAZON_TRANSLATE,),
            Stay.RECEIVER,
            only_with=Condition("SOTTO_TRANSLATORS", ("amazon",)),
        ),
    ),
)
SILENT = Feature(
    "Silence",
    (Socket("/silence"), Command("hush")),
    (Flow((Data.NOTHING,), (Place.CLIENT,), Stay.REQUEST),),
)


def test_the_page_is_that_of_the_code(monkeypatch):
    """Else: python scripts/data_flow.py --write docs/privacy.md."""
    monkeypatch.setattr("sys.argv", ["data_flow.py", "--check", str(PAGE)])
    assert data_flow.main() == 0


def test_an_outdated_page_is_refused_and_can_be_written(monkeypatch, tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text().replace("| Short audio |", "| Long audio |"))
    for argument, status in (("--check", 1), ("--write", 0), ("--check", 0)):
        monkeypatch.setattr("sys.argv", ["data_flow.py", argument, str(page)])
        assert data_flow.main() == status
    assert "page.md is outdated: python scripts/data_flow.py --write" in capsys.readouterr().err
    assert page.read_text() == PAGE.read_text()


def test_a_drawing_has_the_places_beyond_memory_and_a_dashed_arrow_where_a_setting_decides():
    assert draw([HEARD, SILENT]).splitlines() == [
        "```mermaid",
        "flowchart LR",
        '  subgraph outside["outside of Sotto"]',
        '    client["client"]',
        '    amazon_translate["Amazon Translate"]',
        "  end",
        '  subgraph stored["stored"]',
        '    jobs["container of jobs"]',
        "  end",
        '  f0(["Hearing"])',
        '  client -- "audio" --> f0',
        '  f0 -. "transcript" .-> amazon_translate',
        '  f0 -- "transcript, ids" --> jobs',
        "```",
    ]


def test_a_flow_is_a_row():
    always = (Flow((Data.MEASURES,), (Place.LOG,), Stay.RECEIVER),)
    rows = flow_table(always, [HEARD]).splitlines()[2:]
    assert [row.strip("| ").split(" | ")[:4] for row in rows[:2]] == [
        ["every request", "sizes and times", "log", Stay.RECEIVER],
        ["Hearing", "audio", "from the client to the memory of the process", Stay.REQUEST],
    ]
    assert rows[2].endswith("| until the time to live is over, or `DELETE` | `SOTTO_JOBS` |")
    assert "| Amazon Translate, if `SOTTO_TRANSLATORS` has `amazon` |" in rows[3]


@pytest.mark.parametrize(
    ("feature", "shown"),
    [(HEARD, "`POST /speechtotext/hear`"), (SILENT, "WebSocket `/silence`, `sotto hush`")],
)
def test_both_generations_of_a_route_are_one_entry(feature, shown):
    assert entry_table([feature]).splitlines()[2] == f"| {feature.name} | {shown} |"
