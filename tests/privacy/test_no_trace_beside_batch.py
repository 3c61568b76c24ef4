"""Batch work writes into its containers and its queue; real-time calls beside it write nowhere.

The same server does both, under a trace of its system calls.
"""

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from traced_host import KEY, SHORT_AUDIO, Observation, post, traced_server, transcribe

from functions.command_line.privacy_check.system_call_trace import strangers_spoken_to

DROPPED = 4


@dataclass(slots=True)
class BatchObservation:
    """Trace of a server that did both.

    before, after: hash of every file below the data folder, when batch work had ended and after
        further real-time calls.
    """

    seen: Observation
    data: Path
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)


def hashes(folder):
    """Hash of every file, by its path below the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def wait_for(condition):
    """Wait until a condition holds."""
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def speak(http, url, speech, seen, name):
    """Send the clip in both real-time contracts."""
    seen.answers[f"short audio, {name}"] = post(
        http, f"{url}{SHORT_AUDIO}?language=en-US", data=speech.wav,
        headers={"Content-Type": "audio/wav"},
    )  # fmt: skip
    seen.answers[f"fast transcription, {name}"] = transcribe(http, url, speech.wav)


@pytest.fixture(scope="module")
def observed(strace, model_folder, clips, tmp_path_factory):
    """Drop files, speak while they are transcribed, speak again when they are done."""
    folder = tmp_path_factory.mktemp("batch")
    data = folder / "data"
    seen = Observation(home=folder / "home")
    seen.home.mkdir()
    found = BatchObservation(seen, data)
    speech = clips["synthesised"]
    audio, transcripts = data / "containers" / "audio", data / "containers" / "transcripts"
    with (
        traced_server(strace, folder / "trace", seen, model_folder, data) as url,
        requests.Session() as http,
    ):
        http.headers["Ocp-Apim-Subscription-Key"] = KEY
        wait_for(audio.is_dir)
        for number in range(DROPPED):
            (audio / f"{number}.wav").write_bytes(speech.wav)
        speak(http, url, speech, seen, "during")
        wait_for(lambda: len(list(transcripts.glob("*.json"))) == DROPPED)
        jobs = data / "containers" / "jobs" / "jobs"
        wait_for(lambda: len(list(jobs.glob("*/closed"))) == DROPPED)
        time.sleep(1)  # the last message is acknowledged
        found.before = hashes(data)
        speak(http, url, speech, seen, "after")
        found.after = hashes(data)
    return found


def test_both_kinds_of_work_were_done(observed, clips):
    for name, (status, body) in observed.seen.answers.items():
        assert status == 200, name
        assert clips["synthesised"].canaries[0] in body.lower()
    transcripts = observed.data / "containers" / "transcripts"
    assert all(
        clips["synthesised"].canaries[0] in path.read_text().lower()
        for path in transcripts.glob("*.json")
    )


def test_the_only_files_written_are_those_of_the_containers_and_the_queue(observed):
    allowed = (
        f"{observed.data}/containers/jobs",
        f"{observed.data}/containers/transcripts",
        f"{observed.data}/queue.sqlite",
    )
    made_at_start = {
        str(observed.data),
        f"{observed.data}/containers",
        f"{observed.data}/containers/audio",
    }
    strange = [
        str(call)
        for call in observed.seen.calls
        if call.could_leave_a_trace
        for path in call.paths()
        if not path.startswith(allowed) and not (call.name == "mkdir" and path in made_at_start)
    ]
    assert strange == []
    assert list(observed.seen.home.iterdir()) == []


def test_the_trace_has_the_written_files(observed):
    """A transcript gets its name by a hard link, from what the trace has to show as well."""
    named = [path for call in observed.seen.calls for path in call.paths() if call.name == "linkat"]
    assert f"{observed.data}/containers/transcripts/0.wav.json" in named


def test_real_time_calls_change_none_of_them(observed):
    assert observed.after == observed.before


def test_the_words_are_in_the_audio_and_the_transcripts_alone(observed, clips):
    """Not in records of jobs, not in the queue, deleted messages included."""
    ours = ("containers/audio/", "containers/transcripts/")
    for path in observed.data.rglob("*"):
        name = path.relative_to(observed.data).as_posix()
        if path.is_file() and (not name.startswith(ours) or ".sotto" in path.parts):
            content = path.read_bytes().lower()
            found = [word for word in clips["synthesised"].canaries if word.encode() in content]
            assert found == [], name


def test_no_line_of_the_log_holds_a_word_or_a_name(observed, clips):
    log = observed.seen.log.lower()
    assert [word for word in clips["synthesised"].canaries if word in log] == []
    assert ".wav" not in log


def test_nothing_leads_beyond_loopback(observed):
    assert strangers_spoken_to(observed.seen.calls) == []
