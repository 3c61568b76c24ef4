"""The commands of compose.yaml as processes: Azurite, its containers, a server, two workers."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from queue import Queue

import pytest
import yaml
from azure.storage.blob import ContainerClient
from emulators import ACCOUNT, Azurite, _running

from tests.node_packages import azurite_command

PROJECT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))["services"]
LISTENING = r"Azurite (Blob|Queue) service (?:is )?successfully listen\w* (?:at|on) (http\S+)"
WAIT_S = 120


@pytest.fixture
def azurite(tmp_path):
    """Run the command of the service, in a folder of the test and on free ports."""
    command = SERVICES["azurite"]["command"].replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    program, *arguments = shlex.split(command.replace("/data", str(tmp_path / "azurite")))
    assert program == "azurite"
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    with _running([*azurite_command(), *arguments, *ports], LISTENING, 2) as found:
        urls = {service: f"{url}/{ACCOUNT}" for service, url in found}
        yield Azurite(urls["Blob"], urls["Queue"])


@pytest.fixture
def environment_of(azurite, tmp_path):
    """Return the environment of a service, with the addresses of this test."""
    (tmp_path / "audio").mkdir()

    def environment(name):
        places = {
            "http://azurite:10000/" + ACCOUNT: azurite.blob_url,
            "http://azurite:10001/" + ACCOUNT: azurite.queue_url,
            "=/audio>": f"={tmp_path}/audio>",
        }
        values = dict(SERVICES[name]["environment"])
        for key, value in values.items():
            for place, here in places.items():
                values[key] = values[key].replace(place, here)
            values[key] = re.sub(r"\$\{SOTTO_KEYS:.*\}", "k", values[key])
            assert "$" not in value or key == "SOTTO_KEYS"
        return values

    return environment


def image_process(entry, variables, **options):
    kept = {n: v for n, v in os.environ.items() if not n.startswith("SOTTO_")}
    return subprocess.Popen(
        [sys.executable, *entry], cwd=PROJECT, env=kept | variables, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def follow(process, events):
    def read():
        for line in process.stderr:
            if line.startswith("{"):
                events.put(json.loads(line))

    threading.Thread(target=read, daemon=True).start()


def wait_for(events, name):
    while (event := events.get(timeout=WAIT_S))["event"] != name:
        pass
    return event


def test_a_dropped_file_is_transcribed_by_a_worker(
    environment_of, azurite, model_folder, spoken, tmp_path
):
    """The containers are made twice without harm; each process ends with 0 on SIGTERM."""
    program, *script = SERVICES["containers"]["entrypoint"] + SERVICES["containers"]["command"]
    assert program == "python"
    for _ in range(2):
        with image_process(script, environment_of("containers")) as process:
            assert process.wait(WAIT_S) == 0, process.stderr.read()

    image = {"SOTTO_MODEL_FOLDER": str(model_folder), "SOTTO_PORT": "0"}
    image |= {"SOTTO_TLS_TERMINATED": "true", "SOTTO_VOICES": "espeak-ng"}
    entry = ["-m", "functions.container.image"]
    served, worked = Queue(), Queue()
    with ExitStack() as running:
        server = running.enter_context(image_process(entry, environment_of("server") | image))
        running.callback(server.kill)
        follow(server, served)
        port = str(wait_for(served, "listening")["port"])
        workers = []
        for _ in range(SERVICES["worker"]["deploy"]["replicas"]):
            command = [*entry, *SERVICES["worker"]["command"]]
            worker = running.enter_context(image_process(command, environment_of("worker") | image))
            running.callback(worker.kill)
            follow(worker, worked)
            workers.append(worker)
        for _ in workers:
            wait_for(worked, "batch_started")
        wait_for(served, "batch_started")

        check, *command = SERVICES["server"]["healthcheck"]["test"]
        assert (check, command[0]) == ("CMD", "python")
        variables = {"SOTTO_PORT": port}
        with image_process(command[1:], variables) as health:
            assert health.wait(WAIT_S) == 0

        (tmp_path / "audio" / "call.wav").write_bytes(spoken)
        wait_for(worked, "file_transcribed")
        with ContainerClient.from_connection_string(
            azurite.connection_string, "transcripts"
        ) as transcripts:
            result = json.loads(transcripts.download_blob("call.wav.json").readall())
        assert result["combinedRecognizedPhrases"][0]["display"]
        for process in (server, *workers):
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_S) == 0
