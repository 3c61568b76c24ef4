"""Apertium: rules and dictionaries, in processes of their own that stay, text over pipes.

A pair is a pipeline of ten to fifteen small programs, which its `.mode` file lists. They are
started here one by one, because the front end `apertium` copies its input to a file in `/tmp`
first (seen with strace, 3.8.3), and takes 100 ms a call where a pipeline that stays takes 1 to
20 ms. Each program flushes at a null byte, so that one pipeline answers text after text.

Source: modes of https://wiki.apertium.org/wiki/Null_flush
"""

import contextlib
import os
import re
import selectors
import shlex
import shutil
import subprocess
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from shared.errors import TranslationUnavailable
from shared.translation.languages import all_languages

DATA_FOLDER = Path("/usr/share/apertium")
ANSWER_S = 20.0
# A direction holds 90 to 145 MB and starts in 0.3 to 0.5 s.
MOST_PIPELINES = 4

# What flushes at a null byte when it is given `-z`. A pair with another program is not offered.
_PROGRAMS = frozenset(
    "lt-proc lsx-proc lrx-proc cg-proc hfst-proc rtx-proc apertium-tagger apertium-pretransfer "
    "apertium-posttransfer apertium-transfer apertium-interchunk apertium-postchunk "
    "apertium-anaphora".split()
)
# Generate without marks at words that are in no dictionary; tag without marks.
_MODE_PARAMETERS = {"$1": ["-n"], "$2": []}

_MODE_NAME = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
# Apertium's own codes, where they are neither ISO 639-3 nor Translator's.
_OWN_CODES = {"hbs": ("bs", "hr", "sr-Latn"), "zlm": ("ms",), "arg": (), "no": ("nb",)}

