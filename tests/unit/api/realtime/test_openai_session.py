"""Transcription sessions of OpenAI's Realtime API: events in, actions out."""

import base64
import json

import pytest

from functions.api.realtime.actions import (
    BeginTurn,
    Close,
    EndAudio,
    EndTurn,
    Send,
    TakeAudio,
    TurnFailed,
)
from functions.api.realtime.openai_options import (
    SessionOptions,
    UnusableOptions,
    read_options,
)
from functions.api.realtime.openai_session import OpenAISession
from shared.streaming_events import PartialPhrase, SpeechEnded, SpeechStarted
from shared.transcript import Alternative, Phrase, RecognitionCost

COMPLETED = "conversation.item.input_audio_transcription.completed"
DELTA = "conversation.item.input_audio_transcription.delta"
DETECTION = {"turn_detection": {"type": "server_vad", "silence_duration_ms": 400}}
NO_DETECTION = {"turn_detection": None}


def spoken(text, offset_s=1.0):
    phrase = Phrase(0, "en-US", offset_s, 1.5, (Alternative(0.9, text, text, text, text),))
    return SpeechEnded(offset_s, 1.5, (phrase,))


class Client:
    """Sends events and reads those that come back."""

    def __init__(self, **session):
        self.session = OpenAISession()
        self.actions = []
        if session:
            self.send("session.update", session={"type": "transcription", **session})
            self.actions.clear()

    def _keep(self, actions):
        found = list(actions)
        self.actions += [action for action in found if not isinstance(action, Send)]
        return [json.loads(action.frame) for action in found if isinstance(action, Send)]

    def send(self, kind, **fields):
        """Send an event."""
        return self._keep(self.session.text(json.dumps({"type": kind, **fields})))

    def append(self, audio):
        """Append audio."""
        return self.send("input_audio_buffer.append", audio=base64.b64encode(audio).decode())

    def event(self, event, number=1):
        """Pass an event of the work of a turn."""
        return self._keep(self.session.event(number, event))


def kinds(events):
    return [event["type"] for event in events]


