"""`python -m benchmarks`: measure, print, keep the numbers, and write thorough runs to the docs.

`SOTTO_SPEECH_DATA` names the speech set, `SOTTO_MODEL` and `SOTTO_MODEL_FOLDER` the weights.
`--plots` measures nothing and needs neither.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path

from benchmarks.accuracy import measure_accuracy
from benchmarks.against import LEAST_ROUNDS, measure_against
from benchmarks.arguments import NEWEST, SECTIONS, is_thorough_run, parse_arguments
from benchmarks.batch_throughput import measure_batch_throughput
from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.cold_start import measure_cold_start
from benchmarks.cold_start_azure import AZURE_FUNCTIONS
from benchmarks.cold_start_hosts import measure_hosts
from benchmarks.cold_start_lambda import AWS_LAMBDA
from benchmarks.conditions import describe_conditions, describe_run, stay_on_cores
from benchmarks.context import chosen_clips, measure_context
from benchmarks.context_readings import StartRival, read_clips
from benchmarks.diarization import measure_diarization
from benchmarks.hard_audio import measure_hard_audio
from benchmarks.instruction_sets import instruction_sets
from benchmarks.language import measure_language
from benchmarks.long_audio import measure_long_audio
from benchmarks.memory_growth import measure_memory_growth
from benchmarks.mixed_memory import measure_mixed_memory
from benchmarks.non_speech import measure_non_speech
from benchmarks.overtaking import measure_overtaking
from benchmarks.phrase_lists import measure_phrase_lists
from benchmarks.plots import DRAWN_SECTIONS, draw_plots
from benchmarks.pronunciation import measure_pronunciation
from benchmarks.purge import measure_purge
from benchmarks.realtime import measure_realtime
from benchmarks.repetition import measure_repetition
from benchmarks.report import (
    Section,
    newest_run,
    write_conditions,
    write_numbers,
    write_section,
)
from benchmarks.rivals import FurtherRival, start_faster_whisper, start_openai_whisper
from benchmarks.server import SottoServer
from benchmarks.side_by_side import Comparison, Systems, compare, warm_up
from benchmarks.speed import (
    ACCENTED,
    READ_SHORT,
    SHORT_S,
    TARGETS,
    SpeedSet,
    measure_speed,
)
from benchmarks.subtitles import measure_subtitles
from benchmarks.voices import measure_voices
from shared.settings import Settings

# Measured without a rival where only these are asked for.
_WITHOUT_RIVALS = (
    "growth",
    "context",
    "repetition",
    "nonspeech",
    "subtitles",
    "overtaking",
    "realtime",
    "pronunciation",
)
_SHORT_REQUESTS = 40  # alone
_BATCH_SIZES = (4, 8, 16)  # of the rival on long audio
# Each system begins once; minutes of audio average out the other load of the machine.
_MOST_LONG_ROUNDS = 2


def main() -> int:
    """Run the requested sections, or draw the plots."""
    arguments = parse_arguments()
    if arguments.plots:
        return _redraw(arguments.plots)
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if not named or not Path(named).is_dir():
        sys.stderr.write("SOTTO_SPEECH_DATA must name the folder of the speech set.\n")
        return 2
    if arguments.against:
        stay_on_cores()
        return _compare_checkouts(arguments, read_manifest(Path(named).resolve()))
    has_rivals = arguments.rivals_python.is_file()
    if arguments.only == ("growth",) or (
        set(arguments.only) <= set(_WITHOUT_RIVALS) and not has_rivals
    ):
        stay_on_cores()
        return _measure_alone(arguments, read_manifest(Path(named).resolve()))
    if not has_rivals:
        sys.stderr.write(f"There are no rivals at {arguments.rivals_python}: use `make bench`.\n")
        return 2
    stay_on_cores()
    settings = Settings.from_environment()
    clips = read_manifest(Path(named).resolve())

    with start_faster_whisper(arguments.rivals_python, settings) as rival:
        conditions = describe_conditions(settings.model, settings.compute_type, rival.versions)
    sections: dict[str, Section] = {}
    with ExitStack() as running:
        for name, measure in _measures(arguments, settings, clips, running).items():
            print(f"== {name}", flush=True)
            sections[name] = measure()
            print(f"\n{sections[name].markdown()}", flush=True)
            # Written after each section, so that it is kept if a later section fails.
            is_thorough = is_thorough_run(arguments)
            numbers = write_numbers(conditions, sections, is_thorough=is_thorough)
            if is_thorough:
                write_section(name, conditions, sections[name])

    if is_thorough:
        write_conditions(conditions)
        draw_plots(numbers)
    _print_end(numbers, sections, is_thorough=is_thorough)
    return 0


def _measure_alone(arguments: argparse.Namespace, clips: tuple[Clip, ...]) -> int:
    """Measure sections that need no rival."""
    conditions, is_thorough = describe_run(), is_thorough_run(arguments)
    measures: dict[str, Callable[[], Section]] = {
        "growth": lambda: measure_mixed_memory(clips, arguments.mixed_requests),
        "context": lambda: _measure_context(arguments, clips, None),
        "repetition": lambda: measure_repetition(clips, arguments.clips),
        "nonspeech": lambda: measure_non_speech(clips, arguments.clips),
        "subtitles": lambda: measure_subtitles(Settings.from_environment(), clips),
        "overtaking": lambda: measure_overtaking(clips, _SHORT_REQUESTS),
        "realtime": lambda: measure_realtime(clips, arguments.clips),
        "pronunciation": lambda: measure_pronunciation(clips, arguments.clips),
    }
    sections = {name: measures[name]() for name in _WITHOUT_RIVALS if name in arguments.only}
    for section in sections.values():
        print(f"\n{section.markdown()}", flush=True)
    numbers = write_numbers(conditions, sections, is_thorough=is_thorough)
    if is_thorough:
        for name, section in sections.items():
            write_section(name, conditions, section)
        draw_plots(numbers)
    _print_end(numbers, sections, is_thorough=is_thorough)
    return 0


def _compare_checkouts(arguments: argparse.Namespace, clips: tuple[Clip, ...]) -> int:
    """Measure this checkout against another one; no rival is needed."""
    conditions, sections = describe_run(), dict[str, Section]()
    is_thorough = arguments.clips is None and arguments.rounds >= LEAST_ROUNDS
    measured = measure_against(
        arguments.against, arguments.only, clips, arguments.rounds, arguments.clips
    )
    for name, section in measured:
        print(f"\n{section.markdown()}", flush=True)
        sections[f"against_{name}"] = section
        numbers = write_numbers(conditions, sections, is_thorough=is_thorough)
        if is_thorough:
            write_section(f"against_{name}", conditions, section)
    _print_end(numbers, sections, is_thorough=is_thorough)
    return 0


def _print_end(numbers: Path, sections: dict[str, Section], *, is_thorough: bool) -> None:
    print(f"Numbers: {numbers}")
    if not is_thorough:
        print("Fewer clips or rounds than a figure needs: the pages are not changed.")
    missed = [f"{name}: {what}" for name, one in sections.items() for what in one.missed()]
    print("\n".join(("Targets missed:", *missed)) if missed else "All targets met.")


def _measures(
    arguments: argparse.Namespace,
    settings: Settings,
    clips: tuple[Clip, ...],
    running: ExitStack,
) -> dict[str, Callable[[], Section]]:
    """Map each section to its function; the two systems start on first use."""
    at_most, repeats = arguments.clips, arguments.repeats
    read = clips_of(clips, "en_read")
    start_rival = partial(start_faster_whisper, arguments.rivals_python, settings)

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

    def speed_sets() -> list[SpeedSet]:
        short = [one for one in comparisons() if one.clip.seconds < SHORT_S]
        accented = clips_of(clips, "l2_english", at_most)
        return [
            SpeedSet(
                READ_SHORT, short, against_greedy([one.clip for one in short]), *TARGETS[READ_SHORT]
            ),
            SpeedSet(
                ACCENTED,
                compare(systems(), accented, repeats),
                against_greedy(accented),
                *TARGETS[ACCENTED],
            ),
        ]

    def against_greedy(chosen: Sequence[Clip]) -> tuple[Comparison, ...]:
        return compare(systems(), chosen, repeats, beam_size=1, language="en")

    measures: dict[str, Callable[[], Section]] = {
        "cold": lambda: measure_cold_start(read, start_rival),
        "hosts": lambda: measure_hosts(read, (AZURE_FUNCTIONS, AWS_LAMBDA)),
        "memory": lambda: measure_memory_growth(read, arguments.requests),
        "growth": lambda: measure_mixed_memory(clips, arguments.mixed_requests),
        "context": lambda: _measure_context(
            arguments, clips, partial(start_faster_whisper, arguments.rivals_python, settings)
        ),
        "wer": lambda: measure_accuracy(comparisons()),
        "speed": lambda: measure_speed(comparisons(), speed_sets()),
        "formats": lambda: measure_hard_audio(systems(), clips, at_most),
        "long": lambda: measure_long_audio(
            systems(),
            clips_of(clips, "long"),
            min(repeats, _MOST_LONG_ROUNDS),
            _further(arguments, settings),
            read[0],
        ),
        "phrases": lambda: measure_phrase_lists(systems().server, read, at_most),
        "language": lambda: measure_language(settings, clips, at_most),
        "repetition": lambda: measure_repetition(clips, at_most),
        "nonspeech": lambda: measure_non_speech(clips, at_most),
        "subtitles": lambda: measure_subtitles(settings, clips),
        "overtaking": lambda: measure_overtaking(clips, _SHORT_REQUESTS),
        "realtime": lambda: measure_realtime(clips, at_most),
        "pronunciation": lambda: measure_pronunciation(clips, at_most),
        "voices": lambda: measure_voices(settings, at_most, repeats),
        "diarization": lambda: measure_diarization(
            clips, settings, arguments.rivals_python, arguments.conversations
        ),
        "batch": lambda: measure_batch_throughput(read, settings),
        "purge": measure_purge,
    }
    return {name: measures[name] for name in SECTIONS if name in arguments.only}


def _measure_context(
    arguments: argparse.Namespace, clips: tuple[Clip, ...], start_rival: StartRival | None
) -> Section:
    sets = tuple(
        one
        for one in instruction_sets()
        if arguments.instruction_sets is None or one.name in arguments.instruction_sets
    )
    chosen = chosen_clips(clips, arguments.sets, arguments.clips)
    readings = read_clips(chosen, sets, start_rival, arguments.readings)
    return measure_context(readings, shows_texts=arguments.texts)


def _further(arguments: argparse.Namespace, settings: Settings) -> tuple[FurtherRival, ...]:
    """Further rivals of section long that are installed."""
    start = partial(start_faster_whisper, arguments.rivals_python, settings)
    rivals = (
        FurtherRival("faster-whisper greedy", start, {"beam_size": 1}),
        *(
            FurtherRival(
                f"faster-whisper batched by {size}, greedy",
                start,
                {"beam_size": 1, "batch_size": size},
            )
            for size in _BATCH_SIZES
        ),
    )
    python = arguments.openai_whisper_python
    if not python.is_file():
        print(f"There is no openai-whisper at {python}: `make parity` installs it.")
        return rivals
    start_reference = partial(start_openai_whisper, python, settings)
    return (*rivals, FurtherRival("openai-whisper", start_reference))


def _redraw(numbers: Path | None) -> int:
    numbers = newest_run(DRAWN_SECTIONS) if numbers == NEWEST else numbers
    if numbers is None:
        sys.stderr.write(f"No thorough run has {' and '.join(DRAWN_SECTIONS)}; name numbers.\n")
        return 2
    for path in draw_plots(numbers):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
