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
_DOCS = _PROJECT / "docs"
_COMMON_PAGE = "benchmarks.md"
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

    `systems` heads the columns of `ours`, `theirs` and `others`. `page` is the page of `docs/`
    that shows this section alone; most are shown together, on one page of their own.
    """

    title: str
    figures: tuple[Figure, ...]
    numbers: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    systems: tuple[str, ...] = ("Sotto", "faster-whisper")
    page: str = _COMMON_PAGE

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
    """Put figures of a full run, and the Markdown of its pictures, on the page of most sections.

    Sections with another page are left out.
    """
    tables = (one.markdown() for one in sections if one.page == _COMMON_PAGE)
    _write(_COMMON_PAGE, "\n".join((_conditions_table(conditions), pictures, *tables)))


def write_own_page(conditions: dict[str, str], section: Section) -> None:
    """Put a section that has a page of its own there, with when and where it was measured."""
    if section.page == _COMMON_PAGE:
        return
    measured = (
        f"Measured at {conditions['date']} ({conditions['Sotto']}) on {conditions['CPU']};"
        f" load before: {conditions['load before the run']}."
    )
    _write(section.page, f"{measured}\n\n{section.markdown()}")


def _write(page: str, figures: str) -> None:
    """Replace what is between the markers of a page."""
    path = _DOCS / page
    before, _, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    path.write_text(f"{before}{_BEGIN}\n\n{figures}\n{_END}{after}", encoding="utf-8")


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
