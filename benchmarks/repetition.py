"""Speech that repeats itself: how many of the repetitions are in the text.

A case is right if its count is within one of the truth up to ten repetitions, and within a tenth
above; `repetition_count.py` says how they are counted. Texts go to the terminal only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clips import Clip
from benchmarks.heard_texts import Heard, Recording, hear
from benchmarks.instruction_sets import InstructionSet, instruction_sets
from benchmarks.repeated_speech import RepeatedCase, RepeatedSpeech
from benchmarks.repetition_count import count_repetitions
from benchmarks.report import Figure, Section
from shared.language.locales import default_locale

LEAST_RIGHT = 0.97
_FEW = 10


@dataclass(frozen=True, slots=True)
class CountedCase:
    """A case, its count in the text, and whether there is any text."""

    case: RepeatedCase
    count: int
    is_empty: bool

    @property
    def is_right(self) -> bool:
        """Whether the count is near enough."""
        n = self.case.n
        return abs(self.count - n) <= max(1.0, n / 10)


def measure_repetition(clips: tuple[Clip, ...], at_most: int | None) -> Section:
    """Make the sweep, recognise it under two instruction sets, and count."""
    figures: list[Figure] = []
    numbers: dict[str, object] = {}
    with TemporaryDirectory(prefix="repeated-") as name:
        folder = Path(name)
        cases = RepeatedSpeech(clips, folder).write()[:at_most]
        for instruction_set in instruction_sets():
            counted = counted_cases(folder, cases, instruction_set)
            _print_wrong(counted)
            figures += _figures(counted, instruction_set.name)
            numbers[instruction_set.name] = [
                (one.case.language, one.case.kind, one.case.n, one.case.pause_s, one.count)
                for one in counted
            ]
    return Section(
        title="Speech that repeats itself",
        figures=tuple(figures),
        numbers=numbers,
        note="Voices are synthetic but for those of kind `reader`. Right is within one repetition"
        " up to ten of them, and within a tenth above.",
        systems=("Sotto",),
    )


def counted_cases(
    folder: Path, cases: Sequence[RepeatedCase], instruction_set: InstructionSet
) -> list[CountedCase]:
    """Recognise the cases and each unit alone, and count."""
    recordings = [
        Recording(str(folder / file), default_locale(case.language))
        for case in cases
        for file in (case.unit_file, case.file)
    ]
    heard = hear(recordings, instruction_set, folder / f"heard-{instruction_set.name}.jsonl")
    return [_counted(folder, case, heard) for case in cases]


def _counted(folder: Path, case: RepeatedCase, heard: dict[str, Heard]) -> CountedCase:
    whole, alone = heard[str(folder / case.file)], heard[str(folder / case.unit_file)]
    counts = (
        count_repetitions(
            text, (case.unit_text, unit), case.n, case.language, (case.before, case.after)
        )
        for text, unit in ((whole.lexical, alone.lexical), (whole.display, alone.display))
    )
    # Numbers are joined in one form of a text or the other ("7, 7" and "seven seven").
    return CountedCase(case, min(counts, key=lambda n: abs(n - case.n)), not whole.lexical)


def _figures(counted: Sequence[CountedCase], name: str) -> list[Figure]:
    groups = {
        "all": list(counted),
        f"n up to {_FEW}": [one for one in counted if one.case.n <= _FEW],
        f"n above {_FEW}": [one for one in counted if one.case.n > _FEW],
        "inside other speech": [one for one in counted if one.case.is_inside],
    }
    for one in sorted(counted, key=lambda one: one.case.pause_s):
        groups.setdefault(f"pause {one.case.pause_s} s", []).append(one)
    for one in counted:
        for what in (one.case.language, one.case.kind, f"voice {one.case.voice}"):
            groups.setdefault(what, []).append(one)
    rows = []
    for what, chosen in groups.items():
        n_right, n = sum(one.is_right for one in chosen), len(chosen)
        has_target = what == "all"
        rows.append(
            Figure(
                f"{name}, {what}",
                f"{n_right} of {n}, {100 * n_right / max(n, 1):.1f} %",
                target=f"{100 * LEAST_RIGHT:.0f} %" if has_target else "",
                met=n_right >= LEAST_RIGHT * n if has_target else None,
            )
        )
    n_empty = sum(one.is_empty for one in counted)
    rows.append(Figure(f"{name}, without any text", str(n_empty), target="0", met=n_empty == 0))
    return rows


def _print_wrong(counted: Sequence[CountedCase]) -> None:
    for one in counted:
        if not one.is_right:
            case = one.case
            place = "inside" if case.is_inside else "alone"
            print(
                f"  {case.file}: {one.count} of {case.n}, pause {case.pause_s} s, {place}:"
                f" {case.unit_text}"
            )
