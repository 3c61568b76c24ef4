"""eSpeak NG in a child process: phonemes for the other engines, and the fallback voice.

The process starts at first use and stays; each answer has a deadline. A process that is late, ends
or breaks the protocol is killed, and the next request starts another. Text travels over a pipe.
"""

import contextlib
import importlib.util
import json
import os
import re
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from shared.errors import SynthesisUnavailable
from shared.synthesis.synthesizer import Sentence, Speech

# A sentence takes 1 ms as phonemes and 20 ms as speech; starting the process takes 60 ms.
ANSWER_S = 20.0
HOW_TO_INSTALL = "Install it: `pip install -r requirements/text-to-speech.txt`."

_PACKAGE = "espeakng_loader"
_LIBRARIES = ("libespeak-ng.so", "libespeak-ng.dylib")
_CHILD = Path(__file__).with_name("espeak_child.py")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class EspeakInstallation:
    """Paths of the library and of its data."""

    library: Path
    data_folder: Path


def find_espeak() -> EspeakInstallation | None:
    """Find the library in its Python package, without importing it; None if absent."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    library = next((folder / name for name in _LIBRARIES if (folder / name).is_file()), None)
    data_folder = folder / "espeak-ng-data"
    if library is None or not data_folder.is_dir():
        return None
    return EspeakInstallation(library, data_folder)


class EspeakProcess:
    """The child process. Methods may be called from any thread; one request is served at a time."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., EspeakProcess] | None = None

    def phonemes(self, text: str, voice: str, tie: str = "") -> str:
        """Return the IPA of a text, with its punctuation.

        Parameters
        ----------
        voice: the library's name of a voice, such as `en-us`.
        tie: character between the letters of one phoneme (`t^ʃ`); empty puts nothing there.

        Raises
        ------
        SynthesisUnavailable: the library is not installed, or its process does not answer.
        """
        request = {
            "do": "phonemes",
            "voice": voice,
            "text": _without_control_characters(text),
            "tie": tie,
        }
        header, _ = self._ask(request)
        return str(header["phonemes"])

    def speak(self, text: str, voice: str, *, speed: float, pitch: float) -> Speech:
        """Synthesise a text; speed and pitch as in `Sentence`, within the library's limits.

        Raises
        ------
        SynthesisUnavailable: the library is not installed, or its process does not answer.
        """
        request = {"do": "speak", "voice": voice, "text": _without_control_characters(text)}
        header, pcm = self._ask(request | {"speed": speed, "pitch": pitch})
        return Speech(np.frombuffer(pcm, "<i2"), int(header["sample_rate"]))

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._kill()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            process = self._running()
            try:
                header, pcm = _exchange(process, line, time.monotonic() + self._answer_s)
            except (OSError, ValueError, TypeError, KeyError):
                self._kill()
                header = None
        if header is None:
            # Raised outside the handler: its exception might quote the answer, and so the text.
            raise SynthesisUnavailable("eSpeak NG does not answer.")
        if "error" in header:
            raise SynthesisUnavailable(f"eSpeak NG has no voice {request['voice']}.")
        return header, pcm

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        installation = find_espeak()
        if installation is None:
            raise SynthesisUnavailable(f"eSpeak NG is not installed. {HOW_TO_INSTALL}")
        # Isolated, without site packages and byte code files; nothing of the server's environment
        # is passed on but the library path.
        self._process = subprocess.Popen(
            [
                sys.executable, "-I", "-S", "-B", str(_CHILD),
                str(installation.library), str(installation.data_folder),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
            bufsize=0,
        )  # fmt: skip
        # Ends the process with the interpreter at the latest.
        self._end = weakref.finalize(self, _end, self._process)
        return self._process

    def _kill(self) -> None:
        if self._end is not None:
            self._end()
        self._process = self._end = None


class EspeakSynthesizer:
    """The library's formant voices: many languages, poor quality.

    `speaker` is the library's name of a voice, such as `de`.
    """

    changes_pitch = True

    def __init__(self, process: EspeakProcess) -> None:
        self._process = process

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield a sentence in one part; ignores IPA, since the library reads another notation."""
        yield self._process.speak(
            sentence.text, speaker, speed=sentence.speed, pitch=sentence.pitch
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _without_control_characters(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _exchange(
    process: subprocess.Popen[bytes], line: bytes, deadline: float
) -> tuple[dict[str, Any], bytes]:
    """Write a request line; read the header line and the bytes that it announces."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(line)
    received = bytearray()
    while b"\n" not in received:
        received += _read(process.stdout, deadline)
    first, _, rest = bytes(received).partition(b"\n")
    header: dict[str, Any] = json.loads(first)
    pcm = bytearray(rest)
    while len(pcm) < header["n_bytes"]:
        pcm += _read(process.stdout, deadline)
    return header, bytes(pcm)


def _read(pipe: IO[bytes], deadline: float) -> bytes:
    remaining_ms = max(0.0, deadline - time.monotonic()) * 1000
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    if not poll.poll(remaining_ms):
        raise TimeoutError
    piece = os.read(pipe.fileno(), 1 << 16)
    if not piece:
        raise BrokenPipeError
    return piece
