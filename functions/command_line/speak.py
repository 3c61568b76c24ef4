"""`speak`: a text as a file of audio."""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.command_line.command_name import with_command_name
from shared.errors import UnknownVoice
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.synthesis.installed import Voices
    from shared.synthesis.speech_synthesis import SpeechSynthesis, SynthesisUnit

FORMATS = {
    ".wav": "wav", ".mp3": "mp3", ".opus": "opus", ".ogg": "opus", ".aac": "aac", ".flac": "flac",
    ".pcm": "pcm",
}  # fmt: skip
"""Formats of text to speech by the ending of the file; all have 24 kHz and one channel."""

_DEFAULT_LOCALE = "en-US"
_EXAMPLES = """
examples:
  sotto speak "The train leaves at noon." -o train.wav
  sotto speak "Der Zug fährt um zwölf." --language de-DE -o zug.mp3
  sotto speak - --voice af_heart -o chapter.flac < chapter.txt
  sotto speak "Hello." -o - | aplay

The ending names the format: wav, mp3, opus, ogg, aac, flac, pcm. docs/voices.md lists the voices.
"""


def add_commands(commands: Any) -> None:
    """Add `speak` to the command line."""
    parser = commands.add_parser(
        "speak",
        help="speak a text into a file of audio",
        description="Speak a text with a voice of SOTTO_VOICES into a file. No server is needed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", metavar="TEXT", help="the text; - for standard input, in UTF-8")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="file; - for WAV to standard output"
    )
    parser.add_argument("--voice", metavar="NAME", help="default: one of the language")
    parser.add_argument(
        "--language", metavar="LOCALE", help="of the text; default: the voice's, else en-US"
    )
    parser.set_defaults(run=partial(_speak, parser))


def _speak(parser: argparse.ArgumentParser, parsed: argparse.Namespace, settings: Settings) -> int:
    # Imported here: no other command needs them.
    from functions.command_line.texts import read_text  # noqa: PLC0415
    from functions.command_line.whole_file import write_whole  # noqa: PLC0415
    from shared.synthesis.encoded import encode_whole_speech  # noqa: PLC0415
    from shared.synthesis.installed import find_voices  # noqa: PLC0415
    from shared.synthesis.output_formats import OPENAI_FORMATS  # noqa: PLC0415
    from shared.synthesis.speech_synthesis import MAX_SPEECH_S, SpeechSynthesis  # noqa: PLC0415
    from shared.synthesis.synthesizer import Speech  # noqa: PLC0415

    class TimedSynthesis(SpeechSynthesis):
        """Counts the seconds: speech ends without an error where the contract's limit is."""

        spoken_s = 0.0

        def speak(self, units: "tuple[SynthesisUnit, ...]", *rest: Any) -> Iterator[Speech]:
            for part in super().speak(units, *rest):
                self.spoken_s += part.duration_s
                yield part

    is_printed = parsed.output == "-"
    suffix = ".wav" if is_printed else Path(parsed.output).suffix.lower()
    if suffix not in FORMATS:
        parser.error(f"the ending of the file is one of {', '.join(FORMATS)}")
    if is_printed and sys.stdout.isatty():
        parser.error("standard output is a terminal: name a file, or pipe the audio on")
    voices = find_voices(settings)
    synthesis = TimedSynthesis(settings, voices)
    units = _units(synthesis, voices, read_text(parsed.text), parsed)
    _note_replaced(voices, units)
    data = encode_whole_speech(synthesis, units, OPENAI_FORMATS[FORMATS[suffix]].encoding)
    if is_printed:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_whole(Path(parsed.output).expanduser(), data)
    if synthesis.spoken_s >= MAX_SPEECH_S:
        print(f"sotto: The speech ends after {MAX_SPEECH_S:.0f} s, the limit.", file=sys.stderr)
        return 1
    return 0


def _units(
    synthesis: "SpeechSynthesis", voices: "Voices", text: str, parsed: argparse.Namespace
) -> "tuple[SynthesisUnit, ...]":
    """Assign voices to the text.

    Raises
    ------
    UnknownVoice: the message has how to fetch the voices that are not here.
    """
    from shared.models.folder import how_to_fetch  # noqa: PLC0415
    from shared.synthesis.ssml import Passage, VoiceStyle  # noqa: PLC0415
    from shared.synthesis.synthesizer import Span  # noqa: PLC0415

    style = VoiceStyle(
        voice=parsed.voice,
        voice_locale=parsed.language or _DEFAULT_LOCALE,
        language=parsed.language,
    )
    refusal = ""
    try:
        return synthesis.assign_voices((Passage((Span(text),), style),))
    except UnknownVoice as error:
        refusal = str(error)
    hints = [how_to_fetch(name) for name in voices.missing]
    raise UnknownVoice(" ".join((refusal, *hints)))


def _note_replaced(voices: "Voices", units: "tuple[SynthesisUnit, ...]") -> None:
    """Say that the voice of last resort speaks because no other is fetched."""
    from shared.models.folder import how_to_fetch  # noqa: PLC0415
    from shared.synthesis.voice_catalogue import ESPEAK  # noqa: PLC0415

    if voices.missing and all(unit.voice.engine == ESPEAK for unit in units):
        better = voices.missing[0]
        how = with_command_name(how_to_fetch(better))
        print(f"sotto: A better voice is not here. {how}", file=sys.stderr)
