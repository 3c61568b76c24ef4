"""Plots of `docs/pronunciation.md`: the calibration of phones, and an assessed utterance.

    .venv/bin/python -m benchmarks.pronunciation_plots

The utterance is synthetic: a voice says "ship" where the reference has "sheep". It needs the models
`base`, `silero-vad`, `pronunciation` and `en_US-joe-medium`. The noise of the voice is drawn by a
seed; another processor may round it differently.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import onnxruntime
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.plots import FOLDER, LINES, OTHERS, OURS, STYLE, TEXT, WIDTH_IN, save_plot
from shared.assessment import (
    MISPRONOUNCED_BELOW,
    AssessedWord,
    Assessment,
    AssessmentOptions,
    PhonemeAlphabet,
)
from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.encode import Container, Encoding
from shared.audio.stream import SAMPLE_RATE, open_audio
from shared.formats.phoneme_names import phoneme_name
from shared.pronunciation.phones.calibration import CALIBRATION_FILE, read_calibration
from shared.pronunciation.phones.phone_engine import PHONES
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.synthesis.encoded import encode_whole_speech
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import Passage, VoiceStyle
from shared.synthesis.synthesizer import Span
from shared.transcription.assess import assess
from shared.transcription.local_transcriber import LocalTranscriber

SPOKEN = "The ship is leaving the harbour."
REFERENCE = "The sheep is leaving the harbour."
VOICE = "en_US-joe-medium"
SEED = 20261129

_WAV = Encoding(Container.WAV, "pcm_s16le", SAMPLE_RATE)

_CURVES = {"F": "#d9730d", "S": "#2f81d7", "IY": "#2da44e", "V": "#a475f9"}
_RATIOS = np.linspace(-8.0, 4.0, 97)
_GOOD, _FAIR, _POOR = "#2da44e", "#bf8700", "#e5534b"
_GOOD_FROM = 80.0
_N_COLUMNS = 480  # of the waveform
_MARGIN_S = 0.1  # behind the last word

Samples = npt.NDArray[np.float32]


def draw_calibration(folder: Path = FOLDER) -> Path:
    """Draw the accuracy of some phones by their log ratio, and the range of all phones."""
    fitted = json.loads(CALIBRATION_FILE.read_bytes())
    with mpl.rc_context(STYLE):
        return save_plot(_calibration(fitted), folder / "pronunciation-calibration.svg")


def draw_utterance(samples: Samples, assessment: Assessment, folder: Path = FOLDER) -> Path:
    """Draw the waveform of an utterance, its words and phones, coloured by their scores.

    samples: float32, mono, 16 kHz, from the start of the audio.
    """
    with mpl.rc_context(STYLE):
        return save_plot(_utterance(samples, assessment), folder / "pronunciation-utterance.svg")


def say_and_assess(settings: Settings) -> tuple[Samples, Assessment]:
    """Synthesise the sentence and assess it against the reference."""
    onnxruntime.set_seed(SEED)
    synthesis = SpeechSynthesis(settings)
    style = VoiceStyle(voice=synthesis.voices()[0].short_name)
    units = synthesis.assign_voices((Passage((Span(SPOKEN),), style),))
    wav = encode_whole_speech(synthesis, units, _WAV)
    options = AssessmentOptions(reference_text=REFERENCE, miscue=True)
    mixer = MonoMixer()
    blocks = []
    with open_audio(wav) as stream:
        stream.tap(lambda block: blocks.append(mixer.mix(block)))
        recognition = RecognitionOptions(locales=("en-US",))
        assessed = assess(LocalTranscriber(settings), stream, recognition, options).assessment
    if assessed is None:
        raise RuntimeError("The recogniser found no word.")
    return float32_from_int16(np.concatenate(blocks)), assessed


def _calibration(fitted: Mapping[str, Any]) -> Figure:
    calibration = read_calibration(dict(fitted))
    everything = calibration.accuracy(np.repeat(_RATIOS[:, None], len(PHONES), axis=1))
    figure = Figure(figsize=(WIDTH_IN, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(
        _RATIOS, everything.min(axis=1), everything.max(axis=1), color=OTHERS, alpha=0.2,
        linewidth=0, label=f"all {len(PHONES)} phones",
    )  # fmt: skip
    for phone, colour in _CURVES.items():
        accuracy = everything[:, PHONES.index(phone)]
        label = phoneme_name(phone, PhonemeAlphabet.IPA)
        axes.plot(_RATIOS, accuracy, color=colour, linewidth=2, label=label)
    axes.axhline(MISPRONOUNCED_BELOW, color=TEXT, linewidth=0.8, linestyle=(0, (4, 4)))
    axes.text(
        _RATIOS[-1], MISPRONOUNCED_BELOW - 2, "a word is mispronounced below", ha="right", va="top"
    )
    axes.set_xlim(_RATIOS[0], _RATIOS[-1])
    axes.set_ylim(0, 100)
    axes.grid(axis="y")
    axes.legend(loc="upper left", frameon=False)
    axes.set_xlabel("log of the likelihood of the phone by that of all others and none")
    axes.set_ylabel("accuracy")
    return figure


def _utterance(samples: Samples, assessment: Assessment) -> Figure:
    figure = Figure(figsize=(WIDTH_IN, 3.2), layout="constrained")
    wave, phones = figure.subplots(2, sharex=True, height_ratios=(1.5, 1))
    _draw_wave(wave, samples)
    words = [word for word in assessment.words if word.phonemes]
    _draw_words(wave, words)
    for word in words:
        _draw_phones(phones, word)
    for axes in (wave, phones):
        axes.set_yticks([])
        axes.spines.bottom.set_visible(False)
    ends_s = [word.offset_s + word.duration_s for word in words]
    wave.set_xlim(0, min(len(samples) / SAMPLE_RATE, max(ends_s) + _MARGIN_S))
    phones.set_ylim(0, 1)
    phones.set_xlabel("seconds; number: accuracy of the phone")
    return figure


def _draw_wave(axes: Axes, samples: Samples) -> None:
    """Draw least and greatest sample of each column: a whole waveform has too many points."""
    columns = np.array_split(samples, min(_N_COLUMNS, len(samples)))
    seconds = np.cumsum([len(column) for column in columns]) / SAMPLE_RATE
    low, high = ([float(of(column)) for column in columns] for of in (np.min, np.max))
    axes.fill_between(seconds, low, high, color=OURS, linewidth=0)
    most = max(float(np.abs(samples).max()), 1e-3)
    axes.set_ylim(-most, 1.5 * most)  # room for the words


def _draw_words(axes: Axes, words: Sequence[AssessedWord]) -> None:
    for word in words:
        end_s = word.offset_s + word.duration_s
        for edge_s in (word.offset_s, end_s):
            axes.axvline(edge_s, color=LINES, linewidth=0.8)
        axes.text(
            (word.offset_s + end_s) / 2, 0.98, f"{word.text}\n{word.accuracy:.0f}",
            transform=axes.get_xaxis_transform(), ha="center", va="top", weight="bold",
            color=_colour(word.accuracy),
        )  # fmt: skip


def _draw_phones(axes: Axes, word: AssessedWord) -> None:
    for phoneme in word.phonemes:
        middle_s = phoneme.offset_s + phoneme.duration_s / 2
        axes.bar(
            middle_s, 1.0, width=phoneme.duration_s, color=_colour(phoneme.accuracy),
            edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        name = phoneme_name(phoneme.phoneme, PhonemeAlphabet.IPA)
        place: dict[str, Any] = {"ha": "center", "va": "center", "color": "white"}
        axes.text(middle_s, 0.62, name, fontsize=11, weight="bold", **place)
        axes.text(middle_s, 0.24, f"{phoneme.accuracy:.0f}", fontsize=7, **place)


def _colour(score: float) -> str:
    if score < MISPRONOUNCED_BELOW:
        return _POOR
    return _FAIR if score < _GOOD_FROM else _GOOD


def main() -> int:
    """Draw both."""
    settings = replace(Settings.from_environment(), voices=(VOICE,))
    print(draw_calibration())
    print(draw_utterance(*say_and_assess(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
