"""Sounds without words: what is made up in them, and what they do to the speech beside them.

Alone, a sound must give no word. Beside speech it must neither add words nor take any: the text is
compared with that of the same file with digital silence in the sound's place. A word in another's
place is neither. Texts go to the terminal only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import jiwer

from benchmarks.clips import Clip
from benchmarks.heard_texts import Heard, Recording, hear
from benchmarks.instruction_sets import InstructionSet, instruction_sets
from benchmarks.non_speech_sounds import NonSpeech, SoundCase, minutes
from benchmarks.report import Figure, Section
from benchmarks.word_error_rate import normal_form


@dataclass(frozen=True, slots=True)
class HeardSound:
    """A case and the words that its sound added to the text and lost from it."""

    case: SoundCase
    text: str
    n_added: int
    n_lost: int


def measure_non_speech(clips: tuple[Clip, ...], at_most: int | None) -> Section:
    """Make the sweep, recognise it under two instruction sets, and count words."""
    figures: list[Figure] = []
    numbers: dict[str, object] = {}
    with TemporaryDirectory(prefix="sounds-") as name:
        folder = Path(name)
        cases = NonSpeech(clips, folder).write()[:at_most]
        for instruction_set in instruction_sets():
            heard = heard_sounds(folder, cases, instruction_set)
            _print_wrong(heard)
            figures += _figures(heard, instruction_set.name)
            numbers[instruction_set.name] = [
                (one.case.kind, one.case.level_db, one.case.place, one.n_added, one.n_lost)
                for one in heard
            ]
    return Section(
        title="Sounds without words",
        figures=tuple(figures),
        numbers=numbers,
        note=f"{minutes(cases):.0f} minutes of sounds alone. All are synthetic but for babble and"
        " reversed speech, which are made of real voices.",
        systems=("Sotto",),
    )


def heard_sounds(
    folder: Path, cases: Sequence[SoundCase], instruction_set: InstructionSet
) -> list[HeardSound]:
    """Recognise the cases and their controls, and compare."""
    files = [file for case in cases for file in (case.file, case.control) if file]
    recordings = [Recording(str(folder / file)) for file in files]
    heard = hear(recordings, instruction_set, folder / f"heard-{instruction_set.name}.jsonl")
    return [_compared(folder, case, heard) for case in cases]


def _compared(folder: Path, case: SoundCase, heard: dict[str, Heard]) -> HeardSound:
    text = heard[str(folder / case.file)].lexical
    control = heard[str(folder / case.control)].lexical if case.control else ""
    expected, found = normal_form(control), normal_form(text)
    if not expected:
        return HeardSound(case, text, len(found.split()), 0)
    measured = jiwer.process_words(expected, found)
    return HeardSound(case, text, measured.insertions, measured.deletions)


def _figures(heard: Sequence[HeardSound], name: str) -> list[Figure]:
    alone = [one for one in heard if not one.case.place]
    rows = [_zero(f"{name}: words in {len(alone)} sounds alone", _n_added(alone))]
    for half in (0, 1):
        chosen = [one for one in alone if one.case.half == half]
        rows.append(_zero(f"{name}: of these in half {half}", _n_added(chosen)))
    invented = Counter(one.case.kind for one in alone if one.n_added)
    rows += [
        Figure(f"{name}: {kind}", f"words in {n} sounds") for kind, n in invented.most_common()
    ]
    for place in sorted({one.case.place for one in heard} - {""}):
        chosen = [one for one in heard if one.case.place == place]
        what = f"{name}: {len(chosen)} sounds {place} speech"
        rows.append(_zero(f"{what}, words added", _n_added(chosen)))
        rows.append(_zero(f"{what}, words lost", sum(one.n_lost for one in chosen)))
    return rows


def _n_added(heard: Iterable[HeardSound]) -> int:
    return sum(one.n_added for one in heard)


def _zero(what: str, n_words: int) -> Figure:
    return Figure(what, str(n_words), target="0", met=n_words == 0)


def _print_wrong(heard: Sequence[HeardSound]) -> None:
    for one in heard:
        if one.n_added or one.n_lost:
            case = one.case
            print(
                f"  {case.file} {case.kind} {case.level_db} dB {case.seconds} s {case.place}:"
                f" +{one.n_added} -{one.n_lost} {one.text}"
            )
