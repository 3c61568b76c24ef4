"""Diarization in the scheduler of recognition, with the real networks."""

import numpy as np
import pytest

from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.scheduling import Job, Priority
from shared.settings import Settings
from shared.transcription.local_transcriber import LocalTranscriber

SPEECH = (np.sin(np.arange(16_000 * 30) / 20) * 8_000).astype(np.int16)


class ClientLeft(Exception):
    """The client has left."""


def leave():
    raise ClientLeft


@pytest.fixture
def transcriber(model_folder):
    engine = ScriptedEngine(lambda _segment, _request: hypothesis_of("I am one."))
    settings = Settings(model_folder=model_folder)
    return LocalTranscriber(settings, lambda _settings: (engine, None))


def test_the_networks_wait_while_recognition_holds_the_slot(transcriber):
    """They wait as every other work does, and can be cancelled while they do."""
    scheduler = transcriber._load().scheduler
    checks = []

    def leave_while_waiting():
        checks.append(True)
        if len(checks) > 1:  # the first check precedes the waiting
            raise ClientLeft

    session = transcriber.start_diarization(Priority.BATCH, leave_while_waiting)
    with scheduler.slot(Job(Priority.INTERACTIVE)), pytest.raises(ClientLeft):
        session.push(SPEECH)
    assert len(checks) == 2


def test_cancelled_diarization_computes_no_window(transcriber):
    session = transcriber.start_diarization(Priority.BATCH, leave)
    with pytest.raises(ClientLeft):
        session.push(SPEECH)
    assert session._voices.windows == []
