"""A container host under strace, from its start to its end, and what is sent to it."""

import base64
import http.server
import io
import json
import os
import re
import sys
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import requests

from functions.command_line.privacy_check.system_call_trace import SystemCall
from functions.command_line.privacy_check.traced_server import traced_server as server_under_strace

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1"
FAST_TRANSCRIPTION = "/speechtotext/transcriptions:transcribe"

# Canaries that must appear nowhere: none of them is a word of our own log lines.
KEY = "Kq7canarykey"
WRONG_KEY = "Wx5canaryguess"
SIGNATURE = "Sg3canarysignature"
PHRASE = "Zanzibar canaryphrase"
FILE_NAME = "canary-board-meeting.wav"
# A text to read, and as a client sends it.
REFERENCE = "Marmalade for the canary"
ASSESSMENT = base64.b64encode(
    json.dumps({"ReferenceText": REFERENCE, "EnableMiscue": True, "NBestPhonemeCount": 3}).encode()
).decode()
SECRETS = (KEY, WRONG_KEY, SIGNATURE, PHRASE, FILE_NAME, REFERENCE, "marmalade", ASSESSMENT[:40])

# With two, OpenMP's threads wait for each other by spinning, on cores that others need as well.
_THREADS = "1"


@dataclass(frozen=True, slots=True)
class Speech:
    """A clip (16 bit mono WAV) and the words in it that are looked for in the logs."""

    wav: bytes
    canaries: tuple[str, ...]


@dataclass(slots=True)
class Observation:
    """All that was seen of one server from outside.

    answers: status and body of every request, by its name.
    log: standard output and standard error.
    audio_port: where the server fetched `audioUrl` from.
    home: the folder that the process took for its user's.
    """

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    calls: list[SystemCall] = field(default_factory=list)
    log: str = ""
    audio_port: int = 0
    exit_status: int | None = None
    home: Path = Path()


def long_words(text) -> tuple[str, ...]:
    """List the words of a sentence that would not be in a log line by chance."""
    return tuple(word for word in re.findall(r"[a-z]+", text.lower()) if len(word) >= 5)


def send_speech(http, url, name, speech, seen):
    """Send it as short audio and for fast transcription, in every way that audio can come in."""
    samples = np.frombuffer(speech.wav, "<i2", offset=44)
    with wave.open(io.BytesIO(speech.wav)) as reader:
        sample_rate = reader.getframerate()
    encoded = {
        "wav": speech.wav,
        "mp3": encode(samples, sample_rate, "mp3", "libmp3lame"),
        # Its index comes last, so it cannot be read forward, which invites spooling.
        "m4a": encode(samples, sample_rate, "ipod", "aac"),
    }
    for form, audio in encoded.items():
        seen.answers[f"short audio, {name} {form}"] = post(
            http, f"{url}{SHORT_AUDIO}?language=en-US&format=detailed", data=audio,
            headers={"Content-Type": f"audio/{form}"},
        )  # fmt: skip
    seen.answers[f"short audio, {name} assessed"] = post(
        http, f"{url}{SHORT_AUDIO}?language=en-US", data=speech.wav,
        headers={"Content-Type": "audio/wav", "Pronunciation-Assessment": ASSESSMENT},
    )  # fmt: skip
    encoded["20 MB wav"] = twenty_megabytes(samples, sample_rate)
    for form, audio in encoded.items():
        seen.answers[f"fast transcription, {name} {form}"] = transcribe(http, url, audio)
    seen.answers[f"fast transcription, {name} speakers"] = transcribe(
        http, url, speech.wav, diarization={"maxSpeakers": 2}
    )
    seen.answers[f"OpenAI, {name} speakers"] = post(
        http, f"{url}/v1/audio/transcriptions",
        data={"model": "whisper-1", "keywords[]": PHRASE, "response_format": "diarized_json"},
        files={"file": (FILE_NAME, speech.wav, "audio/wav")},
    )  # fmt: skip
    address = f"http://127.0.0.1:{seen.audio_port}/{name}.wav?sig={SIGNATURE}"
    seen.answers[f"fast transcription, {name} audioUrl"] = transcribe(http, url, audioUrl=address)


def send_mistakes(http, url, speech, seen):
    """Send requests that are refused, each with something in it that must not be logged."""
    wrong = {"Ocp-Apim-Subscription-Key": WRONG_KEY}
    seen.answers["400"] = transcribe(http, url, speech.wav, locales=[PHRASE])
    seen.answers["400, address"] = transcribe(
        http, url, audioUrl=f"http://10.0.0.1/{FILE_NAME}?sig={SIGNATURE}"
    )
    seen.answers["401"] = post(
        http, f"{url}{SHORT_AUDIO}?language=en-US", data=speech.wav, headers=wrong
    )
    seen.answers["404"] = post(http, f"{url}/containers/{FILE_NAME}?sig={SIGNATURE}")
    seen.answers["422"] = transcribe(http, url, SIGNATURE.encode() * 40)
    seen.answers["400, assessment"] = post(
        http, f"{url}{SHORT_AUDIO}?language=en-US", data=speech.wav,
        headers={"Content-Type": "audio/wav", "Pronunciation-Assessment": ASSESSMENT[:-8]},
    )  # fmt: skip


