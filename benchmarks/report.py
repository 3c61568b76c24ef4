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
RESULTS = _PROJECT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, on both where it makes sense, and what is asked of Sotto.

    `met` is None where nothing is asked. `others` are what further systems of the section gave.
    """

    what: str
    ours: str
    theirs: str = ""
    asked: str = ""
    met: bool | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together, and the numbers behind them.

    `systems` heads the columns of `ours`, `theirs` and `others`.
    """

    title: str
    figures: tuple[Figure, ...]
    numbers: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    systems: tuple[str, ...] = ("Sotto", "faster-whisper")

    def markdown(self) -> str:
        """Heading, table and note; columns in which nothing is asked stay out."""
        is_asked = any(row.asked for row in self.figures)
        head = ("figure", *self.systems, *(("asked", "met") if is_asked else ()))
        lines = [f"### {self.title}", "", _row(head), _row(("---",) * len(head))]
        for row in self.figures:
            measured = (row.ours, row.theirs, *row.others)
            missing = ("",) * (len(self.systems) - len(measured))
            asked = (row.asked, _verdict(row.met)) if is_asked else ()
            lines.append(_row((row.what, *measured, *missing, *asked)))
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"

    def missed(self) -> tuple[str, ...]:
        """Rows that are not as asked."""
        return tuple(row.what for row in self.figures if row.met is False)


def write_page(conditions: dict[str, str], sections: Iterable[Section], pictures: str) -> None:
    """Put the figures, and the Markdown of the pictures, between the page's markers."""
    page = _PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    tables = (one.markdown() for one in sections)
    figures = "\n".join((_conditions_table(conditions), pictures, *tables))
    _PAGE.write_text(f"{before}{_BEGIN}\n\n{figures}\n{_END}{after}", encoding="utf-8")


def write_numbers(
    conditions: dict[str, str], sections: dict[str, Section], *, is_full: bool
) -> Path:
    """Write all numbers of a run as JSON, and whether it is a full one; return the file."""
    RESULTS.mkdir(exist_ok=True)
    run = {
        "conditions": conditions,
        "is_full": is_full,
        "sections": {
            name: {"figures": [asdict(row) for row in section.figures], **section.numbers}
            for name, section in sections.items()
        },
    }
    path = RESULTS / f"{conditions['date'].replace(' UTC', 'Z').replace(' ', 'T')}.json"
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return path


def newest_full_run(results: Path = RESULTS) -> Path | None:
    """Numbers of the last full run; None where there has been none."""
    for path in sorted(results.glob("*.json"), reverse=True):  # named by their date
        if json.loads(path.read_text(encoding="utf-8")).get("is_full"):
            return path
    return None


def _conditions_table(conditions: dict[str, str]) -> str:
    rows = (_row(row) for row in (("condition", ""), ("---", "---"), *conditions.items()))
    return "\n".join(rows) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"
