"""The work of a turn: a last event, whatever happens."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from functions.api.realtime.actions import TurnFailed
from functions.api.realtime.turn import turn_events
from functions.api.realtime.turn_request import Mode, TurnRequest
from shared.audio.arriving import ArrivingAudio
from shared.errors import ModelMissing, TranslationUnavailable, UnsupportedPair
from shared.settings import Settings
from shared.streaming_events import SpeechEnded
from shared.transcript import RecognitionCost
from shared.transcription.scripted_transcriber import ScriptedTranscriber

REQUEST = TurnRequest(mode=Mode.CONVERSATION, locales=("en-US",))
SECRET = "words of the turn"


class Chain:
    """Translators that fail once there is a phrase."""

    def __init__(self, failure):
        self.failure = failure

    def find_for_speech(self, source, target):
        """Promise a translator."""

    def can_reach(self, _target):
        """Promise a translator."""
        return True

    def needs_whisper_task(self, _sources):
        """Translate as text."""
        return False

    def translate(self, _texts, _source, _target):
        """Fail."""
        raise self.failure


@pytest.fixture
def events_of(tone):
    """Events of a turn whose recognition yields a script."""

    def run(*script, request=REQUEST, audio=None, chain=None):
        service = SimpleNamespace(
            settings=Settings(), transcriber=ScriptedTranscriber(script), translators=lambda: chain
        )

        async def work():
            arriving = ArrivingAudio()
            arriving.put(tone(1.0) if audio is None else audio)
            arriving.end()
            return await asyncio.to_thread(
                lambda: list(turn_events(service, request, arriving, lambda: None))
            )

        return asyncio.run(work())

    return run


def test_phrases_come_before_the_cost(events_of, remind):
    ended, cost = events_of(remind)
    assert ended == SpeechEnded(remind.offset_s, remind.duration_s, (remind,))
    assert cost == RecognitionCost(audio_s=1.0)


def test_a_turn_without_audio_has_a_cost(events_of):
    assert events_of(audio=b"") == [RecognitionCost()]


@pytest.mark.parametrize(
    ("script", "audio", "locale", "status"),
    [
        ((), b"no audio at all" * 100, "en-US", "BadRequest"),
        ((), None, "xx-YY", "BadRequest"),
        ((ModelMissing("No model."),), None, "en-US", "ServiceUnavailable"),
        ((ValueError(SECRET),), None, "en-US", "Error"),
    ],
)
def test_a_failure_is_the_last_event_and_has_its_status(events_of, script, audio, locale, status):
    events = events_of(*script, request=replace(REQUEST, locales=(locale,)), audio=audio)
    assert isinstance(events[-1], TurnFailed)
    assert events[-1].status == status
    assert SECRET not in events[-1].message


@pytest.mark.parametrize("failure", [TranslationUnavailable("Down."), UnsupportedPair("None.")])
def test_a_phrase_that_cannot_be_translated_does_not_end_the_turn(events_of, remind, failure):
    request = replace(REQUEST, targets=("es",))
    ended, cost = events_of(remind, request=request, chain=Chain(failure))
    assert ended.phrases == (remind,)
    assert isinstance(cost, RecognitionCost)