def crowd_out(http, url, speech, seen):
    """Ask for one thing too many while another request is worked on."""
    samples = np.frombuffer(speech.wav, "<i2", offset=44)
    with wave.open(io.BytesIO(speech.wav)) as reader:
        long = twenty_megabytes(samples, reader.getframerate())
    with requests.Session() as other, ThreadPoolExecutor(1) as thread:
        other.headers["Ocp-Apim-Subscription-Key"] = KEY
        under_way = thread.submit(transcribe, other, url, long)
        while not under_way.done():  # this is no form: until then it is refused for that
            seen.answers["429"] = post(
                http, f"{url}{FAST_TRANSCRIPTION}?api-version=2025-10-15", data=PHRASE
            )
            if seen.answers["429"][0] == 429:
                break
        seen.answers["under way"] = under_way.result()


def post(http, url, **request):
    """Status and body of the answer."""
    with http.post(url, timeout=120, **request) as answer:
        return answer.status_code, answer.text


def transcribe(http, url, audio=None, **definition):
    """Fast transcription as the form that clients send; the file's name is a secret too."""
    definition = {"locales": ["en-US"], "phraseList": {"phrases": [PHRASE]}} | definition
    parts: dict[str, Any] = {"definition": (None, json.dumps(definition), "application/json")}
    if audio is not None:
        parts["audio"] = (FILE_NAME, audio, "audio/wav")
    return post(http, f"{url}{FAST_TRANSCRIPTION}?api-version=2025-10-15", files=parts)


@contextmanager
def traced_server(strace, folder, seen, model_folder, data_folder=None) -> Iterator[str]:
    """Run `python -m functions.container` under strace; give its address.

    With a data folder it does batch work as well, on that.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")},
        "HOME": str(seen.home),
        "XDG_CACHE_HOME": str(seen.home / ".cache"),
        "SOTTO_KEYS": KEY,
        "SOTTO_PORT": "0",
        "SOTTO_MODEL_FOLDER": str(model_folder),
        "SOTTO_THREADS": _THREADS,
        "SOTTO_QUEUE_LIMIT": "1",
        "SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8",
        "SOTTO_LOG_LEVEL": "debug",
        "SOTTO_BATCH": "false",
    }
    if data_folder is not None:
        environment |= {"SOTTO_BATCH": "true", "SOTTO_DATA_FOLDER": str(data_folder)}
    command = (sys.executable, "-m", "functions.container")
    run = None
    try:
        with server_under_strace(
            strace, folder, command, environment, names_folders=data_folder is not None
        ) as run:
            yield run.url
    finally:
        if run is not None:
            seen.exit_status, seen.log, seen.calls = run.exit_status, run.log, run.calls


@contextmanager
def serve_files(files) -> Iterator[int]:
    """Serve files over HTTP on loopback; give the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = files[self.path.partition("?")[0]]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def twenty_megabytes(samples, sample_rate):
    """Make the clip 32 bit stereo at 48 kHz, with silence up to 20 MB (52 s)."""
    n_frames = 20_000_000 // 8
    time_s = np.arange(round(len(samples) / sample_rate * 48_000)) / 48_000
    louder = np.interp(time_s, np.arange(len(samples)) / sample_rate, samples) * 2**16
    frames = np.zeros((n_frames, 2), "<i4")
    frames[: len(louder)] = louder.astype("<i4")[:, None]
    return wav(frames, 48_000)


def pcm_wav(samples, sample_rate):
    """16 bit mono WAV of int16 samples, shape (n_samples,)."""
    return wav(samples.astype("<i2")[:, None], sample_rate)


def wav(frames, sample_rate):
    """WAV of integer frames, shape (n_frames, n_channels)."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(frames.shape[1])
        writer.setsampwidth(frames.itemsize)
        writer.setframerate(sample_rate)
        writer.writeframes(frames.tobytes())
    return file.getvalue()


def encode(samples, sample_rate, container, codec):
    """Bytes of a file of int16 samples, shape (n_samples,)."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=sample_rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), "s16p", "mono")
        frame.sample_rate, frame.pts = sample_rate, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def decode(audio):
    """Int16 samples, shape (n_samples,), of a mono file in memory."""
    with av.open(io.BytesIO(audio), "r") as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(frames)
