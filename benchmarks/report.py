"""Figures of a run: tables in Markdown for people, numbers in JSON for plots.

Neither has recognised text; texts are written to the terminal only.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_END = "<!-- end -->"  # closes `<!-- name -->`
_PROJECT = Path(__file__).resolve().parent.parent
_DOCS = _PROJECT / "docs"
_COMMON_PAGE = "benchmarks.md"
_RUN_CONDITIONS = ("date", "Sotto", "load before the run")  # shown with each section
RESULTS = _PROJECT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: the measurements of both systems, or of Sotto alone, and Sotto's target.

    `met` is None without a target. `others` are the measurements of further systems.
    """

    what: str
    ours: str
    theirs: str = ""
    target: str = ""
    met: bool | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Related figures, and their numbers.

    systems: heads of the columns of `ours`, `theirs` and `others`.
    page: page of `docs/` with this section; most share one page.
    """

    title: str
    figures: tuple[Figure, ...]
    numbers: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    systems: tuple[str, ...] = ("Sotto", "faster-whisper")
    page: str = _COMMON_PAGE

    def markdown(self) -> str:
        """Heading, table and note; without targets their columns are omitted."""
        has_target = any(row.target for row in self.figures)
        head = ("figure", *self.systems, *(("target", "met") if has_target else ()))
        lines = [f"### {self.title}", "", _row(head), _row(("---",) * len(head))]
        for row in self.figures:
            measured = (row.ours, row.theirs, *row.others)[: len(self.systems)]
            missing = ("",) * (len(self.systems) - len(measured))
            targets = (row.target, _verdict(row.met)) if has_target else ()
            lines.append(_row((row.what, *measured, *missing, *targets)))
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"

    def missed(self) -> tuple[str, ...]:
        """Rows that miss their target."""
        return tuple(row.what for row in self.figures if row.met is False)


def write_conditions(conditions: dict[str, str]) -> None:
    """Write the conditions of all sections to the common page."""
    rows = [row for row in conditions.items() if row[0] not in _RUN_CONDITIONS]
    table = (_row(row) for row in (("condition", ""), ("---", "---"), *rows))
    _write(_COMMON_PAGE, "conditions", "\n".join(table) + "\n")


def write_section(name: str, conditions: dict[str, str], section: Section) -> None:
    """Write a section to its place on its page, with date, commit and machine.

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
    """Replace the text at a place of a page."""
    path = _DOCS / page
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {name} -->")
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"docs/{page} has no place for {name}")
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def write_numbers(
    conditions: dict[str, str], sections: dict[str, Section], *, is_thorough: bool
) -> Path:
    """Write all numbers of a run as JSON, and whether it was thorough; return the file."""
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
    """Numbers of the last thorough run with these sections; None if there is none."""
    for path in sorted(results.glob("*.json"), reverse=True):  # named by their date
        run = json.loads(path.read_text(encoding="utf-8"))
        if run.get("is_thorough") and run["sections"].keys() >= set(sections):
            return path
    return None


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"
