"""Figures of a run: tables in Markdown for people, numbers in JSON for plots.

Nothing that was recognised is in either; texts go to the terminal only.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_BEGIN, _END = "<!-- figures of the last full run -->", "<!-- end of the figures -->"
_PROJECT = Path(__file__).resolve().parent.parent
_PAGE = _PROJECT / "docs" / "benchmarks.md"
_RESULTS = _PROJECT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, on both where it makes sense, and what is asked of Sotto.

    `met` is None where nothing is asked.
    """

    what: str
    ours: str
    theirs: str = ""
    asked: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together, and the numbers behind them."""

    title: str
    figures: tuple[Figure, ...]
    numbers: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    def markdown(self) -> str:
        """Heading, table and note."""
        lines = [
            f"### {self.title}",
            "",
            "| figure | Sotto | faster-whisper | asked | met |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [
            f"| {row.what} | {row.ours} | {row.theirs} | {row.asked} | {_verdict(row.met)} |"
            for row in self.figures
        ]
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"

    def missed(self) -> tuple[str, ...]:
        """Rows that are not as asked."""
        return tuple(row.what for row in self.figures if row.met is False)


def write_page(conditions: dict[str, str], sections: Iterable[Section]) -> None:
    """Put the figures between the markers of `docs/benchmarks.md`."""
    page = _PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    figures = "\n".join((_conditions_table(conditions), *(one.markdown() for one in sections)))
    _PAGE.write_text(f"{before}{_BEGIN}\n\n{figures}\n{_END}{after}", encoding="utf-8")


def write_numbers(conditions: dict[str, str], sections: dict[str, Section]) -> Path:
    """Write all numbers of a run as JSON; return the file."""
    _RESULTS.mkdir(exist_ok=True)
    run = {
        "conditions": conditions,
        "sections": {
            name: {"figures": [asdict(row) for row in section.figures], **section.numbers}
            for name, section in sections.items()
        },
    }
    path = _RESULTS / f"{conditions['date'].replace(' UTC', 'Z').replace(' ', 'T')}.json"
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return path


def _conditions_table(conditions: dict[str, str]) -> str:
    rows = [f"| {name} | {value} |" for name, value in conditions.items()]
    return "\n".join(("| condition | |", "| --- | --- |", *rows)) + "\n"


def _verdict(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"
