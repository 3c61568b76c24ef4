"""Clips made on the spot, and an app with a scripted transcriber behind it."""

import io
import math
import os
import struct
import wave

import pytest
from batch_api import make_api
from fastapi.testclient import TestClient

from functions.api.admission import Admission
from functions.api.app import create_app
from shared.settings import Settings
from shared.transcript import Alternative, Phrase, Word
from shared.transcription.scripted_transcriber import ScriptedTranscriber

KEY = "k"


@pytest.fixture
def tone():
    """Maker of WAV files."""
    return make_tone


@pytest.fixture
def remind():
    """Phrase of one timed word."""
    return REMIND


def make_tone(duration_s, *, n_channels=1, sample_rate=16_000):
    """WAV file (16 bit PCM) of a 440 Hz tone, alike in every channel."""
    frames = b"".join(
        struct.pack("<h", round(8_000 * math.sin(2 * math.pi * 440 * i / sample_rate))) * n_channels
        for i in range(round(duration_s * sample_rate))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(n_channels)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        writer.writeframes(frames)
    return file.getvalue()


REMIND = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.18,
    duration_s=0.72,
    n_best=(
        Alternative(
            0.92, "remind me at five", "remind me at 5", "remind me at 5", "Remind me at 5."
        ),
    ),
    words=(Word("remind", 0.18, 0.41, 0.95),),
    display_words=(Word("Remind", 0.18, 0.41, 0.95),),
)


@pytest.fixture
def api(tmp_path, monkeypatch):
    """Make an app with batch work on folders, empty."""
    # Nothing has to reach the disk, and here it takes longer than all else.
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    made = make_api(tmp_path)
    yield made
    made.batch.queue.close()


class ApiClient(TestClient):
    """A client beside what is inside of its app."""

    transcriber: ScriptedTranscriber
    admission: Admission


@pytest.fixture
def make_client():
    """Make clients of apps whose transcriber yields the given results."""

    def make(*results, locales=("de-DE", "en-US"), queue_limit=100, assessment=None, **settings):
        settings = {"keys": (KEY,), "queue_limit": queue_limit} | settings
        admission = Admission(settings["queue_limit"])
        transcriber = ScriptedTranscriber(results, locales=locales, assessment=assessment)
        client = ApiClient(create_app(Settings(**settings), transcriber, admission=admission))
        client.headers["Ocp-Apim-Subscription-Key"] = KEY
        client.transcriber, client.admission = transcriber, admission
        return client

    return make
