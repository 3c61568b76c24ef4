"""A container host in a separate process, started and called like by its users."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import httpx

from benchmarks.conditions import THREADS
from benchmarks.mixed_requests import MixedRequest
from benchmarks.process_memory import peak_resident_bytes, resident_bytes

PROJECT = Path(__file__).resolve().parent.parent
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})

_START_LIMIT_S = 60
_REQUEST_LIMIT_S = 900
_LOG_LIMIT_S = 5
_POLL_S = 0.005

# Settings that choose the weights; all others have their defaults.
_INHERITED = {"SOTTO_MODEL", "SOTTO_MODEL_FOLDER", "SOTTO_COMPUTE_TYPE"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to one request.

    `elapsed_s` is from before the upload to the end of the response. `n_segments` recognised and
    `n_retries` at a longer context are from the server's log.
    """

    status: int
    elapsed_s: float
    body: dict[str, Any]
    n_segments: int = 0
    n_retries: int = 0

    @property
    def text(self) -> str:
        """Recognised text; empty in an error."""
        return " ".join(part["text"] for part in self.body.get("combinedPhrases", ()))

    @property
    def phrases(self) -> list[dict[str, Any]]:
        """`phrases` of the contract."""
        phrases: list[dict[str, Any]] = self.body.get("phrases", [])
        return phrases


class SottoServer:
    """`python -m functions.container` on a free port, from start to exit of a `with` block.

    `checkout` is the folder of the server's code, by default this project. `environment` is added
    to that of every server of these benchmarks.

    Raises
    ------
    RuntimeError: it does not start; standard error has its message.
    """

    def __init__(
        self, checkout: Path = PROJECT, environment: Mapping[str, str] = NO_SETTINGS
    ) -> None:
        self.started_s = time.perf_counter()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("SOTTO_") or name in _INHERITED
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "functions.container"],
            cwd=checkout,
            env=inherited
            | {
                "PYTHONPATH": str(checkout),
                "SOTTO_PORT": "0",
                "SOTTO_BATCH": "false",
                "SOTTO_THREADS": str(THREADS),
            }
            | dict(environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._news = threading.Condition()
        self._port = 0
        self._stopped = False
        self._requests: dict[str, dict[str, Any]] = {}
        self._following = threading.Thread(target=self._follow_log, daemon=True)
        self._following.start()
        with self._news:
            self._news.wait_for(lambda: self._port or self._stopped, _START_LIMIT_S)
        if not self._port:
            self._process.kill()
            raise RuntimeError("The server did not start.")
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{self._port}", timeout=_REQUEST_LIMIT_S, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(_START_LIMIT_S)
        self._following.join(_START_LIMIT_S)

    def transcribe(self, audio: bytes, phrases: tuple[str, ...] = ()) -> Answer:
        """Send one fast transcription of English, with a phrase list or without."""
        definition: dict[str, Any] = {"locales": ["en-US"], "profanityFilterMode": "None"}
        if phrases:
            definition["phraseList"] = {"phrases": phrases}
        return self._answer(*self._fast_transcription(audio, definition))

    def transcribe_as(self, audio: bytes, definition: Mapping[str, Any]) -> Answer:
        """Send one fast transcription with the contract's definition, without reading the log."""
        response, elapsed_s = self._fast_transcription(audio, definition)
        return Answer(response.status_code, elapsed_s, response.json())

    def _fast_transcription(
        self, audio: bytes, definition: Mapping[str, Any]
    ) -> tuple[httpx.Response, float]:
        """Response, and the time from before the upload to its end."""
        started = time.perf_counter()
        response = self._client.post(
            "/speechtotext/transcriptions:transcribe",
            params={"api-version": "2025-10-15"},
            files={"audio": ("audio", audio), "definition": (None, json.dumps(definition))},
        )
        return response, time.perf_counter() - started

    def wait_until_ready(self) -> float:
        """Seconds from the start of the process until `/ready` reports the loaded model.

        Raises
        ------
        RuntimeError: it takes longer than a minute.
        """
        while self._client.get("/ready").status_code != HTTPStatus.OK:
            if time.perf_counter() - self.started_s > _START_LIMIT_S:
                raise RuntimeError("The server does not become ready.")
            time.sleep(_POLL_S)
        return time.perf_counter() - self.started_s

    def recognise_short_audio(self, audio: bytes) -> Answer:
        """Send one clip to the short audio contract, without reading the log."""
        started = time.perf_counter()
        response = self._client.post(
            "/speech/recognition/conversation/cognitiveservices/v1",
            params={"language": "en-US"},
            content=audio,
            headers={"Content-Type": "audio/wav"},
        )
        return Answer(response.status_code, time.perf_counter() - started, response.json())

    def send(self, request: MixedRequest) -> httpx.Response:
        """Send a request of any kind, without reading the log."""
        return self._client.post(
            request.path,
            content=request.content,
            files=request.files,
            headers=dict(request.headers),
        )

    @property
    def port(self) -> int:
        """Port of the server."""
        return self._port

    @property
    def cpu_s(self) -> float:
        """Processor time that the server has taken, of all its threads."""
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        )
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_bytes(self) -> int:
        """Physical memory of the process."""
        return resident_bytes(self._process.pid)

    @property
    def peak_bytes(self) -> int:
        """Peak memory of the process so far."""
        return peak_resident_bytes(self._process.pid)

    def _answer(self, response: httpx.Response, elapsed_s: float) -> Answer:
        line = self._logged(response.headers.get("x-ms-request-id", ""))
        return Answer(
            status=response.status_code,
            elapsed_s=elapsed_s,
            body=response.json(),
            n_segments=line.get("n_segments", 0),
            n_retries=line.get("n_retries", 0),
        )

    def _logged(self, request_id: str) -> dict[str, Any]:
        """Log line of one request; it is written just after the response."""
        with self._news:
            self._news.wait_for(lambda: request_id in self._requests, _LOG_LIMIT_S)
            return self._requests.pop(request_id, {})

    def _follow(self, line: str) -> None:
        if not line.startswith("{"):
            sys.stderr.write(line)  # the reason why it does not start
            return
        fields = json.loads(line)
        with self._news:
            if "port" in fields:  # events may be renamed from commit to commit
                self._port = fields["port"]
            elif fields.get("event") == "request":
                self._requests[fields["request_id"]] = fields
            self._news.notify_all()

    def _follow_log(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._follow(line)
        with self._news:
            self._stopped = True
            self._news.notify_all()