def test_a_session_greets_with_its_options():
    (greeting,) = [json.loads(action.frame) for action in OpenAISession().opened()]
    assert greeting["type"] == "session.created"
    assert greeting["session"]["type"] == "transcription"
    assert greeting["session"]["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}


def test_audio_begins_a_turn_with_a_header_of_its_format():
    client = Client(**DETECTION)
    client.append(b"\1\2")
    begun, header, piece = client.actions
    assert isinstance(begun, BeginTurn)
    assert begun.request.segmentation_silence_ms == 400
    assert header.piece[:4] == b"RIFF"
    assert int.from_bytes(header.piece[24:28], "little") == 24_000
    assert piece == TakeAudio(b"\1\2")


def test_a_detected_turn_is_an_item_from_its_start_to_its_text():
    client = Client(**DETECTION)
    client.append(b"\1\2")
    (started,) = client.event(SpeechStarted(1.0))
    assert started["audio_start_ms"] == 1000
    (first,) = client.event(PartialPhrase(1.0, 0.5, "call", "en-US"))
    (second,) = client.event(PartialPhrase(1.0, 0.9, "call home", "en-US"))
    assert first["delta"] + second["delta"] == "call home"
    stopped, committed, completed = client.event(spoken("Call home."))
    assert kinds([stopped, committed]) == [
        "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
    ]  # fmt: skip
    assert completed["transcript"] == "Call home."
    assert {one["item_id"] for one in (started, first, stopped, committed, completed)} == {
        completed["item_id"]
    }
    (after,) = client.event(SpeechStarted(4.0))
    assert after["item_id"] != completed["item_id"]


def test_committed_audio_is_one_item_with_all_its_phrases():
    client = Client(**NO_DETECTION)
    client.append(b"\1\2")
    (committed,) = client.send("input_audio_buffer.commit")
    assert client.actions[-1] == EndAudio()
    assert client.event(SpeechStarted(1.0)) == []
    assert client.event(spoken("One.")) == client.event(spoken("Two.", 4.0)) == []
    (completed,) = client.event(RecognitionCost(audio_s=6.5))
    assert completed["transcript"] == "One. Two."
    assert completed["item_id"] == committed["item_id"]
    assert completed["usage"] == {"type": "duration", "seconds": 6.5}


def test_audio_behind_a_commit_waits_for_the_next_turn():
    client = Client(**NO_DETECTION)
    client.append(b"\1\2")
    client.send("input_audio_buffer.commit")
    client.append(b"\3\4")
    client.send("input_audio_buffer.commit")
    assert TakeAudio(b"\3\4") not in client.actions
    events = client.event(RecognitionCost(audio_s=1.0))
    assert kinds(events) == [COMPLETED, "input_audio_buffer.committed"]
    assert events[1]["previous_item_id"] == events[0]["item_id"]
    assert client.actions[-3:][1:] == [TakeAudio(b"\3\4"), EndAudio()]
    (completed,) = client.event(RecognitionCost(audio_s=1.0), number=2)
    assert completed["item_id"] == events[1]["item_id"]


def test_too_much_audio_behind_a_commit_closes_the_connection():
    client = Client(**NO_DETECTION)
    client.append(b"\1\2")
    client.send("input_audio_buffer.commit")
    for _ in range(3):
        client.append(bytes(600_000))
    assert isinstance(client.actions[-1], Close)


def test_new_options_hold_from_the_next_audio():
    client = Client(**DETECTION)
    client.append(b"\1\2")
    client.send("session.update", session={"input_audio_transcription": {"language": "de"}})
    assert client.actions[-1] == EndAudio()
    client.append(b"\3\4")
    client.event(RecognitionCost(audio_s=1.0))
    begun = [action for action in client.actions if isinstance(action, BeginTurn)]
    assert [one.request.locales for one in begun] == [(), ("de",)]


def test_a_cleared_buffer_is_forgotten():
    client = Client(**NO_DETECTION)
    client.append(b"\1\2")
    (cleared,) = client.send("input_audio_buffer.clear")
    assert cleared["type"] == "input_audio_buffer.cleared"
    assert client.actions[-1] == EndTurn()
    (error,) = client.send("input_audio_buffer.commit")
    assert error["error"]["code"] == "input_audio_buffer_commit_empty"


@pytest.mark.parametrize("frame", ["{", "[]", "{}", '{"type": 3}', "[" * 50_000])
def test_a_message_that_is_no_event_is_an_error_and_the_session_goes_on(frame):
    session = OpenAISession()
    (action,) = session.text(frame)
    assert json.loads(action.frame)["type"] == "error"


def test_an_error_names_the_event_that_caused_it():
    client = Client()
    (error,) = client.send("response.create", event_id="event_7")
    assert error["error"]["event_id"] == "event_7"
    (error,) = client.send("input_audio_buffer.append", audio="no base64!", event_id="event_8")
    assert error["error"]["event_id"] == "event_8"


def test_a_failed_turn_fails_its_item():
    client = Client(**NO_DETECTION)
    client.append(b"\1\2")
    client.send("input_audio_buffer.commit")
    failed, error = client.event(TurnFailed("BadRequest", "No such locale."))
    assert failed["error"]["message"] == error["error"]["message"] == "No such locale."
    assert not client.session.has_turn


def test_a_stopping_server_finishes_the_turn_then_goes_away():
    client = Client(**DETECTION)
    client.append(b"\1\2")
    client._keep(client.session.stop())
    assert client.actions[-1] == EndAudio()
    client.event(RecognitionCost(audio_s=1.0))
    assert client.actions[-1] == Close(1001, "The server stops.")


def test_the_older_form_of_options_is_read():
    options = read_options(
        {
            "input_audio_format": "g711_ulaw",
            "input_audio_transcription": {"model": "whisper-1", "language": "es"},
            "turn_detection": {"type": "server_vad"},
        },
        SessionOptions(silence_ms=None),
    )
    assert options == SessionOptions("audio/pcmu", 8_000, "whisper-1", "es", 500)


@pytest.mark.parametrize(
    ("eagerness", "silence_ms"), [("low", 1500), ("high", 500), ("auto", 1000), (3, 1000)]
)
def test_semantic_turn_detection_is_a_silence(eagerness, silence_ms):
    detection = {"type": "semantic_vad", "eagerness": eagerness}
    read = read_options({"audio": {"input": {"turn_detection": detection}}}, SessionOptions())
    assert read.silence_ms == silence_ms


@pytest.mark.parametrize(
    "session",
    [
        None,
        [],
        {"type": "realtime"},
        {"audio": 3},
        {"audio": {"input": {"format": {"type": "audio/opus"}}}},
        {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 12_345}}}},
        {"input_audio_transcription": {"language": 3}},
        {"input_audio_transcription": {"language": "x" * 100}},
        {"turn_detection": {"silence_duration_ms": "soon"}},
        {"turn_detection": {"silence_duration_ms": True}},
        {"turn_detection": "server_vad"},
    ],
)
def test_options_that_are_not_served_are_refused(session):
    with pytest.raises(UnusableOptions):
        read_options(session, SessionOptions())
