"""Arguments of `python -m benchmarks`, and the sections in their order."""

import argparse
from pathlib import Path

from benchmarks import against
from benchmarks.against import LEAST_ROUNDS
from benchmarks.diarized_conversations import N_CONVERSATIONS
from benchmarks.instruction_sets import instruction_sets
from benchmarks.mixed_memory import N_REQUESTS

# Order of the run: cold starts first, while no other process is in memory.
SECTIONS = (
    "cold",
    "hosts",
    "memory",
    "growth",
    "context",
    "wer",
    "speed",
    "formats",
    "long",
    "phrases",
    "language",
    "repetition",
    "nonspeech",
    "subtitles",
    "overtaking",
    "realtime",
    "pronunciation",
    "batch",
    "purge",
    "voices",
    "diarization",
)
NEWEST = Path("newest")
LEAST_REPEATS = 5  # of each clip the median counts
_PROJECT = Path(__file__).resolve().parent.parent
_RIVALS_PYTHON = _PROJECT / ".venv-rivals" / "bin" / "python"
_OPENAI_WHISPER_PYTHON = _PROJECT / ".venv-parity" / "bin" / "python"


def parse_arguments() -> argparse.Namespace:
    """Parse the arguments of the process; wrong ones end it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure and print.")
    parser.add_argument(
        "--only", type=_names,
        help=f"some of {','.join(SECTIONS)}; with --against of {','.join(against.SECTIONS)}",
    )  # fmt: skip
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT",
        help="measure this checkout and another one of the project in turns, without rivals",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS, help="rounds of --against")
    parser.add_argument(
        "--repeats", type=int, default=LEAST_REPEATS, help="rounds of every comparison"
    )
    parser.add_argument("--clips", type=int, help="at most so many clips of a set")
    parser.add_argument("--requests", type=int, default=500, help="requests of section memory")
    parser.add_argument(
        "--mixed-requests", type=int, default=N_REQUESTS, help="requests of section growth"
    )
    parser.add_argument(
        "--conversations", type=int, default=N_CONVERSATIONS,
        help="made-up conversations of each half of the readers in section diarization",
    )  # fmt: skip
    parser.add_argument("--rivals-python", type=Path, default=_RIVALS_PYTHON)
    parser.add_argument("--openai-whisper-python", type=Path, default=_OPENAI_WHISPER_PYTHON)
    parser.add_argument(
        "--sets", type=_names, help="some sets of section context, such as en_read,speakers"
    )
    parser.add_argument(
        "--instruction-sets", type=_names, metavar="NAMES",
        help="some of section context: " + ", ".join(one.name for one in instruction_sets()),
    )  # fmt: skip
    parser.add_argument(
        "--readings", type=Path, metavar="FOLDER",
        help="keep the readings of section context there, outside the project, and continue them",
    )  # fmt: skip
    parser.add_argument(
        "--texts", action="store_true", help="print the texts that differ in section context"
    )
    parser.add_argument(
        "--plots", type=Path, nargs="?", const=NEWEST, metavar="NUMBERS",
        help="only draw the plots again, from the newest thorough run or the given numbers",
    )  # fmt: skip
    arguments = parser.parse_args()
    known, default = (
        (against.SECTIONS, against.RATIO_SECTIONS) if arguments.against else (SECTIONS, SECTIONS)
    )
    arguments.only = arguments.only or default
    if unknown := set(arguments.only) - set(known):
        parser.error(f"unknown sections: {', '.join(sorted(unknown))}")
    return arguments


def _names(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


def is_thorough_run(arguments: argparse.Namespace) -> bool:
    """Whether a run has all clips and rounds that the pages need."""
    return (
        arguments.clips is None
        and arguments.sets is None
        and arguments.instruction_sets is None
        and arguments.repeats >= LEAST_REPEATS
        and arguments.requests >= 500
        and arguments.conversations >= N_CONVERSATIONS
        and arguments.mixed_requests >= N_REQUESTS
    )
