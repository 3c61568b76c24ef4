"""`sotto jobs` against the running container host."""

import json
import os
import socket
from pathlib import Path

import pytest
from batch_client import serving_files

from functions.command_line.main import main

KEY = "0123456789abcdefclient"


@pytest.fixture(scope="module")
def host(start_for_module, tmp_path_factory):
    """Run a server with batch work and a key."""
    folder = tmp_path_factory.mktemp("data")
    return start_for_module(
        SOTTO_DATA_FOLDER=str(folder), SOTTO_KEYS=KEY, SOTTO_ALLOWED_NETWORKS="127.0.0.0/8"
    )


@pytest.fixture
def sotto(host, monkeypatch, capsys):
    """Run `sotto jobs`; exit status, output, errors."""
    for name in [name for name in os.environ if name.startswith("SOTTO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOTTO_CLIENT_KEY", KEY)

    def run(action, *arguments):
        status = main(["jobs", action, "--server", host.url, *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_a_job_is_submitted_watched_saved_and_deleted(sotto, spoken, tmp_path):
    with serving_files({"call 1.wav": spoken}) as (address, _):
        status, printed, said = sotto(
            "submit", f"{address}/call%201.wav?sig=s", "--name", "monday", "--words",
            "--output", str(tmp_path / "results"), "--every", "0.2",
        )  # fmt: skip
    job_id, ended = said.splitlines()
    assert status == 0, said
    assert ended == f"{job_id}: Succeeded"
    transcript, report = (json.loads(Path(path).read_text()) for path in printed.splitlines())
    assert "milk" in transcript["combinedRecognizedPhrases"][0]["display"]
    assert report["successfulTranscriptionsCount"] == 1
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == [
        "contenturl_0.json",
        "report.json",
    ]

    status, printed, _ = sotto("list", "--filter", "displayName eq 'monday'")
    assert status == 0
    assert printed.splitlines()[1].split()[:2] == [job_id, "Succeeded"]
    _, printed, _ = sotto("show", job_id)
    assert json.loads(printed)["displayName"] == "monday"

    assert sotto("delete", job_id) == (0, f"{job_id}: deleted\n", "")
    status, _, said = sotto("show", job_id)
    assert status == 1
    assert "The server answers 404" in said


def test_a_job_that_fails_gives_the_exit_status_1(sotto):
    status, _, said = sotto("submit", "https://example.invalid/a.wav", "--wait", "--every", "0.2")
    assert status == 1
    assert ": Failed" in said


def test_a_job_is_waited_for_by_its_id(sotto, spoken):
    with serving_files({"a.wav": spoken}) as (address, _):
        _, job_id, _ = sotto("submit", f"{address}/a.wav")
        status, _, said = sotto("wait", job_id.strip(), "--every", "0.2")
    assert status == 0
    assert "Succeeded" in said


def test_the_servers_reason_is_shown(sotto):
    status, _, said = sotto("submit", "https://a.example/a.wav", "--hours", "1")
    assert status == 1
    assert "timeToLiveHours" in said


def test_a_wrong_key_is_said_and_not_shown(sotto):
    status, _, said = sotto("list", "--key", "Wx5canaryguess")
    assert status == 1
    assert said == "sotto: The server refuses the key: give it with --key.\n"


def test_a_server_that_does_not_listen_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert main(["jobs", "list", "--server", f"http://127.0.0.1:{port}", "--key", "k"]) == 1
    assert "cannot be used: no connection" in capsys.readouterr().err
