"""Silero's probabilities, and the segments that come of them."""

import numpy as np
import pytest

from shared.audio.segmenter import Pause, Segment, Segmenter
from shared.audio.speech_detector import SileroDetector

WINDOW = 512


@pytest.fixture(scope="module")
def detector(model_folder):
    return SileroDetector(model_folder / "silero-vad" / "silero_vad_v6.onnx")


def of_signal(detector, samples):
    segmenter = Segmenter(detector)
    return [*segmenter.push(samples.astype(np.float32)), *segmenter.finish()]


@pytest.mark.parametrize("kind", ["silence", "hum", "noise", "clicks"])
def test_silero_detects_no_speech_in_noise_and_silence(detector, kind):
    n = np.arange(5 * 16_000)
    sounds = {
        "silence": np.zeros(len(n)),
        "hum": 0.1 * np.sin(2 * np.pi * 50 * n / 16_000),
        "noise": 0.05 * np.random.default_rng(3).standard_normal(len(n)),
        "clicks": np.where(n % 4_000 < 8, 0.8, 0.0),
    }
    (pause,) = of_signal(detector, sounds[kind])
    assert isinstance(pause, Pause)


def test_silero_finds_the_sentence_between_two_silences(detector, spoken_samples):
    silence = np.zeros(2 * 16_000, np.float32)
    results = of_signal(detector, np.concatenate((silence, spoken_samples, silence)))
    assert [type(result) for result in results] == [Pause, Segment, Pause]
    spoken = results[1].utterances
    assert spoken[0].start_s == pytest.approx(2.0, abs=0.15)
    assert spoken[-1].end_s == pytest.approx(2.0 + len(spoken_samples) / 16_000, abs=0.3)


def test_silero_says_the_same_window_by_window_and_at_once(detector, spoken_samples):
    """Its state goes from call to call."""
    n_windows = len(spoken_samples) // WINDOW
    stream = np.concatenate((np.zeros(64, np.float32), spoken_samples[: n_windows * WINDOW]))
    windows = np.lib.stride_tricks.sliding_window_view(stream, 64 + WINDOW)[::WINDOW].copy()
    at_once, _ = detector.probabilities(windows, detector.initial_state())
    one_by_one, state = [], detector.initial_state()
    for window in windows:
        probability, state = detector.probabilities(window[np.newaxis], state)
        one_by_one.append(probability[0])
    np.testing.assert_allclose(one_by_one, at_once, atol=1e-4)