_RESERVED = re.compile(r"[\[\]{}^$/\\@<>]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# A blank of Apertium's own behind the last word: without it some programs wait for more.
_END = "[]"


class ApertiumTranslator:
    """Every pair whose package is installed; one text of a pair is translated at a time.

    A pair that is installed while the server runs is found by the next question.
    """

    name = "apertium"

    def __init__(self, data_folder: Path = DATA_FOLDER, answer_s: float = ANSWER_S) -> None:
        self._modes = _InstalledModes(data_folder / "modes")
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._pipelines: OrderedDict[str, _Pipeline] = OrderedDict()

    def languages(self) -> frozenset[str]:
        """Languages of the installed pairs."""
        return frozenset(language for pair in self._modes.by_pair() for language in pair)

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the package of this pair is installed."""
        return (source, target) in self._modes.by_pair()

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate line by line; lines stay lines.

        Raises
        ------
        TranslationUnavailable: the pipeline can not be started, failed twice, or took 20 s; or
            the package was removed meanwhile.
        """
        mode = self._modes.by_pair().get((source, target))
        if mode is None:
            raise TranslationUnavailable("Apertium does not have this pair any more.")
        pipeline = self._pipeline(mode)
        return [
            "\n".join(_line(pipeline, line) for line in re.split(r"\r\n|\r|\n", text))
            for text in texts
        ]

    def stop(self) -> None:
        """End all processes; the next text starts them again."""
        with self._lock:
            pipelines = list(self._pipelines.values())
            self._pipelines.clear()
        for pipeline in pipelines:
            pipeline.stop()

    def _pipeline(self, mode: Path) -> "_Pipeline":
        """The pipeline of a mode; the one that was used longest ago makes room for a new one."""
        retired = None
        with self._lock:
            pipeline = self._pipelines.pop(mode.name, None) or _Pipeline(mode, self._answer_s)
            self._pipelines[mode.name] = pipeline
            if len(self._pipelines) > MOST_PIPELINES:
                _, retired = self._pipelines.popitem(last=False)
        if retired is not None:
            retired.stop()
        return pipeline


def _line(pipeline: "_Pipeline", line: str) -> str:
    plain = _CONTROL.sub(" ", line)
    if not plain.strip():
        return line
    return _ESCAPED.sub(r"\1", pipeline.ask(_RESERVED.sub(r"\\\g<0>", plain)))


class _Pipeline:
    """The processes of one mode, started at first use, and again after a failure."""

    def __init__(self, mode: Path, answer_s: float) -> None:
        self._mode = mode
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._end: weakref.finalize[..., _Pipeline] | None = None

    def ask(self, escaped: str) -> str:
        """Send one line in Apertium's stream format, return what comes out at the other end.

        One that ended by itself, as when memory ran out, is started once more.
        """
        message = f"{escaped}{_END}\0".encode()
        with self._lock:
            for _ in range(2):
                answer = self._try(message)
                if answer is not None:
                    return answer
        # Raised out here: the cause might quote the answer.
        raise TranslationUnavailable("Apertium does not answer.")

    def stop(self) -> None:
        """End the processes, after the line under way."""
        with self._lock:
            self._kill()

    def _try(self, message: bytes) -> str | None:
        deadline = time.monotonic() + self._answer_s
        late = False
        try:
            self._start_unless_running()
            answer = _exchange(*self._ends(), message, deadline).decode()
            if answer.endswith(_END):
                return answer.removesuffix(_END)
        except TimeoutError:
            late = True
        except (OSError, UnicodeDecodeError):
            pass
        self._kill()
        if late:
            raise TranslationUnavailable("Apertium does not answer in time.")
        return None

    def _start_unless_running(self) -> None:
        if self._processes and all(process.poll() is None for process in self._processes):
            return
        self._kill()
        commands = _commands(self._mode)
        processes: list[subprocess.Popen[bytes]] = []
        self._processes = processes
        # At the latest when this interpreter ends.
        self._end = weakref.finalize(self, _end_all, processes)
        source: int | IO[bytes] = subprocess.PIPE
        for command in commands:
            process = subprocess.Popen(
                command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, cwd="/", bufsize=0,
            )  # fmt: skip
            processes.append(process)
            if not isinstance(source, int):
                source.close()  # the program has it now, and must be alone in seeing it end
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            source = process.stdout

    def _ends(self) -> tuple[IO[bytes], IO[bytes]]:
        first, last = self._processes[0].stdin, self._processes[-1].stdout
        assert first is not None  # noqa: S101 - both are pipes
        assert last is not None  # noqa: S101
        return first, last

    def _kill(self) -> None:
        if self._end is not None:
            self._end()
        self._processes, self._end = [], None


def _end_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _exchange(entry: IO[bytes], outlet: IO[bytes], message: bytes, deadline: float) -> bytes:
    """Write a message while reading the answer, which ends with a null byte."""
    waiting, received = memoryview(message), bytearray()
    os.set_blocking(entry.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(outlet, selectors.EVENT_READ)
        selector.register(entry, selectors.EVENT_WRITE)
        while not received.endswith(b"\0"):
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is entry:
                    waiting = waiting[os.write(entry.fileno(), waiting) :]
                    if not waiting:
                        selector.unregister(entry)
                    continue
                piece = os.read(outlet.fileno(), 1 << 16)
                if not piece:
                    raise BrokenPipeError
                received += piece
    return bytes(received[:-1])


class _InstalledModes:
    """The modes of a folder, read again when it or a folder of programs has changed.

    Reading takes milliseconds; to see that nothing has changed takes three `stat` calls.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[tuple[int, ...], Mapping[tuple[str, str], Path]] = ((), {})

    def by_pair(self) -> Mapping[tuple[str, str], Path]:
        """Modes that can be run here, by the languages of the pair. From any thread."""
        changed = self._changed()
        if self._read[0] != changed:
            # Two threads may both read it; each leaves a whole answer.
            self._read = (changed, _installed_modes(self._folder))
        return self._read[1]

    def _changed(self) -> tuple[int, ...]:
        """When the folders changed, in nanoseconds; 0 for one that is not there.

        The programs count too: a package's modes may be there before what runs them.
        """
        folders = [self._folder, *map(Path, os.defpath.split(os.pathsep))]
        return tuple(_mtime_ns(folder) for folder in folders)


def _mtime_ns(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _installed_modes(folder: Path) -> Mapping[tuple[str, str], Path]:
    codes: dict[str, tuple[str, ...]] = {}
    for language in all_languages():
        for known in {language.iso639_3, language.code}:
            codes[known] = (*codes.get(known, ()), language.code)
    codes |= _OWN_CODES
    modes: dict[tuple[str, str], Path] = {}
    for mode in sorted(folder.glob("*.mode")):
        named = _MODE_NAME.fullmatch(mode.stem)
        if named is None or not _can_run(mode):
            continue
        for source in codes.get(named[1], ()):
            for target in codes.get(named[2], ()):
                modes.setdefault((source, target), mode)
    return modes


def _can_run(mode: Path) -> bool:
    return all(
        command[0] in _PROGRAMS and shutil.which(command[0], path=os.defpath)
        for command in _commands(mode)
    )


def _commands(mode: Path) -> list[list[str]]:
    """The programs of a mode with their arguments, each told to flush at null bytes."""
    return list(_parsed(mode.read_text("utf-8")))


def _parsed(pipeline: str) -> Iterator[list[str]]:
    for step in pipeline.strip().split("|"):
        program, *arguments = shlex.split(step) or [""]
        told = [part for given in arguments for part in _MODE_PARAMETERS.get(given, [given])]
        yield [program, "-z", *told]
