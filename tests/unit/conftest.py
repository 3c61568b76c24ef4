"""Fixtures of tests of recognition: decoded speech, and audio that carries its own script.

Scripted audio has "speech" where samples are a constant other than zero, and that
constant names the sentence: level 3 is script entry 3. Nothing depends on the order in which
segments reach the engine.

A test in this folder that loads a model or starts a process fails: its place is
`tests/components`.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit_guard import UnitGuard

from shared.audio.stream import RawPcm, open_audio
from shared.recognition.engines.engine import RecognitionEngine
from shared.recognition.engines.scripted_engine import ScriptedEngine
from shared.recognition.pipeline import Recognition
from shared.scheduling import Scheduler
from shared.transcript import RecognitionCost

HERE = Path(__file__).resolve().parent
STEP = 1_000  # int16 samples of one level
WINDOW = 512


class LevelDetector:
    """Hears speech where samples are as loud as the softest level, certainly."""

    @staticmethod
    def initial_state():
        """Nothing to remember."""
        return None, None

    @staticmethod
    def probabilities(windows, state):
        """1 for a window that is half a level or louder."""
        loud = np.abs(windows[:, -WINDOW:]).max(axis=1) > STEP / 2 / 32_768
        return loud.astype(np.float32), state


def level_of(segment):
    """Level of an encoded segment of scripted audio."""
    return round(float(np.abs(segment.features).max()) * 32_768 / STEP)


def utter(*parts):
    """One channel, int16: (level, seconds) one after the other; level 0 is silence."""
    return np.concatenate(
        [np.full(round(16_000 * seconds), level * STEP, np.int16) for level, seconds in parts]
    )


class ScriptedRecognition:
    """Recognition of scripted audio; keeps its engine and its cost."""

    def __init__(self, script, options, identify=None):
        language_script: dict[str, Any] = {}
        if identify is not None:
            language_script["identify"] = lambda segment: identify(level_of(segment))
        self.detector: Any = LevelDetector()
        self.engine = ScriptedEngine(
            lambda segment, request: script(level_of(segment), segment.n_positions, request),
            **language_script,
        )
        self.cost = RecognitionCost()
        self.scheduler = Scheduler[RecognitionEngine]([self.engine])
        self.recognition = Recognition(
            self.scheduler, self.engine.languages, self.detector, options
        )

    def of(self, *channels):
        """Recognise these channels, all of one length."""
        samples = np.stack(channels, axis=1)
        stream = open_audio(samples.tobytes(), raw=RawPcm(n_channels=len(channels)))
        for result in self.recognition.run(stream):
            if isinstance(result, RecognitionCost):
                self.cost = result
            else:
                yield result

    def identify_language(self, stream):
        """Identify the language of an audio before anything is read."""
        return self.recognition.identify_language(stream)


GUARD = UnitGuard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Guard every test of this folder, its fixtures included."""
    if not item.path.is_relative_to(HERE):  # pytest calls this hook for every test there is
        return (yield)
    with pytest.MonkeyPatch.context() as patch, GUARD.on():
        GUARD.refuse_models(patch)
        return (yield)


@pytest.fixture(scope="session")
def model_folder():
    """Refuse the fetched models."""
    pytest.fail("A unit test needs a fetched model; the place of such a test is tests/components.")


@pytest.fixture(scope="session")
def level_detector():
    return LevelDetector()


@pytest.fixture(scope="session")
def utterances():
    """Maker of one channel of scripted audio."""
    return utter


@pytest.fixture(scope="session")
def scripted():
    """Maker of `ScriptedRecognition`."""
    return ScriptedRecognition
