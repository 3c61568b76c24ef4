"""`transcribe`: files, folders and standard input as text, subtitles or JSON, without a server."""

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import ConfigurationError
from shared.settings import Settings

if TYPE_CHECKING:
    from functions.command_line.recordings import Found, Recording
    from functions.command_line.transcription_run import Task
    from shared.formats.subtitle_options import SubtitleOptions
    from shared.jobs.job import ResultFormat
    from shared.recognition.options import RecognitionOptions
    from shared.transcription.transcriber import Transcriber

_AUTOMATIC = "auto"
_PROFANITY = ("masked", "removed", "raw")
_ANY_NUMBER = 0  # of speakers

_EXAMPLES = """
examples:
  sotto transcribe talk.mp4                              write talk.txt
  sotto transcribe talk.mp4 --format srt,vtt --speakers  write talk.srt and talk.vtt
  sotto transcribe recordings --output transcripts       all audio in a folder and its folders
  sotto transcribe "calls/**/*.wav" --speakers=2         a pattern, two speakers in each
  sotto transcribe film.mkv --format srt --translate es  write film.srt and film.es.srt
  sotto transcribe - --format json < talk.ogg            standard input to standard output

Files with results that are newer are skipped: the same command does what an interrupted one left.
Exit status: 0 all done, 1 a file failed, 2 wrong usage, 130 interrupted.
docs/command-line.md has more.
"""


def add_commands(commands: Any) -> None:
    """Add `transcribe` to the command line."""
    parser = commands.add_parser(
        "transcribe",
        help="write the text of audio and video files",
        description="Write what is said in audio and video files, as text, subtitles or JSON, "
        "beside each file. No server is needed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILES",
        help="audio or video files, folders (with all below them), patterns; - for standard input",
    )
    parser.add_argument(
        "--format",
        type=_formats,
        default="txt",
        metavar="FORMATS",
        help="json, srt, vtt, ttml, txt, rttm; several with commas; default: txt",
    )
    parser.add_argument(
        "--language",
        default=_AUTOMATIC,
        metavar="LOCALES",
        help="locale of the speech, such as en-US; candidates with commas, such as en-US,de-DE: "
        "the spoken one is detected; auto detects it among all; default: auto",
    )
    parser.add_argument(
        "--speakers",
        nargs="?",
        const=_ANY_NUMBER,
        type=_speakers,
        metavar="N",
        help="label the speakers; --speakers=2 if there are two",
    )
    parser.add_argument(
        "--translate",
        type=_words,
        default=(),
        metavar="LANGUAGES",
        help="also write translations, such as es or es,fr, each in its file: talk.es.srt",
    )
    parser.add_argument(
        "--phrases",
        metavar="FILE",
        help="likely names and terms: a file with one in each line, or the phrases with commas",
    )
    parser.add_argument(
        "--profanity",
        choices=_PROFANITY,
        default="masked",
        help="profane words: masked by asterisks, removed, or raw; default: masked",
    )
    parser.add_argument(
        "--line-length", type=int, metavar="N", help="subtitles: characters in a line; default: 42"
    )
    parser.add_argument(
        "--lines", type=int, metavar="N", help="subtitles: lines of one; default: 2"
    )
    parser.add_argument(
        "--reading-speed",
        type=float,
        metavar="N",
        help="subtitles: characters a second; default: by language",
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--output",
        metavar="FOLDER",
        help="write the results into this folder; - is standard output",
    )
    place.add_argument(
        "--stdout",
        action="store_true",
        help="print the result (with --translate the translation alone)",
    )
    parser.add_argument(
        "--force", action="store_true", help="transcribe again files whose results are newer"
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="Whisper model, a name of `sotto models list`; default: SOTTO_MODEL, else base",
    )
    parser.set_defaults(run=partial(_transcribe, parser))


