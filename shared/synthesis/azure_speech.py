"""Azure Speech's voices: sends sentences to the cloud, streams the samples back.

Used only where `SOTTO_VOICES` names `azure`, or one voice as `azure:en-US-AvaNeural`.

Source: https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import httpx
import numpy as np

from shared.errors import ConfigurationError, SynthesisUnavailable
from shared.retry_after import retry_after_s
from shared.settings import Settings
from shared.synthesis.synthesizer import Sentence, Span, Speech
from shared.synthesis.voice_catalogue import AZURE, FEMALE, MALE, NEUTRAL, Voice
from shared.version import USER_AGENT

SAMPLE_RATE = 24_000
OUTPUT_FORMAT = "raw-24khz-16bit-mono-pcm"

# As for Azure AI Translator: statuses worth a retry, and the waits between four tries.
_TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_WAITS_S = (1.0, 2.0, 4.0)
_LONGEST_WAIT_S = 10.0

# `zh-CN-liaoning-XiaobeiNeural`, `en-US-Ava:DragonHDLatestNeural`: locale, then name.
_SHORT_NAME = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9]+)+)-([A-Za-z0-9:]+)Neural")
# Characters that XML 1.0 forbids, even escaped. They have no sound either.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class AzureSpeech:
    """The voices of one resource. Methods may be called from any thread.

    transport, sleep: for tests.
    """

    changes_pitch = True

    def __init__(
        self,
        settings: Settings,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = _base_url(settings)
        # As bytes: httpx would quote a key that is not ASCII in the exception of its encoding.
        self._key = (settings.azure_speech_key or "").encode()
        self._sleep = sleep
        self._lock = threading.Lock()
        self._voices: tuple[Voice, ...] | None = None
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(30.0, connect=5.0),
            follow_redirects=False,
            trust_env=False,
        )

    def voices(self) -> tuple[Voice, ...]:
        """Return the voices of the resource, fetched once and kept in memory.

        Raises
        ------
        SynthesisUnavailable: the service refuses, or does not answer after four tries. The message
            has the status.
        """
        with self._lock:
            if self._voices is None:
                self._voices = self._list_voices()
            return self._voices

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Yield the samples of a sentence as they arrive; `speaker` is the voice's short name.

        Raises
        ------
        SynthesisUnavailable: the service refuses, does not answer after four tries, or breaks
            off. The message has the status, nothing of the sentence.
        """
        headers = {
            b"Content-Type": b"application/ssml+xml",
            b"X-Microsoft-OutputFormat": OUTPUT_FORMAT.encode(),
        }
        response = self._request("POST", "/v1", headers, _ssml(sentence, speaker).encode())
        try:
            yield from _speech(response)
        finally:
            response.close()

    def _list_voices(self) -> tuple[Voice, ...]:
        response = self._request("GET", "/voices/list", {}, None)
        try:
            voices = tuple(filter(None, map(_voice_from_entry, _json(response))))
        finally:
            response.close()
        if not voices:
            raise SynthesisUnavailable("Azure Speech lists no voices.")
        return voices

    def _request(
        self, method: str, path: str, headers: dict[bytes, bytes], body: bytes | None
    ) -> httpx.Response:
        """Send until the answer is 200. The caller reads its body and closes it."""
        status = 0
        for wait_s in (*_WAITS_S, None):
            response = self._send(method, path, headers, body)
            status = response.status_code if response is not None else 0
            if response is not None:
                if status == httpx.codes.OK:
                    return response
                response.close()
            if wait_s is None or (status and status not in _TRANSIENT_STATUSES):
                break
            answered = {} if response is None else response.headers
            self._sleep(retry_after_s(answered, wait_s, _LONGEST_WAIT_S))
        raise _unavailable(f"answered {status}" if status else "cannot be reached")

    def _send(
        self, method: str, path: str, headers: dict[bytes, bytes], body: bytes | None
    ) -> httpx.Response | None:
        """One try; None where there was no answer."""
        common = {b"Ocp-Apim-Subscription-Key": self._key, b"User-Agent": USER_AGENT.encode()}
        request = self._client.build_request(
            method, f"{self._url}{path}", headers=common | headers, content=body
        )
        try:
            return self._client.send(request, stream=True)
        except httpx.HTTPError:
            return None


