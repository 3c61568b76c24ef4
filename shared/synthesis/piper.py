"""Piper voices: VITS models that read IPA from eSpeak NG, one folder each.

A voice is `NAME.onnx` beside `NAME.onnx.json`, which has its symbols, sample rate and scales.

Source: the format of https://github.com/OHF-Voice/piper1-gpl voices; only the format, no code.
"""

import json
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared.errors import ConfigurationError
from shared.synthesis.espeak import EspeakProcess
from shared.synthesis.onnx_voice import OnnxVoice, to_int16
from shared.synthesis.synthesizer import Sentence, Speech

_PAD, _START, _END = "_", "^", "$"


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """Description of a voice, from the JSON beside it.

    symbols: ids of each IPA symbol.
    scales: noise, length and noise of the durations.
    n_speakers: a model of several speakers speaks with the first.
    """

    model_file: Path
    name: str
    locale: str
    sample_rate: int
    espeak_voice: str
    reads_text: bool
    symbols: dict[str, tuple[int, ...]]
    scales: tuple[float, float, float]
    n_speakers: int


def read_piper_voice(folder: Path) -> PiperVoice:
    """Read the description of the voice in a folder; of several voices the first by name.

    Raises
    ------
    ConfigurationError: the folder has no voice, or its JSON does not describe one.
    """
    model_file = next(iter(sorted(folder.glob("*.onnx"))), None)
    if model_file is None:
        raise ConfigurationError(f"There is no Piper voice (.onnx) in {folder}.")
    try:
        description = json.loads(model_file.with_suffix(".onnx.json").read_bytes())
        return _parse_description(model_file, description)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"{model_file}.json does not describe a Piper voice.") from None


def _parse_description(model_file: Path, description: dict[str, Any]) -> PiperVoice:
    inference = description.get("inference", {})
    espeak_voice = str(description["espeak"]["voice"])
    # `en_US-joe-medium`: locale, name, quality
    locale, _, rest = model_file.stem.partition("-")
    return PiperVoice(
        model_file=model_file,
        name=rest.split("-")[0] or model_file.stem,
        locale=description.get("language", {}).get("code", locale).replace("_", "-"),
        sample_rate=int(description["audio"]["sample_rate"]),
        espeak_voice=espeak_voice,
        reads_text=description.get("phoneme_type", "espeak") == "text",
        symbols={key: tuple(ids) for key, ids in description["phoneme_id_map"].items()},
        scales=(
            float(inference.get("noise_scale", 0.667)),
            float(inference.get("length_scale", 1.0)),
            float(inference.get("noise_w", 0.8)),
        ),
        n_speakers=int(description.get("num_speakers", 1)),
    )


class PiperSynthesizer:
    """Piper voices; `speaker` is the path of a voice's folder. Each is loaded at first use."""

    changes_pitch = False

    def __init__(self, process: EspeakProcess, threads: int = 0) -> None:
        self._process = process
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: dict[str, tuple[PiperVoice, OnnxVoice]] = {}

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield a sentence in one part."""
        voice, model = self._load(speaker)
        ids = self._ids(sentence, voice)
        noise, length, noise_of_durations = voice.scales
        inputs: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise, length / sentence.speed, noise_of_durations], np.float32),
        }
        if voice.n_speakers > 1:
            inputs["sid"] = np.zeros(1, np.int64)
        yield Speech(to_int16(model.run(inputs)), voice.sample_rate)

    def _load(self, folder: str) -> tuple[PiperVoice, OnnxVoice]:
        with self._lock:
            if folder not in self._loaded:
                voice = read_piper_voice(Path(folder))
                self._loaded[folder] = (voice, OnnxVoice(voice.model_file, self._threads))
            return self._loaded[folder]

    def _ids(self, sentence: Sentence, voice: PiperVoice) -> list[int]:
        """Return phoneme ids, a pad behind each; symbols that the voice lacks are left out."""
        phonemes = "".join(
            span.ipa or (span.text if voice.reads_text else self._phonemes(span.text, voice))
            for span in sentence.spans
        )
        pad = voice.symbols.get(_PAD, (0,))
        ids = [*voice.symbols.get(_START, ()), *pad]
        for phoneme in unicodedata.normalize("NFD", phonemes):
            if known := voice.symbols.get(phoneme):
                ids += [*known, *pad]
        return [*ids, *voice.symbols.get(_END, ())]

    def _phonemes(self, text: str, voice: PiperVoice) -> str:
        phonemes = self._process.phonemes(text, voice.espeak_voice)
        leading = " " if text[:1].isspace() else ""
        return f"{leading}{phonemes}{' ' if text[-1:].isspace() else ''}"
