"""Traces of a real server, received by a stand-in of an OpenTelemetry collector."""

import gzip
import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.privacy.log_fields import ALLOWED_FIELDS
from shared.stages import StageName

PROJECT = Path(__file__).resolve().parent.parent.parent
CANARY = "canary"
KEY = "canarykey"
HEADERS = {"Ocp-Apim-Subscription-Key": KEY}
SHORT = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """Receives OTLP over HTTP on loopback; keeps the requests."""

    def __init__(self):
        self.requests, self.paths, self.headers = [], [], []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                """Keep an export, and accept it."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                collector.requests.append(ExportTraceServiceRequest.FromString(body))
                collector.paths.append(self.path)
                collector.headers.append(dict(self.headers))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def spans(self):
        """All spans that have come."""
        return [
            span
            for request in self.requests
            for of_resource in request.resource_spans
            for of_scope in of_resource.scope_spans
            for span in of_scope.spans
        ]

    def close(self):
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def attributes(span):
    """Attributes of a span, without the prefix."""
    return {
        one.key.removeprefix("sotto."): getattr(one.value, one.value.WhichOneof("value"))
        for one in span.attributes
    }


@pytest.fixture(scope="module")
def collector():
    receiving = Collector()
    yield receiving
    receiving.close()


@pytest.fixture(scope="module")
def spans(collector, start_for_module, spoken, tmp_path_factory):
    """Spans of a server that had requests full of canaries, and was then stopped."""
    data = tmp_path_factory.mktemp("data")
    audio = data / "containers" / "audio"
    audio.mkdir(parents=True)
    (audio / f"{CANARY} call.wav").write_bytes(spoken)
    (audio / f"{CANARY}-broken.mp3").write_bytes(b"no audio")
    with pytest.MonkeyPatch.context() as patch:
        # None of these may have an effect, least of all a second collector.
        patch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"host.name={CANARY}")
        patch.setenv("OTEL_SERVICE_NAME", CANARY)
        patch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"authorization={CANARY}")
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        patch.setenv("OTEL_TRACES_SAMPLER", "always_off")
        patch.setenv("OTEL_SDK_DISABLED", "true")
        host = start_for_module(
            SOTTO_KEYS=KEY, SOTTO_DATA_FOLDER=str(data), SOTTO_TRACES=f"{collector.url}/"
        )
    with requests.Session() as http:
        http.headers.update(HEADERS)
        wav = {
            "Content-Type": "audio/wav",
            "traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01",
            "tracestate": f"vendor={CANARY}",
            "baggage": f"who={CANARY}",
            "User-Agent": CANARY,
        }
        assert http.post(host.url + SHORT, data=spoken, headers=wav, timeout=120).ok
        definition = {"locales": ["en-US"], "phraseList": {"phrases": [f"{CANARY} phrase"]}}
        form = {
            "audio": (f"{CANARY}.wav", spoken, "audio/wav"),
            "definition": (None, json.dumps(definition)),
        }
        assert http.post(host.url + FAST, files=form, timeout=120).ok
        http.get(f"{host.url}/{CANARY}/path", headers={"traceparent": f"00-{CANARY}-1"}, timeout=60)
        unsampled = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-00"}
        http.get(f"{host.url}/status", headers=unsampled, timeout=60)
        until = time.monotonic() + 60
        while not {"file_failed", "file_transcribed"} <= {line["event"] for line in host.log}:
            assert time.monotonic() < until, "the files were not transcribed in time"
            time.sleep(0.2)
    host.process.terminate()
    assert host.process.wait(60) == 0
    return collector.spans


def one(spans, name, **wanted):
    """Return the span of this name with these attributes."""
    (found,) = (
        span for span in spans if span.name == name and wanted.items() <= attributes(span).items()
    )
    return found


def children(spans, parent):
    """Spans below a span, by name."""
    return {span.name: span for span in spans if span.parent_span_id == parent.span_id}


def test_a_request_is_one_span_with_its_stages_below(spans):
    request = one(spans, "request", route="/speechtotext/transcriptions:transcribe")
    assert request.parent_span_id == b""
    fields = attributes(request)
    assert (fields["method"], fields["status"]) == ("POST", 200)
    assert fields["audio_ms"] > 3000
    assert fields["n_phrases"] >= 1
    below = children(spans, request)
    assert {"receive", "recognise", "render", "respond"} <= below.keys() <= {*StageName}
    for stage in below.values():
        assert request.start_time_unix_nano <= stage.start_time_unix_nano
        assert stage.start_time_unix_nano <= stage.end_time_unix_nano <= request.end_time_unix_nano
        assert stage.trace_id == request.trace_id
        assert not stage.attributes
    order = [below[name].start_time_unix_nano for name in ("receive", "recognise", "respond")]
    assert order == sorted(order)
    took_ms = (request.end_time_unix_nano - request.start_time_unix_nano) / 1e6
    assert took_ms == pytest.approx(fields["duration_ms"], abs=50)


def test_the_trace_of_the_caller_goes_on(spans):
    route = SHORT.partition("?")[0]
    request = one(spans, "request", route=route)
    assert request.trace_id.hex() == TRACE_ID
    assert request.parent_span_id.hex() == SPAN_ID
    assert request.trace_state == ""


def test_a_traceparent_that_is_none_begins_a_trace(spans):
    request = one(spans, "request", route="/unmatched")
    assert request.parent_span_id == b""
    assert attributes(request)["status"] == 404


def test_a_caller_that_does_not_sample_has_no_spans(spans):
    assert not [span for span in spans if attributes(span).get("route") == "/status"]


def test_a_file_is_one_span_with_its_stages_below(spans):
    file = one(spans, "file_transcribed")
    assert attributes(file)["audio_ms"] > 3000
    assert {"recognise", "write"} <= children(spans, file).keys()
    assert file.status.code == 0
    failed = one(spans, "file_failed")
    assert attributes(failed)["error_code"] == "InvalidAudio"
    assert (failed.status.code, failed.status.message) == (2, "")


def test_traces_have_no_content_and_no_attribute_that_the_log_may_not_have(spans, collector):
    assert len(spans) >= 10
    for span in spans:
        assert {key.removeprefix("sotto.") for key in attributes(span)} <= ALLOWED_FIELDS.keys()
        assert not span.events
        assert not span.links
    sent = str(collector.requests) + str(collector.headers)
    for content in (CANARY, "milk", "bread", "en-US", ".wav", str(PROJECT)):
        assert content.lower() not in sent.lower(), content
    assert set(collector.paths) == {"/v1/traces"}


def test_the_resource_is_the_name_and_version_of_sotto_alone(spans, collector):
    assert spans
    for request in collector.requests:
        for of_resource in request.resource_spans:
            names = {one.key for one in of_resource.resource.attributes}
            assert names == {"service.name", "service.version"}


def test_a_start_without_the_packages_names_the_command():
    """An import of OpenTelemetry's SDK fails in this process, as where it is not installed."""
    code = (
        "import sys; sys.modules['opentelemetry.sdk.resources'] = None\n"
        "from functions.container.traces.tracing import Tracing\n"
        "Tracing('http://127.0.0.1:4318')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "ConfigurationError" in ran.stderr
    assert "pip install -r requirements/telemetry.txt" in ran.stderr
