"""Real speech goes through a real server, and nothing of it is left anywhere.

The server's system calls are traced from the start of the process to its end.
"""

import json

import pytest
from traced_host import SECRETS

from functions.command_line.privacy_check.system_call_trace import strangers_spoken_to, traces_left
from shared.models.int8_copy import int8_copy

FORMS = (
    "short audio, {} wav",
    "short audio, {} mp3",
    "short audio, {} m4a",
    "short audio, {} assessed",
    "fast transcription, {} wav",
    "fast transcription, {} mp3",
    "fast transcription, {} m4a",
    "fast transcription, {} 20 MB wav",
    "fast transcription, {} audioUrl",
    "fast transcription, {} speakers",
    "OpenAI, {} speakers",
)


@pytest.mark.parametrize("form", FORMS)
def test_the_speech_is_recognised(observation, clips, form):
    """Otherwise there would be nothing to leave behind. Half of the long words may be misheard."""
    for name, speech in clips.items():
        status, body = observation.answers[form.format(name)]
        assert status == 200, body
        heard = [word for word in speech.canaries if word in body.lower()]
        assert len(heard) >= max(3, len(speech.canaries) / 2), f"{name}: {body}"


@pytest.mark.parametrize(
    "named", ["400", "400, address", "400, assessment", "401", "404", "422", "429"]
)
def test_the_mistakes_are_answered_as_such(observation, named):
    assert observation.answers[named][0] == int(named[:3])


def test_the_text_to_read_came_back(observation, clips):
    """As words that were left out: it is in the answer, and must be nowhere else."""
    for name in clips:
        _, body = observation.answers[f"short audio, {name} assessed"]
        assert '"Word":"marmalade"' in body


def test_the_trace_covers_start_and_serving(observation, model_folder):
    """The weights are read while the process starts, the `audioUrl` while it serves."""
    read = [call.arguments for call in observation.calls if call.opens_for_reading]
    assert len(read) > 300
    assert any(f'"{int8_copy(model_folder / "base")}/model.bin"' in one for one in read)
    fetched = f"sin_port=htons({observation.audio_port})"
    assert any(fetched in call.arguments for call in observation.calls if call.name == "connect")
    assert observation.exit_status == 0


def test_no_file_is_written_made_renamed_or_removed(observation):
    """No exception is needed, not even for a cache folder or shared memory."""
    assert traces_left(observation.calls) == []
    assert list(observation.home.iterdir()) == []


def test_no_other_program_is_started(observation):
    programs = [call for call in observation.calls if call.name == "execve"]
    assert len([call for call in programs if call.result == "0"]) == 1


def test_nothing_leads_beyond_loopback(observation):
    """Neither telemetry nor a name server nor a log daemon is spoken to."""
    assert strangers_spoken_to(observation.calls) == []


def test_every_request_has_its_line(observation):
    """There is something to look for words in, and it is what the server says it writes."""
    lines = [json.loads(line) for line in observation.log.splitlines() if line.startswith("{")]
    n_requests = sum(line["event"] == "request" for line in lines)
    assert n_requests >= len(observation.answers)
    assert {200, 400, 401, 404, 422, 429} <= {line.get("status") for line in lines}


def test_no_line_holds_a_word_of_the_speech(observation, clips):
    log = observation.log.lower()
    assert [word for speech in clips.values() for word in speech.canaries if word in log] == []


def test_no_line_holds_a_key_a_signature_a_phrase_or_a_file_name(observation):
    log = observation.log.lower()
    assert [secret for secret in SECRETS if secret.lower() in log] == []
    assert "canary" not in log
