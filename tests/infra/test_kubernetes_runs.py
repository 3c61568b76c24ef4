"""The containers of the chart as processes: the image's command, the environment of the release.

Paths of volumes are folders of the test, ports are free ones, and the queue is Azurite's.
"""

import contextlib
import json
import re
import time
from contextlib import ExitStack

import pytest
import requests
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient
from chart_sets import SETS
from container_process import WAIT_S, Running, free_port
from emulators import azurite
from manifest_policies import containers, environment_of

from scripts.chart_page import merged, render
from tests.contract.certificate import make_certificate

PROBES = ("startup", "readiness", "liveness")


@pytest.fixture
def run(model_folder, tmp_path):
    """Start a container, with the volumes of the release in the folder of the test."""
    with ExitStack() as started:

        def start(container, **secrets):
            variables = environment_of(container, {"SOTTO_KEYS": "first,second"} | secrets)
            volumes = {"/data": tmp_path / "data", "/audio": tmp_path / "audio"}
            volumes |= {"/tls": tmp_path / "tls", "/opt/sotto/models": model_folder}
            for mounted, folder in volumes.items():
                folder.mkdir(exist_ok=True)
                for name, value in variables.items():
                    variables[name] = re.sub(rf"(^|=|>){mounted}(?=/|>|$)", rf"\1{folder}", value)
            ports = {name: free_port() for name in ("SOTTO_PORT", "SOTTO_METRICS_PORT")}
            variables |= {name: port for name, port in ports.items() if name in variables}
            running = Running(container.get("args", []), variables)
            started.callback(running.close)
            running.port = variables.get("SOTTO_PORT")
            running.ports = {"http": running.port, "metrics": variables["SOTTO_METRICS_PORT"]}
            return running

        yield start


def wait_until_ready(address, verify=True):
    """Ask as the startup probe does; return the status of the first answer that is not 503."""
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.get(f"{address}/ready", verify=verify, timeout=60)
            if answer.status_code != 503:
                return answer.status_code
        time.sleep(0.1)
    return None


def status_of(address):
    try:
        return requests.get(address, timeout=60).status_code
    except requests.ConnectionError:
        return None


def recognised(address, wav, verify=True):
    route = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
    headers = {"Ocp-Apim-Subscription-Key": "second", "Content-Type": "audio/wav"}
    answer = requests.post(address + route, wav, headers=headers, verify=verify, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["DisplayText"]


def wait_for_file(path):
    until_s = time.monotonic() + WAIT_S
    while not path.exists():
        assert time.monotonic() < until_s, "no transcript"
        time.sleep(0.1)
    return json.loads(path.read_text("utf-8"))


def container_of(values, name="server"):
    [answer] = render([values])
    [found] = [c for _, c in containers(answer["objects"]) if c["name"] == name]
    return found


def test_the_pod_of_the_default_values_answers_and_transcribes_dropped_audio(
    run, spoken_clip, tmp_path
):
    """It is ready, recognises, has its drop folder on its volume, and ends with 0."""
    server = run(container_of(SETS["local"]))
    address = f"http://127.0.0.1:{server.port}"
    assert wait_until_ready(address) == 200
    assert recognised(address, spoken_clip.wav) == spoken_clip.text

    server.wait_for("batch_started")
    folders = tmp_path / "data" / "sotto" / "containers"
    (folders / "audio" / "call.wav").write_bytes(spoken_clip.wav)
    transcript = wait_for_file(folders / "transcripts" / "call.wav.json")
    assert transcript["combinedRecognizedPhrases"][0]["display"] == spoken_clip.text
    assert server.end() == 0


def test_a_pod_with_a_certificate_of_its_own_serves_https(run, spoken_clip, tmp_path):
    (tmp_path / "tls").mkdir()
    certificate, key = make_certificate(tmp_path / "tls")
    certificate.rename(tmp_path / "tls" / "tls.crt")
    key.rename(tmp_path / "tls" / "tls.key")
    verify = str(tmp_path / "tls" / "tls.crt")
    server = run(container_of(merged(SETS["local"], {"tls": {"secretName": "certificate"}})))
    address = f"https://127.0.0.1:{server.port}"
    assert wait_until_ready(address, verify) == 200
    assert recognised(address, spoken_clip.wav, verify) == spoken_clip.text
    assert server.end() == 0


def test_a_worker_pod_transcribes_what_the_pods_of_the_api_notice(run, spoken_clip, tmp_path):
    """Their folder of audio is a mounted claim; jobs, queue and transcripts are Azurite's."""
    values = SETS["connection string"]
    with azurite() as storage:
        with BlobServiceClient.from_connection_string(storage.connection_string) as service:
            for name in ("jobs", "transcripts"):
                with contextlib.suppress(ResourceExistsError):
                    service.create_container(name)
            secret = {"SOTTO_STORAGE": storage.connection_string}
            server = run(container_of(values), **secret)
            worker = run(container_of(values, "worker"), **secret)
            assert wait_until_ready(f"http://127.0.0.1:{server.port}") == 200
            for running in (server, worker):
                running.wait_for("batch_started")
            (tmp_path / "audio" / "call.wav").write_bytes(spoken_clip.wav)
            worker.wait_for("file_transcribed")
            transcripts = service.get_container_client("transcripts")
            result = json.loads(transcripts.download_blob("call.wav.json").readall())
        assert result["combinedRecognizedPhrases"][0]["display"] == spoken_clip.text
        assert [server.end(), worker.end()] == [0, 0]


def test_a_pod_without_a_key_does_not_start(run):
    container = container_of(SETS["local"])
    server = run(container, SOTTO_KEYS="")
    assert server.process.wait(WAIT_S) == 1


def test_each_probe_and_scrape_of_a_pod_is_answered(run):
    """On the ports of the manifest; the pods of the API and the workers."""
    values = SETS["connection string"]
    with azurite() as storage:
        secret = {"SOTTO_STORAGE": storage.connection_string}
        for name in ("server", "worker"):
            container = container_of(values, name)
            running = run(container, **secret)
            running.wait_for("batch_started")
            probes = [container[f"{kind}Probe"]["httpGet"] for kind in PROBES]
            for probe in [*probes, {"port": "metrics", "path": "/metrics"}]:
                address = f"http://127.0.0.1:{running.ports[probe['port']]}{probe['path']}"
                assert status_of(address) == 200, (name, probe)
