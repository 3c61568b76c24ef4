"""The judge of `sotto privacy-check`."""

import sys
from pathlib import Path

import pytest

from functions.command_line.main import main
from functions.command_line.privacy_check.command import environment_of_check
from functions.command_line.privacy_check.conversation import SENTENCE, Conversation
from functions.command_line.privacy_check.evidence import Purposes, gather, purposes_of
from functions.command_line.privacy_check.system_call_trace import parse_line
from shared.settings import Settings

DATA = Path("/tmp/check/data")  # noqa: S108 - only named
INET = "{sa_family=AF_INET, sin_port=htons(%d), sin_addr=inet_addr("
NOTHING = Purposes()


def seen(*lines, purposes=NOTHING, log="", canaries=None):
    """Evidence of these lines of a trace."""
    return gather([parse_line(line) for line in lines], log, canaries or {}, purposes)


def connect(address, port):
    """Line of a connection."""
    family = INET % port
    return f'connect(5, {family}"{address}")}}, 16) = 0'


def test_a_file_elsewhere_is_a_leak_and_one_of_batch_work_is_not():
    evidence = seen(
        f'openat(AT_FDCWD</srv>, "{DATA}/containers/jobs/a", O_WRONLY|O_CREAT, 0600) = 7',
        'openat(AT_FDCWD</srv>, "notes", O_WRONLY|O_CREAT, 0600) = 7',
        'openat(AT_FDCWD</srv>, "/dev/null", O_RDWR) = 7',
        purposes=Purposes(DATA),
    )
    assert [item.what for item in evidence.leaks] == ["/srv/notes (openat)"]
    assert len(evidence.files) == 3


def test_memory_without_a_name_is_a_leak():
    assert seen('memfd_create(""..., MFD_CLOEXEC) = 5').leaks


def test_a_connection_has_the_reason_of_the_setting_that_names_its_service():
    purposes = Purposes(services={"203.0.113.7": "collector of traces (SOTTO_TRACES)"})
    evidence = seen(
        connect("127.0.0.1", 80),
        connect("203.0.113.7", 4318),
        connect("203.0.113.9", 443),
        connect("192.168.1.1", 53),
        purposes=purposes,
    )
    reasons = {item.what: item.reason for item in evidence.connections}
    assert reasons == {
        "127.0.0.1 port 80": "this machine",
        "203.0.113.7 port 4318": "collector of traces (SOTTO_TRACES)",
        "203.0.113.9 port 443": "",
        "192.168.1.1 port 53": "name server: look-ups of configured services",
    }


def test_a_name_server_is_a_leak_where_no_service_is_configured():
    assert seen(connect("192.168.1.1", 53)).leaks


def test_a_socket_of_another_program_is_a_leak():
    line = 'connect(5, {sa_family=AF_UNIX, sun_path="/run/systemd/journal/socket"}, 30) = 0'
    assert seen(line).leaks


@pytest.mark.parametrize(
    ("program", "is_leak"),
    [(sys.executable, False), ("/usr/bin/lt-proc", False), ("/bin/sh", True)],
)
def test_programs_other_than_python_and_apertium_are_leaks(program, is_leak):
    assert bool(seen(f'execve("{program}", [...], 0x7ffe /* 38 vars */) = 0').leaks) is is_leak


def test_a_word_in_the_log_or_in_a_written_file_is_a_leak(tmp_path):
    written = tmp_path / "loot"
    written.write_text("All about MARMALADE")
    evidence = seen(
        f'openat(AT_FDCWD</srv>, "{written}", O_WRONLY|O_CREAT, 0600) = 7',
        log='{"event": "request", "text": "Garden"}',
        canaries={"marmalade": "a word", "garden": "a word", "zanzibar": "a word"},
    )
    assert [item.what for item in evidence.words] == ["a word in the log", f"a word in {written}"]


def test_transcripts_of_batch_work_may_have_the_words_and_records_may_not(tmp_path):
    for name in ("containers/transcripts/a.json", "containers/jobs/a.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("marmalade")
    evidence = seen(canaries={"marmalade": "a word"}, purposes=Purposes(tmp_path))
    assert [item.what for item in evidence.words] == [
        f"a word in {tmp_path}/containers/jobs/a.json"
    ]


def test_services_are_those_of_the_settings():
    assert purposes_of(Settings(), None).services == {}
    named = purposes_of(Settings(traces="http://127.0.0.1:4318"), None).services
    assert named == {"127.0.0.1": "collector of traces (SOTTO_TRACES)"}


def test_the_server_of_the_check_keeps_the_settings_but_its_address_and_real_data():
    environment = {
        "SOTTO_MODEL": "base",
        "SOTTO_HOST": "0.0.0.0",  # noqa: S104
        "SOTTO_TLS_CERT": "/etc/cert",
        "SOTTO_JOBS": "s3://jobs",
        "SOTTO_CLIENT_KEY": "mine",
        "PATH": "/bin",
    }
    settings = Settings(keys=("ours",), model_folder=Path("/models"))
    assert environment_of_check(environment, settings, "canary", DATA) == {
        "SOTTO_MODEL": "base",
        "SOTTO_HOST": "127.0.0.1",
        "SOTTO_PORT": "0",
        "SOTTO_METRICS_PORT": "0",
        "SOTTO_KEYS": "ours,canary",
        "SOTTO_MODEL_FOLDER": "/models",
        "SOTTO_BATCH": "true",
        "SOTTO_DATA_FOLDER": str(DATA),
        "PATH": "/bin",
    }


def test_speech_counts_as_recognised_from_half_of_its_words_on():
    assert Conversation(heard=SENTENCE).was_recognised
    assert not Conversation(heard="The garden.").was_recognised
    assert not Conversation(heard="", is_own_speech=True).was_recognised


def test_words_of_the_users_own_speech_are_looked_for_unless_log_lines_have_them():
    talk = Conversation(heard="My status is marmalade.", is_own_speech=True)
    canaries = talk.canaries("k", "")
    assert canaries["marmalade"] == "a word of the speech"
    assert "status" not in canaries


def test_strace_that_is_missing_comes_with_the_command_that_installs_it(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert main(["privacy-check"]) == 1
    assert "sudo apt-get install strace" in capsys.readouterr().err