def _transcribe(
    parser: argparse.ArgumentParser, parsed: argparse.Namespace, settings: Settings
) -> int:
    # Imported here and below: other commands need neither numpy nor the decoders.
    from functions.command_line.recordings import find_recordings  # noqa: PLC0415
    from functions.command_line.transcription_progress import (  # noqa: PLC0415
        TranscriptionProgress,
    )
    from functions.command_line.transcription_run import TranscriptionRun  # noqa: PLC0415
    from shared.jobs.job import ResultFormat  # noqa: PLC0415
    from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415
    from shared.translation.installed import translator_chain  # noqa: PLC0415
    from shared.translation.speech import plan_speech_translation  # noqa: PLC0415

    files = parsed.files
    if isinstance(parsed.speakers, str):  # `--speakers talk.wav`: argparse took the file for N
        files, parsed.speakers = [parsed.speakers, *files], _ANY_NUMBER
    if not files:
        parser.error("name files or folders, or - for standard input")
    if parsed.output is not None and Path(parsed.output).expanduser().is_file():
        parser.error(f"--output names a folder, and {parsed.output} is a file")
    found = find_recordings(files, {f".{one}" for one in ResultFormat})
    if complaint := _complaint(parsed, found):
        parser.error(complaint)
    subtitles = _subtitles(parser, parsed)
    if parsed.model is not None:
        settings = replace(settings, model=parsed.model)
    transcriber = LocalTranscriber(settings)
    options = _options(parsed, transcriber)
    plan = None
    if parsed.translate:
        plan = plan_speech_translation(
            translator_chain(settings), options.locales, parsed.translate
        )
        options = plan.options(options)
    tasks = _tasks(parsed, found)
    progress = TranscriptionProgress(sys.stderr, len(tasks))
    run = TranscriptionRun(
        transcriber, options, plan, progress, subtitles=subtitles, skips=not parsed.force
    )
    if found.left_out:
        progress.note(
            f"{_count(len(found.left_out), 'file')} left out: no ending of audio or video"
        )
    for argument in found.absent:
        progress.note(f"sotto: {argument}: there is no such file")
    if not tasks:
        progress.note("sotto: There is nothing to transcribe.")
        return 1
    return 0 if run.work_on(tasks) and not found.absent else 1


def _complaint(parsed: argparse.Namespace, found: "Found") -> str | None:
    """Return what is wrong with the options together; None where they fit."""
    from shared.jobs.job import ResultFormat  # noqa: PLC0415

    if ResultFormat.RTTM in parsed.format and parsed.speakers is None:
        return "rttm lists turns of speakers: add --speakers"
    n_printed = sum(_is_printed(parsed, one) for one in found.recordings)
    if n_printed == 0:
        return None
    if len(parsed.format) > 1:
        return "standard output takes one format; --output FOLDER takes several"
    (wanted,) = parsed.format
    if len(parsed.translate) > 1 and wanted is not ResultFormat.BATCH_JSON:
        return "standard output takes one translation; json has several"
    if n_printed > 1 and wanted not in {ResultFormat.TEXT, ResultFormat.RTTM}:
        return f"standard output takes {wanted} of one file; --output FOLDER takes several"
    return None


def _is_printed(parsed: argparse.Namespace, recording: "Recording") -> bool:
    """Whether the result goes to standard output; that of standard input does without a folder."""
    if parsed.stdout or parsed.output == "-":
        return True
    return recording.path is None and parsed.output is None


def _tasks(parsed: argparse.Namespace, found: "Found") -> "list[Task]":
    from functions.command_line.recordings import output_stems  # noqa: PLC0415
    from functions.command_line.transcription_run import Task  # noqa: PLC0415
    from functions.command_line.transcripts import documents_of, path_of  # noqa: PLC0415

    documents = tuple(documents_of(parsed.format, parsed.translate))
    folder = Path(parsed.output).expanduser() if parsed.output not in {None, "-"} else None
    return [
        # Of a text and its translation, standard output takes the translation.
        Task(recording, documents[-1:])
        if _is_printed(parsed, recording)
        else Task(recording, documents, tuple(path_of(stem, one) for one in documents))
        for recording, stem in zip(
            found.recordings, output_stems(found.recordings, folder), strict=True
        )
    ]


