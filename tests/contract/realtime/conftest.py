"""Clips for real time, and the native Speech SDK with what its recognisers report."""

import io
import threading
import wave
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.audio.stream import open_audio
from tests.contract.conftest import KEY

sdk = pytest.importorskip("azure.cognitiveservices.speech")

PAUSE_S = 1.5
LIMIT_S = 60


@dataclass
class Heard:
    """Events of one recogniser, in order: their kind, text and place in the audio in seconds."""

    events: list[Any] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def texts(self, kind="recognized"):
        """Texts of one kind of event."""
        return [text for event, text, _ in self.events if event == kind and text]


def listen_to(recogniser, kinds=("recognizing", "recognized")):
    """Keep the events of a recogniser."""
    heard = Heard()

    def keep(kind):
        def on(event):
            result = event.result
            heard.events.append((kind, result.text, (result.offset / 1e7, result.duration / 1e7)))

        return on

    for kind in kinds:
        getattr(recogniser, kind).connect(keep(kind))

    def on_canceled(event):
        details = event.cancellation_details
        heard.events.append(("canceled", details.reason.name, details.error_details))

    recogniser.canceled.connect(on_canceled)
    recogniser.session_stopped.connect(lambda _: heard.stopped.set())
    return heard


def recognise_all(recogniser, kinds=("recognizing", "recognized")):
    """Recognise until the audio ends; return the events."""
    heard = listen_to(recogniser, kinds)
    recogniser.start_continuous_recognition_async().get()
    assert heard.stopped.wait(LIMIT_S), "the recogniser did not stop"
    recogniser.stop_continuous_recognition_async().get()
    return heard


def pcm_of(wav):
    """Samples of a WAV file, 16 bit at 16 kHz."""
    with open_audio(wav) as stream:
        return b"".join(block[0].tobytes() for block in stream)


def wav_of(pcm, sample_rate=16_000, n_channels=1):
    """WAV file of samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(n_channels)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        writer.writeframes(pcm)
    return file.getvalue()


@pytest.fixture(scope="session")
def sentence(spoken_clip):
    """Samples of the sentence of eSpeak NG, 16 bit at 16 kHz."""
    return pcm_of(spoken_clip.wav)


@pytest.fixture(scope="session")
def twice(sentence, tmp_path_factory):
    """File in which the sentence is said twice, with a pause."""
    silence = bytes(round(PAUSE_S * 16_000) * 2)
    path = tmp_path_factory.mktemp("twice") / "t.wav"
    path.write_bytes(wav_of(silence + sentence + silence + sentence + silence))
    return path


@pytest.fixture
def config(server):
    """Maker of configurations that point at the server, as the containers' users write them."""

    def make(kind=sdk.SpeechConfig, key=KEY, language="en-US"):
        made = kind(host=server.url.replace("http", "ws"), subscription=key)
        if language:
            made.speech_recognition_language = language
        return made

    return make
