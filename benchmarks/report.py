"""Figures of a run: tables in Markdown for people, numbers in JSON for plots.

Nothing that was recognised is in either; texts go to the terminal only.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_END = "<!-- end -->"  # behind what `<!-- name -->` begins
_PROJECT = Path(__file__).resolve().parent.parent
_DOCS = _PROJECT / "docs"
_COMMON_PAGE = "benchmarks.md"
_OF_A_RUN = ("date", "Sotto", "load before the run")  # said with each section
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
            measured = (row.ours, row.theirs, *row.others)[: len(self.systems)]
            missing = ("",) * (len(self.systems) - len(measured))
            asked = (row.asked, _verdict(row.met)) if is_asked else ()
            lines.append(_row((row.what, *measured, *missing, *asked)))
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"

    def missed(self) -> tuple[str, ...]:
        """Rows that are not as asked."""
        return tuple(row.what for row in self.figures if row.met is False)


def write_conditions(conditions: dict[str, str]) -> None:
    """Put what is true of every section on the page of most of them."""
    rows = [row for row in conditions.items() if row[0] not in _OF_A_RUN]
    table = (_row(row) for row in (("condition", ""), ("---", "---"), *rows))
    _write(_COMMON_PAGE, "conditions", "\n".join(table) + "\n")


def write_section(name: str, conditions: dict[str, str], section: Section) -> None:
    """Put a section in its place on its page, with when, where and on what it was measured.

    Raises
    ------
    ValueError: the page has no place of that name.
    """
    measured = (
        f"Measured at {conditions['date']} ({conditions['Sotto']}) on {conditions['CPU']};"
        f" load before: {conditions['load before the run']}."
    )
    _write(section.page, name, f"{section.markdown()}\n{measured}\n")


def _write(page: str, name: str, text: str) -> None:
    """Replace what is at a place of a page."""
    path = _DOCS / page
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {name} -->")
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"docs/{page} has no place for {name}")
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def write_numbers(
    conditions: dict[str, str], sections: dict[str, Section], *, is_thorough: bool
) -> Path:
    """Write all numbers of a run as JSON, and whether nothing was left out; return the file."""
    RESULTS.mkdir(exist_ok=True)
    run = {
        "conditions": conditions,
        "is_thorough": is_thorough,
        "sections": {
            name: {"figures": [asdict(row) for row in section.figures], **section.numbers}
            for name, section in sections.items()
        },
    }
    path = RESULTS / f"{conditions['date'].replace(' UTC', 'Z').replace(' ', 'T')}.json"
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return path


def newest_run(sections: Iterable[str], results: Path = RESULTS) -> Path | None:
    """Numbers of the last thorough run that has these sections; None where there has been none."""
    for path in sorted(results.glob("*.json"), reverse=True):  # named by their date
        run = json.loads(path.read_text(encoding="utf-8"))
        if run.get("is_thorough") and run["sections"].keys() >= set(sections):
            return path
    return None


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"
