"""`sotto doctor` on machines that lack something."""

import datetime as dt
import json
import os
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from functions.command_line.doctor import features, machine, models, online, program, server
from functions.command_line.doctor.checks import examine
from functions.command_line.doctor.finding import State
from functions.command_line.doctor.storage import check_storage
from functions.command_line.doctor.surroundings import check_settings, read_surroundings
from functions.command_line.main import main
from shared.models.model import Role
from shared.storage import azure_account

SECRET = "Kq7canarysecret"


def one(check, environment, *, is_online=False, **arguments):
    """Only finding of a check."""
    (finding,) = check(read_surroundings(environment, is_online=is_online), **arguments)
    return finding


def by_subject(check, environment, *, is_online=False, **arguments):
    """Findings of a check by their subjects."""
    surroundings = read_surroundings(environment, is_online=is_online)
    return {finding.subject: finding for finding in check(surroundings, **arguments)}


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run the command in an environment of a new user; exit status and parsed JSON."""

    def start(*arguments, **environment):
        for key in [key for key in os.environ if key.startswith("SOTTO_")]:
            monkeypatch.delenv(key)
        empty = {
            "SOTTO_MODEL_FOLDER": str(tmp_path / "models"),
            "SOTTO_DATA_FOLDER": str(tmp_path / "data"),
            "SOTTO_PORT": "0",
        }
        for key, value in (empty | environment).items():
            monkeypatch.setenv(key, value)
        status = main(["doctor", *arguments])
        return status, capsys.readouterr().out

    return start


def test_a_machine_without_models_names_the_commands_that_fetch_them(run):
    status, printed = run()
    assert status == 1
    for name in ("base", "silero-vad", "diarization", "pronunciation"):
        assert f"missing    Model {name}" in printed
        assert f"mend: sotto models fetch {name}\n" in printed
    assert "cost: 148 MB to fetch" in printed
    assert "missing    Voice kokoro" in printed
    assert (
        "Not ready: Model base, Model silero-vad, Model diarization, Model pronunciation."
        in printed
    )


def test_json_has_every_row_of_the_table(run):
    status, printed = run("--json")
    report = json.loads(printed)
    rows = {row["subject"]: row for row in report["findings"]}
    assert status == 1
    assert report["ready"] is False
    assert rows["Model base"]["state"] == "missing"
    assert rows["Model base"]["mend"] == "sotto models fetch base"
    assert rows["Voice kokoro"]["needed"] is False
    assert {
        "Python",
        "Settings",
        "Memory",
        "GPU",
        "Queue",
        "Port 0",
        "Keys",
        "Clock",
    } <= rows.keys()


def test_a_wrong_setting_stops_no_other_check_and_its_value_is_not_shown(run):
    status, printed = run(SOTTO_THREADS=SECRET, SOTTO_ENGINE=SECRET)
    assert status == 1
    assert "SOTTO_THREADS             must be 0 to 256" in printed
    assert "wrong      SOTTO_ENGINE" in printed
    assert "Clients" in printed
    assert SECRET not in printed


def test_no_key_is_shown(run):
    _, printed = run(SOTTO_KEYS=f"{SECRET},k", SOTTO_AZURE_SPEECH_KEY=SECRET)
    assert "number 1 and 2 of 2 is easy to guess" in printed
    assert SECRET not in printed


def test_nothing_is_created(run, tmp_path):
    run()
    assert list(tmp_path.iterdir()) == []


def test_settings_that_contradict_each_other_are_named():
    found = by_subject(check_settings, {"SOTTO_TRANSLATORS": "azure", "SOTTO_KEYS": ""})
    assert found["SOTTO_TRANSLATORS"].state is State.WRONG
    assert "SOTTO_AZURE_TRANSLATOR_KEY" in found["SOTTO_TRANSLATORS"].found
    assert found["SOTTO_KEYS"].state is State.WRONG


def test_a_misspelled_setting_is_named_with_the_right_one():
    found = by_subject(check_settings, {"SOTTO_MODLE": SECRET, "SOTTO_SPEECH_DATA": "/x"})
    assert found["SOTTO_MODLE"].mend == "write SOTTO_MODEL"
    assert not found["SOTTO_MODLE"].fails
    assert "SOTTO_SPEECH_DATA" not in found


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10), "wrong"), ((3, 11), "ok"), ((3, 14), "wrong")]
)
def test_python_is_checked(version, state):
    assert one(program.check_platform, {}, version=version, system="linux").state == state


def test_missing_packages_come_with_the_command_that_installs_them():
    found = by_subject(
        program.check_packages,
        {"SOTTO_ENGINE": "openai-whisper"},
        is_installed=lambda name: name not in {"torch", "websockets"},
    )
    assert found["Packages"].mend == "pip install -r requirements/container.txt"
    assert found["Engine"].mend == "pip install -r requirements/openai-whisper.txt"
    assert found["Engine"].found == "openai-whisper needs torch"


def test_a_file_of_another_size_is_wrong(tmp_path):
    (model,) = [
        one for one in models.required_models(read_surroundings({}).settings) if "vad" in one
    ]
    described = models.named_model(model)
    assert described is not None
    assert described.role is not Role.SPEECH_RECOGNITION
    folder = tmp_path / described.folder_name
    for file in described.files:
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_bytes(b"x")
    found = by_subject(models.check_models, {"SOTTO_MODEL_FOLDER": str(tmp_path)})
    assert found["Model silero-vad"].state is State.WRONG
    assert found["Model silero-vad"].mend == "sotto models fetch silero-vad"


def test_a_name_that_is_no_model_is_not_to_be_fetched():
    found = by_subject(models.check_models, {"SOTTO_MODEL": "bse"})
    assert found["Model bse"].mend == "correct the setting that names it"


def test_a_quota_of_the_container_limits_the_threads(tmp_path):
    quota = tmp_path / "cpu.max"
    quota.write_text("200000 100000\n")
    finding = one(machine.check_processor, {}, n_cores=8, quota_file=quota)
    assert "the container may use 2 of the cores" in finding.found
    assert finding.mend == "SOTTO_THREADS=2"
    assert not finding.fails
    fits = one(machine.check_processor, {"SOTTO_THREADS": "2"}, n_cores=8, quota_file=quota)
    assert fits.state is State.OK


def test_a_gpu_that_the_engine_does_not_find_is_missing(tmp_path):
    environment = {"SOTTO_DEVICE": "cuda"}
    assert one(machine.check_gpu, environment, count=lambda: 0).state is State.MISSING
    assert one(machine.check_gpu, environment, count=lambda: 1).state is State.OK
    driver = tmp_path / "version"
    driver.write_text("NVRM version")
    assert "SOTTO_DEVICE=cuda uses it" in one(machine.check_gpu, {}, driver=driver).found


@pytest.mark.parametrize("explicit", [False, True])
def test_apertium_that_is_not_installed_is_needed_only_where_it_is_named(
    monkeypatch, tmp_path, explicit
):
    """Its modes are there, but none of its programs is on the path."""
    (tmp_path / "modes").mkdir()
    (tmp_path / "modes" / "eng-spa.mode").write_text("lt-proc 'eng-spa.bin'")
    monkeypatch.setattr(os, "defpath", str(tmp_path / "bin"))
    environment = {"SOTTO_TRANSLATORS": "apertium"} if explicit else {}
    found = by_subject(features.check_translators, environment, apertium_data=tmp_path)
    finding = found["Translator apertium"]
    assert finding.state is State.MISSING
    assert finding.mend.endswith(
        "apt-get install --no-install-recommends apertium-eng-spa apertium-eng-cat"
    )
    assert finding.fails is explicit


def test_apertium_with_its_programs_is_found(monkeypatch, tmp_path):
    (tmp_path / "modes").mkdir()
    (tmp_path / "modes" / "eng-spa.mode").write_text("lt-proc 'eng-spa.bin'")
    program_file = tmp_path / "bin" / "lt-proc"
    program_file.parent.mkdir()
    program_file.write_text("")
    program_file.chmod(0o755)
    monkeypatch.setattr(os, "defpath", str(tmp_path / "bin"))
    found = by_subject(features.check_translators, {}, apertium_data=tmp_path)
    assert found["Translator apertium"].found == "languages: en, es"


def test_without_espeak_no_voice_of_this_machine_can_speak():
    found = by_subject(
        features.check_voices, {"SOTTO_VOICES": "espeak-ng"}, has_espeak=lambda: False
    )
    assert found["Voice espeak-ng"].fails
    assert "requirements/text-to-speech.txt" in found["Voice espeak-ng"].mend


def test_a_folder_of_jobs_that_is_not_there_is_wrong(tmp_path):
    environment = {
        "SOTTO_JOBS": str(tmp_path / "gone"),
        "SOTTO_QUEUE": str(tmp_path / "queue"),
        "SOTTO_DATA_FOLDER": str(tmp_path / "data"),
    }
    found = by_subject(check_storage, environment)
    assert found["Jobs"].state is State.WRONG
    assert found["Jobs"].mend == "create the container, or correct its address"
    assert found["Queue"].state is State.OK
    assert not (tmp_path / "queue").exists()


def account_at(url):
    """Settings of batch work in an account of Azure behind an address."""
    return {
        "SOTTO_JOBS": "azure:jobs",
        "SOTTO_QUEUE": "azure:work",
        "SOTTO_STORAGE": f"DefaultEndpointsProtocol=http;AccountName=ours;AccountKey=a2V5;"
        f"BlobEndpoint={url}/ours;QueueEndpoint={url}/ours;",
    }


def test_an_account_that_refuses_its_key_is_reported_in_words():
    with serving(403, b"") as (url, asked):
        found = by_subject(check_storage, account_at(url))
    assert asked
    for subject in ("Jobs", "Queue"):
        assert found[subject].fails
        assert found[subject].mend.startswith("renew the key or signature, or grant the role")
        assert "a2V5" not in str(found[subject])


def test_a_connection_string_that_is_none_is_reported_in_words(tmp_path):
    environment = {
        "SOTTO_JOBS": "azure:jobs",
        "SOTTO_QUEUE": str(tmp_path / "queue"),
        "SOTTO_STORAGE": SECRET,
    }
    found = by_subject(check_storage, environment)
    assert "must name an account" in found["Jobs"].found
    assert SECRET not in str(found)


def test_a_check_that_fails_stops_no_other_and_quotes_nothing():
    def check_gate(_surroundings):
        raise ValueError(SECRET)

    surroundings = read_surroundings({})
    broken, clients = examine(surroundings, [check_gate, server.check_clients])
    assert broken.fails
    assert (broken.subject, broken.found) == ("Gate", "could not be checked: ValueError")
    assert SECRET not in str(broken)
    assert clients.subject == "Clients"


def test_an_account_that_cannot_be_reached_is_reported_in_words(monkeypatch):
    monkeypatch.setitem(azure_account.CLIENT_OPTIONS, "retry_total", 0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = by_subject(check_storage, account_at(f"http://127.0.0.1:{port}"))
    for subject in ("Jobs", "Queue"):
        assert found[subject].fails
        assert found[subject].mend == "check the address, the network and the service"
        assert str(port) not in str(found[subject])


def test_an_invalid_address_of_a_container_is_named_by_its_setting(tmp_path):
    environment = {
        "SOTTO_JOBS": f"https://other.example/jobs?sig={SECRET}",
        "SOTTO_QUEUE": str(tmp_path / "queue"),
    }
    found = by_subject(check_storage, environment)
    assert found["Jobs"].mend == "correct SOTTO_JOBS: docs/storage.md"
    assert SECRET not in str(found)


def test_a_data_folder_that_is_a_file_is_wrong(tmp_path):
    (tmp_path / "data").write_text("")
    found = by_subject(check_storage, {"SOTTO_DATA_FOLDER": str(tmp_path / "data")})
    assert found["Data folder"].state is State.WRONG


def test_batch_work_that_is_off_needs_no_storage():
    assert one(check_storage, {"SOTTO_BATCH": "false"}).subject == "Batch work"


def test_a_port_that_another_program_has_is_wrong():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        threading.Thread(target=hang_up, args=(taken,), daemon=True).start()
        finding = one(server.check_port, {"SOTTO_PORT": str(port)})
    assert finding.state is State.WRONG
    assert "in use" in finding.found.lower()
    assert finding.mend.startswith("SOTTO_PORT=")


def test_a_taken_port_of_metrics_is_wrong():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {"SOTTO_PORT": "0", "SOTTO_METRICS_PORT": str(port)}
        found = by_subject(server.check_port, environment)
    assert found["Port 0"].state is State.OK
    assert found[f"Port {port} (metrics)"].fails
    assert found[f"Port {port} (metrics)"].mend.startswith(f"SOTTO_METRICS_PORT={port + 1}")


def hang_up(listener):
    """Close the first connection without an answer."""
    listener.accept()[0].close()


def test_a_port_that_a_sotto_server_has_is_fine():
    status = json.dumps({"service": "speechtotext", "version": "1"}).encode()
    with serving(200, status) as (url, _):
        finding = one(server.check_port, {"SOTTO_PORT": url.rpartition(":")[2]})
    assert finding.state is State.OK


@pytest.mark.parametrize(
    ("begins_day", "ends_day", "state", "found"),
    [
        (-30, 30, State.OK, "valid until"),
        (-30, -1, State.WRONG, "expired on"),
        (1, 30, State.WRONG, "is valid from"),
        (-30, 7, State.WRONG, "valid until"),
    ],
)
def test_the_dates_of_a_certificate_are_checked(tmp_path, begins_day, ends_day, state, found):
    now = dt.datetime.now(dt.UTC)
    environment = certificate(
        tmp_path, now + dt.timedelta(days=begins_day), now + dt.timedelta(days=ends_day)
    )
    finding = one(server.check_tls, environment)
    assert finding.state is state
    assert found in finding.found
    assert finding.fails == (state is State.WRONG and ends_day != 7)


def test_the_key_of_another_certificate_is_wrong(tmp_path):
    now = dt.datetime.now(dt.UTC)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    ours = certificate(tmp_path / "one", now, now + dt.timedelta(days=30))
    other = certificate(tmp_path / "other", now, now + dt.timedelta(days=30))
    finding = one(server.check_tls, ours | {"SOTTO_TLS_KEY": other["SOTTO_TLS_KEY"]})
    assert finding.state is State.WRONG
    assert "no PEM certificate and its private key" in finding.found


def test_a_certificate_that_cannot_be_read_is_missing(tmp_path):
    environment = {"SOTTO_TLS_CERT": str(tmp_path / "a"), "SOTTO_TLS_KEY": str(tmp_path / "b")}
    finding = one(server.check_tls, environment)
    assert finding.state is State.MISSING
    assert finding.mend == "correct SOTTO_TLS_CERT, or the rights of the file"


def test_keys_are_missing_beyond_loopback():
    finding = one(server.check_keys, {"SOTTO_HOST": "0.0.0.0"})  # noqa: S104
    assert finding.state is State.MISSING
    assert finding.fails
    assert "openssl rand -hex 32" in finding.mend


def test_a_weak_key_fails_only_beyond_loopback():
    assert not one(server.check_keys, {"SOTTO_KEYS": "k"}).fails
    beyond = {"SOTTO_HOST": "0.0.0.0", "SOTTO_TLS_TERMINATED": "true"}  # noqa: S104
    assert one(server.check_keys, beyond | {"SOTTO_KEYS": "aaaaaaaaaaaaaaaaaaaaaaaa"}).fails
    assert not one(server.check_keys, beyond | {"SOTTO_KEYS": "0123456789abcdef01234567"}).fails


def test_a_key_that_azure_refuses_is_found_online_alone():
    with serving(401, b"") as (url, asked):
        environment = {
            "SOTTO_VOICES": "azure",
            "SOTTO_AZURE_SPEECH_KEY": SECRET,
            "SOTTO_AZURE_SPEECH_ENDPOINT": url,
        }
        assert one(online.check_azure_speech, environment).state is State.UNCHECKED
        assert asked == []
        finding = one(online.check_azure_speech, environment, is_online=True)
    assert finding.fails
    assert "401" in finding.found
    assert finding.mend.startswith("renew SOTTO_AZURE_SPEECH_KEY")
    assert "leaves this machine" in finding.cost
    assert SECRET not in str(finding)


def test_a_key_that_the_translator_refuses_is_found_online():
    with serving(401, b"{}") as (url, asked):
        environment = {
            "SOTTO_TRANSLATORS": "azure",
            "SOTTO_AZURE_TRANSLATOR_KEY": SECRET,
            "SOTTO_AZURE_TRANSLATOR_ENDPOINT": url,
        }
        finding = one(online.check_cloud_translators, environment, is_online=True)
    assert asked
    assert finding.fails
    assert "401" in finding.found


def test_an_issuer_that_publishes_no_keys_is_wrong():
    with serving(404, b"{}") as (url, _):
        environment = {"SOTTO_OIDC_ISSUER": url, "SOTTO_OIDC_AUDIENCE": "a"}
        finding = one(online.check_issuers, environment, is_online=True)
    assert finding.fails
    assert "SOTTO_OIDC_ISSUER" in finding.mend


def test_a_clock_that_is_behind_the_release_is_wrong():
    finding = one(online.check_clock, {}, now=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert finding.fails


def test_a_clock_is_compared_with_that_of_a_configured_service():
    with serving(200, b"") as (url, _):
        environment = {"SOTTO_OIDC_ISSUER": url, "SOTTO_OIDC_AUDIENCE": "a"}
        now = dt.datetime.now(dt.UTC)
        late = one(
            online.check_clock, environment, is_online=True, now=now + dt.timedelta(minutes=20)
        )
        right = one(online.check_clock, environment, is_online=True, now=now)
    assert "20 minutes off" in late.found
    assert right.found == "agrees with that of a service"


def test_a_collector_that_does_not_listen_is_wrong():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"SOTTO_TRACES": f"http://127.0.0.1:{port}"}
    assert one(online.check_collector, environment, is_online=True).fails
    assert one(online.check_collector, environment).state is State.UNCHECKED


def test_clients_get_the_public_address():
    finding = one(server.check_clients, {"SOTTO_PUBLIC_URL": "https://speech.example"})
    assert "https://speech.example" in finding.found


@contextmanager
def serving(status, body):
    """Serve one answer to every request on loopback; the address, and the paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815 - names of the protocol

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()
        thread.join()


def certificate(folder: Path, begins: dt.datetime, ends: dt.datetime) -> dict[str, str]:
    """Settings of a self-signed certificate with these dates."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return {
        "SOTTO_TLS_CERT": str(folder / "cert.pem"),
        "SOTTO_TLS_KEY": str(folder / "key.pem"),
    }
