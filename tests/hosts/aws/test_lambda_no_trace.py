"""Real speech goes through the function, and nothing of it is left in its environment.

Traced from the start of the runtime client to its end, as the container host is in
`tests/privacy`. On Lambda all but `/tmp` is read-only; the proof is stricter: nothing is opened
for writing at all.
"""

import json

import pytest
from http_events import FunctionSession
from runtime_api import run_function
from traced_host import (
    KEY,
    SECRETS,
    Observation,
    Speech,
    long_words,
    send_mistakes,
    send_speech,
    serve_files,
)

from functions.command_line.privacy_check.system_call_trace import (
    read_trace,
    strace_command,
    strangers_spoken_to,
    traces_left,
)
from shared.models.int8_copy import int8_copy


@pytest.fixture(scope="module")
def speech(spoken_clip):
    return Speech(spoken_clip.wav, long_words(spoken_clip.text))


@pytest.fixture(scope="module")
def observation(strace, model_folder, speech, tmp_path_factory):
    """Serve speech in every form, and mistakes, under a trace."""
    folder = tmp_path_factory.mktemp("trace")
    seen = Observation()
    settings = {
        "SOTTO_KEYS": KEY,
        "SOTTO_MODEL_FOLDER": str(model_folder),
        "SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8",
        "SOTTO_LOG_LEVEL": "debug",
        # With two, OpenMP's threads wait for each other by spinning, on cores others need.
        "SOTTO_THREADS": "1",
    }
    with (
        serve_files({"/synthesised.wav": speech.wav}) as seen.audio_port,
        run_function(settings, strace_command(strace, folder)) as function,
    ):
        http = FunctionSession(function, headers={"Ocp-Apim-Subscription-Key": KEY})
        send_speech(http, "", "synthesised", speech, seen)
        send_mistakes(http, "", speech, seen)
    seen.log, seen.calls = function.log, read_trace(folder)
    return seen


def test_the_speech_is_recognised_in_every_form(observation, speech):
    """Otherwise there would be nothing to leave behind. 20 MB are more than Lambda takes."""
    forms = {name: answer for name, answer in observation.answers.items() if ", synth" in name}
    too_large = forms.pop("fast transcription, synthesised 20 MB wav")
    assert too_large[0] == 413
    assert len(forms) == 10
    for name, (status, body) in forms.items():
        assert status == 200, name
        heard = [word for word in speech.canaries if word in body.lower()]
        assert len(heard) >= len(speech.canaries) - 1, name


def test_the_mistakes_are_answered_as_such(observation):
    statuses = {name: status for name, (status, _) in observation.answers.items() if name[0] == "4"}
    assert statuses == {name: int(name[:3]) for name in statuses}
    assert len(statuses) >= 5


def test_the_trace_covers_start_and_serving(observation, model_folder):
    """The weights are read in the initialisation, the `audioUrl` while it serves."""
    read = [call.arguments for call in observation.calls if call.opens_for_reading]
    assert len(read) > 300
    assert any(f'"{int8_copy(model_folder / "base")}/model.bin"' in one for one in read)
    fetched = f"sin_port=htons({observation.audio_port})"
    assert any(fetched in call.arguments for call in observation.calls if call.name == "connect")


def test_nothing_is_written_made_renamed_or_removed(observation):
    """So a read-only file system, without a home folder, is enough."""
    assert traces_left(observation.calls) == []


def test_shared_memory_is_not_needed(observation):
    """Lambda has none."""
    folder = "/dev/shm"  # noqa: S108 - looked for, not used
    assert [str(call) for call in observation.calls if folder in call.arguments] == []


def test_no_other_program_is_started(observation):
    programs = [call for call in observation.calls if call.name == "execve"]
    assert len([call for call in programs if call.result == "0"]) == 1


def test_nothing_leads_beyond_loopback(observation):
    """Nothing but the Runtime API and the `audioUrl` is spoken to."""
    assert strangers_spoken_to(observation.calls) == []


def test_every_request_has_its_line(observation):
    """There is something to look for words in; its status is that of the answer."""
    lines = [json.loads(line) for line in observation.log.splitlines() if line.startswith("{")]
    statuses = [line["status"] for line in lines if line["event"] == "request"]
    assert sorted(statuses) == sorted(status for status, _ in observation.answers.values())


def test_no_line_holds_speech_or_a_secret(observation, speech):
    log = observation.log.lower()
    assert [word for word in speech.canaries if word in log] == []
    assert [secret for secret in SECRETS if secret.lower() in log] == []
    assert "canary" not in log
