"""Real speech that repeats itself, with the base model: it was dropped as a loop once."""

import io
import wave

import numpy as np
import pytest

from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

pytestmark = pytest.mark.speech

RATE = 16_000
SENTENCE = "en_read/1688-142285-0002.flac"
WORD = "silly"  # its last one


@pytest.fixture(scope="module")
def said(transcriber, speech_data):
    """Word list of the sentence said several times, with a pause of this many seconds."""
    with open_audio((speech_data / SENTENCE).read_bytes()) as stream:
        once = np.concatenate([MonoMixer().mix(block) for block in stream])

    def said(n_times, pause_s):
        pause = np.zeros(round(pause_s * RATE), np.int16)
        samples = np.concatenate([part for _ in range(n_times) for part in (once, pause)])
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes(samples.astype("<i2").tobytes())
        with open_audio(file.getvalue()) as stream:
            results = list(transcriber.recognise(stream, RecognitionOptions(locales=("en-US",))))
        phrases = [result for result in results if isinstance(result, Phrase)]
        return " ".join(phrase.best.lexical for phrase in phrases).split()

    return said


@pytest.mark.parametrize(("n_times", "pause_s"), [(3, 0.0), (4, 0.6), (8, 0.6)])
def test_a_sentence_that_is_said_again_and_again_stays(said, n_times, pause_s):
    """At least two thirds of it, and at most half more: counts near a threshold may differ."""
    n_words = len(said(1, 0.5))
    found = said(n_times, pause_s)
    assert 2 * n_times / 3 <= len(found) / n_words <= 1.5 * n_times + 1
    assert found.count(WORD) >= n_times / 2
