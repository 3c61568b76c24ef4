"""`models calibrate`: the encoder context of a model, measured on one's own audio."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import AudioError, ConfigurationError
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.transcription.calibration import ContextMeasure
    from shared.transcription.transcriber import Transcriber

_ROW = "{:13}  {:>23}  {:>10}  {:>19}"
_HEAD = _ROW.format("SOTTO_CONTEXT", "WORDS THAT DIFFER", "READ AGAIN", "PROCESSOR ÷ AUDIO")


def add_command(actions: Any) -> None:
    """Add `calibrate` to the actions of `models`."""
    parser = actions.add_parser(
        "calibrate",
        help="measure on your own audio which SOTTO_CONTEXT suits a model",
        description="Recognise your audio with a model at several encoder contexts, and print how "
        "many words each reads otherwise than the full context, what it costs, and what to set. "
        "No transcripts are needed. Nothing is stored, and no text is printed. Ten minutes of "
        "speech by several speakers are enough.",
    )
    parser.add_argument("name", metavar="NAME", help="a fetched model, or a folder")
    parser.add_argument(
        "--audio", required=True, type=Path, metavar="FOLDER", help="audio files, also in folders"
    )
    parser.add_argument(
        "--locale", metavar="LOCALE", help="such as en-US; by default each file's is detected"
    )
    parser.set_defaults(run=_calibrate)


def _calibrate(parsed: argparse.Namespace, settings: Settings) -> int:
    # Imported here: no other command of models loads numpy and the audio decoders.
    from shared.transcription.calibration import calibrate, cheapest_faithful  # noqa: PLC0415
    from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415
    from shared.transcription.transcriber import find_supported_locale  # noqa: PLC0415

    def transcriber_at(context: str) -> "Transcriber":
        return LocalTranscriber(replace(settings, model=parsed.name, context=context))

    files = _audio_files(parsed.audio)
    locales = []
    if parsed.locale is not None:
        locales.append(find_supported_locale(transcriber_at("full"), parsed.locale))
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    print(f"{parsed.name}: {count} of audio in {parsed.audio}\n\n{_HEAD}", flush=True)
    measures = []
    for measure in calibrate(transcriber_at, files, locales, _note):
        print(_row(measure), flush=True)
        measures.append(measure)
    print(f"\n{_advice(measures, cheapest_faithful(measures).context)}")
    return 0


def _audio_files(folder: Path) -> list[Path]:
    """Files that open as audio, in the order of their paths; others are named and left out."""
    from shared.audio.stream import open_audio  # noqa: PLC0415

    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder.")
    opened = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            with path.open("rb") as file, open_audio(file):
                opened.append(path)
        except AudioError:
            print(f"{path}: no audio, left out", file=sys.stderr)
    if not opened:
        raise ConfigurationError(f"{folder} has no audio that can be read.")
    return opened


def _row(measure: "ContextMeasure") -> str:
    low, high = measure.found.interval
    return _ROW.format(
        measure.context,
        f"{measure.found.share:.2%} ({low:.2%}-{high:.2%})",
        f"{measure.retried:.1%}",
        f"{measure.processor_share:.3f}",
    )


def _advice(measures: "Sequence[ContextMeasure]", chosen: str) -> str:
    from shared.transcription.calibration import (  # noqa: PLC0415
        ACCEPTED_DIFFERENCE,
        LEAST_WORDS,
    )

    n_words = sum(measures[0].found.n_words)
    if n_words < LEAST_WORDS:
        return (
            f"{n_words} words are too few to choose a margin, which needs {LEAST_WORDS}.\n"
            "Set SOTTO_CONTEXT=full, or give more audio."
        )
    return (
        f"Set SOTTO_CONTEXT={chosen}: of {n_words} words, the cheapest context where at most"
        f" {ACCEPTED_DIFFERENCE:.1%} differ\nfrom the full context, at the upper end of the"
        " interval (95 %, segments resampled)."
    )


def _note(context: str, n_read: int, n_files: int) -> None:
    """Show the progress: on a terminal one line that goes away, elsewhere nothing."""
    if sys.stderr.isatty():
        state = f"context {context}: {n_read} of {n_files} files" if n_read < n_files else ""
        sys.stderr.write(f"\r\x1b[K{state}")
        sys.stderr.flush()
