"""Inputs of Kokoro's model for a sentence, with the phonemes of eSpeak NG."""

import numpy as np
import pytest

from shared.synthesis.espeak import EspeakProcess
from shared.synthesis.kokoro import MAX_PHONEMES, KokoroSynthesizer
from shared.synthesis.synthesizer import Sentence, Span


class RecordingModel:
    """Keeps the tokens of every run, gives silence."""

    def __init__(self):
        self.runs = []

    def run(self, inputs):
        """Take the inputs."""
        self.runs.append(inputs)
        return np.zeros(2_400, np.float32)


@pytest.fixture
def kokoro(tmp_path):
    (tmp_path / "voices").mkdir()
    styles = np.repeat(np.arange(510, dtype="<f4"), 256)
    for voice in ("af_heart", "pf_dora"):
        styles.tofile(tmp_path / "voices" / f"{voice}.bin")
    process = EspeakProcess()
    synthesizer = KokoroSynthesizer(tmp_path, process)
    synthesizer._model = RecordingModel()
    yield synthesizer
    process.stop()


def speak(kokoro, *spans, speaker="af_heart", **style):
    sentence = Sentence(spans=spans, language="en-US", **style)
    for part in kokoro.synthesise(sentence, speaker):
        assert part.sample_rate == 24_000
    return kokoro._model.runs


def test_a_sentence_is_tokens_between_zeros_with_the_style_of_its_length(kokoro):
    (run,) = speak(kokoro, Span("Hi."), speed=1.5)
    assert run["tokens"].tolist() == [[0, 50, 156, 25, 4, 0]]
    assert run["style"].shape == (1, 256)
    assert run["style"][0, 0] == 3  # four sounds
    assert run["speed"].tolist() == [1.5]


def test_a_nasal_vowel_in_one_letter_is_written_in_two(kokoro):
    (run,) = speak(kokoro, Span("um", "ũ"), speaker="pf_dora")
    assert run["tokens"].tolist() == [[0, 63, 17, 0]]


def test_words_of_several_spans_stay_apart(kokoro):
    """`a hi a`: one space on each side, wherever it was written."""
    (run,) = speak(kokoro, Span("a "), Span("x", "hˈI"), Span(" a"))
    assert run["tokens"].tolist()[0].count(16) == 2


def test_too_many_sounds_are_spoken_in_parts(kokoro):
    """Cut at spaces, every sound kept."""
    runs = speak(kokoro, Span("x", "abc " * 400))
    lengths = [run["tokens"].shape[1] - 2 for run in runs]
    assert len(runs) == 4
    assert max(lengths) <= MAX_PHONEMES
    assert sum(lengths) == 4 * 400 - 1


def test_nothing_to_say_is_no_part(kokoro):
    assert speak(kokoro, Span("-")) == []
