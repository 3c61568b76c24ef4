"""OpenAI's Realtime API for transcription, through the unmodified `openai` package.

https://developers.openai.com/api/docs/guides/realtime-transcription
"""

import base64
import time

import numpy as np
import openai
import pytest

from shared.audio.encode import AudioEncoder
from shared.synthesis.output_formats import find_output_format
from tests.contract.conftest import KEY

# The package opens connections as an older release of `websockets` had it.
pytestmark = pytest.mark.filterwarnings("ignore:connect.. must be used:DeprecationWarning")

WORDS = "children are playing in the garden"
LIMIT_S = 30


@pytest.fixture
def client(server):
    """Open a client of the server."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY) as made:
        yield made


@pytest.fixture(scope="session")
def pcm(sentence):
    """Samples of the sentence as the API takes them, 24 kHz, and a second of silence."""
    samples = np.frombuffer(sentence, np.int16)
    times = np.arange(0, len(samples), 16_000 / 24_000)
    faster = np.interp(times, np.arange(len(samples)), samples)
    return faster.astype("<i2").tobytes() + bytes(48_000)


def session(detection=None, **transcription):
    """Options of a session."""
    return {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24_000},
                "transcription": {"model": "gpt-4o-transcribe", "language": "en"} | transcription,
                "turn_detection": detection,
            }
        },
    }


def send(connection, audio, piece_bytes=4_800):
    """Append audio in pieces."""
    for first in range(0, len(audio), piece_bytes):
        piece = base64.b64encode(audio[first : first + piece_bytes]).decode()
        connection.input_audio_buffer.append(audio=piece)


def until(connection, kind, *others):
    """Events up to one of a kind."""
    events, deadline = [], time.monotonic() + LIMIT_S
    for event in connection:
        events.append(event)
        if event.type in (kind, *others) or time.monotonic() > deadline:
            break
    assert events[-1].type in (kind, *others), [event.type for event in events]
    return events


COMPLETED = "conversation.item.input_audio_transcription.completed"


def test_committed_audio_is_transcribed(client, pcm):
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        assert until(connection, "session.created")[-1].session.type == "transcription"
        connection.session.update(session=session())
        until(connection, "session.updated")
        send(connection, pcm)
        connection.input_audio_buffer.commit()
        events = until(connection, COMPLETED)
    committed = next(one for one in events if one.type == "input_audio_buffer.committed")
    assert WORDS in events[-1].transcript
    assert events[-1].item_id == committed.item_id
    assert events[-1].usage.seconds > 2


def test_turns_are_detected_and_follow_each_other(client, pcm):
    detection = {"type": "server_vad", "silence_duration_ms": 500}
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=session(detection))
        until(connection, "session.updated")
        send(connection, pcm + pcm)
        first = until(connection, COMPLETED)
        second = until(connection, COMPLETED)
    kinds = [event.type for event in first if "delta" not in event.type]
    assert kinds[-4:] == [
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed", COMPLETED,
    ]  # fmt: skip
    assert WORDS in first[-1].transcript
    assert WORDS in second[-1].transcript
    committed = [one for one in second if one.type == "input_audio_buffer.committed"]
    assert committed[0].previous_item_id == first[-1].item_id


def test_a_second_commit_is_a_second_item(client, pcm):
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=session())
        for _ in range(2):
            send(connection, pcm)
            connection.input_audio_buffer.commit()
        first, second = until(connection, COMPLETED)[-1], until(connection, COMPLETED)[-1]
    assert WORDS in first.transcript
    assert WORDS in second.transcript
    assert first.item_id != second.item_id


@pytest.mark.parametrize(("form", "law"), [("audio/pcmu", "mulaw"), ("audio/pcma", "alaw")])
def test_telephone_codings_are_transcribed(client, sentence, form, law):
    encoder = AudioEncoder(find_output_format(f"raw-8khz-8bit-mono-{law}").encoding)
    coded = encoder.encode(np.frombuffer(sentence, np.int16)[::2].copy()) + encoder.finish()
    options = session()
    options["audio"]["input"]["format"] = {"type": form}
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=options)
        send(connection, coded)
        connection.input_audio_buffer.commit()
        assert "playing in the garden" in until(connection, COMPLETED)[-1].transcript


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "realtime"}, "transcription only"),
        ({"audio": {"input": {"format": {"type": "audio/opus"}}}}, "audio/pcm"),
        ({"audio": {"input": {"turn_detection": {"silence_duration_ms": 1}}}}, "from 100"),
    ],
)
def test_options_that_are_not_served_are_an_error_and_the_session_goes_on(client, change, message):
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=session() | change)
        error = until(connection, "error")[-1].error
        assert message in error.message
        connection.session.update(session=session())
        until(connection, "session.updated")


def test_a_commit_of_nothing_is_an_error(client):
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.input_audio_buffer.commit()
        assert until(connection, "error")[-1].error.code == "input_audio_buffer_commit_empty"


def test_an_unknown_language_fails_its_item(client, pcm):
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(session=session(language="xx"))
        send(connection, pcm)
        connection.input_audio_buffer.commit()
        failed = until(connection, "conversation.item.input_audio_transcription.failed")[-1]
        assert "xx" in failed.error.message


def test_a_wrong_key_is_refused(server):
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong") as client,
        pytest.raises(Exception, match="401"),
        client.realtime.connect(extra_query={"intent": "transcription"}),
    ):
        pass
