"""Token ids of a sentence for a Piper voice, with the phonemes of eSpeak NG."""

import numpy as np
import pytest
from piper_voice import write_piper_voice

from shared.synthesis.espeak import EspeakProcess
from shared.synthesis.piper import PiperSynthesizer, read_piper_voice
from shared.synthesis.synthesizer import Sentence, Span


@pytest.fixture
def folder(tmp_path):
    return write_piper_voice(tmp_path)


class RecordingModel:
    """Keeps its inputs, gives a tenth of a second of silence."""

    def run(self, inputs):
        """Take the inputs."""
        self.inputs = inputs
        return np.zeros(1_600, np.float32)


@pytest.fixture
def spoken(folder):
    """Inputs of the model for a sentence."""

    def speak(*spans, **style):
        process = EspeakProcess()
        synthesizer = PiperSynthesizer(process)
        model = RecordingModel()
        synthesizer._loaded[str(folder)] = (read_piper_voice(folder), model)
        sentence = Sentence(spans=spans, language="en-GB", **style)
        (speech,) = synthesizer.synthesise(sentence, str(folder))
        process.stop()
        assert (len(speech.samples), speech.sample_rate) == (1_600, 16_000)
        return model.inputs

    return speak


def test_each_sound_is_followed_by_a_pad(spoken):
    """Four sounds between start and end; the comma has no symbol in this voice."""
    inputs = spoken(Span("Hi,"))
    assert inputs["input"].tolist() == [[1, 0, 5, 0, 6, 0, 4, 0, 7, 0, 2]]
    assert inputs["input_lengths"].tolist() == [11]


def test_a_pronunciation_is_taken_as_it_is(spoken):
    assert spoken(Span("anything", "hˈa"))["input"].tolist() == [[1, 0, 5, 0, 6, 0, 4, 0, 2]]


def test_twice_the_speed_is_half_the_length(spoken):
    assert spoken(Span("Hi"), speed=2.0)["scales"].tolist() == [0.5, 0.625, 0.75]
