"""Audio that the command line names: files, folders, patterns, standard input; and its outputs."""

import glob
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STANDARD_INPUT = "-"

AUDIO_SUFFIXES = frozenset(
    ".3g2 .3ga .3gp .aac .ac3 .aif .aifc .aiff .alac .amr .ape .au .avi .awb .caf .dts .eac3 .f4v"
    " .flac .flv .gsm .m2ts .m4a .m4b .m4r .m4v .mka .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .mpga .mts"
    " .mxf .oga .ogg .ogv .opus .ra .rm .snd .spx .ts .tta .vob .w64 .wav .wave .weba .webm .wma"
    " .wmv .wv".split()
)
"""Endings of the files that are taken from a folder; a file that is named may have any."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One audio. path: None for standard input. place: its folder below an output folder."""

    path: Path | None
    place: Path = Path()

    @property
    def name(self) -> str:
        """Name that messages have."""
        return "standard input" if self.path is None else str(self.path)


@dataclass(slots=True)
class Found:
    """Recordings in the order of the arguments, each once.

    absent: arguments without a file. left_out: files of folders and patterns that have no ending of
    audio.
    """

    recordings: list[Recording] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)


def find_recordings(arguments: Iterable[str], result_suffixes: Iterable[str]) -> Found:
    """Look the arguments up; a folder stands for the audio in it and in its folders.

    result_suffixes: endings of results, which are no audio even where a pattern names them.
    """
    found = Found()
    seen: set[Path | None] = set()
    results = frozenset(result_suffixes)

    def add(path: Path | None, place: Path = Path()) -> None:
        key = path if path is None else path.resolve()
        if key not in seen:
            seen.add(key)
            found.recordings.append(Recording(path, place))

    for argument in arguments:
        if argument == STANDARD_INPUT:
            add(None)
            continue
        paths = _expanded(argument)
        if not paths:
            found.absent.append(argument)
        for path in paths:
            if path.is_dir():
                inner, others = _audio_in(path)
                for one in inner:
                    add(one, one.parent.relative_to(path))
                found.left_out += [one for one in others if one.suffix.lower() not in results]
            elif path.suffix.lower() in results:
                found.left_out.append(path)
            else:
                add(path)
    return found


def output_stems(recordings: Sequence[Recording], folder: Path | None) -> list[Path]:
    """Return for each recording the path of its outputs without their endings.

    It is the recording's own without its ending: `talk.wav` -> `talk`. Where two recordings would
    share it, both keep their ending: `talk.wav` and `talk.mp3` stay so.

    folder: of all outputs; None puts each beside its recording.
    """
    short = [_stem(one, folder, keeps_suffix=False) for one in recordings]
    shared = Counter(short)
    return [
        _stem(one, folder, keeps_suffix=True) if shared[stem] > 1 else stem
        for one, stem in zip(recordings, short, strict=True)
    ]


def _stem(recording: Recording, folder: Path | None, *, keeps_suffix: bool) -> Path:
    if recording.path is None:
        return (folder or Path()) / "standard-input"
    name = recording.path.name if keeps_suffix else recording.path.stem
    return (recording.path.parent if folder is None else folder / recording.place) / name


def _expanded(argument: str) -> list[Path]:
    """Return the file or folder, or the matches of a pattern that no shell has expanded."""
    path = Path(argument).expanduser()
    if path.exists() or not glob.has_magic(argument):
        return [path] if path.exists() else []
    return sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 - may be absolute


def _audio_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files with an ending of audio, and the others; hidden files count as neither."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)
    )
    audio = [path for path in files if path.suffix.lower() in AUDIO_SUFFIXES]
    return audio, [path for path in files if path.suffix.lower() not in AUDIO_SUFFIXES]
