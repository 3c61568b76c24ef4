"""Apertium: rule-based translation in long-lived child processes, text over pipes.

A pair is a pipeline of ten to fifteen small programs, which its `.mode` file lists. This module
starts them one by one, because the front end `apertium` copies its input to a file in `/tmp`
(seen with strace, 3.8.3) and takes 100 ms per call, where a running pipeline takes 1 to 20 ms.
Each program flushes at a null byte, so that one pipeline answers text after text.

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
# A pipeline takes 90 to 145 MB and starts in 0.3 to 0.5 s.
MAX_PIPELINES = 4

# Programs that flush at a null byte with `-z`. A pair that needs another one is not available.
PROGRAMS = frozenset(
    "lt-proc lsx-proc lrx-proc cg-proc hfst-proc rtx-proc apertium-tagger apertium-pretransfer "
    "apertium-posttransfer apertium-transfer apertium-interchunk apertium-postchunk "
    "apertium-anaphora".split()
)
# `-n` generates without marks at unknown words; taggers get no option.
_MODE_PARAMETERS = {"$1": ["-n"], "$2": []}

_MODE_NAME = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
# Apertium's codes that are neither ISO 639-3 nor Translator's.
_OWN_CODES = {"hbs": ("bs", "hr", "sr-Latn"), "zlm": ("ms",), "arg": (), "no": ("nb",)}

_RESERVED = re.compile(r"[\[\]{}^$/\\@<>]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
# Apertium's superblank behind the last word: without it some programs wait for more.
_END = "[]"


class ApertiumTranslator:
    """All installed pairs; each translates one text at a time.

    A pair that is installed while the server runs is available at the next call.
    """

    name = "apertium"

    def __init__(self, data_folder: Path = DATA_FOLDER, answer_s: float = ANSWER_S) -> None:
        self._modes = _InstalledModes(data_folder / "modes")
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._pipelines: OrderedDict[str, _Pipeline] = OrderedDict()

    def languages(self) -> frozenset[str]:
        """Return the languages of the installed pairs."""
        return frozenset(language for pair in self._modes.by_pair() for language in pair)

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the package of this pair is installed."""
        return (source, target) in self._modes.by_pair()

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate line by line; line breaks stay.

        Raises
        ------
        TranslationUnavailable: the pipeline cannot be started, failed twice, or took 20 s; or
            its package has been removed.
        """
        mode = self._modes.by_pair().get((source, target))
        if mode is None:
            raise TranslationUnavailable("Apertium no longer has this pair.")
        pipeline = self._pipeline(mode)
        return [
            "\n".join(_translate_line(pipeline, line) for line in re.split(r"\r\n|\r|\n", text))
            for text in texts
        ]

    def stop(self) -> None:
        """End all processes; the next text starts new ones."""
        with self._lock:
            pipelines = list(self._pipelines.values())
            self._pipelines.clear()
        for pipeline in pipelines:
            pipeline.stop()

    def _pipeline(self, mode: Path) -> "_Pipeline":
        """Return the pipeline of a mode; a new one evicts the least recently used."""
        retired = None
        with self._lock:
            pipeline = self._pipelines.pop(mode.name, None) or _Pipeline(mode, self._answer_s)
            self._pipelines[mode.name] = pipeline
            if len(self._pipelines) > MAX_PIPELINES:
                _, retired = self._pipelines.popitem(last=False)
        if retired is not None:
            retired.stop()
        return pipeline


def _translate_line(pipeline: "_Pipeline", line: str) -> str:
    plain = _CONTROL.sub(" ", line)
    if not plain.strip():
        return line
    return _ESCAPED.sub(r"\1", pipeline.exchange(_RESERVED.sub(r"\\\g<0>", plain)))


class _Pipeline:
    """The processes of one mode, started at first use and after a failure."""

    def __init__(self, mode: Path, answer_s: float) -> None:
        self._mode = mode
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._end: weakref.finalize[..., _Pipeline] | None = None

    def exchange(self, escaped: str) -> str:
        """Send one line in Apertium's stream format and return the translation.

        A pipeline that has ended, as when memory ran out, is restarted once.
        """
        message = f"{escaped}{_END}\0".encode()
        with self._lock:
            for _ in range(2):
                answer = self._exchange_once(message)
                if answer is not None:
                    return answer
        # Raised outside the handler: its exception might quote the answer.
        raise TranslationUnavailable("Apertium does not answer.")

    def stop(self) -> None:
        """End the processes after the current line."""
        with self._lock:
            self._kill()

    def _exchange_once(self, message: bytes) -> str | None:
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
        # Ends the processes with the interpreter at the latest.
        self._end = weakref.finalize(self, _end_all, processes)
        source: int | IO[bytes] = subprocess.PIPE
        for command in commands:
            process = subprocess.Popen(
                command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, cwd="/", bufsize=0,
            )  # fmt: skip
            processes.append(process)
            if not isinstance(source, int):
                source.close()  # only the child may hold it, or it would never see the end
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

    Reading takes milliseconds, the check for a change three `stat` calls.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[tuple[int, ...], Mapping[tuple[str, str], Path]] = ((), {})

    def by_pair(self) -> Mapping[tuple[str, str], Path]:
        """Return the runnable modes by pair of languages. Thread-safe."""
        changed = self._changed()
        if self._read[0] != changed:
            # Two threads may both read the modes; each assigns a complete result.
            self._read = (changed, _installed_modes(self._folder))
        return self._read[1]

    def _changed(self) -> tuple[int, ...]:
        """Return the modification times of the folders in ns; 0 for a missing one.

        The programs count too: a package may install its modes before its programs.
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
        if named is None or not _is_runnable(mode):
            continue
        for source in codes.get(named[1], ()):
            for target in codes.get(named[2], ()):
                modes.setdefault((source, target), mode)
    return modes


def _is_runnable(mode: Path) -> bool:
    return all(
        command[0] in PROGRAMS and shutil.which(command[0], path=os.defpath)
        for command in _commands(mode)
    )


def _commands(mode: Path) -> list[list[str]]:
    """Return the commands of a mode, each with the option to flush at null bytes."""
    return list(_parse_pipeline(mode.read_text("utf-8")))


def _parse_pipeline(pipeline: str) -> Iterator[list[str]]:
    for step in pipeline.strip().split("|"):
        program, *arguments = shlex.split(step) or [""]
        parameters = [part for given in arguments for part in _MODE_PARAMETERS.get(given, [given])]
        yield [program, "-z", *parameters]
