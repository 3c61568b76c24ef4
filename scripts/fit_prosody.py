"""Fit the norms and scales of fluency and prosody: writes `native_norms.json` beside them.

    PYTHONPATH=. SOTTO_SPEECH_DATA=FOLDER .venv/bin/python scripts/fit_prosody.py MODULE:FUNCTION

FUNCTION is the aligner: samples and a text in, aligned words out. Only half A of the native readers
is read; `benchmarks/prosody.py` reports half B. Norms are means and deviations of the readers as
they are. A scale is the logistic function through two points: a quantile of speech without a fault
and one of the same speech with the fault.
"""

import argparse
import importlib
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.clips import read_manifest
from benchmarks.halves import HALVES_SEED, halves_of
from benchmarks.prosody_faults import (
    SEED,
    break_lengths_s,
    inserted_breaks,
    removed_breaks,
    with_pitch,
)
from benchmarks.read_speech import FOLDERS, Align, ReadClip, read_aloud, readers
from shared.pronunciation.prosody import native_norms, rhythm
from shared.pronunciation.prosody.breaks import silent_spans_s
from shared.pronunciation.prosody.intonation import Intonation, log_semitones
from shared.pronunciation.prosody.loudness import log_level_spread
from shared.pronunciation.prosody.pitch import track_pitch

NORMS = Path(native_norms.__file__).with_name("native_norms.json")
SHORTEST_S = 0.01  # as in `Scale`


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("aligner", metavar="MODULE:FUNCTION")
    module, _, function = parser.parse_args().aligner.partition(":")
    align: Align = getattr(importlib.import_module(module), function)
    clips = read_manifest(Path(os.environ["SOTTO_SPEECH_DATA"]).resolve())
    read = read_aloud(halves_of(readers(clips)).a, align)
    fitted = {
        "data": f"half A of the readers of {' and '.join(FOLDERS)}",
        "seeds": {"halves": HALVES_SEED, "faults": SEED},
        "n_readers": len({clip.speaker for clip in read}),
        "n_clips": len(read),
        "norms": fit_norms(read),
        "scales": fit_scales(read, align),
    }
    NORMS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(read)} clips: {NORMS}\n")
    return 0


def fit_norms(read: Sequence[ReadClip]) -> dict[str, dict[str, float]]:
    """Mean and deviation of each feature."""
    melodies = [_intonation(clip) for clip in read]
    features: dict[str, Iterable[float | None]] = {
        "phone_rate": [rhythm.log_phone_rate(clip.words) for clip in read],
        "articulation_rate": [rhythm.log_articulation_rate(clip.words) for clip in read],
        "silence": [-rhythm.silence_share(clip.words) for clip in read],
        "pitch_spread": [log_semitones(one.spread_semitones()) for one in melodies],
        "pitch_movement": [log_semitones(one.movement_semitones()) for one in melodies],
        "level_spread": [log_level_spread(clip.samples, 0.0, clip.words) for clip in read],
        "stress": [rhythm.log_stress(clip.words) for clip in read],
        "rhythm": [rhythm.log_variability(clip.words) for clip in read],
    }
    return {name: _norm(values) for name, values in features.items()}


def fit_scales(read: Sequence[ReadClip], align: Align) -> dict[str, dict[str, float]]:
    """Scale of each confidence."""
    within_phrase = [
        length_s
        for clip in read
        for length_s, word in zip(break_lengths_s(clip), clip.words[1:], strict=True)
        if not word.expects_break
    ]
    inserted = [
        _break_s(case.samples, case.words, case.index) for case in inserted_breaks(read, align)
    ]
    removed = [(case, before) for case, before in removed_breaks(read, align)]
    cut = [_break_s(case.samples, case.words, case.index) for case, _ in removed]
    paused = [_break_s(case.clip.samples, before, case.index) for case, before in removed]
    natural = [_intonation(clip) for clip in read]
    flat_clips = [flat for clip in read if (flat := with_pitch(clip, align, 0.0)) is not None]
    flat = [_intonation(clip) for clip in flat_clips]
    return {
        "unexpected_break": _scale(
            (_quantile(within_phrase, 98), 0.25), (_quantile(inserted, 5), 0.95)
        ),
        "expected_break": _scale((_quantile(cut, 85), 0.1), (_quantile(paused, 5), 0.9)),
        "varied_pitch": _scale(
            (_quantile([one.spread_semitones() for one in flat], 95), 0.05),
            (_quantile([one.spread_semitones() for one in natural], 5), 0.9),
        ),
        "sloped_word": _scale(
            (_quantile(_of_words(flat_clips, flat, Intonation.word_slope_semitones), 75), 0.25),
            (_quantile(_of_words(read, natural, Intonation.word_slope_semitones), 50), 0.9),
        ),
        "moved_syllables": _scale(
            (
                _quantile(_of_words(flat_clips, flat, Intonation.syllable_change_semitones), 75),
                0.25,
            ),
            (_quantile(_of_words(read, natural, Intonation.syllable_change_semitones), 50), 0.9),
        ),
    }


def _intonation(clip: ReadClip) -> Intonation:
    return Intonation(track_pitch(clip.samples), 0.0, clip.words)


def _of_words(
    clips: Sequence[ReadClip], melodies: Sequence[Intonation], measure: Callable[..., float | None]
) -> list[float]:
    pairs = zip(clips, melodies, strict=True)
    values = (measure(melody, word) for clip, melody in pairs for word in clip.words)
    return [value for value in values if value is not None]


def _break_s(samples: Any, words: Any, index: int) -> float:
    start_s, end_s = silent_spans_s(samples, 0.0, words)[index - 1]
    return end_s - start_s


def _norm(values: Iterable[float | None]) -> dict[str, float]:
    known = np.array([value for value in values if value is not None])
    return {"mean": round(float(known.mean()), 4), "deviation": round(float(known.std()), 4)}


def _quantile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent))


def _scale(low: tuple[float, float], high: tuple[float, float]) -> dict[str, float]:
    """Scale through two points: quantity and confidence."""
    (x_low, y_low), (x_high, y_high) = (
        (math.log(quantity + SHORTEST_S), math.log(confidence / (1 - confidence)))
        for quantity, confidence in (low, high)
    )
    if x_low >= x_high:
        raise ValueError(f"the fault does not show: {low[0]:.3f} and {high[0]:.3f}")
    steepness = (y_high - y_low) / (x_high - x_low)
    half = math.exp(x_low - y_low / steepness) - SHORTEST_S
    return {"half": round(half, 4), "steepness": round(steepness, 4)}


if __name__ == "__main__":
    sys.exit(main())
