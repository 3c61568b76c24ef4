"""`sotto privacy-check` on the real server, and on one with planted leaks."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from functions.command_line.main import main
from functions.command_line.privacy_check.traced_server import PROJECT

KEY = "0123456789abcdefoperator"


@pytest.fixture
def check(strace, apertium, voice_models, monkeypatch, capsys):  # noqa: ARG001
    """Run the command with settings of an operator; exit status, and output with errors."""

    def run(*arguments):
        for name in [name for name in os.environ if name.startswith("SOTTO_")]:
            monkeypatch.delenv(name)
        for name, value in {
            "SOTTO_MODEL_FOLDER": str(voice_models),
            "SOTTO_KEYS": KEY,
            "SOTTO_THREADS": "1",
            "PYTHONPATH": str(PROJECT),
        }.items():
            monkeypatch.setenv(name, value)
        status = main(["privacy-check", *arguments])
        return status, "".join(capsys.readouterr())

    return run


def test_the_server_leaves_nothing_behind(check):
    status, printed = check()
    assert status == 0, printed
    assert "Nothing of the requests is left behind." in printed
    for line in (
        "200  text to speech",
        "200  short audio",
        "200  fast transcription",
        "200  speakers",
        "200  OpenAI transcription",
        "200  pronunciation",
        "200  translation",
        "101  real time",
        "200  drop folder",
        "401  a wrong key",
    ):
        assert line in printed
    assert "ok    127.0.0.1: this machine" in printed
    assert "words, keys and names found in the log or in files: none" in printed
    assert KEY not in printed


def test_planted_leaks_are_found(check, tmp_path):
    loot = tmp_path / "loot"
    double = Path(__file__).with_name("leaking_server.py")
    command = shlex.join([sys.executable, str(double), str(loot)])
    status, printed = check("--json", "--server-command", command)
    report = json.loads(printed)
    leaks = {
        part: [item["what"] for item in report[part] if not item["reason"]]
        for part in ("files", "connections", "programs", "words")
    }
    assert status == 1
    assert report["proven"] is False
    assert leaks == {
        "files": [f"{loot} (openat)"],
        "connections": ["192.0.2.1 port 443"],
        "programs": [],
        "words": [
            "a word of a text (kaleidoscope) in the log",
            "the key in the log",
            "a configured key in the log",
            f"a word of a text (zanzibar) in {loot}",
            f"a word of a text (marmalade) in {loot}",
        ],
    }
    assert KEY not in printed
    assert report["verdict"] == "Leaks: 7 things without a reason in the settings."


def test_speech_of_the_users_own_is_looked_for_too(check, spoken_clip, tmp_path):
    """Its words are not printed, and no copy of it is made."""
    recording = tmp_path / "mine.wav"
    recording.write_bytes(spoken_clip.wav)
    status, printed = check("--audio", str(recording))
    assert status == 0, printed
    assert "drop folder: not with a recording of your own" in printed
    assert "garden" not in printed


def test_a_server_that_does_not_start_is_reported(check):
    status, printed = check("--server-command", f"{sys.executable} -c 1")
    assert status == 1
    assert "The server did not start under strace: it printed nothing" in printed
