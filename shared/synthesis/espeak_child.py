"""Child process that loads eSpeak NG. The library is GPL, so the server does not load it.

Run as `python -I -S -B espeak_child.py LIBRARY DATA_FOLDER`. It reads one JSON object per line from
standard input and answers each with a JSON line that has the number of bytes of int16 samples
behind it. Uses the standard library only, writes nothing but the answers, and ends with its input.

Source: speak_lib.h of eSpeak NG 1.52.
"""

import ctypes
import json
import re
import resource
import sys
from typing import Any

_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT: samples go to the callback
_UTF8 = 1
_RATE, _VOLUME, _PITCH = 1, 2, 3  # espeak_PARAMETER
_IPA = 0x02
_TIE_LETTERS = 0x80
_NORMAL_RATE = 165  # words per minute
_NORMAL_PITCH = 50
_PR_SET_DUMPABLE = 4  # linux/prctl.h

# The library drops punctuation, which voices need for intonation. Between letters or digits it is
# part of the word: 3.5, 10:30, U.S.
_PUNCTUATION = re.compile(r"(?<!\w)[;:,.!?¡¿—–…\"«»“”()]+|[;:,.!?¡¿—–…\"«»“”()]+(?!\w)")
_LANGUAGE_SWITCH = re.compile(r"\([a-z-]+\)")

_SampleCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """The loaded library."""

    def __init__(self, library: str, data_folder: str) -> None:
        self._library = ctypes.CDLL(library)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.sample_rate: int = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, data_folder.encode(), 0
        )
        if self.sample_rate <= 0:
            raise OSError
        self._samples = bytearray()
        self._callback = _SampleCallback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def select(self, voice: str) -> bool:
        """Select a voice by its name; False where the library has none of that name."""
        return bool(self._library.espeak_SetVoiceByName(voice.encode()) == 0)

    def phonemes(self, text: str, tie: str) -> str:
        """Return the IPA of a text with its punctuation; `tie` joins the letters of a phoneme."""
        mode = _IPA | (_TIE_LETTERS | ord(tie) << 8 if tie else 0)
        pieces, end = [], 0
        for mark in _PUNCTUATION.finditer(text):
            pieces += [self._clauses(text[end : mark.start()], mode), mark[0]]
            end = mark.end()
        pieces.append(self._clauses(text[end:], mode))
        return "".join(pieces).strip()

    def speak(self, text: str, speed: float, pitch: float) -> bytes:
        """Return the samples of a text: int16, little-endian, mono, at `sample_rate`."""
        self._samples.clear()
        self._library.espeak_SetParameter(_RATE, round(_NORMAL_RATE * speed), 0)
        self._library.espeak_SetParameter(_PITCH, round(_NORMAL_PITCH * pitch), 0)
        self._library.espeak_SetParameter(_VOLUME, 100, 0)
        utf8 = text.encode() + b"\0"
        self._library.espeak_Synth(utf8, len(utf8), 0, 0, 0, _UTF8, None, None)
        return bytes(self._samples)

    def _clauses(self, text: str, mode: int) -> str:
        if not text.strip():
            return " " if text else ""
        leading = " " if text[0].isspace() else ""
        trailing = " " if text[-1].isspace() else ""
        rest = ctypes.c_char_p(text.strip().encode())
        clauses = []
        while rest.value:
            spoken = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode)
            clauses.append((spoken or b"").decode().strip())
        spoken_text = _LANGUAGE_SWITCH.sub("", " ".join(filter(None, clauses)))
        return leading + spoken_text + trailing

    def _take(self, samples: Any, n_samples: int, _events: Any) -> int:
        if samples and n_samples > 0:
            self._samples += ctypes.string_at(samples, 2 * n_samples)
        return 0


def answer(espeak: Espeak, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Handle one request: header and samples of the answer."""
    if not espeak.select(request["voice"]):
        return {"error": "voice"}, b""
    if request["do"] == "phonemes":
        return {"phonemes": espeak.phonemes(request["text"], request["tie"])}, b""
    samples = espeak.speak(request["text"], request["speed"], request["pitch"])
    return {"sample_rate": espeak.sample_rate}, samples


def forbid_core_dumps() -> None:
    """As `shared.privacy.core_dumps`, which this program cannot import."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """Answer requests until the input ends."""
    forbid_core_dumps()
    espeak = Espeak(sys.argv[1], sys.argv[2])
    for line in sys.stdin.buffer:
        header, samples = answer(espeak, json.loads(line))
        header["n_bytes"] = len(samples)
        sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + samples)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
