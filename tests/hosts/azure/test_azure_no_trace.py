"""Real speech goes through a function app, and nothing of it is left anywhere.

The worker's system calls are traced from the start of its process to its end. A Functions host
keeps more of its own; docs/azure-functions.md lists it.
"""

import json
import re
import time

import pytest
import requests
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
from tests.hosts.azure.batch_host import BatchAccount, BatchHost

# The worker looks for a free port on all addresses, and never listens there:
# get_unused_tcp_port in azure_functions_runtime/http_v2.py.
PORT_SEARCH = re.compile(r'bind\(\d+, \{sa_family=AF_INET, sin_port=htons\(0\), .*"0\.0\.0\.0".*')

# The storage SDK asks `uname` for the processor, and libuuid for the time as an id: that keeps
# the last one it gave in a file, where the machine has a folder for it.
SDK_OPENS = re.compile(r'openat\(AT_FDCWD, "(/dev/null|/var/lib/libuuid/clock.txt)", ')


@pytest.fixture(scope="session")
def speech(spoken_clip):
    return Speech(spoken_clip.wav, long_words(spoken_clip.text))


@pytest.fixture(scope="session")
def azure_observation(start_host, strace, speech, tmp_path_factory):
    """Serve real speech in every form under a trace."""
    folder = tmp_path_factory.mktemp("azure-privacy")
    seen = Observation(home=folder / "home")
    seen.home.mkdir()
    (folder / "trace").mkdir()
    settings = {
        "HOME": str(seen.home),
        "XDG_CACHE_HOME": str(seen.home / ".cache"),
        "SOTTO_KEYS": KEY,
        "SOTTO_THREADS": "1",
        "SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8",
        "SOTTO_LOG_LEVEL": "debug",
        "PYTHON_ENABLE_DEBUG_LOGGING": "1",
    }
    with (
        serve_files({"/clip.wav": speech.wav}) as seen.audio_port,
        start_host(strace_command(strace, folder / "trace"), **settings) as host,
        requests.Session() as http,
    ):
        http.headers["Ocp-Apim-Subscription-Key"] = KEY
        send_speech(http, host.url, "clip", speech, seen)
        send_mistakes(http, host.url, speech, seen)
    seen.exit_status = host.exit_status
    seen.log = "\n".join([*host.output, *host.logs, *map(str, host.failures)])
    seen.calls = read_trace(folder / "trace")
    return seen


@pytest.fixture(scope="module", params=["event_grid", "queue"])
def azure_batch_observation(request, start_host, strace, speech, azure_storage):
    """Take a dropped file to its transcript and to its end under a trace.

    The event of the file comes to a blob trigger, or into the queue of events.
    """
    tmp_path_factory = request.getfixturevalue("tmp_path_factory")
    folder = tmp_path_factory.mktemp("azure-batch-privacy")
    seen = Observation(home=folder / "home")
    account = BatchAccount(azure_storage.connection_string)
    account.make_containers()
    account.make_dropped_queue()
    for made in (seen.home, folder / "trace"):
        made.mkdir()
    settings = account.settings() | {
        "HOME": str(seen.home),
        "XDG_CACHE_HOME": str(seen.home / ".cache"),
        "SOTTO_LOG_LEVEL": "debug",
        "SOTTO_TIME_TO_LIVE": "PT1S",
        "SOTTO_BLOB_TRIGGER": request.param,
    }
    with start_host(strace_command(strace, folder / "trace"), **settings) as host:
        batch = BatchHost(host, account)
        batch.drop("canary.wav", speech.wav)
        if request.param == "queue":
            assert batch.announce(batch.event("put_blob", "canary.wav"))
        else:
            assert batch.fire_blob_trigger("canary.wav")
        assert batch.deliver_all() == 1
        seen.answers["transcript"] = batch.read("transcripts", "canary.wav.json")
        deadline_s = time.monotonic() + 60
        while batch.names("transcripts") and time.monotonic() < deadline_s:
            assert batch.purge()
        seen.answers["left"] = batch.names("transcripts")
    seen.log = "\n".join([*host.output, *host.logs, *map(str, host.failures)])
    seen.calls = read_trace(folder / "trace")
    return seen


def test_azure_batch_work_leaves_nothing_on_the_machine(azure_batch_observation, speech):
    """Audio and transcript are in the containers named for them, and then no more."""
    seen = azure_batch_observation
    text = str(seen.answers["transcript"]).lower()
    assert all(word in text for word in speech.canaries)
    assert seen.answers["left"] == []
    assert [call for call in traces_left(seen.calls) if not SDK_OPENS.match(call)] == []
    assert list(seen.home.iterdir()) == []


def test_azure_batch_lines_hold_no_word_and_no_file_name(azure_batch_observation, speech):
    log = azure_batch_observation.log.lower()
    assert "file_transcribed" in log
    assert [word for word in [*speech.canaries, "canary"] if word in log] == []


def test_azure_the_speech_is_recognised_and_mistakes_are_answered(azure_observation, speech):
    for name, (status, body) in azure_observation.answers.items():
        if name[:3].isdigit():
            assert status == int(name[:3]), name
        else:
            assert status == 200, name
            heard = [word for word in speech.canaries if word in body.lower()]
            assert len(heard) >= 3, f"{name}: {body}"


def test_azure_the_trace_covers_the_worker(azure_observation, model_folder):
    read = [call.arguments for call in azure_observation.calls if call.opens_for_reading]
    # Its source, or the bytecode that another process has written beside it.
    assert any(re.search(r"/function_app\.(?:py|[\w-]+\.pyc)\b", call) for call in read)
    assert any(f'"{int8_copy(model_folder / "base")}/model.bin"' in one for one in read)
    assert azure_observation.exit_status == 0


def test_azure_no_file_is_written_made_renamed_or_removed(azure_observation):
    assert traces_left(azure_observation.calls) == []
    assert list(azure_observation.home.iterdir()) == []


def test_azure_nothing_leads_beyond_loopback(azure_observation):
    """Apart from the worker's search for a free port, which is no connection."""
    spoken_to = strangers_spoken_to(azure_observation.calls)
    assert len(spoken_to) == 1
    assert PORT_SEARCH.fullmatch(spoken_to[0])


def test_azure_no_line_holds_a_word_a_key_a_signature_or_a_file_name(azure_observation, speech):
    """Neither on standard output or error, nor in what the worker would send to the host's log."""
    log = azure_observation.log.lower()
    hidden = [*speech.canaries, *(secret.lower() for secret in SECRETS), "canary"]
    assert [word for word in hidden if word in log] == []


def test_azure_every_line_is_one_of_ours(azure_observation):
    """The worker and its web server have no log of their own beside it."""
    lines = [json.loads(line) for line in azure_observation.log.splitlines()]
    requests_logged = sum(line["event"] == "request" for line in lines)
    assert requests_logged == len(azure_observation.answers)
    assert {line["event"] for line in lines} <= {"request", "model_loaded", "library_message"}
