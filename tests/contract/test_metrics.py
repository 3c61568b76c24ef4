"""Metrics of a real server and of a real worker, scraped after real requests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from functions.container.metrics.table import METRICS, PROCESS_METRICS, Kind

PROJECT = Path(__file__).resolve().parent.parent.parent
CANARY = "canary"
KEYS = ("canarykeyone", "canarykeytwo")
HEADERS = {"Ocp-Apim-Subscription-Key": KEYS[0]}
SHORT = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
DECLARED = {metric.name: metric for metric in METRICS}


def free_port():
    """Port that was free a moment ago: 0 means that there are no metrics."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def scrape(url, **headers):
    """Samples of an endpoint: name, labels, value."""
    answer = requests.get(url, headers=headers, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return [
        sample
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    ]


def total(samples, name, **labels):
    """Sum of the series of a name that have these labels."""
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def wait_for(condition, within_s=60):
    """Wait until the condition holds: batch work sends no notice to a test."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)


def undeclared(samples):
    """Samples that the table does not have, or whose labels have another name or value."""
    found = []
    for sample in samples:
        name = sample.name
        ending = next((end for end in ("_bucket", "_sum", "_count") if name.endswith(end)), "")
        labels = dict(sample.labels)
        metric = DECLARED.get(name)
        if metric is None and DECLARED.get(name.removesuffix(ending)) is not None:
            metric = DECLARED[name.removesuffix(ending)]
            bound = labels.pop("le", None)
            is_declared = metric.kind is Kind.HISTOGRAM and (
                bound is None or float(bound) in {*metric.buckets, float("inf")}
            )
            if not is_declared:
                found.append(sample)
        if metric is None:
            found += [] if name in PROCESS_METRICS and not labels else [sample]
        elif labels.keys() != metric.labels.keys() or any(
            value not in metric.labels[label] for label, value in labels.items()
        ):
            found.append(sample)
    return found


@pytest.fixture(scope="module")
def busy(start_for_module, spoken, tmp_path_factory):
    """Run a server that has had requests of many kinds, full of canaries."""
    data = tmp_path_factory.mktemp("data")
    audio = data / "containers" / "audio"
    (audio / CANARY).mkdir(parents=True)
    (audio / CANARY / f"{CANARY} call.wav").write_bytes(spoken)
    (audio / f"{CANARY}-broken.mp3").write_bytes(b"no audio")
    host = start_for_module(
        SOTTO_KEYS=",".join(KEYS),
        SOTTO_DATA_FOLDER=str(data),
        SOTTO_TIME_TO_LIVE="PT2S",
        SOTTO_PURGE_EVERY_S="1",
        SOTTO_METRICS_PORT=str(port := free_port()),
        SOTTO_LOG_LEVEL="info",
    )
    with requests.Session() as http:
        http.headers.update(HEADERS)
        wav = {"Content-Type": "audio/wav"}
        assert http.post(host.url + SHORT, data=spoken, headers=wav, timeout=120).ok
        definition = {"locales": ["en-US"], "phraseList": {"phrases": [f"{CANARY} phrase"]}}
        form = {
            "audio": (f"{CANARY}.wav", spoken, "audio/wav"),
            "definition": (None, json.dumps(definition)),
        }
        assert http.post(host.url + FAST, files=form, timeout=120).ok
        form = {"file": (f"{CANARY}.wav", spoken), "model": (None, f"{CANARY}-model")}
        http.post(f"{host.url}/v1/audio/transcriptions", files=form, timeout=120)
        for method, path in (
            ("GET", f"/{CANARY}/path"),
            ("GET", f"/speechtotext/v3.{CANARY}/transcriptions"),
            ("GET", f"/speechtotext/transcriptions/{CANARY}"),
            ("GET", f"/v1/models/{CANARY}"),
            ("CANARY", "/ready"),
            ("POST", f"{SHORT}{CANARY}"),
            ("POST", f"/translate?api-version=3.0&to={CANARY}"),
        ):
            http.request(method, host.url + path, timeout=60)
        socket_url = host.url.replace("http", "ws") + SHORT
        with connect(f"{socket_url}&x={CANARY}", additional_headers=HEADERS):
            pass
        with pytest.raises(InvalidStatus):
            connect(socket_url)
        http.get(host.url + "/status", headers={"Host": CANARY, "User-Agent": CANARY}, timeout=60)
        wrong = {"Ocp-Apim-Subscription-Key": f"{CANARY}-wrong"}
        assert requests.get(f"{host.url}/metrics", headers=wrong, timeout=60).status_code == 401
        wait_for(lambda: {"purged", "file_failed"} <= {line["event"] for line in host.log})
    return host, port


@pytest.fixture(scope="module")
def samples(busy):
    """Samples that the main port shows."""
    return scrape(f"{busy[0].url}/metrics", **HEADERS)


def test_the_main_port_needs_a_key(busy):
    host, _ = busy
    assert requests.get(f"{host.url}/metrics", timeout=60).status_code == 401
    assert requests.get(f"{host.url}/metrics", headers=HEADERS, timeout=60).status_code == 200


def test_the_metrics_port_needs_none_and_serves_the_probes(busy):
    _, port = busy
    names = {sample.name for sample in scrape(f"http://127.0.0.1:{port}/metrics")}
    assert "sotto_requests_total" in names
    for probe in ("healthz", "ready"):
        answer = requests.get(f"http://127.0.0.1:{port}/{probe}", timeout=60)
        assert answer.status_code == 200, probe
    assert requests.get(f"http://127.0.0.1:{port}{SHORT}", timeout=60).status_code == 404


def test_requests_and_recognition_are_counted(samples):
    requested = "sotto_requests_total"
    assert total(samples, requested, contract="short_audio", status_class="2xx") == 1
    assert total(samples, requested, contract="fast_transcription", status_class="2xx") == 1
    assert total(samples, requested, contract="health", status_class="4xx") >= 1
    assert total(samples, requested, contract="other", status_class="4xx") >= 1
    assert total(samples, "sotto_audio_seconds_total", source="request") > 6
    assert total(samples, "sotto_recognition_seconds_total", source="request") > 0
    assert total(samples, "sotto_real_time_factor_count", source="request") >= 2
    assert total(samples, "sotto_segments_total", source="request") >= 2
    assert total(samples, "sotto_admission_admitted_total", bound="work") >= 3
    assert total(samples, "sotto_admission_limit", bound="work") == 100


def test_sessions_are_counted(samples):
    assert total(samples, "sotto_sessions_total", status_class="1xx") == 1
    assert total(samples, "sotto_sessions_total", status_class="4xx") == 1
    assert total(samples, "sotto_session_duration_seconds_count") == 2
    assert total(samples, "sotto_sessions_open") == 0
    assert total(samples, "sotto_sessions_limit") == 100


def test_batch_work_and_the_purge_are_counted(samples):
    assert total(samples, "sotto_jobs_accepted_total") == 2
    assert total(samples, "sotto_jobs_closed_total") == 2
    assert total(samples, "sotto_jobs_failed_total") == 1
    assert total(samples, "sotto_files_total", result="transcribed") == 1
    assert total(samples, "sotto_files_total", result="failed") == 1
    assert total(samples, "sotto_audio_seconds_total", source="file") > 3
    assert total(samples, "sotto_purged_jobs_total") >= 1
    assert total(samples, "sotto_purge_lateness_seconds_count") >= 1
    assert total(samples, "sotto_purge_last_run_timestamp_seconds") > 1.7e9
    assert total(samples, "sotto_queue_reachable") == 1
    assert {s.labels["lane"] for s in samples if s.name == "sotto_queue_messages"} == {
        "files", "notices", "dead_letters",
    }  # fmt: skip


def test_the_process_is_described(samples):
    assert total(samples, "sotto_build_info") == 1
    assert total(samples, "sotto_model_loaded") == 1
    assert total(samples, "sotto_model_load_seconds") > 0
    assert total(samples, "sotto_slots", slots="short") == 1
    assert total(samples, "process_resident_memory_bytes") > 50e6
    assert total(samples, "process_open_fds") > 3


def test_metrics_have_no_content_and_no_label_that_is_not_declared(busy, samples):
    """No name, key, phrase, path or text, on either port."""
    host, port = busy
    assert undeclared(samples) == []
    assert undeclared(scrape(f"http://127.0.0.1:{port}/metrics")) == []
    for url in (f"{host.url}/metrics", f"http://127.0.0.1:{port}/metrics"):
        text = requests.get(url, headers=HEADERS, timeout=60).text.lower()
        for content in (CANARY, *KEYS, "milk", "bread", "en-us", "127.0.0.1", ".wav"):
            assert content not in text, content


def matches(pattern, line):
    """Whether a line matches a filter pattern of CloudWatch, in the form that ours have."""
    inner = pattern.removeprefix("{ ").removesuffix(" }")
    both = " && " in inner
    results = []
    for condition in inner.split(" && " if both else " || "):
        name, operator, wanted = condition.removeprefix("$.").split(" ", 2)
        wanted, found = json.loads(wanted), line.get(name)
        results.append(
            found is not None and (found == wanted or (operator == ">=" and found > wanted))
        )
    return all(results) if both else any(results)


def test_the_filters_of_cloudwatch_match_the_lines_that_a_process_writes(busy):
    """A server on this machine writes the lines that functions write."""
    host, _ = busy
    path = PROJECT / "infra" / "monitoring" / "cloudwatch-metric-filters.json"
    filters = {one["metric"]: one for one in json.loads(path.read_text())["filters"]}
    for metric in (
        "RequestDuration", "RequestQueueWait", "RequestRealTimeFactor", "FileRealTimeFactor",
        "FileAudio", "FailedFiles", "FailedJobs", "PurgeLateness",
    ):  # fmt: skip
        found = [line for line in host.log if matches(filters[metric]["pattern"], line)]
        assert found, metric
        field = filters[metric]["value"].removeprefix("$.")
        assert all(field == "1" or line[field] >= 0 for line in found), metric
    quiet = {"DeadLetters", "PurgeFailures", "MalformedMessages", "RequestFailures"}
    for metric in quiet:
        found = [line for line in host.log if matches(filters[metric]["pattern"], line)]
        assert not found, metric


def test_a_worker_has_metrics_and_probes_on_its_port(model_folder, spoken, tmp_path):
    """It has no other server. The queue is a file that a host of another test might share."""
    audio = tmp_path / "containers" / "audio"
    audio.mkdir(parents=True)
    (audio / f"{CANARY}.wav").write_bytes(spoken)
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = {name: value for name, value in os.environ.items() if "SOTTO_" not in name}
    worker = subprocess.Popen(
        [sys.executable, "-m", "functions.container", "worker"],
        cwd=PROJECT,
        env=environment
        | {
            "SOTTO_MODEL_FOLDER": str(model_folder),
            "SOTTO_DATA_FOLDER": str(tmp_path),
            "SOTTO_DROP_FOLDERS": f"calls={audio}>{tmp_path / 'containers' / 'transcripts'}",
            "SOTTO_METRICS_PORT": str(port),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers(path, status):
        try:
            return requests.get(f"{url}{path}", timeout=10).status_code == status
        except requests.ConnectionError:
            return False

    try:
        wait_for(lambda: answers("/healthz", 200))
        wait_for(lambda: answers("/ready", 200))
        samples = scrape(f"{url}/metrics")
        assert undeclared(samples) == []
        assert total(samples, "sotto_queue_reachable") == 1
        assert total(samples, "sotto_model_loaded") == 1
        assert not any(sample.name.startswith("sotto_admission") for sample in samples)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


def test_a_port_that_is_taken_stops_the_start(model_folder):
    from test_container_host import run_host  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listener:
        ran = run_host(model_folder, SOTTO_METRICS_PORT=str(listener.getsockname()[1]))
    assert ran.returncode == 1
    assert "SOTTO_METRICS_PORT" in ran.stderr
    assert "Traceback" not in ran.stderr
