"""Requests of each kind that a server has set up, with canaries in each."""

import base64
import io
import json
import re
import struct
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.command_line.privacy_check.usp_client import usp_client
from functions.command_line.server_client import KEY_HEADER, ServerClient
from shared.errors import SpeechError
from shared.privacy.log_fields import ALLOWED_FIELDS
from shared.settings import Settings

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1"
FAST_TRANSCRIPTION = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"

# Spoken, and read by the smallest model without a mistake.
SENTENCE = "The children are playing in the garden behind the house."
# Translated, spoken, read for an assessment: its words are in no line of Sotto's own.
TEXT = "The Zanzibar marmalade is behind the kaleidoscope."
PHRASE = "Xylophone canaryphrase"
FILE_NAME = "canary-board-meeting.wav"
# Records of batch work have the names of its files; the log has none.
DROPPED_NAME = "canary-dropped-meeting.wav"
WRONG_KEY = "Wx5canaryguess"
SIGNATURE = "Sg3canarysignature"

SHORTEST_CANARY = 5
DROP_TIMEOUT_S = 300
_PAUSE_S = 0.2


@dataclass(slots=True)
class Conversation:
    """The requests and their answers.

    answers: HTTP status by the name of the request; 101 for a session of real time.
    skipped: reason by the name of a kind that is not set up.
    clip: the audio that was sent.
    heard: text that short audio recognised.
    """

    clip: bytes = b""
    answers: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    heard: str = ""
    is_own_speech: bool = False

    @property
    def was_recognised(self) -> bool:
        """Whether there was speech to leave behind: at least half of the spoken words."""
        if self.is_own_speech:
            return bool(self.heard.strip())
        words = long_words(SENTENCE)
        return sum(word in self.heard.lower() for word in words) * 2 >= len(words)

    def canaries(self, key: str, log_before: str) -> dict[str, str]:
        """Kind by word, in lower case, of everything that must be nowhere but in answers."""
        spoken = long_words(SENTENCE)
        if self.is_own_speech:
            known = set(long_words(log_before)) | set(long_words(" ".join(ALLOWED_FIELDS)))
            spoken = [word for word in long_words(self.heard) if word not in known]
        found = dict.fromkeys(spoken, "a word of the speech")
        if not self.is_own_speech:
            found = {word: f"{kind} ({word})" for word, kind in found.items()}
        texts = [word for word in long_words(TEXT) if word not in found]
        return (
            found
            | {word: f"a word of a text ({word})" for word in texts}
            | {
                key.lower(): "the key",
                WRONG_KEY.lower(): "a wrong key",
                SIGNATURE.lower(): "the query of an address",
                PHRASE.lower(): "a phrase of a phrase list",
                FILE_NAME.lower(): "a file name",
            }
        )


def long_words(text: str) -> list[str]:
    """List the words of a text that are not in a log line by chance, in lower case."""
    return [word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) >= SHORTEST_CANARY]


def converse(
    client: ServerClient, url: str, key: str, settings: Settings, audio: bytes | None
) -> Conversation:
    """Send a request of each kind that is set up, and mistakes.

    audio: speech of the user's own; without it the server speaks a sentence.

    Raises
    ------
    ServerError: the server does not answer.
    """
    talk = Conversation(is_own_speech=audio is not None)
    spoken = _speak(client, talk)
    talk.clip = clip = audio or spoken or _silence()
    headers = {"Content-Type": "audio/wav"}
    status, body = client.send(
        "POST", f"{SHORT_AUDIO}?language=en-US", headers=headers, content=clip
    )
    talk.answers["short audio"] = status
    talk.heard = str(_json(body).get("DisplayText", ""))
    definition = {"locales": ["en-US"], "phraseList": {"phrases": [PHRASE]}}
    _fast_transcription(client, talk, "fast transcription", clip, definition)
    if settings.diarization:
        _fast_transcription(
            client, talk, "speakers", clip, definition | {"diarization": {"maxSpeakers": 2}}
        )
    else:
        talk.skipped["speakers"] = "SOTTO_DIARIZATION is false"
    talk.answers["OpenAI transcription"], _ = client.send(
        "POST", "/v1/audio/transcriptions",
        data={"model": "whisper-1"}, files={"file": (FILE_NAME, clip, "audio/wav")},
    )  # fmt: skip
    if settings.pronunciation:
        assessment = json.dumps({"ReferenceText": TEXT, "EnableMiscue": True}).encode()
        assessed = headers | {"Pronunciation-Assessment": base64.b64encode(assessment).decode()}
        talk.answers["pronunciation"], _ = client.send(
            "POST", f"{SHORT_AUDIO}?language=en-US", headers=assessed, content=clip
        )
    else:
        talk.skipped["pronunciation"] = "SOTTO_PRONUNCIATION is false"
    _translate(client, talk)
    _talk_in_real_time(url, key, clip, talk)
    _make_mistakes(client, clip, talk)
    return talk


