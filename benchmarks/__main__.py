"""`python -m benchmarks`: measure, print, keep the numbers, and after a full run write the page.

`SOTTO_SPEECH_DATA` names the speech set, `SOTTO_MODEL` and `SOTTO_MODEL_FOLDER` the weights.
"""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from benchmarks.accuracy import measure_accuracy
from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.cold_start import measure_cold_start
from benchmarks.conditions import describe_conditions, stay_on_cores
from benchmarks.hard_audio import measure_hard_audio
from benchmarks.long_audio import measure_long_audio
from benchmarks.memory_growth import measure_memory_growth
from benchmarks.phrase_lists import measure_phrase_lists
from benchmarks.report import Section, write_numbers, write_page
from benchmarks.rivals import FasterWhisper
from benchmarks.server import SottoServer
from benchmarks.side_by_side import Comparison, Systems, compare, warm_up
from benchmarks.speed import measure_speed
from shared.settings import Settings

# In the order of the run: cold starts first, while nothing else is in memory.
SECTIONS = ("cold", "memory", "wer", "speed", "formats", "long", "phrases")
_RIVALS_PYTHON = Path(__file__).resolve().parent.parent / ".venv-rivals" / "bin" / "python"


def main() -> int:
    """Run the sections that are asked for."""
    arguments = _parse_arguments()
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if not named or not Path(named).is_dir():
        sys.stderr.write("SOTTO_SPEECH_DATA must name the folder of the speech set.\n")
        return 2
    if not arguments.rivals_python.is_file():
        sys.stderr.write(f"There are no rivals at {arguments.rivals_python}: use `make bench`.\n")
        return 2
    stay_on_cores()
    settings = Settings.from_environment()
    clips = read_manifest(Path(named).resolve())

    def start_rival() -> FasterWhisper:
        return FasterWhisper(arguments.rivals_python, settings)

    with start_rival() as rival:
        conditions = describe_conditions(settings.model, settings.compute_type, rival.versions)
    sections: dict[str, Section] = {}
    with ExitStack() as running:
        for name, measure in _measures(arguments, clips, start_rival, running).items():
            print(f"== {name}", flush=True)
            sections[name] = measure()
            print(f"\n{sections[name].markdown()}", flush=True)
            numbers = write_numbers(conditions, sections)  # kept even if a later section fails

    print(f"Numbers: {numbers}")
    if _is_full(arguments):
        write_page(conditions, sections.values())
    else:
        print("A partial run: docs/benchmarks.md stays as it is.")
    missed = [f"{name}: {what}" for name, one in sections.items() for what in one.missed()]
    print("\n".join(("Not as asked:", *missed)) if missed else "All as asked.")
    return 0


def _measures(
    arguments: argparse.Namespace,
    clips: tuple[Clip, ...],
    start_rival: Callable[[], FasterWhisper],
    running: ExitStack,
) -> dict[str, Callable[[], Section]]:
    """Say what each section does; the two systems start when the first one asks for them."""
    at_most, repeats = arguments.clips, arguments.repeats
    read = clips_of(clips, "en_read")

    @cache
    def systems() -> Systems:
        started = Systems(
            running.enter_context(SottoServer()), running.enter_context(start_rival())
        )
        warm_up(started, read[0])
        return started

    @cache
    def comparisons() -> tuple[Comparison, ...]:
        rounds = repeats if "speed" in arguments.only else 1
        return compare(systems(), clips_of(clips, "en_read", at_most), rounds)

    def against_greedy() -> tuple[Comparison, ...]:
        return compare(
            systems(), clips_of(clips, "en_read", at_most), 1, beam_size=1, language="en"
        )

    measures: dict[str, Callable[[], Section]] = {
        "cold": lambda: measure_cold_start(read, start_rival),
        "memory": lambda: measure_memory_growth(read, arguments.requests),
        "wer": lambda: measure_accuracy(comparisons()),
        "speed": lambda: measure_speed(comparisons(), against_greedy()),
        "formats": lambda: measure_hard_audio(systems(), clips, at_most),
        "long": lambda: measure_long_audio(systems(), clips_of(clips, "long"), repeats),
        "phrases": lambda: measure_phrase_lists(systems().server, read, at_most),
    }
    return {name: measures[name] for name in SECTIONS if name in arguments.only}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", type=_names, default=SECTIONS, help=f"some of {','.join(SECTIONS)}"
    )
    parser.add_argument("--repeats", type=int, default=3, help="rounds of every comparison")
    parser.add_argument("--clips", type=int, help="at most so many clips of a set")
    parser.add_argument("--requests", type=int, default=500, help="requests of section memory")
    parser.add_argument("--rivals-python", type=Path, default=_RIVALS_PYTHON)
    return parser.parse_args()


def _names(value: str) -> tuple[str, ...]:
    names = tuple(value.split(","))
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no section is called {', '.join(sorted(unknown))}")
    return names


def _is_full(arguments: argparse.Namespace) -> bool:
    return (
        set(arguments.only) == set(SECTIONS)
        and arguments.clips is None
        and arguments.repeats >= 3
        and arguments.requests >= 500
    )


sys.exit(main())
