"""A whole audio as one transcript: its cost, its order, and an early end."""

import numpy as np
import pytest

from shared.audio.stream import RawPcm, open_audio
from shared.diarization.speaker_range import SpeakerRange
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Priority
from shared.settings import Settings
from shared.transcript import Alternative, Dropped, DropReason, Phrase
from shared.transcription.local_transcriber import LocalTranscriber
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.transcription.transcribe import transcribe

ENGLISH = RecognitionOptions(locales=("en-US",))


class ClientLeft(Exception):
    """The client has left."""


def stream_of(samples):
    return open_audio(samples.tobytes(), raw=RawPcm())


def phrase(channel, offset_s):
    forms = Alternative(0.9, "yes", "yes", "yes", "Yes.")
    return Phrase(channel, "en-US", offset_s, 0.5, (forms,))


@pytest.fixture
def transcriber(level_detector):
    engine = ScriptedEngine(lambda _segment, _request: hypothesis_of("I am one."))
    return LocalTranscriber(Settings(), lambda _settings: (engine, level_detector))


def test_phrases_are_in_order_of_channel_and_time_and_the_cost_is_a_part():
    script = [phrase(1, 0.0), Dropped(0, 0.0, 1.0, DropReason.SILENCE), phrase(0, 2.0)]
    audio = stream_of(np.zeros(48_000, np.int16))
    transcript = transcribe(ScriptedTranscriber(script), audio, ENGLISH)
    assert [(one.channel, one.offset_s) for one in transcript.phrases] == [(0, 2.0), (1, 0.0)]
    assert transcript.dropped == (script[1],)
    assert transcript.cost.audio_s == transcript.duration_s == 3.0


def test_silence_is_not_read_to_its_end_for_a_client_that_has_left(transcriber):
    """There is no phrase after which it could be asked."""
    stream = stream_of(np.zeros(16_000 * 600, np.int16))
    n_blocks = []

    def leave_after_three_blocks():
        n_blocks.append(1)
        if len(n_blocks) > 3:
            raise ClientLeft

    with pytest.raises(ClientLeft):
        transcribe(transcriber, stream, ENGLISH, leave_after_three_blocks)
    assert stream.duration_s < 60


def test_a_session_of_diarization_has_the_priority_of_its_audio():
    class Recorder(ScriptedTranscriber):
        def start_diarization(self, priority, check_cancelled):
            priorities.append(priority)
            return super().start_diarization(priority, check_cancelled)

    priorities = []
    options = RecognitionOptions(speakers=SpeakerRange(), priority=Priority.BATCH)
    transcribe(Recorder([phrase(0, 0.0)]), stream_of(np.zeros(16_000, np.int16)), options)
    assert priorities == [Priority.BATCH]


def test_the_end_of_each_result_is_shown():
    script = [Dropped(0, 0.0, 1.0, DropReason.SILENCE), phrase(0, 2.0), phrase(0, 3.0)]
    shown: list[float] = []
    stream = stream_of(np.zeros(64_000, np.int16))
    transcribe(ScriptedTranscriber(script), stream, ENGLISH, show_done=shown.append)
    assert shown == [1.0, 2.5, 3.5]