def voice_from_short_name(name: str) -> Voice:
    """Describe a voice by its short name, without a request; the gender is unknown.

    Raises
    ------
    ConfigurationError: `name` is not the short name of a neural voice.
    """
    voice = _voice(name, NEUTRAL)
    if voice is None:
        raise ConfigurationError(
            "SOTTO_VOICES must name voices of Azure Speech as `azure:en-US-AvaNeural`."
        )
    return voice


def _voice(short_name: str, gender: str) -> Voice | None:
    parts = _SHORT_NAME.fullmatch(short_name)
    if parts is None:
        return None
    return Voice(
        name=parts[2],
        locale=parts[1],
        gender=gender,
        engine=AZURE,
        speaker=short_name,
        sample_rate=SAMPLE_RATE,
    )


def _voice_from_entry(entry: Any) -> Voice | None:
    """Read one entry of the voice list; None where its name has another form."""
    if not isinstance(entry, dict):
        return None
    gender = entry.get("Gender")
    known = gender if gender in {FEMALE, MALE} else NEUTRAL
    return _voice(str(entry.get("ShortName", "")), known)


def _json(response: httpx.Response) -> list[Any]:
    """Read the array of an answer; empty where the answer is no array or breaks off."""
    try:
        response.read()
        answer = response.json()
    except (ValueError, httpx.HTTPError):
        return []
    return answer if isinstance(answer, list) else []


def _speech(response: httpx.Response) -> Iterator[Speech]:
    """Decode an answer: little-endian int16; a network piece may end inside a sample."""
    left = b""
    pieces = response.iter_bytes()
    while True:
        try:
            piece = next(pieces, None)
        except httpx.HTTPError:
            break
        if piece is None:
            return
        piece = left + piece
        whole = len(piece) // 2 * 2
        left = piece[whole:]
        if whole:
            yield Speech(np.frombuffer(piece[:whole], "<i2").astype(np.int16), SAMPLE_RATE)
    # Raised outside the handler: the library's exception holds the request, and so the text.
    raise _unavailable("broke off")


def _ssml(sentence: Sentence, speaker: str) -> str:
    spoken = "".join(map(_span_markup, sentence.spans))
    prosody = "".join(
        f' {name}="{100 * (factor - 1):+.0f}%"'
        for name, factor in (("rate", sentence.speed), ("pitch", sentence.pitch))
        if factor != 1.0
    )
    if prosody:
        spoken = f"<prosody{prosody}>{spoken}</prosody>"
    # Monolingual voices do not support the element.
    if "Multilingual" in speaker:
        spoken = f'<lang xml:lang="{_escape(sentence.language)}">{spoken}</lang>'
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis"'
        f' xml:lang="{_escape(sentence.language)}">'
        f'<voice name="{_escape(speaker)}">{spoken}</voice></speak>'
    )


def _span_markup(span: Span) -> str:
    text = _escape(span.text)
    if span.ipa is None:
        return text
    return f'<phoneme alphabet="ipa" ph="{_escape(span.ipa)}">{text}</phoneme>'


def _escape(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _base_url(settings: Settings) -> str:
    """Return the URL up to `/cognitiveservices`; custom domains have it below `/tts`."""
    region = settings.azure_speech_region
    endpoint = settings.azure_speech_endpoint or f"https://{region}.tts.speech.microsoft.com"
    path = "/tts" if ".cognitiveservices." in endpoint else ""
    return f"{endpoint}{path}/cognitiveservices"


def _unavailable(what: str) -> SynthesisUnavailable:
    return SynthesisUnavailable(f"Azure Speech {what}.")