def _speak(client: ServerClient, talk: Conversation) -> bytes | None:
    """Let the server speak the sentence and a text; None without a voice of English."""
    status, body = client.send("GET", "/cognitiveservices/voices/list")
    voices = [voice["ShortName"] for voice in _entries(body) if voice.get("Locale") == "en-US"]
    if status != 200 or not voices:
        talk.skipped["text to speech"] = "no English voice is set up: docs/voices.md"
        return None
    spoken = None
    headers = {
        "Content-Type": "application/ssml+xml",
        "X-Microsoft-OutputFormat": "riff-16khz-16bit-mono-pcm",
    }
    for name, text in (("text to speech", SENTENCE), ("text to speech, a text", TEXT)):
        voice = f"<voice name='{voices[0]}'>{text}</voice>"
        ssml = f"<speak version='1.0' xml:lang='en-US'>{voice}</speak>"
        status, wav = client.send(
            "POST", "/cognitiveservices/v1", headers=headers, content=ssml.encode()
        )
        talk.answers[name] = status
        spoken = spoken or (wav if status == 200 else None)
    return spoken


def _fast_transcription(
    client: ServerClient, talk: Conversation, name: str, clip: bytes, definition: dict[str, Any]
) -> None:
    parts: dict[str, Any] = {
        "definition": (None, json.dumps(definition), "application/json"),
        "audio": (FILE_NAME, clip, "audio/wav"),
    }
    talk.answers[name], _ = client.send("POST", FAST_TRANSCRIPTION, files=parts)


def _translate(client: ServerClient, talk: Conversation) -> None:
    status, _ = client.send(
        "POST", "/translate?api-version=3.0&from=en&to=es", body=[{"Text": TEXT}]
    )
    if status == 200:
        talk.answers["translation"] = status
    else:
        talk.skipped["translation"] = "no translator from English to Spanish: docs/translation.md"


def _talk_in_real_time(url: str, key: str, clip: bytes, talk: Conversation) -> None:
    try:
        with usp_client(url, SHORT_AUDIO, key) as session:
            session.begin()
            session.send(clip)
            session.turn()
    except (OSError, ValueError, TimeoutError) as error:
        raise SpeechError(f"A session of real time failed: {type(error).__name__}.") from None
    talk.answers["real time"] = 101


def _make_mistakes(client: ServerClient, clip: bytes, talk: Conversation) -> None:
    """Send requests that are refused, each with something that must not be logged."""
    talk.answers["a wrong key"], _ = client.send(
        "POST", f"{SHORT_AUDIO}?language=en-US", headers={KEY_HEADER: WRONG_KEY}, content=clip
    )
    talk.answers["an unknown address"], _ = client.send(
        "POST", f"/containers/{FILE_NAME}?sig={SIGNATURE}"
    )
    _fast_transcription(client, talk, "no audio", SIGNATURE.encode() * 40, {"locales": ["en-US"]})
    _fast_transcription(client, talk, "a wrong locale", clip, {"locales": [PHRASE]})


def drop_file(data_folder: Path, clip: bytes) -> bool:
    """Drop a clip into the drop folder; return whether its transcript came in time."""
    containers = data_folder / "containers"
    until = time.monotonic() + DROP_TIMEOUT_S
    written = False
    while time.monotonic() < until:
        if not written and (containers / "audio").is_dir():
            (containers / "audio" / DROPPED_NAME).write_bytes(clip)
            written = True
        closed = (containers / "jobs" / "jobs").glob("*/closed")
        if any((containers / "transcripts").glob("*.json")) and any(closed):
            return True
        time.sleep(_PAUSE_S)
    return False


def _silence() -> bytes:
    """A second of silence as WAV, where there is no speech to send."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(struct.pack("<h", 0) * 16_000)
    return file.getvalue()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _entries(body: bytes) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError:
        return
    if isinstance(found, list):
        yield from (entry for entry in found if isinstance(entry, dict))