def _options(parsed: argparse.Namespace, transcriber: "Transcriber") -> "RecognitionOptions":
    from functions.command_line.transcripts import needs_word_times  # noqa: PLC0415
    from shared.diarization.speaker_range import SpeakerRange  # noqa: PLC0415
    from shared.recognition.options import RecognitionOptions  # noqa: PLC0415
    from shared.scheduling import Priority  # noqa: PLC0415
    from shared.text_forms.profanity import ProfanityMode  # noqa: PLC0415
    from shared.transcription.transcriber import find_supported_locale  # noqa: PLC0415

    locales: tuple[str, ...] = ()
    if parsed.language.lower() != _AUTOMATIC:
        named = _words(parsed.language)
        locales = tuple(find_supported_locale(transcriber, one) for one in named)
    speakers = None
    if parsed.speakers is not None:
        speakers = SpeakerRange(parsed.speakers or 1, parsed.speakers or None)
    return RecognitionOptions(
        locales=locales,
        speakers=speakers,
        word_timestamps=needs_word_times(parsed.format),
        profanity=ProfanityMode(parsed.profanity),
        phrases=() if parsed.phrases is None else _phrases(parsed.phrases),
        priority=Priority.BATCH,
        # The bar moves sooner than with groups of 8, and 340 s take 2 % more processor time (base).
        batch_segments=2,
    )


def _subtitles(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> "SubtitleOptions":
    from shared.formats.subtitle_options import (  # noqa: PLC0415
        LINE_CHARACTERS,
        LINES,
        READING_SPEEDS,
        SubtitleOptions,
    )

    options = (
        ("--line-length", parsed.line_length, LINE_CHARACTERS),
        ("--lines", parsed.lines, LINES),
        ("--reading-speed", parsed.reading_speed, READING_SPEEDS),
    )
    for name, value, (low, high) in options:
        if value is not None and not low <= value <= high:
            parser.error(f"argument {name}: {low:g} to {high:g} is needed")
    return SubtitleOptions(
        max_line_characters=parsed.line_length,
        max_lines=parsed.lines or SubtitleOptions().max_lines,
        max_characters_per_s=parsed.reading_speed,
    )


def _phrases(argument: str) -> tuple[str, ...]:
    """Read the phrases of a file, else those of the argument.

    Raises
    ------
    ConfigurationError: they are too many or too long, or the file is no text.
    """
    from functions.api.request_limits import MAX_PHRASE_CHARACTERS, MAX_PHRASES  # noqa: PLC0415
    from functions.command_line.texts import read_lines  # noqa: PLC0415

    path = Path(argument).expanduser()
    if path.suffix == ".txt" and not path.exists():
        raise ConfigurationError(f"{path}: there is no such file.")
    phrases = read_lines(path) if path.is_file() else _words(argument)
    if len(phrases) > MAX_PHRASES or any(len(one) > MAX_PHRASE_CHARACTERS for one in phrases):
        raise ConfigurationError(
            f"--phrases takes at most {MAX_PHRASES} phrases of at most {MAX_PHRASE_CHARACTERS} "
            "characters."
        )
    return phrases


def _formats(text: str) -> "tuple[ResultFormat, ...]":
    from shared.jobs.job import ResultFormat  # noqa: PLC0415

    known = {str(one): one for one in ResultFormat}
    names = _words(text.lower())
    if not names or not known.keys() >= set(names):
        raise argparse.ArgumentTypeError(f"the formats are {', '.join(known)}")
    return tuple(known[name] for name in names)


def _speakers(text: str) -> int | str:
    """Return a number of speakers, or the file that stands behind `--speakers`."""
    if not text.lstrip("-").isdecimal():
        return text
    if int(text) < 1:
        raise argparse.ArgumentTypeError("1 or more is needed")
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    """Split at commas; each once."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
