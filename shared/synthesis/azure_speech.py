"""Azure Speech's voices: sentences go to the cloud, samples come back as they are made.

Only where `SOTTO_VOICES` names `azure`, or one voice as `azure:en-US-AvaNeural`.

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
from shared.synthesis.voices import AZURE, FEMALE, MALE, NEUTRAL, Voice
from shared.version import USER_AGENT

SAMPLE_RATE = 24_000
OUTPUT_FORMAT = "raw-24khz-16bit-mono-pcm"

# As for the translator of the same cloud: what passes by itself, and the waits between four tries.
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_WAITS_S = (1.0, 2.0, 4.0)
_LONGEST_WAIT_S = 10.0

# `zh-CN-liaoning-XiaobeiNeural`, `en-US-Ava:DragonHDLatestNeural`: locale, then name.
_SHORT_NAME = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9]+)+)-([A-Za-z0-9:]+)Neural")
# Characters that XML 1.0 can not hold, not even escaped. Nobody could speak them either.
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
        """Voices that the resource has; asked for once, then kept in memory.

        Raises
        ------
        SynthesisUnavailable: it refuses, or does not answer after four tries. Says the status.
        """
        with self._lock:
            if self._voices is None:
                self._voices = self._listed()
            return self._voices

    def synthesise(self, sentence: Sentence, speaker: str) -> Iterator[Speech]:
        """Speak a sentence with the voice of that short name, piece by piece as it arrives.

        Raises
        ------
        SynthesisUnavailable: the service refuses, does not answer after four tries, or breaks
            off. Says the status, nothing of the sentence.
        """
        headers = {
            b"Content-Type": b"application/ssml+xml",
            b"X-Microsoft-OutputFormat": OUTPUT_FORMAT.encode(),
        }
        response = self._answer("POST", "/v1", headers, _ssml(sentence, speaker).encode())
        try:
            yield from _speech(response)
        finally:
            response.close()

    def _listed(self) -> tuple[Voice, ...]:
        response = self._answer("GET", "/voices/list", {}, None)
        try:
            voices = tuple(filter(None, map(_listed_voice, _json(response))))
        finally:
            response.close()
        if not voices:
            raise SynthesisUnavailable("Azure Speech lists no voices.")
        return voices

    def _answer(
        self, method: str, path: str, headers: dict[bytes, bytes], body: bytes | None
    ) -> httpx.Response:
        """Ask until it answers 200. Its body is not read yet; the caller closes it."""
        status = 0
        for wait_s in (*_WAITS_S, None):
            response = self._send(method, path, headers, body)
            status = response.status_code if response is not None else 0
            if response is not None:
                if status == httpx.codes.OK:
                    return response
                response.close()
            if wait_s is None or (status and status not in _PASSING):
                break
            answered = {} if response is None else response.headers
            self._sleep(retry_after_s(answered, wait_s, _LONGEST_WAIT_S))
        raise _unavailable(f"answered {status}" if status else "is not reached")

    def _send(
        self, method: str, path: str, headers: dict[bytes, bytes], body: bytes | None
    ) -> httpx.Response | None:
        """One try; None where there was no answer."""
        own = {b"Ocp-Apim-Subscription-Key": self._key, b"User-Agent": USER_AGENT.encode()}
        request = self._client.build_request(
            method, f"{self._url}{path}", headers=own | headers, content=body
        )
        try:
            return self._client.send(request, stream=True)
        except httpx.HTTPError:
            return None


def named_voice(name: str) -> Voice:
    """Describe a voice by its short name alone, without asking; its gender is then not known.

    Raises
    ------
    ConfigurationError: not the short name of a neural voice.
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


def _listed_voice(entry: Any) -> Voice | None:
    """Voice of an entry of the list; None for one that has no name of the usual form."""
    if not isinstance(entry, dict):
        return None
    gender = entry.get("Gender")
    known = gender if gender in {FEMALE, MALE} else NEUTRAL
    return _voice(str(entry.get("ShortName", "")), known)


def _json(response: httpx.Response) -> list[Any]:
    """Array of an answer; empty where it is something else or breaks off."""
    try:
        response.read()
        answer = response.json()
    except (ValueError, httpx.HTTPError):
        return []
    return answer if isinstance(answer, list) else []


def _speech(response: httpx.Response) -> Iterator[Speech]:
    """Samples of an answer: little-endian int16, which pieces may cut in the middle."""
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
    # Raised out here, so that what the library knows of the request does not hang on to it.
    raise _unavailable("broke off")


def _ssml(sentence: Sentence, speaker: str) -> str:
    spoken = "".join(map(_marked_up, sentence.spans))
    manner = "".join(
        f' {name}="{100 * (factor - 1):+.0f}%"'
        for name, factor in (("rate", sentence.speed), ("pitch", sentence.pitch))
        if factor != 1.0
    )
    if manner:
        spoken = f"<prosody{manner}>{spoken}</prosody>"
    # Voices of one language do not know the element.
    if "Multilingual" in speaker:
        spoken = f'<lang xml:lang="{_escaped(sentence.language)}">{spoken}</lang>'
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis"'
        f' xml:lang="{_escaped(sentence.language)}">'
        f'<voice name="{_escaped(speaker)}">{spoken}</voice></speak>'
    )


def _marked_up(span: Span) -> str:
    text = _escaped(span.text)
    if span.ipa is None:
        return text
    return f'<phoneme alphabet="ipa" ph="{_escaped(span.ipa)}">{text}</phoneme>'


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _base_url(settings: Settings) -> str:
    """Address up to `/cognitiveservices`; a resource's own domain has it below `/tts`."""
    region = settings.azure_speech_region
    endpoint = settings.azure_speech_endpoint or f"https://{region}.tts.speech.microsoft.com"
    path = "/tts" if ".cognitiveservices." in endpoint else ""
    return f"{endpoint}{path}/cognitiveservices"


def _unavailable(what: str) -> SynthesisUnavailable:
    return SynthesisUnavailable(f"Azure Speech {what}.")
