"""`assess`: the pronunciation of a recording, as tables for people or as JSON."""

import argparse
import json
import os
import shutil
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.command_line.assessment_report import Report
from functions.command_line.colours import Colours
from shared.assessment import AssessmentOptions, GradingSystem, PhonemeAlphabet
from shared.errors import InvalidReferenceText
from shared.formats.pronunciation import AssessedSpeech, nested_result
from shared.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.audio.source import BinaryReader
    from shared.transcript import Phrase
    from shared.transcription.assess import AssessedTranscript

MAX_AUDIO_S = 600

_SCALES = {"100": GradingSystem.HUNDRED_MARK, "5": GradingSystem.FIVE_POINT}
_ALPHABETS = {alphabet.lower(): alphabet for alphabet in PhonemeAlphabet}


def add_commands(commands: Any) -> None:
    """Add `assess` to the command line."""
    parser = commands.add_parser(
        "assess",
        help="assess the pronunciation of a recording in English",
        description="Score the pronunciation of a recording, against a text that was read or, "
        "without one, against the recognised words. Nothing is stored. docs/pronunciation.md "
        "explains the scores.",
    )
    parser.add_argument("audio", metavar="AUDIO", help="file of audio; - for standard input")
    reference = parser.add_mutually_exclusive_group()
    reference.add_argument("--reference", metavar="TEXT", help="the text that was to be read")
    reference.add_argument(
        "--reference-file", type=Path, metavar="FILE", help="file with that text, in UTF-8"
    )
    parser.add_argument("--locale", default="en-US", help="default: en-US")
    parser.add_argument(
        "--no-miscue",
        dest="miscue",
        action="store_false",
        help="show no words that were left out or added to the reference",
    )
    parser.add_argument(
        "--no-prosody", dest="prosody", action="store_false", help="leave intonation and breaks out"
    )
    parser.add_argument(
        "--alphabet", choices=_ALPHABETS, default="ipa", help="of phonemes; default: ipa"
    )
    parser.add_argument(
        "--candidates",
        type=_count,
        default=0,
        metavar="N",
        help="show the N likeliest spoken phonemes in place of each",
    )
    parser.add_argument(
        "--scale", choices=_SCALES, default="100", help="highest score; default: 100"
    )
    parser.add_argument("--json", action="store_true", help="print the result of real time")
    parser.add_argument(
        "--colour",
        choices=("auto", "always", "never"),
        default="auto",
        help="default: on a terminal, unless NO_COLOR is set",
    )
    parser.set_defaults(run=_assess)


def _assess(parsed: argparse.Namespace, settings: Settings) -> int:
    options = AssessmentOptions(
        reference_text=_reference_text(parsed),
        grading_system=_SCALES[parsed.scale],
        alphabet=_ALPHABETS[parsed.alphabet],
        is_comprehensive=True,
        miscue=parsed.miscue,
        prosody=parsed.prosody,
        n_best_phonemes=parsed.candidates,
    )
    assessed = _assess_audio(parsed, options, settings)
    if assessed.assessment is None:
        print("sotto: No speech was found.", file=sys.stderr)
        return 1
    if parsed.json:
        print(_json(assessed.transcript.phrases, AssessedSpeech(assessed.assessment, options)))
        return 0
    report = Report(
        options, _colours(parsed.colour), shutil.get_terminal_size().columns, _is_utf8()
    )
    for line in report.lines(assessed.assessment):
        print(line)
    return 0


def _assess_audio(
    parsed: argparse.Namespace, options: AssessmentOptions, settings: Settings
) -> "AssessedTranscript":
    # Imported here: no other command but `models calibrate` loads the audio decoders.
    from shared.audio.stream import AudioLimits, open_audio  # noqa: PLC0415
    from shared.recognition.options import RecognitionOptions  # noqa: PLC0415
    from shared.transcription.assess import assess  # noqa: PLC0415
    from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415
    from shared.transcription.transcriber import find_supported_locale  # noqa: PLC0415

    transcriber = LocalTranscriber(settings)
    locale = find_supported_locale(transcriber, parsed.locale)
    limits = AudioLimits(max_duration_s=MAX_AUDIO_S)
    with ExitStack() as opened:
        source: BinaryReader = sys.stdin.buffer
        if parsed.audio != "-":
            source = opened.enter_context(Path(parsed.audio).open("rb"))
        stream = opened.enter_context(open_audio(source, limits=limits))
        return assess(transcriber, stream, RecognitionOptions(locales=(locale,)), options)


def _reference_text(parsed: argparse.Namespace) -> str:
    """Return the text to read; empty without one.

    Raises
    ------
    InvalidReferenceText: it is there and blank, or its file is no text.
    """
    text: str | None = parsed.reference
    if parsed.reference_file is not None:
        text = _read_text(parsed.reference_file)
    if text is not None and not text.strip():
        raise InvalidReferenceText("The reference text has no word.")
    return text or ""


def _read_text(path: Path) -> str:
    from shared.pronunciation.words.reference_text import MAX_REFERENCE_CHARACTERS  # noqa: PLC0415

    text: str | None = None
    # Raised after the handler: the error of the decoder has the text.
    with path.open(encoding="utf-8-sig") as file, suppress(UnicodeDecodeError):
        text = file.read(MAX_REFERENCE_CHARACTERS + 1)  # one more is refused
    if text is None:
        raise InvalidReferenceText(f"{path} is no text in UTF-8.")
    return text


def _json(phrases: "Sequence[Phrase]", assessed: AssessedSpeech) -> str:
    return json.dumps(nested_result(phrases, assessed), ensure_ascii=not _is_utf8())


def _is_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _colours(wanted: str) -> Colours:
    if wanted == "auto":
        return Colours(is_on=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    return Colours(is_on=wanted == "always")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 or more is needed")
    return number
