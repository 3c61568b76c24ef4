"""Speech whose phone boundaries are known: a Piper voice tells how long it makes each symbol.

The voice's network has the durations inside, as frames of 256 samples for each symbol; here they
become a second output. The natural boundary between two phones lies within the pad that the voice
was trained to read between symbols: its middle is taken.
"""

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from benchmarks.read_speech import Samples
from shared.models.fetch import fetch_model
from shared.settings import Settings
from shared.synthesis.espeak import EspeakProcess
from shared.synthesis.piper import PiperVoice, read_piper_voice

VOICE = "en_US-joe-medium"
SAMPLE_RATE = 16_000
MOST_PAUSE_S = 0.06  # in a longer one a boundary is two
_FRAME_SAMPLES = 256
_DURATIONS = b"/Ceil_output_0"  # tensor of the exported graph
_SPEECH_LEVEL = 0.7
_MARKS = frozenset("_ˈˌ^$ː̩")
_STOPS = frozenset(" ,.;:!?")

# IPA of eSpeak's English, longest first.
_PHONES = {
    "tʃ": "CH", "dʒ": "JH", "eɪ": "EY", "aɪ": "AY", "oʊ": "OW", "aʊ": "AW", "ɔɪ": "OY",
    "ɚ": "ER", "ɜ": "ER", "ɐ": "AH", "ə": "AH", "ʌ": "AH", "ᵻ": "IH", "ɪ": "IH", "i": "IY",
    "æ": "AE", "ɛ": "EH", "ʊ": "UH", "u": "UW", "ɾ": "T", "ʔ": "T", "ɹ": "R", "ɡ": "G",
    "h": "HH", "ŋ": "NG", "θ": "TH", "ð": "DH", "ʃ": "SH", "ʒ": "ZH", "j": "Y", "o": "OW",
    "ɑ": "AA", "ɔ": "AO", **{one: one.upper() for one in "bdfklmnpstvwz"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownSpeech:
    """A spoken text.

    phones: ARPAbet without stress.
    boundaries_s: the end of each phone but the last; NaN where a pause follows.
    """

    text: str
    samples: Samples
    phones: tuple[str, ...]
    boundaries_s: tuple[float, ...]


def speak_known(texts: Sequence[str]) -> Iterator[KnownSpeech]:
    """Speak texts with the voice; those with a sound that ARPAbet lacks are left out."""
    settings = Settings.from_environment()
    fetch_model(VOICE, settings.model_folder)
    voice = read_piper_voice(settings.model_folder / VOICE)
    session = _session(voice.model_file)
    espeak = EspeakProcess()
    for text in texts:
        phonemes = unicodedata.normalize("NFD", espeak.phonemes(text, voice.espeak_voice))
        symbols = ["^", *(one for one in phonemes if one in voice.symbols), "$"]
        spoken = _speak(session, voice, symbols)
        timed = _timed_phones(*spoken[1:])
        if timed is not None:
            yield KnownSpeech(text, spoken[0], *_boundaries(timed))


def _session(model: Path) -> Any:
    import onnxruntime  # noqa: PLC0415

    # A second message of a field is merged with the first: this one names one output more.
    value_info = _message(1, _DURATIONS) + _message(2, _message(1, bytes([1 << 3, 1])))
    output = _message(7, _message(12, value_info))
    return onnxruntime.InferenceSession(model.read_bytes() + output)


def _message(field: int, content: bytes) -> bytes:
    """Encode a field of Protocol Buffers of less than 128 bytes."""
    return bytes([field << 3 | 2, len(content)]) + content


def _speak(
    session: Any, voice: PiperVoice, symbols: Sequence[str]
) -> tuple[Samples, list[str], list[float]]:
    """Return the samples, the symbols with the pads between them, and the end of each."""
    ids: list[int] = []
    padded: list[str] = []
    for symbol in symbols:
        ids += voice.symbols[symbol]
        padded += [symbol] * len(voice.symbols[symbol])
        if symbol != "$":
            ids += voice.symbols["_"]
            padded.append("_")
    inputs = {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array(voice.scales, np.float32),
    }
    speech, frames = session.run(None, inputs)
    ends = np.cumsum(frames.reshape(-1)) * _FRAME_SAMPLES / voice.sample_rate
    samples = soxr.resample(speech.reshape(-1), voice.sample_rate, SAMPLE_RATE)
    peak = max(1e-6, float(np.abs(samples).max()))
    return (samples * (_SPEECH_LEVEL / peak)).astype(np.float32), padded, ends.tolist()


def _timed_phones(
    symbols: Sequence[str], ends: Sequence[float]
) -> list[tuple[str, float, float]] | None:
    """Return phones with start and end; None if a symbol is no phone of ARPAbet."""
    starts = [0.0, *ends[:-1]]
    sounds = [index for index, one in enumerate(symbols) if one not in _MARKS | _STOPS]
    timed = []
    while sounds:
        pair = "".join(symbols[index] for index in sounds[:2])
        length = 2 if len(pair) > 1 and pair in _PHONES else 1
        phone = _PHONES.get(pair[:length])
        if phone is None:
            return None
        timed.append((phone, starts[sounds[0]], ends[sounds[length - 1]]))
        sounds = sounds[length:]
    return timed


def _boundaries(
    timed: Sequence[tuple[str, float, float]],
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    boundaries = [
        (end + start) / 2 if start - end < MOST_PAUSE_S else float("nan")
        for (_, _, end), (_, start, _) in itertools.pairwise(timed)
    ]
    return tuple(phone for phone, _, _ in timed), tuple(boundaries)
