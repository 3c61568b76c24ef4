"""Kokoro-82M: one ONNX model, a style vector per voice, IPA from eSpeak NG.

Sources: https://huggingface.co/hexgrad/Kokoro-82M for symbols and styles, and misaki's notes on
the mapping of eSpeak's IPA to Kokoro's: the letters of one phoneme become one symbol.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.synthesis.espeak import EspeakProcess
from shared.synthesis.onnx_voice import OnnxVoice, to_int16
from shared.synthesis.synthesizer import Sentence, Span, Speech

SAMPLE_RATE = 24_000
MODEL_FILE = "onnx/model_quantized.onnx"
MAX_PHONEMES = 510
_STYLE_SIZE = 256

# Symbols by id: a space fills unused ids (16 is the space itself).
_SYMBOLS = {
    symbol: number
    for first, symbols in {
        1: ";:,.!?", 9: '—…"()“” \u0303ʣʥʦʨᵝꭧAI', 31: "O", 33: "Q", 35: "ST", 39: "W", 41: "Yᵊ",
        43: "abcdef", 50: "hijklmnopqrstuvwxyzɑɐɒæ", 75: "βɔɕç", 80: "ɖðʤə", 85: "ɚɛɜ", 90: "ɟ",
        92: "ɡ", 99: "ɥ", 101: "ɨɪʝ", 110: "ɯɰŋɳɲɴ", 116: "ø", 118: "ɸθœ", 123: "ɹ",
        125: "ɾɻ", 128: "ʁɽʂʃʈʧ", 135: "ʊʋ", 138: "ʌɣɤ", 142: "χʎ", 147: "ʒʔ", 156: "ˈˌː",
        162: "ʰ", 164: "ʲ", 169: "↓", 171: "→↗↘", 177: "ᵻ",
    }.items()
    for number, symbol in enumerate(symbols, first)
}  # fmt: skip

# eSpeak's voice for the phonemes of each kind of Kokoro voice.
_ESPEAK_VOICES = {
    "a": "en-us", "b": "en-gb-x-rp", "e": "es", "f": "fr", "i": "it", "p": "pt-br",
}  # fmt: skip
_TIE = "^"
_JOINED = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q",
    "s^s": "S", "t^s": "ʦ", "t^ʃ": "ʧ", "ɔ^ɪ": "Y",
}  # fmt: skip
_ENGLISH = {
    "ə^l": "ᵊl", "ʔˌn\u0329": "tᵊn", "ʔn": "tᵊn", "n\u0329": "ᵊn", "ɚ": "əɹ", "ɜːɹ": "ɜɹ",
    "ɜː": "ɜɹ", "ɪ^ə": "iə", "r": "ɹ", "x": "k", "ç": "k", "ʲ": "", "ɬ": "l", "ɐ": "ə", "ː": "",
    "ɾ": "T", "ʔ": "t", "e": "A", "o": "ɔ",
}  # fmt: skip
_BRITISH = {"e^ə": "ɛː", "iə": "ɪə", "ə^ʊ": "Q", "ɪ^ə": "ɪə"}


class KokoroSynthesizer:
    """Kokoro's voices; `speaker` is the name of one, such as `af_heart`. Loaded at first use.

    Parameters
    ----------
    folder: holds `onnx/model_quantized.onnx` and `voices/NAME.bin`.
    """

    changes_pitch = False

    def __init__(self, folder: Path, process: EspeakProcess, threads: int = 0) -> None:
        self._folder = folder
        self._process = process
        self._model = OnnxVoice(folder / MODEL_FILE, threads)
        self._lock = threading.Lock()
        self._styles: dict[str, npt.NDArray[np.float32]] = {}

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield a sentence; in several parts where it has more than 510 phonemes."""
        styles = self._style(speaker)
        for ids in _split_ids(self._ids(sentence.spans, speaker)):
            audio = self._model.run(
                {
                    "tokens": np.array([[0, *ids, 0]], np.int64),
                    "style": styles[len(ids) - 1],
                    "speed": np.array([sentence.speed], np.float32),
                }
            )
            yield Speech(to_int16(audio), SAMPLE_RATE)

    def _style(self, speaker: str) -> npt.NDArray[np.float32]:
        """Return the styles of a voice by number of phonemes, shape `(510, 1, 256)`."""
        with self._lock:
            if speaker not in self._styles:
                file = self._folder / "voices" / f"{speaker}.bin"
                self._styles[speaker] = np.fromfile(file, "<f4").reshape(-1, 1, _STYLE_SIZE)
            return self._styles[speaker]

    def _ids(self, spans: tuple[Span, ...], speaker: str) -> list[int]:
        kind = speaker[0]
        phonemes = ""
        for span in spans:
            ipa = span.ipa or self._process.phonemes(span.text, _ESPEAK_VOICES[kind], _TIE)
            if phonemes and (span.text[:1].isspace() or phonemes[-1:].isspace()):
                phonemes = phonemes.rstrip() + " "
            phonemes += to_kokoro_phonemes(ipa, kind) + (" " if span.text[-1:].isspace() else "")
        return list(_symbol_ids(phonemes.strip()))


def to_kokoro_phonemes(ipa: str, kind: str) -> str:
    """Map eSpeak's IPA, tied with `^`, to the symbols of a kind of voice (`a`: American)."""
    replacements = dict(_JOINED)
    if kind in "ab":
        replacements |= _ENGLISH
    if kind == "b":
        replacements |= _BRITISH | {"ɾ": "ɾ", "ː": "ː", "ɜː": "ɜː", "ɚ": "ə"}
    longest_first = sorted(replacements, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return pattern.sub(lambda match: replacements[match[0]], ipa).replace(_TIE, "")


def _symbol_ids(phonemes: str) -> Iterator[int]:
    """Yield the ids of the phonemes that have one; `ũ` decomposes into two, `ç` is one."""
    for phoneme in phonemes:
        for symbol in phoneme if phoneme in _SYMBOLS else unicodedata.normalize("NFD", phoneme):
            if symbol in _SYMBOLS:
                yield _SYMBOLS[symbol]


def _split_ids(ids: list[int]) -> Iterator[list[int]]:
    """Split at the last space that fits, else at the limit."""
    space = _SYMBOLS[" "]
    while len(ids) > MAX_PHONEMES:
        head = ids[:MAX_PHONEMES]
        cut = MAX_PHONEMES - head[::-1].index(space) if space in head else MAX_PHONEMES
        yield ids[:cut]
        ids = ids[cut:]
    if ids:
        yield ids
